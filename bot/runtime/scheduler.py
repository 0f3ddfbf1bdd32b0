"""APScheduler, told the time by the bot's own clock."""

# APScheduler 3 has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.services.ports import Clock

_DEFAULT = "default"

Job = Callable[[], Coroutine[Any, Any, None]]


class ClockScheduler(AsyncIOScheduler):
    """An AsyncIOScheduler in UTC with a memory job store.

    APScheduler asks the machine for the time wherever it needs it. A pretend Discord that skips ahead by an
    hour would then find nothing due. So the round through the due jobs is written again here, for the one
    job store we use, with the bot's clock; everything else is APScheduler's. The database is the schedule:
    these jobs only wake us up, so one that comes late still runs (misfire_grace_time=None) and several that
    come late run once (coalesce).
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        super().__init__(
            timezone=UTC,
            jobstores={_DEFAULT: MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def wake_at(self, name: str, when: datetime, call: Job) -> None:
        """Call once at this time; a later call with the same name replaces an earlier one."""
        self.add_job(
            call, "date", run_date=max(when, self._clock.now()), id=name, name=name, replace_existing=True
        )

    def wake_every(self, name: str, interval: timedelta, call: Job) -> None:
        """Call again and again, the first time after one interval."""
        seconds = interval.total_seconds()
        start = self._clock.now() + interval
        self.add_job(
            call,
            "interval",
            seconds=seconds,
            start_date=start,
            next_run_time=start,
            id=name,
            name=name,
            replace_existing=True,
        )

    def _process_jobs(self) -> float | None:
        store: Any = self._lookup_jobstore(_DEFAULT)
        executor: Any = self._lookup_executor(_DEFAULT)
        now = self._clock.now()
        for job in store.get_due_jobs(now):
            executor.submit_job(job, [now])
            following = job.trigger.get_next_fire_time(now, now)
            if following is None:
                self.remove_job(job.id, _DEFAULT)
            else:
                job._modify(next_run_time=following)
                store.update_job(job)
        soonest = store.get_next_run_time()
        return None if soonest is None else max((soonest - self._clock.now()).total_seconds(), 0.0)
