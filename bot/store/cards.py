"""Which of our messages can change later."""

from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.card import PostedCard
from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, UserSnowflake

from .schema import card
from .upsert import upsert


class Cards:
    """Rows of card."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, posted: PostedCard) -> None:
        """Remember a posted message; the same message twice is one."""
        await upsert(
            self._connection,
            card,
            {
                "message_snowflake": posted.message,
                "channel_snowflake": posted.channel,
                "guild_snowflake": posted.guild,
                "kind": posted.kind,
                "subject_id": posted.subject_id,
                "posted_at": posted.posted_at,
                "user_snowflake": posted.user,
            },
        )

    async def of(self, kind: str, subject_id: int, latest: int = 6) -> tuple[PostedCard, ...]:
        """The latest posted messages of this kind about the subject, the newest first."""
        rows = await self._connection.execute(
            select(card)
            .where(card.c.kind == kind, card.c.subject_id == subject_id)
            .order_by(card.c.message_snowflake.desc())
            .limit(latest)
        )
        return tuple(_posted(row) for row in rows)

    async def forget(self, message: MessageSnowflake) -> None:
        """The message is gone."""
        await self._connection.execute(delete(card).where(card.c.message_snowflake == message))


def _posted(row: Row[Any]) -> PostedCard:
    return PostedCard(
        row.kind,
        row.subject_id,
        GuildSnowflake(row.guild_snowflake) if row.guild_snowflake is not None else None,
        ChannelSnowflake(row.channel_snowflake),
        MessageSnowflake(row.message_snowflake),
        row.posted_at,
        UserSnowflake(row.user_snowflake) if row.user_snowflake is not None else None,
    )
