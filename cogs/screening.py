"""Messages go to the screen; /screening tells everyone what is screened."""

from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import help_card
from bot.ui.answering import answering
from bot.ui.client import House, Interaction, actor_of, words_of
from bot.ui.hearing import heard_in


class ScreeningCog(commands.Cog):
    """Leads to the signals and the screening."""

    def __init__(self, house: House, client: discord.Client) -> None:
        self._client = client
        self._signals = house.services.signals
        self._screening = house.services.screening

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Every message is offered to the screen, which knows where it may look."""
        for heard in heard_in(message, self._client.user):
            await self._signals.hear(heard)

    @app_commands.command()
    @app_commands.guild_only()
    async def screening(self, itx: Interaction) -> None:
        """Which channels are screened for words that may mean danger, and what is kept."""
        async with answering(itx) as answer:
            view = await self._screening.view(actor_of(itx).guild_snowflake)
            await answer.privately(help_card.screening(view, words_of(itx)))


async def setup(bot: discord.Client) -> None:
    """Called by discord.py."""
    await cast(commands.Bot, bot).add_cog(ScreeningCog(cast(House, bot), bot))
