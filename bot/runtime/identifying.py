"""Keeps the bot from logging in to Discord too often, over all its starts (see bot.domain.identify)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.domain.identify import PER_DAY, REMEMBERED_FOR, next_identify_at
from bot.services.ports import Clock
from bot.store.engine import Store
from bot.store.transaction import Transaction

from .logs import get_logger

LOOK_AGAIN_AFTER = 10.0
"""Seconds at most between two looks while a login is held back: the clock may be put right meanwhile."""

ASK_FOR = 10.0
"""Seconds Discord is given to say how many logins are left."""

RESERVE = 20
"""When Discord says that no more than this are left, the bot waits until it has all of them again."""

_LOGIN = "identify:"

log = get_logger("identify")


class StartLimits(Protocol):
    """What Discord says about logins (GET /gateway/bot). reset_after: milliseconds."""

    total: int
    remaining: int
    reset_after: int


class IdentifyGate:
    """Every login passes here and is written down first, so that a crash does not make it forgotten.

    Each is a row of installation, "identify:<shard>:<milliseconds>": processes that share a database and run
    different shards count together without getting in each other's way. held_until: when the login that is
    held back at the moment may happen; None when none is.
    """

    def __init__(
        self, store: Callable[[], Store], clock: Clock, ask: Callable[[], Awaitable[StartLimits]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._ask = ask
        self._per_day = PER_DAY
        self.held_until: datetime | None = None

    async def before_start(self, shard: int) -> None:
        """Wait, without a connection to Discord, until the first login is allowed. Does not count it."""
        try:
            limits = await asyncio.wait_for(self._ask(), ASK_FOR)
        except Exception as error:  # whatever it is: we count ourselves too
            log.warning("identify.discord_does_not_say", exc_info=error)
        else:
            # Very large bots are allowed more.
            self._per_day = max(PER_DAY, limits.total * PER_DAY // 1000)
            if limits.remaining <= RESERVE:
                wait = timedelta(milliseconds=limits.reset_after)
                self._hold(self._clock.now() + wait, limits.total - limits.remaining)
                await asyncio.sleep(wait.total_seconds())
        await self._wait_for_turn(shard, count=False)

    async def pass_through(self, shard: int) -> None:
        """Wait until a login of this shard is allowed, and write it down."""
        await self._wait_for_turn(shard, count=True)

    async def in_a_day(self) -> int:
        """How many logins there were in the last 24 hours, of all shards."""
        since = self._clock.now() - REMEMBERED_FOR
        async with self._store().reading() as tx:
            return sum(at > since for at in _moments(await tx.installation.beginning_with(_LOGIN)))

    async def _wait_for_turn(self, shard: int, *, count: bool) -> None:
        while True:
            try:
                async with self._store().writing() as tx:
                    allowed_at, logins = await self._look(tx, shard, count=count)
            except Exception as error:
                # A login that cannot be written down is not made: nothing could be stored anyway.
                log.error("identify.not_written", waiting_for=LOOK_AGAIN_AFTER, exc_info=error)
                await asyncio.sleep(LOOK_AGAIN_AFTER)
                continue
            if allowed_at is None:
                self.held_until = None
                return
            self._hold(allowed_at, logins)
            left = (allowed_at - self._clock.now()).total_seconds()
            await asyncio.sleep(min(max(left, 0.0), LOOK_AGAIN_AFTER))

    async def _look(self, tx: Transaction, shard: int, *, count: bool) -> tuple[datetime | None, int]:
        """When a login is allowed, None if now; and how many there were in a day."""
        now = self._clock.now()
        names = await tx.installation.beginning_with(_LOGIN)
        own = _moments(names, f"{_LOGIN}{shard}:")
        everyone = _moments(names)
        allowed_at = next_identify_at(own, everyone, now, self._per_day)
        if allowed_at > now:
            return allowed_at, len(everyone)
        if count:
            idle = [name for name in names if not now - REMEMBERED_FOR < _moment(name) <= now]
            if idle:
                await tx.installation.forget(idle)
            await tx.installation.write(f"{_LOGIN}{shard}:{int(now.timestamp() * 1000)}", "")
        return None, len(everyone)

    def _hold(self, until: datetime, logins: int) -> None:
        if until != self.held_until:
            wait = (until - self._clock.now()).total_seconds()
            log.error("identify.held_back_to_keep_token", count=logins, due_at=until, waiting_for=round(wait))
            self.held_until = until


def _moment(name: str) -> datetime:
    return datetime.fromtimestamp(int(name.rpartition(":")[2]) / 1000, UTC)


def _moments(names: tuple[str, ...], start: str = _LOGIN) -> list[datetime]:
    return [_moment(name) for name in names if name.startswith(start)]
