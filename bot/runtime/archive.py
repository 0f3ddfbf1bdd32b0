"""What was written before, read from Discord."""

import aiohttp
import discord
import structlog

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake
from bot.services.ports import PastMessage

log = structlog.get_logger("archive")


class DiscordArchive:
    """The Archive port, on a running client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def latest(
        self, guild: GuildSnowflake, channel: ChannelSnowflake, limit: int
    ) -> tuple[PastMessage, ...]:
        """The latest messages that are not the bot's own; nothing where it may not look."""
        server = self._client.get_guild(guild)
        place = server.get_channel(channel) if server else None
        if not isinstance(place, discord.abc.Messageable):
            return ()
        found: list[PastMessage] = []
        try:
            async for message in place.history(limit=limit):
                if message.author != self._client.user and message.content:
                    found.append(PastMessage(channel, MessageSnowflake(message.id), message.content))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("archive.closed", channel_snowflake=channel, code=getattr(error, "code", None))
        return tuple(found)
