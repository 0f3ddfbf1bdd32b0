"""Who belongs to a server, asked of Discord."""

import asyncio

import aiohttp
import discord

from bot.domain.ids import GuildSnowflake, RoleSnowflake, UserSnowflake
from bot.ui.client import roles_of

ASKED_FOR = 5.0
"""Seconds; an alert does not wait longer to learn who somebody is."""


class DiscordMembership:
    """The Membership port, on a running client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def roles_of(self, guild: GuildSnowflake, user: UserSnowflake) -> frozenset[RoleSnowflake] | None:
        """The roles somebody holds now; None when the server is not known, or Discord does not answer."""
        server = self._client.get_guild(guild)
        if server is None:
            return None
        try:
            async with asyncio.timeout(ASKED_FOR):
                return frozenset(roles_of(await server.fetch_member(user)))
        except discord.NotFound:
            return frozenset()
        except (discord.HTTPException, aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            return None
