"""Which crisis lines and emergency numbers a person is shown (S8, S12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .country import COUNTRY_CODES

FRESH_FOR = timedelta(days=365)
MOST_LINES_SHOWN = 3
MANY_LANGUAGES = "mul"  # ISO 639-2, so that babel can name it in every language


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
