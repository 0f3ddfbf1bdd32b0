"""/case: open cases and their history, for moderators."""

from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import case_cards
from bot.ui.answering import answering
from bot.ui.arguments import CaseArg
from bot.ui.client import House, Interaction, actor_of, words_of


@app_commands.guild_only()
class CaseCog(commands.GroupCog, group_name="case", group_description="Cases, for moderators"):
    """Leads to the cases."""

    def __init__(self, house: House) -> None:
        self._cases = house.services.cases

    @app_commands.command()
    async def list(self, itx: Interaction) -> None:
        """Open cases: those nobody has come first."""
        async with answering(itx) as answer:
            cases = await self._cases.list_open(actor_of(itx))
            await answer.privately(case_cards.case_list(cases, words_of(itx)))

    @app_commands.command()
    @app_commands.describe(case="The number of the case")
    async def show(self, itx: Interaction, case: CaseArg) -> None:
        """One case with its history."""
        async with answering(itx) as answer:
            view = await self._cases.show(actor_of(itx), case)
            await answer.privately(case_cards.case_shown(view, words_of(itx)))


async def setup(bot: discord.Client) -> None:
    """Called by discord.py."""
    await cast(commands.Bot, bot).add_cog(CaseCog(cast(House, bot)))
