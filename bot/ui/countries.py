"""Which country somebody means, in their own language or in English."""

from babel import Locale

from bot.domain.helpline import COUNTRY_CODES, find_country

from .texts import Words, territories


def countries_meant(typed: str, words: Words) -> tuple[str, ...]:
    """ISO codes, best first; empty when nothing fits, several when it could mean several.

    A code in brackets at the end, as in "Georgia (GE)", leaves no question.
    """
    code = typed.strip().rpartition("(")[2].removesuffix(")").strip().upper()
    if typed.strip().endswith(")") and code in COUNTRY_CODES:
        return (code,)
    return find_country(typed, _names(words.locale)) or find_country(typed, _names(Locale("en")))


def _names(locale: Locale) -> dict[str, str]:
    return {code: name for code, name in territories(locale).items() if code in COUNTRY_CODES}
