"""Which crisis lines and emergency numbers a person is shown (S8, S12), and which country they mean."""

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import cast

FRESH_FOR = timedelta(days=365)
MOST_LINES_SHOWN = 3
MOST_COUNTRIES_OFFERED = 5
MANY_LANGUAGES = "mul"  # ISO 639-2, so that babel can name it in every language

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


@dataclass(frozen=True, slots=True)
class Helpline:
    """One crisis line, as it publishes itself. What is None is not known; nothing is guessed."""

    country: str
    name: str
    dial: str  # exact; may start with the star key, so it has to be escaped or shown as code
    tier: str  # "A" or "B": how well the number is documented; an order, never shown
    source: str
    checked: date
    how: str | None = None
    hours: str | None = None
    also: str | None = None
    chat: str | None = None
    email: str | None = None
    site: str | None = None
    cost: str | None = None
    area: str | None = None
    for_whom: str | None = None
    languages: tuple[str, ...] = ()

    @property
    def restricted(self) -> bool:
        """Whether the line is only for one area or for some people."""
        return self.area is not None or self.for_whom is not None

    def stale(self, today: date) -> bool:
        """Whether the last check is too long ago to show the number."""
        return today - self.checked > FRESH_FOR


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """The emergency number of a country. It does not go stale: these change once in decades."""

    country: str
    dial: str
    source: str
    checked: date


@dataclass(frozen=True, slots=True)
class Options:
    """What a person is shown."""

    country: str | None
    emergency: str | None  # None: say "your local emergency number"
    lines: tuple[Helpline, ...]  # at most three; empty: the directory only
    directory: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Every line and emergency number the bot knows, in the order of the file."""

    lines: tuple[Helpline, ...]
    emergency_numbers: tuple[EmergencyNumber, ...]
    site: str

    def options_for(self, country: str | None, today: date, languages: Sequence[str] = ()) -> Options:
        """Promise something to show for every country, and never a stale line.

        Lines for everyone in the country come first, better documented ones before others, then those in
        the person's languages; the order of the file decides the rest.
        """
        code = country.strip().upper() if country is not None else None
        if code not in COUNTRY_CODES:
            return Options(None, None, (), self.site)
        shown = [line for line in self.lines if line.country == code and not line.stale(today)]
        shown.sort(key=lambda line: (line.restricted, line.tier, _distance(line.languages, languages)))
        emergency = next((number.dial for number in self.emergency_numbers if number.country == code), None)
        return Options(code, emergency, tuple(shown[:MOST_LINES_SHOWN]), self.site)

    def stale(self, today: date) -> tuple[Helpline, ...]:
        """Lines that `options_for` hides because nobody has checked them for more than 365 days."""
        return tuple(line for line in self.lines if line.stale(today))

    def dated_ahead(self, today: date) -> tuple[Helpline, ...]:
        """Lines said to be checked on a day still to come: a slip that would keep them shown too long."""
        return tuple(line for line in self.lines if line.checked > today)

    def countries(self) -> tuple[str, ...]:
        """The codes that have at least a line or an emergency number, in alphabetical order."""
        entries = (*self.lines, *self.emergency_numbers)
        return tuple(sorted({entry.country for entry in entries}))


def _distance(spoken: Sequence[str], wanted: Sequence[str]) -> int:
    """How far a line is from the person's languages; 0 for all when theirs are not known."""
    if not wanted:
        return 0
    if {_base_language(tag) for tag in spoken} & {_base_language(tag) for tag in wanted}:
        return 0
    if MANY_LANGUAGES in spoken:
        return 1
    # A line that names no language most likely answers in that of the country.
    return 2 if not spoken else 3


def _base_language(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()


# ---- reading the file ----

TIERS_SHIPPED = ("A", "B")
_LONGEST = 200
_LONGEST_BY_FIELD = {"name": 100, "dial": 100, "emergency": 100, "source": 500}
_OPTIONAL = ("how", "hours", "also", "chat", "email", "site", "cost", "area", "for_whom")
_LINE_KEYS = frozenset({"country", "checked", "languages", "name", "dial", "tier", "source", *_OPTIONAL})
_COUNTRY_KEYS = frozenset({"code", "emergency", "source", "checked"})
_FILE_KEYS = frozenset({"directory", "country", "line"})
_MARKDOWN = frozenset("*_~`|<>[]\\")
_ADDRESSES = frozenset({"chat", "email", "site", "source"})


class HelplineFault(Exception):
    """The helplines cannot be used as they are written. `faults` are in words for who edits the file."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def parse_directory(raw: Mapping[str, object], filename: str) -> Directory:
    """Read the parsed file, or raise `HelplineFault` with all its faults at once."""
    faults: list[str] = []
    top = _Entry(raw, filename, faults)
    top.allow_only(_FILE_KEYS)
    site = top.text("directory")
    numbers = [_emergency_from(entry) for entry in top.entries("country", "code", "emergency")]
    lines = [_line_from(entry) for entry in top.entries("line", "country", "name")]
    for what, count in Counter(_identities(numbers, lines)).items():
        if count > 1:
            faults.append(f"{filename}: {what} is there {count} times")
    if faults:
        raise HelplineFault(faults)
    return Directory(tuple(lines), tuple(numbers), site)


def _emergency_from(entry: "_Entry") -> EmergencyNumber:
    entry.allow_only(_COUNTRY_KEYS)
    return EmergencyNumber(
        country=entry.country("code"),
        dial=entry.number("emergency"),
        source=entry.text("source"),
        checked=entry.day("checked"),
    )


def _line_from(entry: "_Entry") -> Helpline:
    entry.allow_only(_LINE_KEYS)
    return Helpline(
        country=entry.country("country"),
        name=entry.text("name"),
        dial=entry.number("dial"),
        tier=entry.tier(),
        source=entry.text("source"),
        checked=entry.day("checked"),
        languages=entry.languages(),
        **{key: entry.text(key) for key in _OPTIONAL if key in entry.raw},
    )


def _identities(numbers: Sequence[EmergencyNumber], lines: Sequence[Helpline]) -> Iterator[str]:
    """What may be in the file only once. Empty values are reported elsewhere and are not compared."""
    yield from (f"the emergency number of {number.country}" for number in numbers if number.country)
    for line in lines:
        if line.country and line.name:
            yield f"the name {line.name.casefold()!r} in {line.country}"
        if line.country and line.dial:
            yield f"the number {''.join(line.dial.split())!r} in {line.country}"


class _Entry:
    """One table of the file. Reading a faulty value notes the fault and gives an empty value."""

    def __init__(self, raw: Mapping[str, object], place: str, faults: list[str]) -> None:
        self.raw = raw
        self._place = place
        self._faults = faults

    def _fault(self, words: str) -> None:
        self._faults.append(f"{self._place}: {words}")

    def entries(self, key: str, *labels: str) -> list["_Entry"]:
        """The `[[key]]` tables; `labels` are the fields that tell a reader which one is meant."""
        tables = self.raw.get(key, [])
        if not isinstance(tables, list):
            self._fault(f"{key} is written [[{key}]], with two brackets")
            return []
        found: list[_Entry] = []
        for position, table in enumerate(cast("list[object]", tables), start=1):
            if not isinstance(table, dict):
                self._fault(f"{key} is written [[{key}]], with two brackets")
                continue
            fields = cast("dict[str, object]", table)
            label = ", ".join(ascii(fields[name]).strip("'") for name in labels if name in fields)
            found.append(
                _Entry(fields, f"{self._place}, [[{key}]] number {position} ({label})", self._faults)
            )
        return found

    def allow_only(self, keys: frozenset[str]) -> None:
        for key in self.raw:
            if key not in keys:
                self._fault(f"{key!a} is not a known field")

    def text(self, key: str) -> str:
        value = self.raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self._fault(f"{key} is missing or is not text in quotes")
            return ""
        value = value.strip()
        if len(value) > (longest := _LONGEST_BY_FIELD.get(key, _LONGEST)):
            self._fault(f"{key} is longer than {longest} characters")
        # Category C: control, format (such as reversed writing) and unassigned characters; Zl, Zp: line ends.
        if any(unicodedata.category(c)[0] == "C" or unicodedata.category(c) in ("Zl", "Zp") for c in value):
            self._fault(f"{key} holds an invisible or control character")
        if active := sorted(_MARKDOWN.intersection(_without_harmless_signs(key, value))):
            self._fault(f"{key} holds {' '.join(active)}, which Discord takes as formatting")
        return value

    def number(self, key: str) -> str:
        value = self.text(key)
        if value and not any(c in "0123456789" for c in value):
            self._fault(f"{key} holds no digit")
        return value

    def country(self, key: str) -> str:
        value = self.text(key)
        if value and value not in COUNTRY_CODES:
            self._fault(f"{value!a} is not a country code; it is two capital letters such as DE")
        return value

    def tier(self) -> str:
        value = self.text("tier")
        if value and value not in TIERS_SHIPPED:
            self._fault("tier is not A or B; other lines are not shown to people")
        return value

    def day(self, key: str) -> date:
        value = self.raw.get(key)
        # A datetime is a date to Python, but has no place here.
        if isinstance(value, datetime) or not isinstance(value, date):
            self._fault(f"{key} is missing or is not a date such as 2026-11-22 (without quotes)")
            return date.min
        return value

    def languages(self) -> tuple[str, ...]:
        value = self.raw.get("languages", [])
        tags = cast("list[object]", value) if isinstance(value, list) else [None]
        good = [tag for tag in tags if isinstance(tag, str) and _is_language_tag(tag)]
        if len(good) != len(tags):
            self._fault('languages is not a list of short codes such as ["en", "fr"]')
        return tuple(good)


def _without_harmless_signs(field: str, value: str) -> str:
    if field in _ADDRESSES:
        return value.replace("_", "")
    if field in ("dial", "also"):
        # The star key of a telephone, as in *4141.
        return "".join(c for c, after in pairwise(value + " ") if not (c == "*" and after in "0123456789"))
    return value


def _is_language_tag(tag: str) -> bool:
    base, *rest = tag.split("-")
    return base.isascii() and base.isalpha() and base.islower() and len(base) in (2, 3) and all(rest)


# ---- the country a person means ----

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
