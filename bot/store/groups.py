"""Groups with their channels and facilitators."""

from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.group import Group, GroupKind
from bot.domain.ids import ChannelSnowflake, GroupId, GuildSnowflake, UserSnowflake

from .schema import group, group_channel, group_facilitator


class Groups:
    """Rows of group, group_channel and group_facilitator."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_server(self, guild: GuildSnowflake, *, closed: bool = False) -> tuple[Group, ...]:
        """The server's groups, oldest first; those that have ended only when asked for."""
        wanted = select(group).where(group.c.guild_snowflake == guild).order_by(group.c.group_id)
        if not closed:
            wanted = wanted.where(group.c.closed_at.is_(None))
        rows = (await self._connection.execute(wanted)).all()
        ids = [row.group_id for row in rows]
        channels = await self._connection.execute(
            select(group_channel)
            .where(group_channel.c.group_id.in_(ids))
            .order_by(group_channel.c.channel_snowflake)
        )
        people = await self._connection.execute(
            select(group_facilitator)
            .where(group_facilitator.c.group_id.in_(ids))
            .order_by(group_facilitator.c.user_snowflake)
        )
        places: dict[int, list[int]] = {}
        for row in channels:
            places.setdefault(row.group_id, []).append(row.channel_snowflake)
        holders: dict[int, list[int]] = {}
        for row in people:
            holders.setdefault(row.group_id, []).append(row.user_snowflake)
        return tuple(_group(row, places.get(row.group_id, []), holders.get(row.group_id, [])) for row in rows)

    async def find(self, guild: GuildSnowflake, group_id: GroupId) -> Group | None:
        """The group of this server, ended or not."""
        for found in await self.of_server(guild, closed=True):
            if found.group_id == group_id:
                return found
        return None

    async def add(self, new: Group) -> Group:
        """Keep a new group; returned with its id."""
        result = await self._connection.execute(
            insert(group).values(
                guild_snowflake=new.guild_snowflake,
                name=new.name,
                kind=new.kind,
                zone=new.zone,
                closed_at=new.closed_at,
            )
        )
        assert result.inserted_primary_key is not None  # noqa: S101 - the driver promises it
        saved = Group(
            GroupId(result.inserted_primary_key[0]),
            new.guild_snowflake,
            new.name,
            new.kind,
            new.zone,
            new.channels,
            new.facilitators,
        )
        await self._write_links(saved)
        return saved

    async def save(self, changed: Group) -> None:
        """Keep a changed group."""
        await self._connection.execute(
            update(group)
            .where(group.c.group_id == changed.group_id)
            .values(name=changed.name, kind=changed.kind, zone=changed.zone, closed_at=changed.closed_at)
        )
        for links in (group_channel, group_facilitator):
            await self._connection.execute(delete(links).where(links.c.group_id == changed.group_id))
        await self._write_links(changed)

    async def _write_links(self, saved: Group) -> None:
        for links, column, values in (
            (group_channel, "channel_snowflake", saved.channels),
            (group_facilitator, "user_snowflake", saved.facilitators),
        ):
            if values:
                await self._connection.execute(
                    insert(links), [{"group_id": saved.group_id, column: value} for value in values]
                )


def _group(row: Row[Any], channels: list[int], facilitators: list[int]) -> Group:
    return Group(
        GroupId(row.group_id),
        GuildSnowflake(row.guild_snowflake),
        row.name,
        GroupKind(row.kind),
        row.zone,
        tuple(ChannelSnowflake(each) for each in channels),
        tuple(UserSnowflake(each) for each in facilitators),
        row.closed_at,
    )
