"""How far each channel and thread has been read."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake

from .schema import watermark
from .upsert import upsert


class Watermarks:
    """Rows of watermark."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> tuple[tuple[GuildSnowflake, ChannelSnowflake, MessageSnowflake], ...]:
        """For each channel, the last message that was read with everything before it."""
        rows = await self._connection.execute(select(watermark))
        return tuple(
            (
                GuildSnowflake(row.guild_snowflake),
                ChannelSnowflake(row.channel_snowflake),
                MessageSnowflake(row.read_to),
            )
            for row in rows
        )

    async def keep(self, guild: GuildSnowflake, read: Mapping[ChannelSnowflake, MessageSnowflake]) -> None:
        """Remember how far these channels of a server have been read."""
        for channel, message in read.items():
            await upsert(
                self._connection,
                watermark,
                {"channel_snowflake": channel, "guild_snowflake": guild, "read_to": message},
            )

    async def forget_before(self, message: int) -> int:
        """Forget channels and threads in which nothing was read since this message."""
        result = await self._connection.execute(delete(watermark).where(watermark.c.read_to < message))
        return result.rowcount
