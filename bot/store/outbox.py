"""What must be sent: written with the state that calls for it, delivered afterwards, at least once."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import GuildSnowflake, OutboxId, UserSnowflake
from bot.domain.letter import LEASE_FOR, Letter, LetterKind, Urgency

from .schema import outbox
from .upsert import insert_once


class Outbox:
    """Rows of outbox."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.left_work = False

    async def put(self, letter: Letter, now: datetime) -> bool:
        """Send this; False when a letter of this key was put already."""
        self.left_work = True
        return await insert_once(
            self._connection,
            outbox,
            {
                "kind": letter.kind,
                "key": letter.key,
                "guild_snowflake": letter.guild,
                "user_snowflake": letter.user,
                "subject_id": letter.subject_id,
                "facts": letter.facts,
                "urgency": int(letter.urgency),
                "created_at": now,
                "due_at": letter.due_at,
                "attempts": 0,
                "place": 0,
            },
            "key",
        )

    async def waiting(self, kind: LetterKind, subject_id: int, *, due_by: datetime | None = None) -> bool:
        """Whether a letter of this kind about the subject has yet to leave for the first time.

        due_by: only if it is due by then.
        """
        wanted = select(outbox.c.outbox_id).where(
            outbox.c.kind == kind,
            outbox.c.subject_id == subject_id,
            outbox.c.done_at.is_(None),
            outbox.c.attempts == 0,
        )
        if due_by is not None:
            wanted = wanted.where(outbox.c.due_at <= due_by)
        return await self._connection.scalar(wanted) is not None

    async def unsent(self, kind: LetterKind, subject_id: int) -> bool:
        """Whether a letter of this kind about the subject has not left, however often it was tried."""
        found = await self._connection.scalar(
            select(outbox.c.outbox_id).where(
                outbox.c.kind == kind, outbox.c.subject_id == subject_id, outbox.c.done_at.is_(None)
            )
        )
        return found is not None

    async def count(self, kind: LetterKind, subject_id: int) -> int:
        """How many letters of this kind about the subject there have been, sent or not."""
        return (
            await self._connection.scalar(
                select(func.count())
                .select_from(outbox)
                .where(outbox.c.kind == kind, outbox.c.subject_id == subject_id)
            )
            or 0
        )

    async def last_due_at(self, kind: LetterKind, subject_id: int) -> datetime | None:
        """When the latest letter of this kind about the subject was, or is, due."""
        return await self._connection.scalar(
            select(func.max(outbox.c.due_at, type_=outbox.c.due_at.type)).where(
                outbox.c.kind == kind, outbox.c.subject_id == subject_id
            )
        )

    async def claim_due(self, now: datetime, limit: int = 20) -> tuple[Letter, ...]:
        """Take letters that are due and that nobody else is delivering, the most urgent first, on a lease."""
        rows = (
            await self._connection.execute(
                select(outbox)
                .where(
                    outbox.c.done_at.is_(None),
                    outbox.c.due_at <= now,
                    or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now),
                )
                .order_by(outbox.c.urgency, outbox.c.outbox_id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        ).all()
        if rows:
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.outbox_id.in_([row.outbox_id for row in rows]))
                .values(lease_until=now + LEASE_FOR, attempts=outbox.c.attempts + 1)
            )
        return tuple(_letter(row) for row in rows)

    async def renew(self, letter: Letter, now: datetime) -> bool:
        """Hold the lease anew as the letter's turn comes; False if it left, or another took it, meanwhile."""
        result = await self._connection.execute(
            update(outbox)
            .where(
                outbox.c.outbox_id == letter.outbox_id,
                outbox.c.done_at.is_(None),
                outbox.c.attempts == letter.attempts,
            )
            .values(lease_until=now + LEASE_FOR)
        )
        return result.rowcount > 0

    async def retire(self, kind: LetterKind, subject_id: int, now: datetime) -> None:
        """Letters of this kind about the subject that have not left yet are overtaken by a newer one."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.kind == kind, outbox.c.subject_id == subject_id, outbox.c.done_at.is_(None))
            .values(done_at=now, lease_until=None, failure=None)
        )

    async def struggling(self, guild: GuildSnowflake, kind: LetterKind) -> frozenset[int]:
        """Subjects of letters of this kind that were refused and have not left since."""
        found = await self._connection.scalars(
            select(outbox.c.subject_id).where(
                outbox.c.guild_snowflake == guild,
                outbox.c.kind == kind,
                outbox.c.done_at.is_(None),
                outbox.c.failure.is_not(None),
            )
        )
        return frozenset(subject for subject in found if subject is not None)

    async def done(self, letter: Letter, now: datetime, failure: str | None = None) -> None:
        """The letter has left, or with a failure, has nowhere left to go."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.outbox_id == letter.outbox_id)
            .values(done_at=now, lease_until=None, failure=failure)
        )

    async def again(self, letter: Letter, due_at: datetime, place: int, failure: str) -> None:
        """Try later, perhaps at another place."""
        self.left_work = True
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.outbox_id == letter.outbox_id)
            .values(due_at=due_at, lease_until=None, place=place, failure=failure)
        )

    async def next_due_at(self) -> datetime | None:
        """When the next letter can leave: its due time, or the end of the lease it is on."""
        return await self._connection.scalar(
            select(
                func.min(func.coalesce(outbox.c.lease_until, outbox.c.due_at), type_=outbox.c.due_at.type)
            ).where(outbox.c.done_at.is_(None))
        )

    async def oldest_waiting(self, guild: GuildSnowflake, now: datetime) -> datetime | None:
        """Since when the oldest letter waits that should have left already."""
        return await self._connection.scalar(
            select(func.min(outbox.c.created_at, type_=outbox.c.created_at.type)).where(
                outbox.c.guild_snowflake == guild,
                outbox.c.done_at.is_(None),
                or_(outbox.c.due_at <= now, outbox.c.attempts > 0),
            )
        )

    async def alerts_waiting(self, now: datetime) -> tuple[datetime, ...]:
        """Since when each alert that should have left already waits, on all servers, the oldest first."""
        # The due time moves with each attempt; only a nudge is written before it is due for the first time.
        since = case(
            (or_(outbox.c.attempts == 0, outbox.c.kind == LetterKind.CASE_NUDGE), outbox.c.due_at),
            else_=outbox.c.created_at,
        )
        waiting = select(since).where(
            outbox.c.urgency == int(Urgency.ALERT), outbox.c.done_at.is_(None), since <= now
        )
        return tuple(await self._connection.scalars(waiting.order_by(since)))

    async def last_failure(self, guild: GuildSnowflake) -> tuple[str, datetime] | None:
        """The most recent failure on this server that is not overcome yet, and since when."""
        later = outbox.alias("later")
        overcome = (
            select(later.c.outbox_id)
            .where(
                later.c.kind == outbox.c.kind,
                later.c.subject_id == outbox.c.subject_id,
                later.c.outbox_id > outbox.c.outbox_id,
                later.c.done_at.is_not(None),
                later.c.failure.is_(None),
            )
            .exists()
        )
        found = (
            await self._connection.execute(
                select(outbox.c.failure, outbox.c.created_at)
                .where(
                    outbox.c.guild_snowflake == guild,
                    outbox.c.failure.is_not(None),
                    # A person who cannot be written to is no fault of the server's.
                    outbox.c.kind.not_in((LetterKind.SUPPORT, LetterKind.STANDBY)),
                    ~overcome,
                )
                .order_by(outbox.c.outbox_id.desc())
                .limit(1)
            )
        ).first()
        return (found.failure, found.created_at) if found else None

    async def release_leases(self) -> None:
        """At the start of the only process on this database: nobody else can be delivering."""
        await self._connection.execute(
            update(outbox).where(outbox.c.done_at.is_(None)).values(lease_until=None)
        )

    async def delete_done_before(self, moment: datetime) -> int:
        """Forget letters that left long ago."""
        result = await self._connection.execute(delete(outbox).where(outbox.c.done_at < moment))
        return result.rowcount


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        LetterKind(row.kind),
        row.key,
        row.due_at,
        GuildSnowflake(row.guild_snowflake) if row.guild_snowflake is not None else None,
        UserSnowflake(row.user_snowflake) if row.user_snowflake is not None else None,
        row.subject_id,
        dict(row.facts),
        Urgency(row.urgency),
        OutboxId(row.outbox_id),
        row.attempts + 1,
        row.place,
        row.created_at,
    )
