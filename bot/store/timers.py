"""What falls due. The rows are the schedule; the scheduler in memory only wakes us up."""

from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import TimerId
from bot.domain.timer import LEASE_FOR, Timer

from .schema import timer
from .upsert import insert_once


class Timers:
    """Rows of timer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.left_work = False

    async def put(self, new: Timer) -> bool:
        """Wait for this; False when the key is waited for, or was, already."""
        self.left_work = True
        return await insert_once(
            self._connection,
            timer,
            {
                "kind": new.kind,
                "key": new.key,
                "facts": new.facts,
                "due_at": new.due_at,
                "attempts": 0,
            },
            "key",
        )

    async def claim_due(self, now: datetime, limit: int = 50) -> tuple[Timer, ...]:
        """Take due timers nobody else is running, the longest due first, on a lease."""
        rows = (
            await self._connection.execute(
                select(timer)
                .where(
                    timer.c.done_at.is_(None),
                    timer.c.due_at <= now,
                    or_(timer.c.lease_until.is_(None), timer.c.lease_until <= now),
                )
                .order_by(timer.c.due_at, timer.c.timer_id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        ).all()
        if rows:
            await self._connection.execute(
                update(timer)
                .where(timer.c.timer_id.in_([row.timer_id for row in rows]))
                .values(lease_until=now + LEASE_FOR, attempts=timer.c.attempts + 1)
            )
        return tuple(
            Timer(row.kind, row.key, row.due_at, dict(row.facts), TimerId(row.timer_id), row.attempts + 1)
            for row in rows
        )

    async def done(self, finished: Timer, now: datetime) -> bool:
        """Mark as done, in the transaction of its effect; False when it was done already."""
        result = await self._connection.execute(
            update(timer)
            .where(timer.c.timer_id == finished.timer_id, timer.c.done_at.is_(None))
            .values(done_at=now, lease_until=None)
        )
        return result.rowcount > 0

    async def next_due_at(self) -> datetime | None:
        """When the next timer can be run: its due time, or the end of the lease it is on."""
        return await self._connection.scalar(
            select(
                func.min(
                    func.coalesce(timer.c.lease_until, timer.c.due_at),
                    type_=timer.c.due_at.type,
                )
            ).where(timer.c.done_at.is_(None))
        )

    async def count_waiting(self) -> int:
        """How many have not been done yet, due or not."""
        waiting = select(func.count()).select_from(timer).where(timer.c.done_at.is_(None))
        return await self._connection.scalar(waiting) or 0

    async def release_leases(self) -> None:
        """At the start of the only process on this database: nobody else can be running one."""
        await self._connection.execute(
            update(timer).where(timer.c.done_at.is_(None)).values(lease_until=None)
        )

    async def delete_done_before(self, moment: datetime) -> int:
        """Forget timers that were done long ago."""
        result = await self._connection.execute(delete(timer).where(timer.c.done_at < moment))
        return result.rowcount
