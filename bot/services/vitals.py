"""How the whole installation is doing, for the person who hosts it. No servers, no people, no content."""

from dataclasses import dataclass
from datetime import timedelta

from bot.store.engine import Store

from .ports import Clock

OVERDUE_AFTER = timedelta(minutes=3)
"""An alert that should have left so long ago is overdue. Attempts are at most 2 minutes apart."""

_WRITTEN = "alive"


@dataclass(frozen=True, slots=True)
class Vitals:
    """Numbers over all servers. oldest_for: how long the oldest alert that should have left has waited."""

    oldest_for: timedelta
    overdue: int
    timers_waiting: int
    cases_open: int


class VitalSigns:
    """Asks the database."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def look(self) -> Vitals:
        """How things stand now."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            waiting = await tx.outbox.alerts_waiting(now)
            return Vitals(
                now - waiting[0] if waiting else timedelta(),
                sum(now - since >= OVERDUE_AFTER for since in waiting),
                await tx.timers.count_waiting(),
                await tx.cases.count_open(),
            )

    async def write(self) -> None:
        """Write a small fact, which proves that the database can be written to."""
        async with self._store.writing() as tx:
            await tx.installation.write(_WRITTEN, self._clock.now().isoformat())
