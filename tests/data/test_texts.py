"""The words of the bot: every key that is used exists, every key that exists is used, and all of it fits."""

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.domain.case import EventKind, Outcome, Source
from bot.domain.group import GroupKind
from bot.domain.ladder import Audience
from bot.domain.tier import Tier
from bot.runtime.settings import shipped_words
from bot.ui.texts import TextFault, Words, load_texts

ROOT = Path(__file__).parents[2]
CODE = [path for room in ("bot", "cogs") for path in sorted((ROOT / room).rglob("*.py"))]
TEXTS = load_texts(shipped_words() / "text")
ENGLISH = TEXTS.of("en")

# Texts that stand where Discord is strict, by the limit that holds there
# (Discord's documentation: "Message Components", "Embed Limits", "Modals").
LIMITS = {
    80: ("case.button.", "support.button.", "standby.button.", "setup.button.", "group.button."),
    45: ("case.close.title", "support.country_modal.title", "setup.modal.title", "group.modal.title"),
    100: ("case.close.reached", "case.close.note_hint", "setup.menu.", "group.kind.", "group.panel.none"),
    256: ("case.card.title", "support.panel.title", "status.view.title", "help.view.title"),
    1024: ("help.everyone.body", "help.moderator.body", "help.manager.body"),
    2000: (".answer.", ".refusal.", "case.page.", "case.nudge."),
}
# Labels of modal fields hold 45 characters.
MODAL_LABELS = (
    "case.close.outcome",
    "case.close.note",
    "support.country_modal.label",
    "setup.modal.country",
    "setup.modal.languages",
    "setup.modal.zone",
    "group.modal.name",
    "group.modal.zone",
)


@cache
def literals() -> tuple[frozenset[str], tuple[str, ...]]:
    """Every string in the code that could be a key, and the beginnings of those put together."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    return frozenset(whole), tuple(each for each in beginnings if each.count(".") >= 1)


def asked_for() -> Iterator[tuple[str, Path]]:
    """Every literal key the code asks for: words("…"), Refusal("…"), Problem("…"), text = "…"."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = node.args[0]
                if name in ("words", "Refusal", "Problem") and isinstance(first, ast.Constant):
                    yield first.value, path
                if name == "words" and isinstance(first, ast.IfExp):
                    for branch in (first.body, first.orelse):
                        if isinstance(branch, ast.Constant):
                            yield branch.value, path
            named = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("text", "key")
            if named and isinstance(node.value, ast.Constant) and node.value.value:
                yield node.value.value, path


def fields(words: Words, key: str) -> list[set[str]]:
    """The named fields of a text, form by form."""
    entry = words.entry(key)
    forms = [entry] if isinstance(entry, str) else list(entry.values())
    return [{name for _, name, _, _ in string.Formatter().parse(form) if name} for form in forms]


def test_every_key_that_is_asked_for_exists() -> None:
    known = set(ENGLISH.known())
    missing = sorted({f"{key} in {path.name}" for key, path in asked_for() if key not in known})
    assert missing == []


def test_every_key_that_exists_is_used() -> None:
    whole, beginnings = literals()
    unused = [key for key in ENGLISH.known() if key not in whole and not key.startswith(beginnings)]
    assert unused == []


@pytest.mark.parametrize(
    ("beginning", "values"),
    [
        ("case.outcome.", list(Outcome)),
        ("case.close.", list(Outcome)),
        ("case.event.", list(EventKind)),
        ("case.audience.", list(Audience)),
        ("case.why.", list(Source)),
        ("case.order.", [f"t{int(tier)}" for tier in Tier if tier.opens_case]),
        ("group.kind.", list(GroupKind)),
    ],
)
def test_every_value_has_a_word(beginning: str, values: list[str]) -> None:
    assert [value for value in values if f"{beginning}{value}" not in set(ENGLISH.known())] == []


def test_no_form_of_a_plural_names_a_field_the_general_form_lacks() -> None:
    uneven = [
        key
        for key in ENGLISH.known()
        if any(not each <= fields(ENGLISH, key)[-1] for each in fields(ENGLISH, key))
    ]
    assert uneven == []


def test_plural_texts_have_the_forms_of_their_language() -> None:
    for language in TEXTS.languages():
        words = TEXTS.of(language)
        forms = {*words.locale.plural_form.tags, "other"}
        for key in words.known():
            entry = words.entry(key)
            assert isinstance(entry, str) or set(entry) == forms, key


def test_every_language_names_the_same_fields() -> None:
    for language in TEXTS.languages():
        words = TEXTS.of(language)
        assert set(words.known()) <= set(ENGLISH.known())
        for key in words.known():
            assert set().union(*fields(words, key)) == set().union(*fields(ENGLISH, key)), key


def test_texts_fit_where_they_stand() -> None:
    for key in ENGLISH.known():
        entry = ENGLISH.entry(key)
        longest = max([entry] if isinstance(entry, str) else entry.values(), key=len)
        for limit, places in LIMITS.items():
            if any(place in key for place in places):
                assert len(longest) <= limit, f"{key} has {len(longest)} characters"
        if key in MODAL_LABELS:
            assert len(longest) <= 45, key


def test_no_exclamation_marks_and_no_dashes_for_effect() -> None:
    """S13: kind words only."""
    for key in ENGLISH.known():
        entry = ENGLISH.entry(key)
        for form in [entry] if isinstance(entry, str) else entry.values():
            assert "!" not in form, key
            assert "—" not in form, key


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    with pytest.raises(TextFault):
        load_texts(tmp_path)


def test_a_language_nobody_knows_is_refused(tmp_path: Path) -> None:
    for name in ("en", "notalanguage"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.toml").write_text('b = "c"', encoding="utf-8")
    with pytest.raises(TextFault):
        load_texts(tmp_path)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "broken.toml").write_text('b = "c', encoding="utf-8")
    with pytest.raises(TextFault, match="broken.toml"):
        load_texts(tmp_path)


def test_a_language_falls_back_to_english_text_by_text(tmp_path: Path) -> None:
    for name, text in (("en", 'b = "hello"\nc = "bye"'), ("de", 'b = "hallo"')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.toml").write_text(text, encoding="utf-8")
    words = load_texts(tmp_path).of("de")
    assert (words("a.b"), words("a.c")) == ("hallo", "bye")
