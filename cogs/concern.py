"""Menus on messages and people: asking a moderator to look, for somebody else's sake."""

from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.ids import ChannelSnowflake, MessageSnowflake
from bot.ui import concern_card
from bot.ui.answering import answering
from bot.ui.client import House, Interaction, actor_of, words_of
from bot.ui.hearing import person_in


class ConcernCog(commands.Cog):
    """Leads to the signals."""

    def __init__(self, house: House) -> None:
        self._signals = house.services.signals

    async def look(self, itx: Interaction, message: discord.Message) -> None:
        """Ask a moderator to look at a message; confidential."""
        async with answering(itx) as answer:
            taken = await self._signals.look(
                actor_of(itx),
                await person_in(message.author, itx.guild),
                ChannelSnowflake(message.channel.id),
                MessageSnowflake(message.id),
                str(itx.id),
            )
            await answer.privately(concern_card.thanks_for_looking(taken, words_of(itx)))

    async def worry(self, itx: Interaction, person: discord.Member) -> None:
        """Say that one is worried about somebody; confidential."""
        async with answering(itx) as answer:
            taken = await self._signals.worry(actor_of(itx), await person_in(person, itx.guild), str(itx.id))
            await answer.privately(concern_card.thanks_for_worrying(taken, person.id, words_of(itx)))


async def setup(bot: discord.Client) -> None:
    """Called by discord.py."""
    cog = ConcernCog(cast(House, bot))
    tree = cast(commands.Bot, bot).tree
    await cast(commands.Bot, bot).add_cog(cog)
    for name, callback in (
        ("Ask a moderator to look", cog.look),
        ("I'm worried about this person", cog.worry),
    ):
        menu = app_commands.ContextMenu(name=name, callback=callback)
        tree.add_command(app_commands.guild_only(menu))
