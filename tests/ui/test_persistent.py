"""Buttons, menus and modals: registered, told apart by their ids, and safe to share a view."""

import itertools
from collections.abc import Iterator

import discord
import pytest

from bot.ui import registry
from bot.ui.persistent import (
    PersistentButton,
    PersistentItem,
    PersistentModal,
    persistent_view,
    submitted_values,
)


def below(base: type) -> Iterator[type]:
    """Every class made from this one that has an area of its own."""
    for each in base.__subclasses__():
        yield from below(each)
        if "area" in vars(each) and vars(each)["area"] != "-":
            yield each


def test_every_item_and_modal_is_registered() -> None:
    assert set(registry.ITEMS) == set(below(PersistentItem))
    assert set(registry.MODALS) == set(below(PersistentModal))


def test_no_id_matches_two_items() -> None:
    for one, other in itertools.permutations(registry.ITEMS, 2):
        assert other.__discord_ui_compiled_template__.fullmatch(one.id_for(12345678901234567890)) is None


def test_every_id_matches_its_own_item_and_fits() -> None:
    for item in registry.ITEMS:
        custom_id = item.id_for(2**63)
        assert item.__discord_ui_compiled_template__.fullmatch(custom_id)
        assert len(custom_id) <= 100


def test_a_view_with_ordinary_buttons_is_refused() -> None:
    ordinary: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="x", custom_id="x")
    with pytest.raises(TypeError):
        persistent_view(ordinary)


def test_a_persistent_view_never_times_out() -> None:
    link: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="x", url="https://example.org")
    assert persistent_view(link).timeout is None


def test_no_item_overrides_what_would_fail_in_silence() -> None:
    for item in registry.ITEMS:
        assert item.interaction_check is discord.ui.DynamicItem.interaction_check
        assert item.callback is PersistentItem.callback


def test_every_button_has_a_text() -> None:
    for item in registry.ITEMS:
        if issubclass(item, PersistentButton):
            assert item.text


def test_values_are_read_from_labels_rows_and_choices() -> None:
    data = {
        "components": [
            {"type": 18, "component": {"type": 4, "custom_id": "note", "value": "hello"}},
            {"type": 18, "component": {"type": 21, "custom_id": "outcome", "value": None}},
            {"type": 1, "components": [{"type": 3, "custom_id": "pick", "values": ["a", "b"]}]},
        ]
    }
    assert submitted_values(data) == {"note": ["hello"], "outcome": [], "pick": ["a", "b"]}
