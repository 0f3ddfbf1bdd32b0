"""Buttons, menus and modals that still answer after a restart.

Their ids read v1:area:verb:row and carry no authority: who may do what is asked again in the service, at
the press. Three things of discord.py are avoided here once and for all: an exception while parsing an id
is swallowed, one in interaction_check silently means "denied", and a view that mixes these items with
ordinary ones makes all of them dead when it times out. So: from_custom_id only parses, interaction_check
is left alone, callback is final and answers through `answering`, and persistent_view takes nothing else.
"""

import re
from abc import abstractmethod
from typing import Any, ClassVar, Self, cast, final

import discord

from .answering import Answer, answering
from .client import Interaction
from .texts import Words

MODAL_OPEN_FOR = 15 * 60.0


class PersistentItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"v1:-:-:(?P<row>\d+)"):
    """The common part of buttons and menus. row: what the press is about, usually a row id."""

    area: ClassVar[str] = "-"
    verb: ClassVar[str] = "-"
    opens_modal: ClassVar[bool] = False

    def __init_subclass__(cls, *, area: str = "", verb: str = "", opens_modal: bool = False) -> None:
        if area:
            cls.area, cls.verb, cls.opens_modal = area, verb, opens_modal
        super().__init_subclass__(template=rf"v1:{re.escape(cls.area)}:{re.escape(cls.verb)}:(?P<row>\d+)")

    def __init__(self, row: int, item: discord.ui.Item[Any]) -> None:
        super().__init__(item)
        self.about = row

    @classmethod
    def id_for(cls, row: int) -> str:
        """The custom id of this item about that row."""
        return f"v1:{cls.area}:{cls.verb}:{row}"

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Only parse."""
        return cls(int(match["row"]), item)

    @final
    async def callback(self, interaction: Interaction) -> None:
        """Answer the press."""
        async with answering(interaction, opening=self.opens_modal) as answer:
            await self.press(interaction, answer)

    @abstractmethod
    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """What the press does."""

    @property
    def chosen(self) -> list[Any]:
        """What was chosen in a menu."""
        return list(cast("discord.ui.Select[Any]", self.item).values)


class PersistentButton(PersistentItem):
    """A button. text: the key of its label."""

    text: ClassVar[str] = ""
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    @classmethod
    def about_row(cls, row: int, words: Words) -> Self:
        """The button as it is shown."""
        return cls(
            row,
            discord.ui.Button(label=str(words(cls.text)), style=cls.style, custom_id=cls.id_for(row)),
        )


class PersistentModal(discord.ui.Modal):
    """A modal whose submission is read from the interaction itself, so it may outlive a restart.

    on_submit stays empty: submissions are taken in by ui/registry.py, once, from the raw event.
    """

    area: ClassVar[str] = "-"
    verb: ClassVar[str] = "-"

    def __init_subclass__(cls, *, area: str, verb: str) -> None:
        cls.area, cls.verb = area, verb
        super().__init_subclass__()

    def __init__(self, row: int, title: str) -> None:
        super().__init__(title=title, timeout=MODAL_OPEN_FOR, custom_id=f"v1:{self.area}:{self.verb}:{row}")

    @classmethod
    @abstractmethod
    async def submitted(
        cls, interaction: Interaction, row: int, values: dict[str, list[str]], answer: Answer
    ) -> None:
        """What submitting does. values: what was entered or chosen, by the custom id of the field."""


def persistent_view(*items: PersistentItem | discord.ui.Button[Any]) -> discord.ui.View:
    """A classic view that never times out. Takes persistent items and link buttons, nothing else."""
    view = discord.ui.View(timeout=None)
    for item in items:
        if not isinstance(item, PersistentItem) and item.url is None:
            raise TypeError("only persistent items and link buttons may share a view")
        view.add_item(item)
    return view


def submitted_values(data: dict[str, Any]) -> dict[str, list[str]]:
    """What was entered in a modal: every field by its custom id, always as a list."""
    values: dict[str, list[str]] = {}

    def walk(components: list[dict[str, Any]]) -> None:
        for component in components:
            walk(component.get("components") or [])
            if "component" in component:
                walk([component["component"]])
            if "custom_id" in component:
                one = component.get("value")
                values[component["custom_id"]] = (
                    [str(each) for each in component["values"]]
                    if component.get("values") is not None
                    else []
                    if one is None
                    else [str(one)]
                )

    walk(data.get("components") or [])
    return values
