"""The heartbeat: keeps timers and letters moving, and never sleeps through anything the database knows."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.domain.timer import Timer
from bot.services.cases import Cases
from bot.services.outgoing import Outgoing
from bot.services.ports import Clock
from bot.services.screens import Screens
from bot.services.timekeeping import Timekeeping

from .courier import Courier, finish
from .logs import get_logger
from .scheduler import ClockScheduler

BEAT_EVERY = timedelta(seconds=60)
LOOK_EVERY = timedelta(minutes=5)
TIDY_EVERY = timedelta(hours=6)
Round: TypeAlias = tuple[timedelta, Callable[[], Coroutine[Any, Any, None]]]
"""How often, and what."""

AFTER_A_FAULT = timedelta(seconds=5)

log = get_logger("heart")


class Heart:
    """Stirred by every commit that left work, by the next due time, and by every fifth beat, just in case.

    The worker is started when there is work and ends when there is none.
    """

    def __init__(
        self,
        clock: Clock,
        timekeeping: Timekeeping,
        outgoing: Outgoing,
        courier: Courier,
        cases: Cases,
        screens: Screens,
        rounds: Mapping[str, Round] | None = None,
    ) -> None:
        """`rounds`: what else is to be done again and again, by name."""
        self._clock = clock
        self._timekeeping = timekeeping
        self._outgoing = outgoing
        self._courier = courier
        self._cases = cases
        self._screens = screens
        self._rounds = rounds or {}
        self._scheduler = ClockScheduler(clock)
        self._worker: asyncio.Task[None] | None = None
        self._testing: asyncio.Task[None] | None = None
        self._stirred = False
        self._beating = False
        self._looked_at: datetime | None = None
        self.last_beat_at: datetime | None = None

    def start(self) -> None:
        """Begin to beat; does nothing when it beats already."""
        if self._beating:
            return
        self._beating = True
        self._scheduler.start()
        self._scheduler.wake_every("beat", BEAT_EVERY, self._beat)
        self._scheduler.wake_every("tidy", TIDY_EVERY, self._tidy)
        for name, (every, work) in self._rounds.items():
            self._scheduler.wake_every(name, every, work)
        # At the start too: a bot that is restarted often must not keep things longer than it says (P4).
        self._scheduler.wake_at("tidy at the start", self._clock.now(), self._tidy)
        self.last_beat_at = self._clock.now()
        self.stir()

    def stir(self) -> None:
        """There may be something to do. Before the start, and after the stop, it waits."""
        self._stirred = True
        if self._beating and (self._worker is None or self._worker.done()):
            self._worker = asyncio.get_running_loop().create_task(self._work(), name="heart")

    async def stop(self, drain_for: float) -> None:
        """Take no more work; give what is on its way so many seconds in all."""
        self._beating = False
        if self._testing is not None:
            self._testing.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # the scheduler stops itself in the next turn of the loop
        loop = asyncio.get_running_loop()
        end = loop.time() + drain_for
        if self._worker is not None and not self._worker.done():
            await finish([self._worker], drain_for)
        await self._courier.drain(max(0.0, end - loop.time()))

    async def _work(self) -> None:
        try:
            due_at = None
            while self._stirred and self._beating:
                self._stirred = False
                self._looked_at = self._clock.now()
                if await self._next_due_at(self._looked_at) == self._looked_at:
                    await self._timekeeping.run_due(self._timer_failed)
                    await self._courier.send_due()
                # Inside the loop: a stir during this very look makes another round, and is not lost.
                due_at = await self._next_due_at(self._clock.now())
            if due_at is not None and self._beating:
                self._scheduler.wake_at("due", due_at, self._wake)
        except Exception as error:
            log.error("heart.fault", exc_info=error)
            self._scheduler.wake_at("due", self._clock.now() + AFTER_A_FAULT, self._wake)

    async def _next_due_at(self, now: datetime) -> datetime | None:
        """When something falls due: now if it has already, None if nothing waits."""
        moments = (await self._timekeeping.next_due_at(), await self._outgoing.next_due_at())
        due = [at for at in moments if at is not None]
        return max(now, min(due)) if due else None

    # Jobs are coroutines: APScheduler would run a plain function in a thread of its own.

    async def _wake(self) -> None:
        self.stir()

    async def _beat(self) -> None:
        self.last_beat_at = self._clock.now()
        if self._looked_at is None or self.last_beat_at - self._looked_at >= LOOK_EVERY:
            self.stir()

    async def _tidy(self) -> None:
        removed = await self._cases.forget_old()
        await self._timekeeping.forget_done()
        await self._outgoing.forget_sent()
        log.info("heart.tidied", count=removed)
        # A task of its own: it takes a moment, and nothing is lost when a stop cuts it short.
        self._testing = asyncio.get_running_loop().create_task(self._test(), name="self-test")

    async def _test(self) -> None:
        try:
            await self._screens.test(self._clock.now())
        except Exception as error:
            log.error("heart.fault", exc_info=error)

    def _timer_failed(self, timer: Timer, error: Exception) -> None:
        log.error("timer.fault", kind=timer.kind, timer_id=timer.timer_id, exc_info=error)
