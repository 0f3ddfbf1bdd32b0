"""/status and /help."""

from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import help_card, status_card
from bot.ui.answering import answering
from bot.ui.client import House, Interaction, actor_of, words_of


class StatusCog(commands.Cog):
    """Leads to the status and to help."""

    def __init__(self, house: House) -> None:
        self._status = house.services.status

    @app_commands.command()
    @app_commands.guild_only()
    async def status(self, itx: Interaction) -> None:
        """Would an alert arrive right now? For moderators and managers."""
        async with answering(itx) as answer:
            view = await self._status.view(actor_of(itx))
            await answer.privately(status_card.status(view, words_of(itx)))

    @app_commands.command()
    @app_commands.guild_only()
    async def help(self, itx: Interaction) -> None:
        """What you can do here."""
        async with answering(itx) as answer:
            standing = await self._status.standing(actor_of(itx))
            await answer.privately(help_card.help_for(standing, words_of(itx)))


async def setup(bot: discord.Client) -> None:
    """Called by discord.py."""
    await cast(commands.Bot, bot).add_cog(StatusCog(cast(House, bot)))
