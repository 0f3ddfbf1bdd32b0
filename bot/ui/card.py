"""A card: one message as we want it shown, independent of how it is sent."""

from dataclasses import dataclass, field
from typing import Any

import discord

SILENCE = discord.AllowedMentions.none()


@dataclass(frozen=True, slots=True)
class Card:
    """Classic (content, embed, view) or, with a LayoutView, everything inside the view.

    mentions: who may be pinged by it; nobody unless said so.
    """

    content: str | None = None
    embed: discord.Embed | None = None
    view: discord.ui.View | discord.ui.LayoutView | None = None
    mentions: discord.AllowedMentions = field(default_factory=lambda: SILENCE)

    @property
    def called(self) -> frozenset[int]:
        """The roles it is to make ring."""
        roles = self.mentions.roles
        return frozenset(role.id for role in roles) if isinstance(roles, list) else frozenset()

    def for_sending(self) -> dict[str, Any]:
        """Arguments of a new message."""
        parts: dict[str, Any] = {"allowed_mentions": self.mentions}
        if self.content is not None:
            parts["content"] = self.content
        if self.embed is not None:
            parts["embed"] = self.embed
        if self.view is not None:
            parts["view"] = self.view
        return parts

    def for_editing(self) -> dict[str, Any]:
        """Arguments that bring an existing message to this card; without content the first line stays."""
        if isinstance(self.view, discord.ui.LayoutView):
            return {"view": self.view, "allowed_mentions": self.mentions}
        parts: dict[str, Any] = {
            "embeds": [self.embed] if self.embed else [],
            "view": self.view,
            "allowed_mentions": self.mentions,
        }
        if self.content is not None:
            parts["content"] = self.content
        return parts
