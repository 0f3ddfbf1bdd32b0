"""Panels: a box of texts, menus and buttons (Discord's second kind of components)."""

from typing import Any

import discord

from .card import Card
from .persistent import PersistentItem


class Box:
    """Filled from top to bottom. Holds persistent items only, so a panel outlives a restart."""

    def __init__(self) -> None:
        self._container: discord.ui.Container[Any] = discord.ui.Container()

    def say(self, text: str) -> None:
        """A text."""
        self._container.add_item(discord.ui.TextDisplay(text))

    def line(self) -> None:
        """A thin line."""
        self._container.add_item(discord.ui.Separator())

    def row(self, *items: PersistentItem) -> None:
        """Buttons beside one another, or one menu."""
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        for item in items:
            row.add_item(item)
        self._container.add_item(row)

    def menu(self, text: str, item: PersistentItem) -> None:
        """A menu under what it is for."""
        self.say(text)
        self.row(item)

    def card(self) -> Card:
        """The panel."""
        layout = discord.ui.LayoutView(timeout=None)
        layout.add_item(self._container)
        return Card(view=layout)
