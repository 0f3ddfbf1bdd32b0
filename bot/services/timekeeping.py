"""Runs what fell due. The effect of a timer and its being done are one transaction: all or nothing."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.domain.timer import Timer
from bot.store.engine import Store
from bot.store.transaction import Transaction

from .ports import Clock

Effect = Callable[[Transaction, Timer], Awaitable[None]]

DONE_KEPT_FOR = timedelta(days=7)


class Timekeeping:
    """Knows whose business each kind of timer is."""

    def __init__(self, store: Store, clock: Clock, effects: dict[str, Effect]) -> None:
        self._store = store
        self._clock = clock
        self._effects = effects

    async def run_due(self, on_failure: Callable[[Timer, Exception], None]) -> int:
        """Run every timer that is due, the longest due first; says how many ran.

        One that fails is reported and tried again when its lease ends; the others go on.
        """
        ran = 0
        while True:
            async with self._store.writing() as tx:
                due = await tx.timers.claim_due(self._clock.now())
            if not due:
                return ran
            for timer in due:
                try:
                    async with self._store.writing() as tx:
                        if await tx.timers.done(timer, self._clock.now()):
                            await self._effects[timer.kind](tx, timer)
                    ran += 1
                except Exception as error:
                    on_failure(timer, error)

    async def next_due_at(self) -> datetime | None:
        """When to look again."""
        async with self._store.reading() as tx:
            return await tx.timers.next_due_at()

    async def forget_done(self) -> int:
        """Remove timers done a week ago."""
        async with self._store.writing() as tx:
            return await tx.timers.delete_done_before(self._clock.now() - DONE_KEPT_FOR)
