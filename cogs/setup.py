"""/setup: who is called, where, and which channels are screened."""

from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import setup_panel
from bot.ui.answering import answering
from bot.ui.client import House, Interaction, actor_of, words_of


class SetupCog(commands.Cog):
    """Leads to the set-up panel."""

    def __init__(self, house: House) -> None:
        self._setup = house.services.setup

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def setup(self, itx: Interaction) -> None:
        """Choose who is called when somebody may be in danger, and where."""
        async with answering(itx) as answer:
            view = await self._setup.view(actor_of(itx))
            await answer.privately(setup_panel.panel(view, words_of(itx)))


async def setup(bot: discord.Client) -> None:
    """Called by discord.py."""
    await cast(commands.Bot, bot).add_cog(SetupCog(cast(House, bot)))
