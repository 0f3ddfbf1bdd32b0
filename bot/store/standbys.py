"""Who of a team welcomes alerts as private messages."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import GuildSnowflake, UserSnowflake

from .schema import standby
from .upsert import insert_once


class Standbys:
    """Rows of standby: one per person and server."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, guild: GuildSnowflake) -> tuple[UserSnowflake, ...]:
        """Everyone who chose it on this server, whoever chose it first first."""
        found = await self._connection.scalars(
            select(standby.c.user_snowflake)
            .where(standby.c.guild_snowflake == guild)
            .order_by(standby.c.since, standby.c.user_snowflake)
        )
        return tuple(UserSnowflake(user) for user in found)

    async def begin(self, guild: GuildSnowflake, user: UserSnowflake, at: datetime) -> bool:
        """This person chose it; False if they had before."""
        row = {"guild_snowflake": guild, "user_snowflake": user, "since": at}
        return await insert_once(self._connection, standby, row, "guild_snowflake", "user_snowflake")

    async def stop(self, guild: GuildSnowflake, user: UserSnowflake) -> None:
        """This person does not want it any more."""
        await self._connection.execute(
            delete(standby).where(standby.c.guild_snowflake == guild, standby.c.user_snowflake == user)
        )
