"""Which country a person means, however they write it."""

import difflib
import unicodedata
from collections.abc import Mapping

MOST_COUNTRIES_OFFERED = 5

# ISO 3166-1 alpha-2, and XK: the code in common use for Kosovo.
_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK
YE YT ZA ZM ZW
"""
COUNTRY_CODES = frozenset(_CODES.split())

# What people call countries every day, where it is not the name in the language they read.
# A name that means several places lists them all, so that the person is asked.
EVERYDAY_NAMES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("uk", "great britain", "britain", "england", "scotland", "wales", "northern ireland"), ("GB",)
    ),
    **dict.fromkeys(("usa", "america", "united states of america", "the states"), ("US",)),
    "georgia": ("GE", "US"),
    "holland": ("NL",),
    "korea": ("KR",),
    # Countries whose English name holds that of another one.
    "north korea": ("KP",),
    "new guinea": ("PG",),
    "papua new guinea": ("PG",),
    "equatorial guinea": ("GQ",),
    "guinea-bissau": ("GW",),
    "american samoa": ("AS",),
    "south sudan": ("SS",),
    # More everyday names.
    "eire": ("IE",),
    "uae": ("AE",),
    "congo": ("CD", "CG"),
    "drc": ("CD",),
    "ivory coast": ("CI",),
    "czech republic": ("CZ",),
    "turkey": ("TR",),
    "burma": ("MM",),
    "macedonia": ("MK",),
    "swaziland": ("SZ",),
    "east timor": ("TL",),
    "palestine": ("PS",),
    "hong kong": ("HK",),
    "macau": ("MO",),
    "vatican": ("VA",),
    # The name at home, for someone who reads the bot in another language.
    "deutschland": ("DE",),
    "österreich": ("AT",),
    **dict.fromkeys(("schweiz", "suisse", "svizzera"), ("CH",)),
    **dict.fromkeys(("belgië", "belgique", "belgien"), ("BE",)),
    "nederland": ("NL",),
    "españa": ("ES",),
    "italia": ("IT",),
    "brasil": ("BR",),
    "méxico": ("MX",),
    "danmark": ("DK",),
    "norge": ("NO",),
    "sverige": ("SE",),
    "suomi": ("FI",),
    "ísland": ("IS",),
    "polska": ("PL",),
    **dict.fromkeys(("česko", "česká republika"), ("CZ",)),
    "slovensko": ("SK",),
    "slovenija": ("SI",),
    "hrvatska": ("HR",),
    **dict.fromkeys(("srbija", "србија"), ("RS",)),
    "magyarország": ("HU",),
    "românia": ("RO",),
    "eesti": ("EE",),
    "latvija": ("LV",),
    "lietuva": ("LT",),
    "ελλάδα": ("GR",),
    "україна": ("UA",),
    "россия": ("RU",),
    "türkiye": ("TR",),
    "भारत": ("IN",),
    "日本": ("JP",),
    "中国": ("CN",),
    "香港": ("HK",),
    **dict.fromkeys(("台灣", "台湾"), ("TW",)),
    **dict.fromkeys(("한국", "대한민국"), ("KR",)),
}


_LONGEST_ANSWER = 100
_LEFT_OUT = frozenset({"the", "and"})
_SHORT_NAMES = frozenset({"uk", "usa", "uae"})


def find_country(words: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The countries somebody may mean with what they typed, best first, at most five.

    `names` maps codes to names in the language the person reads. When nothing is found there, ask again with
    the English names. One result can still be a guess (a beginning, a slip of the pen), so whoever shows
    numbers shows the name of the country with them.
    """
    typed = _plain(words[:_LONGEST_ANSWER])
    if not typed:
        return ()
    known = {code: _plain(name) for code, name in names.items() if code in COUNTRY_CODES}
    called: dict[str, tuple[str, ...]] = {_plain(name): codes for name, codes in EVERYDAY_NAMES.items()}
    for code, name in known.items():
        called[name] = tuple(dict.fromkeys((code, *called.get(name, ()))))
    found = (
        _exact(typed, called)
        or _beginning(typed, known)
        or _mentioned(typed, called)
        or _nearly_spelled(typed, called)
    )
    return tuple(dict.fromkeys(found))[:MOST_COUNTRIES_OFFERED]


def _plain(words: str) -> str:
    """Without case, accents, punctuation, "the" and "and"."""
    decomposed = unicodedata.normalize("NFKD", words).casefold()
    kept = "".join(c for c in decomposed if not ("\u0300" <= c <= "\u036f" or c in ".'\u2019"))
    # Letters, digits and the vowel signs of scripts that write them as marks; the rest parts words.
    spaced = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in kept)
    return " ".join(word for word in spaced.split() if word not in _LEFT_OUT)


def _exact(typed: str, called: Mapping[str, tuple[str, ...]]) -> list[str]:
    code = typed.upper()
    return [*([code] if code in COUNTRY_CODES else []), *called.get(typed, ())]


def _beginning(typed: str, known: Mapping[str, str]) -> list[str]:
    """Every typed word begins a word of the name; names that begin with it come first."""
    typed_words = typed.split()
    fitting = [
        (not name.startswith(typed), len(name), code)
        for code, name in known.items()
        if all(any(part.startswith(word) for part in name.split()) for word in typed_words)
    ]
    return [code for _, _, code in sorted(fitting)]


def _mentioned(typed: str, called: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Whole names inside a sentence ("I live in Germany"), the longest first."""
    rest = f" {typed} "
    found: list[str] = []
    for name in sorted(called, key=lambda name: (-len(name), name)):
        if (len(name) >= 4 or name in _SHORT_NAMES) and f" {name} " in rest:
            found.extend(called[name])
            # So that "northern ireland" does not also mean Ireland.
            rest = rest.replace(f" {name} ", "  ")
    return found


def _nearly_spelled(typed: str, called: Mapping[str, tuple[str, ...]]) -> list[str]:
    if len(typed) < 4:
        return []
    close = difflib.get_close_matches(typed, called, n=MOST_COUNTRIES_OFFERED, cutoff=0.8)
    return [code for name in close for code in called[name]]
