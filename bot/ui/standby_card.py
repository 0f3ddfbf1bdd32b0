"""Alerts that come privately to those of the team who chose it: the choice, and how such a message looks."""

import re

import discord

from bot.domain.ids import GuildSnowflake

from .answering import Answer
from .card import Card
from .client import Interaction, actor_of, house_of, user_of, words_of
from .persistent import PersistentButton, PersistentItem
from .texts import Words

_ROLE = re.compile(r"<@&\d+>\s*")


def hello(guild: GuildSnowflake, server_name: str, words: Words) -> Card:
    """The first message after somebody chose it: it shows that the way is open."""
    view = discord.ui.View(timeout=None)
    view.add_item(StopAlerts.about_row(guild, words))
    return Card(words("standby.private.hello", server=server_name), view=view)


def without_roles(card: Card) -> Card:
    """The card for private messages, where a role is nobody and the message itself makes the phone ring."""
    content = _ROLE.sub("", card.content) if card.content is not None else None
    mentions = discord.AllowedMentions.none()
    mentions.users = card.mentions.users
    return Card(content, card.embed, card.view, mentions)


def privately(card: Card, guild: GuildSnowflake, server_name: str, words: Words) -> Card:
    """The card for somebody who stands by: which server it is about, why it comes here, how to stop it."""
    why = words("standby.private.why", server=server_name)
    content = f"{card.content or ''}\n-# {why}".strip()
    return stoppable(Card(content, card.embed, card.view, card.mentions), guild, words)


def stoppable(card: Card, guild: GuildSnowflake, words: Words) -> Card:
    """The card, with the button that stops private alerts (P8)."""
    view = card.view or discord.ui.View(timeout=None)
    view.add_item(StopAlerts.about_row(guild, words))
    return Card(card.content, card.embed, view, card.mentions)


class StandBy(PersistentButton, area="standby", verb="begin"):
    """Welcome alerts privately."""

    text = "standby.button.begin"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """From now on, on this server."""
        await house_of(interaction).services.standby.begin(actor_of(interaction))
        await answer.privately(Card(words_of(interaction)("standby.answer.begun")))


class StopAlerts(PersistentButton, area="standby", verb="stop"):
    """One tap stops them. The row is the server, so that it works from private messages."""

    text = "standby.button.stop"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """At once."""
        guild = GuildSnowflake(self.about)
        await house_of(interaction).services.standby.stop(guild, user_of(interaction))
        await answer.privately(Card(words_of(interaction)("standby.answer.stopped")))


ITEMS: tuple[type[PersistentItem], ...] = (StandBy, StopAlerts)
