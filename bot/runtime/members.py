"""Who somebody is on a server, asked of Discord."""

import aiohttp
import discord

from bot.domain.ids import GuildSnowflake, RoleSnowflake, UserSnowflake
from bot.ui.client import roles_of


class DiscordMembers:
    """The Members port, on a running client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def roles_of(self, guild: GuildSnowflake, user: UserSnowflake) -> tuple[RoleSnowflake, ...] | None:
        """The roles they hold; none for somebody who left, None when Discord would not say."""
        server = self._client.get_guild(guild)
        if server is None:
            return None
        try:
            return roles_of(await server.fetch_member(user))
        except discord.NotFound:
            return ()
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            return None
