"""S8 and S12: what a person is shown, and what is never shown."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.helpline import (
    COUNTRY_CODES,
    MOST_COUNTRIES_OFFERED,
    MOST_LINES_SHOWN,
    Directory,
    EmergencyNumber,
    Helpline,
    HelplineFault,
    Options,
    find_country,
    parse_directory,
)
from bot.runtime.helpline_files import load_directory

CHECKED = date(2026, 1, 31)
TODAY = CHECKED + timedelta(days=100)
SITE = "findahelpline.com"
NAMES = {
    "AT": "Austria",
    "AU": "Australia",
    "CI": "Côte d'Ivoire",
    "DE": "Germany",
    "EU": "European Union",
    "GB": "United Kingdom",
    "GE": "Georgia",
    "GN": "Guinea",
    "GW": "Guinea-Bissau",
    "IE": "Ireland",
    "KP": "North Korea",
    "KR": "South Korea",
    "NE": "Niger",
    "NG": "Nigeria",
    "NL": "Netherlands",
    "PG": "Papua New Guinea",
    "TT": "Trinidad & Tobago",
    "US": "United States",
}


def line(name: str, country: str = "JP", tier: str = "A", **known: object) -> Helpline:
    fields: dict[str, object] = {"dial": "116 123", "source": "its own page", "checked": CHECKED}
    return Helpline(country=country, name=name, tier=tier, **{**fields, **known})  # type: ignore[arg-type]


def directory(*lines: Helpline) -> Directory:
    return Directory(lines, (EmergencyNumber("JP", "119", "a list", CHECKED),), SITE)


def names(options: Options) -> list[str]:
    return [line.name for line in options.lines]


# ---- what is shown ----


def test_a_line_checked_365_days_ago_is_still_shown_and_one_day_later_hidden_and_reported():
    known = directory(line("one"))
    last_day = CHECKED + timedelta(days=365)
    assert names(known.options_for("JP", last_day)) == ["one"]
    assert known.stale(last_day) == ()
    after = last_day + timedelta(days=1)
    assert names(known.options_for("JP", after)) == []
    assert [hidden.name for hidden in known.stale(after)] == ["one"]


def test_when_every_line_is_stale_the_emergency_number_and_the_directory_stay():
    options = directory(line("one")).options_for("JP", CHECKED + timedelta(days=5000))
    assert options == Options("JP", "119", (), SITE)


def test_a_line_dated_in_the_future_is_reported():
    known = directory(line("now"), line("slip", checked=TODAY + timedelta(days=1)))
    assert [slip.name for slip in known.dated_ahead(TODAY)] == ["slip"]


@pytest.mark.parametrize("country", [None, "", "ZZ", "EU", "JPN", "日本"])
def test_an_unknown_country_is_not_assumed_and_gets_the_directory(country: str | None):
    assert directory(line("one")).options_for(country, TODAY) == Options(None, None, (), SITE)


def test_a_country_without_entries_gets_the_directory_and_no_invented_emergency_number():
    assert directory(line("one")).options_for("TV", TODAY) == Options("TV", None, (), SITE)


def test_a_code_is_understood_in_small_letters():
    assert names(directory(line("one")).options_for(" jp ", TODAY)) == ["one"]


def test_lines_for_everyone_come_first_then_tier_a_then_the_order_of_the_file():
    known = directory(
        line("for youth", for_whom="children and youth"),
        line("B one", tier="B"),
        line("A one"),
        line("A two"),
    )
    assert names(known.options_for("JP", TODAY)) == ["A one", "A two", "B one"]


def test_a_line_for_one_area_is_shown_last_even_with_the_better_tier():
    known = directory(line("capital", area="Tokyo"), line("national", tier="B"))
    assert names(known.options_for("JP", TODAY)) == ["national", "capital"]


def test_a_restricted_line_is_shown_when_there_is_no_other():
    assert names(directory(line("capital", area="Tokyo")).options_for("JP", TODAY)) == ["capital"]


def test_among_equals_the_languages_of_the_person_decide():
    known = directory(
        line("french", languages=("fr",)),
        line("unsaid"),
        line("many", languages=("mul",)),
        line("english", languages=("en",), tier="A"),
        line("english B", languages=("en",), tier="B"),
    )
    assert names(known.options_for("JP", TODAY, ["en-GB"])) == ["english", "many", "unsaid"]
    assert names(known.options_for("JP", TODAY, ["fr"])) == ["french", "many", "unsaid"]
    assert names(known.options_for("JP", TODAY, ["ja"])) == ["many", "unsaid", "french"]
    assert names(known.options_for("JP", TODAY)) == ["french", "unsaid", "many"]


LINES = st.builds(
    line,
    name=st.text("abc", min_size=1, max_size=3),
    country=st.sampled_from(["JP", "GB"]),
    tier=st.sampled_from(["A", "B"]),
    checked=st.dates(CHECKED - timedelta(days=700), CHECKED),
    area=st.sampled_from([None, "Tokyo"]),
    languages=st.sampled_from([(), ("en",), ("mul",), ("ja", "en")]),
)


@given(st.lists(LINES, max_size=8), st.sampled_from([[], ["en"], ["ja"]]))
def test_whatever_is_known_at_most_three_fresh_lines_of_the_country_are_shown_in_order(
    lines: list[Helpline], languages: list[str]
):
    shown = directory(*lines).options_for("JP", TODAY, languages).lines
    fresh = [line for line in lines if line.country == "JP" and not line.stale(TODAY)]
    assert len(shown) == min(MOST_LINES_SHOWN, len(fresh))
    assert all(line in fresh for line in shown)
    order = [(line.restricted, line.tier) for line in shown]
    assert order == sorted(order)
    if shown and shown[0].restricted:
        assert all(line.restricted for line in fresh)


@given(st.lists(LINES, max_size=8), st.dates(CHECKED, CHECKED + timedelta(days=800)))
def test_every_line_is_either_fresh_or_reported(lines: list[Helpline], today: date):
    known = directory(*lines)
    reported = known.stale(today)
    assert all((today - line.checked).days > 365 for line in reported)
    assert len(reported) + sum((today - line.checked).days <= 365 for line in lines) == len(lines)


def test_countries_are_those_with_a_line_or_an_emergency_number():
    assert directory(line("one", country="NZ"), line("two", country="NZ")).countries() == ("JP", "NZ")


# ---- reading the file ----

GOOD_LINE: Mapping[str, object] = {
    "country": "GB",
    "name": "Samaritans",
    "dial": "116 123",
    "tier": "A",
    "source": "samaritans.org",
    "checked": CHECKED,
}
GOOD_COUNTRY: Mapping[str, object] = {
    "code": "GB",
    "emergency": "999 or 112",
    "source": "a list",
    "checked": CHECKED,
}


def parse(*lines: Mapping[str, object], countries: tuple[Mapping[str, object], ...] = ()) -> Directory:
    return parse_directory({"directory": SITE, "line": list(lines), "country": list(countries)}, "h.toml")


def faults_of(*lines: Mapping[str, object], countries: tuple[Mapping[str, object], ...] = ()) -> str:
    with pytest.raises(HelplineFault) as caught:
        parse(*lines, countries=countries)
    return "\n".join(caught.value.faults)


def without(table: Mapping[str, object], key: str) -> dict[str, object]:
    return {name: value for name, value in table.items() if name != key}


def test_a_good_file_is_read_as_it_is_written():
    known = parse({**GOOD_LINE, "languages": ["en"], "email": "jo@samaritans.org"}, countries=(GOOD_COUNTRY,))
    options = known.options_for("GB", TODAY)
    assert options.emergency == "999 or 112"
    assert options.directory == SITE
    [samaritans] = options.lines
    assert (samaritans.dial, samaritans.email, samaritans.hours) == ("116 123", "jo@samaritans.org", None)


@pytest.mark.parametrize("key", ["country", "name", "dial", "tier", "source", "checked"])
def test_a_line_without_something_it_needs_is_refused(key: str):
    assert f"{key} is missing" in faults_of(without(GOOD_LINE, key))


@pytest.mark.parametrize("key", ["code", "emergency", "source", "checked"])
def test_an_emergency_number_without_something_it_needs_is_refused(key: str):
    assert f"{key} is missing" in faults_of(countries=(without(GOOD_COUNTRY, key),))


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("tier", "C", "tier is not A or B"),
        ("country", "UK", "not a country code"),
        ("country", "gb", "not a country code"),
        ("dial", "call us", "no digit"),
        ("dial", 116123, "not text in quotes"),
        ("dial", "116\n123", "control character"),
        ("name", "Sama\u202eritans", "control character"),
        ("name", "**Samaritans**", "formatting"),
        ("dial", "116 123*", "formatting"),
        ("site", "<samaritans.org>", "formatting"),
        ("name", "x" * 101, "longer than 100"),
        ("dial", "1" * 101, "longer than 100"),
        ("checked", "2026-01-31", "not a date"),
        ("checked", datetime(2026, 1, 31, 12, 0, tzinfo=UTC), "not a date"),
        ("languages", "en", "not a list of short codes"),
        ("languages", ["English"], "not a list of short codes"),
        ("hours", " ", "hours is missing or is not text"),
        ("hour", "19-07", "'hour' is not a known field"),
    ],
)
def test_a_faulty_value_is_refused(key: str, value: object, fault: str):
    assert fault in faults_of({**GOOD_LINE, key: value})


def test_the_star_key_and_an_underscore_in_an_address_are_fine():
    known = parse({**GOOD_LINE, "dial": "0800 0767 / *0767", "chat": "example.org/chat_now"})
    assert known.lines[0].dial == "0800 0767 / *0767"


def test_the_same_line_twice_is_refused():
    assert "the name 'samaritans' in GB is there 2 times" in faults_of(GOOD_LINE, {**GOOD_LINE, "dial": "1"})
    assert "the number '116123' in GB is there 2 times" in faults_of(
        GOOD_LINE, {**GOOD_LINE, "name": "Other", "dial": "116123"}
    )
    assert "the emergency number of GB is there 2 times" in faults_of(countries=(GOOD_COUNTRY, GOOD_COUNTRY))


def test_the_same_number_in_two_countries_is_two_lines():
    assert len(parse(GOOD_LINE, {**GOOD_LINE, "country": "IE"}).lines) == 2


def test_all_faults_are_told_together_and_say_where():
    faults = faults_of({**without(GOOD_LINE, "source"), "tier": "C"}, {**GOOD_LINE, "dial": "none"})
    assert faults.splitlines() == [
        "h.toml, [[line]] number 1 (GB, Samaritans): tier is not A or B; other lines are not shown to people",
        "h.toml, [[line]] number 1 (GB, Samaritans): source is missing or is not text in quotes",
        "h.toml, [[line]] number 2 (GB, Samaritans): dial holds no digit",
        "h.toml: the name 'samaritans' in GB is there 2 times",
    ]


def test_a_file_of_another_shape_is_refused():
    with pytest.raises(HelplineFault) as caught:
        parse_directory({"line": {"country": "GB"}, "country": ["GB"], "lines": []}, "h.toml")
    assert len(caught.value.faults) == 4


JUNK = st.sampled_from([None, True, 7, "", "GB", "116 123", "\u202e", "*", "A", CHECKED, [], [1], {}])
TABLES = st.lists(
    JUNK | st.dictionaries(st.sampled_from([*GOOD_LINE, *GOOD_COUNTRY, "languages", "x"]), JUNK), max_size=3
)


@given(st.dictionaries(st.sampled_from(["directory", "line", "country", "x"]), JUNK | TABLES))
def test_whatever_the_file_holds_the_answer_is_a_directory_or_its_faults(raw: dict[str, object]):
    try:
        known = parse_directory(raw, "h.toml")
    except HelplineFault as fault:
        assert fault.faults  # noqa: PT017  either answer is right
    else:
        assert known.site


@pytest.mark.parametrize(
    ("content", "fault"),
    [(None, "cannot be read"), (b"\xff", "UTF-8"), (b"[[line]\n", "h.toml: "), (b"", "directory is missing")],
)
def test_a_file_that_cannot_be_read_is_told_like_any_other_fault(
    tmp_path: Path, content: bytes | None, fault: str
):
    path = tmp_path / "h.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(HelplineFault, match=fault):
        load_directory(path)


# ---- the country a person means ----


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("germany", ("DE",)),
        ("Deutschland", ("DE",)),
        ("DE", ("DE",)),
        ("de", ("DE",)),
        (" the netherlands ", ("NL",)),
        ("Holland!", ("NL",)),
        ("uk", ("GB",)),
        ("U.K.", ("GB",)),
        ("England", ("GB",)),
        ("usa", ("US",)),
        ("the states", ("US",)),
        ("korea", ("KR",)),
        ("North Korea", ("KP",)),
        ("cote d'ivoire", ("CI",)),
        ("trinidad and tobago", ("TT",)),
        ("niger", ("NE",)),
        ("niga", ()),
        ("nige", ("NE", "NG")),
        ("guinea", ("GN",)),
        ("new guinea", ("PG",)),
        ("I live in Germany", ("DE",)),
        ("i'm in northern ireland", ("GB",)),
        ("georgia", ("GE", "US")),
        ("germny", ("DE",)),
        ("austrlia", ("AU", "AT")),
        ("日本", ("JP",)),
        ("european union", ()),
        ("zz", ()),
        ("", ()),
        ("?!", ()),
    ],
)
def test_what_people_type_finds_their_country(typed: str, meant: tuple[str, ...]):
    assert find_country(typed, NAMES) == meant


@given(st.text("adeginmrtuzAK .,'-&\n\u0301\u202eß日本한국🙂", max_size=300))
def test_whatever_is_typed_at_most_five_real_countries_are_offered(typed: str):
    found = find_country(typed, NAMES)
    assert len(found) <= MOST_COUNTRIES_OFFERED
    assert len(set(found)) == len(found)
    assert set(found) <= COUNTRY_CODES


@given(st.sampled_from(sorted(COUNTRY_CODES)), st.sampled_from([" {} ", "{}.", "the {}"]))
def test_a_code_always_finds_its_country(code: str, frame: str):
    assert find_country(frame.format(code.lower()), NAMES)[0] == code
