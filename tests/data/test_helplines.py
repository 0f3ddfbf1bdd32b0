"""S12: every shipped line has a source, a date and the exact number; tier C is not shipped."""

import csv
import unicodedata
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel import Locale

from bot.domain.helpline import COUNTRY_CODES, Helpline, find_country
from bot.runtime.helpline_files import load_directory

REPOSITORY = Path(__file__).parents[2]
TABLE = REPOSITORY.parent / "shared" / "helplines.tsv"
DIRECTORY = load_directory(REPOSITORY / "data" / "helplines.toml")
LAST_CHECK = date(2026, 11, 22)  # the first one; a renewed entry is later


def table_rows(*tiers: str) -> list[dict[str, str]]:
    if not TABLE.exists():
        pytest.skip("the source table is not next to the repository")
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["tier"] in tiers]


def unaccented(words: str) -> str:
    decomposed = unicodedata.normalize("NFKD", words.replace("ð", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def entry_of(row: dict[str, str]) -> Helpline | None:
    """The entry of a row: same country, and a name the row's begins with (hours and such stand behind it)."""
    name = row["line"]
    for line in DIRECTORY.lines:
        if line.country == row["country"] and (f"{name} ").startswith(f"{unaccented(line.name)} "):
            return line
    return None


def number_parts(published: str) -> set[str]:
    return {part.strip() for part in published.split("/")}


def exact_words(text: str) -> list[str]:
    """The numbers and addresses in a text."""
    words = text.strip("()").replace(",", " ").split()
    return [word for word in words if "@" in word or any(c.isdigit() for c in word)]


def test_every_documented_line_is_there_with_its_exact_number():
    rows = table_rows("A", "B")
    entries = [entry_of(row) for row in rows]
    assert None not in entries
    assert len({(line.country, line.name) for line in entries if line}) == len(rows) == len(DIRECTORY.lines)
    for row, line in zip(rows, entries, strict=True):
        assert line is not None
        published = row["dial_as_published"]
        dial, bracket, rest = published.partition(" (")
        assert line.dial == dial, row
        # What stood in brackets behind the number is told too, and its numbers and addresses are exact.
        assert exact_words(rest) == exact_words(line.also or line.email or ""), row
        if bracket:
            assert any((line.also, line.chat, line.email, line.how, line.cost)), row
        assert line.tier == row["tier"]
        assert line.site == (None if row["site"] == "-" else row["site"])


def test_everything_in_brackets_in_a_name_is_told_in_a_field_of_its_own():
    for row in table_rows("A", "B"):
        if "(" in row["line"]:
            line = entry_of(row)
            assert line is not None
            assert "(" not in line.name
            assert line.hours or line.languages or line.restricted, row


def test_no_undocumented_line_is_shipped():
    shipped = {(line.country, part) for line in DIRECTORY.lines for part in number_parts(line.dial)}
    for row in table_rows("C"):
        assert entry_of(row) is None, row
        for part in number_parts(row["dial_as_published"]):
            assert (row["country"], part) not in shipped, row


@pytest.mark.parametrize("line", DIRECTORY.lines, ids=lambda line: f"{line.country} {line.name}")
def test_every_line_has_a_source_a_date_and_fits_where_it_is_shown(line: Helpline):
    assert line.source
    assert line.tier in ("A", "B")
    assert line.checked >= LAST_CHECK
    assert any(c.isascii() and c.isdigit() for c in line.dial)
    # The name and value of an embed field hold more; a button's label or a choice holds 80 to 100.
    assert 0 < len(line.name) <= 100
    assert 0 < len(line.dial) <= 100
    for text in (line.name, line.dial, line.how, line.hours, line.also, line.cost, line.area, line.for_whom):
        if text is not None:
            assert not set("_~`|<>[]\\") & set(text)
            assert not any(unicodedata.category(c).startswith("C") for c in text)
    for address in (line.site, line.chat, line.email):
        assert address is None or (" " not in address and "." in address)


def test_every_emergency_number_has_a_source_and_holds_only_short_numbers():
    for number in DIRECTORY.emergency_numbers:
        assert number.source
        assert number.checked
        assert all(part.isdigit() and len(part) == 3 for part in number.dial.split(" or ")), number


def test_nothing_is_dated_ahead_of_today():
    # The later of the two, so that a machine whose clock is behind does not raise an alarm.
    today = max(datetime.now(UTC).date() + timedelta(days=1), LAST_CHECK)
    assert DIRECTORY.dated_ahead(today) == ()
    assert all(number.checked <= today for number in DIRECTORY.emergency_numbers)


def test_the_numbers_everyone_knows_are_exactly_right():
    def first(country: str) -> tuple[str | None, str]:
        options = DIRECTORY.options_for(country, LAST_CHECK)
        return options.emergency, options.lines[0].dial

    assert first("US") == ("911", "988")
    assert first("CA") == ("911", "988")
    assert first("GB") == ("999 or 112", "116 123")
    assert first("IE") == ("112 or 999", "116 123")
    assert first("DE") == ("112", "0800 111 0 111 / 0800 111 0 222 / 116 123")
    assert first("FR") == ("112", "3114")
    assert first("AU") == ("000", "13 11 14")
    assert first("NZ") == ("111", "1737")
    assert DIRECTORY.site == "findahelpline.com"


def test_people_are_shown_a_line_in_their_language_first():
    assert DIRECTORY.options_for("BE", LAST_CHECK, ["fr"]).lines[0].dial == "0800 32 123"
    assert DIRECTORY.options_for("JP", LAST_CHECK, ["en-US"]).lines[0].dial == "0800-300-8355"


def test_a_line_for_one_area_never_comes_before_a_national_one():
    for country in DIRECTORY.countries():
        restricted = [line.restricted for line in DIRECTORY.options_for(country, LAST_CHECK).lines]
        assert restricted == sorted(restricted)


def test_every_country_with_a_line_or_number_is_found_by_its_english_name():
    english = Locale("en").territories
    names = {code: str(name) for code, name in english.items()}
    assert set(names) >= COUNTRY_CODES
    for code in DIRECTORY.countries():
        assert find_country(names[code], names)[0] == code
