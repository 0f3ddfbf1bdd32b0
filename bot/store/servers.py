"""What servers chose in /setup, and which channels are screened."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import ChannelSnowflake, GuildSnowflake
from bot.domain.server import ScreenedChannel, Server
from bot.domain.tier import Tier

from .schema import screened_channel, server
from .upsert import upsert

_FIELDS = tuple(field.name for field in fields(Server))


class Servers:
    """Rows of server and screened_channel."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, guild: GuildSnowflake) -> Server:
        """The settings of a server; an empty Server when it never chose anything."""
        found = (
            await self._connection.execute(select(server).where(server.c.guild_snowflake == guild))
        ).first()
        return _server(found) if found else Server(guild)

    async def save(self, changed: Server) -> None:
        """Keep the settings."""
        await upsert(
            self._connection,
            server,
            {
                "guild_snowflake": changed.guild_snowflake,
                "moderators_channel": changed.moderators_channel,
                "second_channel": changed.second_channel,
                "moderators_role": changed.moderators_role,
                "on_call_role": changed.on_call_role,
                "facilitators_role": changed.facilitators_role,
                "country": changed.country,
                "languages": list(changed.languages),
                "zone": changed.zone,
                "set_up_at": changed.set_up_at,
                "last_alert_at": changed.last_alert_at,
            },
        )

    async def draft(self, guild: GuildSnowflake) -> dict[str, Any] | None:
        """Choices made in the panel and not saved yet."""
        found = await self._connection.scalar(select(server.c.draft).where(server.c.guild_snowflake == guild))
        return dict(found) if found is not None else None

    async def keep_draft(self, guild: GuildSnowflake, draft: dict[str, Any] | None) -> None:
        """Keep, or with None drop, the choices not saved yet."""
        if (
            await self._connection.scalar(select(server.c.zone).where(server.c.guild_snowflake == guild))
            is None
        ):
            await self.save(Server(guild))
        await self._connection.execute(
            update(server).where(server.c.guild_snowflake == guild).values(draft=draft)
        )

    async def all_screened(self) -> tuple[ScreenedChannel, ...]:
        """Every screened channel of every server, for the watch in memory."""
        return tuple(_screened(row) for row in await self._connection.execute(select(screened_channel)))

    async def screened(self, guild: GuildSnowflake) -> tuple[ScreenedChannel, ...]:
        """The screened channels of one server."""
        rows = await self._connection.execute(
            select(screened_channel)
            .where(screened_channel.c.guild_snowflake == guild)
            .order_by(screened_channel.c.channel_snowflake)
        )
        return tuple(_screened(row) for row in rows)

    async def set_screened(self, guild: GuildSnowflake, channels: tuple[ScreenedChannel, ...]) -> None:
        """Replace the screened channels of a server."""
        await self._connection.execute(
            delete(screened_channel).where(screened_channel.c.guild_snowflake == guild)
        )
        if channels:
            await self._connection.execute(
                insert(screened_channel),
                [
                    {
                        "channel_snowflake": each.channel_snowflake,
                        "guild_snowflake": guild,
                        "chosen": each.chosen,
                        "announced_at": each.announced_at,
                        "floor": int(each.floor),
                    }
                    for each in channels
                ],
            )

    async def set_floor(self, guild: GuildSnowflake, channel: ChannelSnowflake, floor: Tier) -> bool:
        """From which tier on the channel's signals are brought to people; False if it is not screened."""
        result = await self._connection.execute(
            update(screened_channel)
            .where(
                screened_channel.c.channel_snowflake == channel, screened_channel.c.guild_snowflake == guild
            )
            .values(floor=int(floor))
        )
        return result.rowcount > 0

    async def announced(self, channel: ChannelSnowflake, at: datetime) -> None:
        """The door stands in this channel since then; screening may begin."""
        await self._connection.execute(
            update(screened_channel)
            .where(screened_channel.c.channel_snowflake == channel)
            .values(announced_at=at)
        )


def _server(row: Row[Any]) -> Server:
    values = {name: getattr(row, name) for name in _FIELDS}
    values["languages"] = tuple(values["languages"])
    return Server(**values)


def _screened(row: Row[Any]) -> ScreenedChannel:
    return ScreenedChannel(
        GuildSnowflake(row.guild_snowflake),
        ChannelSnowflake(row.channel_snowflake),
        row.chosen,
        row.announced_at,
        Tier(row.floor),
    )
