"""The scheduler wakes us up by the bot's clock, late rather than never."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.runtime.scheduler import ClockScheduler


class Clock:
    """Moves when told."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def turn() -> None:
    """Let the loop do what is due."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_skipped_hour_wakes_what_fell_due_in_it_once(clock: Clock) -> None:
    woken: list[str] = []

    async def wake() -> None:
        woken.append("once")

    async def beat() -> None:
        woken.append("beat")

    scheduler = ClockScheduler(clock)
    scheduler.start()
    scheduler.wake_at("due", clock.at + timedelta(minutes=30), wake)
    scheduler.wake_every("beat", timedelta(minutes=1), beat)
    scheduler.wakeup()
    await turn()
    assert woken == []

    clock.at += timedelta(hours=1)
    scheduler.wakeup()
    await turn()
    assert sorted(woken) == ["beat", "once"]

    clock.at += timedelta(minutes=1)
    scheduler.wakeup()
    await turn()
    assert sorted(woken) == ["beat", "beat", "once"]
    scheduler.shutdown(wait=False)
    await turn()


async def test_a_later_wish_replaces_an_earlier_one(clock: Clock) -> None:
    woken: list[int] = []

    async def first() -> None:
        woken.append(1)

    async def second() -> None:
        woken.append(2)

    scheduler = ClockScheduler(clock)
    scheduler.start()
    scheduler.wake_at("due", clock.at + timedelta(minutes=5), first)
    scheduler.wake_at("due", clock.at + timedelta(minutes=2), second)
    clock.at += timedelta(minutes=10)
    scheduler.wakeup()
    await turn()
    assert woken == [2]
    scheduler.shutdown(wait=False)
    await turn()


async def test_what_is_due_already_is_woken_at_once(clock: Clock) -> None:
    woken = asyncio.Event()

    async def wake() -> None:
        woken.set()

    scheduler = ClockScheduler(clock)
    scheduler.start()
    scheduler.wake_at("due", clock.at - timedelta(days=3), wake)
    await asyncio.wait_for(woken.wait(), 2)
    scheduler.shutdown(wait=False)
    await turn()
