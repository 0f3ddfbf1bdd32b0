"""Every login is written down before it is made, and held back when there were too many, over all starts."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog.testing

from bot.domain.identify import PER_DAY
from bot.runtime import identifying
from bot.runtime.identifying import IdentifyGate
from bot.store.engine import Store
from bot.store.keyring import Keyring
from bot.store.schema import metadata


class Clock:
    """Moves when told."""

    at = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class Limits:
    """What Discord says."""

    total: int = 1000
    remaining: int = 990
    reset_after: int = 3_600_000


class Installation:
    """A database that outlives the processes on it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.limits: Limits | Exception = Limits()

    async def ask(self) -> Limits:
        if isinstance(self.limits, Exception):
            raise self.limits
        return self.limits

    def start(self) -> IdentifyGate:
        """A new process."""
        return IdentifyGate(lambda: self.store, self.clock, self.ask)

    async def logins(self, count: int, shard: int = 0, apart: float = 1.0) -> None:
        """Earlier logins, whatever the gate would have said."""
        async with self.store.writing() as tx:
            for _ in range(count):
                await tx.installation.write(f"identify:{shard}:{int(self.clock.at.timestamp() * 1000)}", "")
                self.clock.at += timedelta(seconds=apart)


@pytest.fixture
async def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Installation]:
    monkeypatch.setattr(identifying, "LOOK_AGAIN_AFTER", 0.01)
    store = Store(f"sqlite:///{tmp_path}/x.db", Keyring.generate())
    async with store.raw() as connection:
        await connection.run_sync(metadata.create_all)
    with structlog.testing.capture_logs():
        yield Installation(store)
    await store.close()


async def passes(waiting: asyncio.Task[None]) -> bool:
    """Whether it gets through now."""
    done, _ = await asyncio.wait([waiting], timeout=0.15)
    return bool(done)


async def test_the_first_logins_pass_at_once_and_are_counted(installation: Installation) -> None:
    for _ in range(3):
        gate = installation.start()
        await asyncio.wait_for(gate.before_start(0), 2)
        await asyncio.wait_for(gate.pass_through(0), 2)
        installation.clock.at += timedelta(seconds=30)
    assert await installation.start().in_a_day() == 3


async def test_a_start_in_a_crash_loop_waits_for_its_time_and_says_so(installation: Installation) -> None:
    await installation.logins(6)
    gate = installation.start()
    with structlog.testing.capture_logs() as lines:
        waiting = asyncio.create_task(gate.before_start(0))
        assert not await passes(waiting)
    due_at = installation.clock.at - timedelta(seconds=1) + timedelta(minutes=4)
    assert gate.held_until == due_at
    assert [(line["event"], line["due_at"]) for line in lines] == [
        ("identify.held_back_to_keep_token", due_at)
    ]
    installation.clock.at = due_at
    await asyncio.wait_for(waiting, 2)
    assert gate.held_until is None
    assert await gate.in_a_day() == 6  # it only waited; the login itself counts


async def test_a_process_that_is_killed_while_it_waits_changes_nothing(installation: Installation) -> None:
    await installation.logins(6)
    first = asyncio.create_task(installation.start().pass_through(0))
    assert not await passes(first)
    first.cancel()
    await asyncio.wait([first])
    next_start = installation.start()
    second = asyncio.create_task(next_start.pass_through(0))
    assert not await passes(second)
    installation.clock.at += timedelta(minutes=4)
    await asyncio.wait_for(second, 2)
    assert await next_start.in_a_day() == 7


async def test_another_shard_is_not_held_back(installation: Installation) -> None:
    await installation.logins(6, shard=1)
    await asyncio.wait_for(installation.start().pass_through(0), 2)
    # Shard 11 is not shard 1.
    await asyncio.wait_for(installation.start().pass_through(11), 2)


async def test_when_the_day_is_used_up_no_shard_logs_in(installation: Installation) -> None:
    await installation.logins(PER_DAY)
    gate = installation.start()
    waiting = asyncio.create_task(gate.pass_through(7))
    assert not await passes(waiting)
    assert gate.held_until == Clock.at + timedelta(days=1)
    waiting.cancel()
    await asyncio.wait([waiting])


async def test_logins_of_yesterday_are_forgotten(installation: Installation) -> None:
    await installation.logins(5)
    installation.clock.at += timedelta(days=1)
    await installation.start().pass_through(0)
    async with installation.store.reading() as tx:
        assert len(await tx.installation.beginning_with("identify:")) == 1


async def test_a_clock_that_is_put_right_while_it_waits_does_not_make_it_wait_longer(
    installation: Installation,
) -> None:
    installation.clock.at += timedelta(days=400)
    await installation.logins(6)
    waiting = asyncio.create_task(installation.start().pass_through(0))
    assert not await passes(waiting)
    installation.clock.at -= timedelta(days=400)
    await asyncio.wait_for(waiting, 2)


async def test_what_discord_says_is_left_counts_too(installation: Installation) -> None:
    installation.limits = Limits(remaining=5, reset_after=400)
    gate = installation.start()
    waiting = asyncio.create_task(gate.before_start(0))
    assert not await passes(waiting)
    assert gate.held_until == installation.clock.at + timedelta(milliseconds=400)
    await asyncio.wait_for(waiting, 2)
    assert gate.held_until is None


async def test_a_discord_that_does_not_say_does_not_keep_it_from_starting(installation: Installation) -> None:
    installation.limits = OSError()
    await asyncio.wait_for(installation.start().before_start(0), 2)


async def test_a_login_that_cannot_be_written_down_is_not_made(installation: Installation) -> None:
    async with installation.store.raw() as connection:
        await connection.exec_driver_sql("ALTER TABLE installation RENAME TO gone")
    waiting = asyncio.create_task(installation.start().pass_through(0))
    assert not await passes(waiting)
    async with installation.store.raw() as connection:
        await connection.exec_driver_sql("ALTER TABLE gone RENAME TO installation")
    await asyncio.wait_for(waiting, 2)
