"""/support: numbers to call, and a way to a human."""

from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import support_panel
from bot.ui.answering import answering
from bot.ui.client import House, Interaction, guild_of, user_of, words_of


class SupportCog(commands.Cog):
    """Leads to the support panel, on a server and in private messages."""

    def __init__(self, house: House) -> None:
        self._support = house.services.support

    @app_commands.command()
    async def support(self, itx: Interaction) -> None:
        """Numbers to call, and a way to ask for a moderator. Only you see it."""
        async with answering(itx) as answer:
            view = await self._support.view(user_of(itx), guild_of(itx))
            await answer.privately(support_panel.panel(view, words_of(itx)))


async def setup(bot: discord.Client) -> None:
    """Called by discord.py."""
    await cast(commands.Bot, bot).add_cog(SupportCog(cast(House, bot)))
