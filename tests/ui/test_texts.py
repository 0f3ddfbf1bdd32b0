"""How texts are filled, and how what people wrote is made harmless."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui.texts import Markup, Words, harmless


@pytest.fixture
def words() -> Words:
    return Words(
        "en",
        {
            "a.plain": "Hello {name}",
            "a.when": "It was {at:R}",
            "a.count": {"one": "{count} case", "other": "{count} cases"},
            "a.list": "In {places}",
        },
    )


def test_what_people_wrote_cannot_mark_up_or_mention(words: Words) -> None:
    said = words("a.plain", name="**bold** @everyone <@1> [x](https://example.org)")
    assert "@everyone" not in said
    assert "**bold**" not in said
    assert "<@1>" not in said


def test_our_own_markup_stays(words: Words) -> None:
    assert words("a.plain", name=Markup("<@1>")) == "Hello <@1>"


def test_direction_changes_and_invisible_letters_are_taken_out() -> None:
    assert harmless("a\u202eb\u200bc\x00d") == "a b c d"


def test_times_are_shown_in_the_readers_zone(words: Words) -> None:
    assert words("a.when", at=datetime(2026, 1, 1, tzinfo=UTC)) == "It was <t:1767225600:R>"


def test_plural_forms_follow_the_count(words: Words) -> None:
    assert [words("a.count", count=count) for count in (0, 1, 2)] == ["0 cases", "1 case", "2 cases"]


def test_lists_read_like_lists(words: Words) -> None:
    assert words("a.list", places=["a", "b", "c"]) == "In a, b, and c"


def test_an_unknown_key_is_an_error(words: Words) -> None:
    with pytest.raises(KeyError):
        words("a.nothing")


@given(st.text())
def test_no_text_can_ping_anybody(text: str) -> None:
    safe = harmless(text)
    assert "@everyone" not in safe
    assert "@here" not in safe
    assert not any(f"<@{sign}" in safe for sign in ("!", "&", *"0123456789"))


def test_names_of_countries_and_languages_come_in_the_language(tmp_path: Path) -> None:
    assert Words("de", {}).country("IE") == "Irland"
    assert Words("en", {}).language_name("de") == "German"
