"""/group: the groups of a server."""

from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.group import GroupKind
from bot.domain.ids import ChannelSnowflake, UserSnowflake
from bot.ui import group_panel
from bot.ui.answering import answering
from bot.ui.arguments import suggest_groups, suggest_zones
from bot.ui.card import Card
from bot.ui.client import House, Interaction, actor_of, words_of


@app_commands.guild_only()
class GroupCog(commands.GroupCog, group_name="group", group_description="Groups on this server"):
    """Leads to the groups."""

    def __init__(self, house: House) -> None:
        self._groups = house.services.groups

    @app_commands.command()
    @app_commands.describe(
        name="What the group is called",
        kind="Who may come",
        channel="Where it meets; messages there are screened",
        facilitator="Who facilitates it; more can be added afterwards",
        zone="Time zone, for example Europe/Dublin; without it, the server's",
    )
    @app_commands.autocomplete(zone=suggest_zones)
    async def create(
        self,
        itx: Interaction,
        name: str,
        kind: GroupKind = GroupKind.OPEN,
        channel: discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | None = None,
        facilitator: discord.Member | None = None,
        zone: str | None = None,
    ) -> None:
        """Make a group."""
        async with answering(itx) as answer:
            channels = tuple(ChannelSnowflake(each.id) for each in (channel,) if each)
            people = tuple(UserSnowflake(each.id) for each in (facilitator,) if each)
            group = await self._groups.create(actor_of(itx), name, kind, channels, people, zone)
            await answer.privately(group_panel.panel(group, words_of(itx)))

    @app_commands.command()
    @app_commands.describe(group="Which group")
    @app_commands.autocomplete(group=suggest_groups)
    async def edit(self, itx: Interaction, group: str) -> None:
        """Change a group's name, channels, facilitators, kind or time zone."""
        async with answering(itx) as answer:
            shown = await self._groups.named(actor_of(itx), group)
            await answer.privately(group_panel.panel(shown, words_of(itx)))

    @app_commands.command()
    async def list(self, itx: Interaction) -> None:
        """The groups on this server."""
        async with answering(itx) as answer:
            groups = await self._groups.list(actor_of(itx).guild_snowflake)
            await answer.privately(group_panel.group_list(groups, words_of(itx)))

    @app_commands.command()
    @app_commands.describe(group="Which group")
    @app_commands.autocomplete(group=suggest_groups)
    async def close(self, itx: Interaction, group: str) -> None:
        """End a group."""
        async with answering(itx) as answer:
            found = await self._groups.named(actor_of(itx), group)
            closed = await self._groups.close(actor_of(itx), found.group_id)
            await answer.privately(Card(words_of(itx)("group.answer.closed", name=closed.name)))


async def setup(bot: discord.Client) -> None:
    """Called by discord.py."""
    await cast(commands.Bot, bot).add_cog(GroupCog(cast(House, bot)))
