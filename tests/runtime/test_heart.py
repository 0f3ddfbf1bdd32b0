"""The heart works off what is due, and no stir is lost."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.card import Delivery
from bot.domain.ids import GuildSnowflake, UserSnowflake
from bot.domain.letter import Letter, LetterKind
from bot.domain.timer import Timer
from bot.runtime.courier import Courier
from bot.runtime.heart import Heart
from bot.services.cases import Cases
from bot.services.outgoing import Outgoing
from bot.services.paging import Paging
from bot.services.screens import Screens
from bot.services.timekeeping import Timekeeping
from bot.store.engine import Store
from bot.store.keyring import Keyring
from bot.store.schema import metadata
from bot.store.transaction import Transaction
from bot.ui.posting import Undeliverable

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Clock:
    """Moves when told."""

    at = NOW

    def now(self) -> datetime:
        return self.at


class Recorder:
    """A messenger that remembers, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.delivered: list[str] = []
        self.failures: list[Exception] = []

    async def deliver(self, letter: Letter) -> Delivery:
        if self.failures:
            raise self.failures.pop()
        self.delivered.append(letter.key)
        return Delivery()


class Body:
    """A heart with everything it moves."""

    def __init__(self, store: Store) -> None:
        self.clock = Clock()
        self.store = store
        self.ran: list[str] = []
        self.messenger = Recorder()
        surroundings = object()
        paging = Paging(self.clock, surroundings)  # type: ignore[arg-type]
        self.outgoing = Outgoing(store, self.clock, surroundings, surroundings, paging)  # type: ignore[arg-type]
        self.timekeeping = Timekeeping(store, self.clock, {"case.page": self.effect})
        courier = Courier(self.outgoing, self.messenger, self.door)  # type: ignore[arg-type]
        cases = Cases(store, self.clock, surroundings, surroundings, paging)  # type: ignore[arg-type]
        self.heart = Heart(self.clock, self.timekeeping, self.outgoing, courier, cases, Screens({}))
        store.after_commit(self.heart.stir)

    async def effect(self, _: Transaction, timer: Timer) -> None:
        self.ran.append(timer.key)

    async def door(self) -> None:
        self.ran.append("door")

    async def put(self, key: str, due_at: datetime | None = None) -> None:
        letter = Letter(
            LetterKind.SUPPORT,
            key,
            due_at or self.clock.at,
            GuildSnowflake(1),
            UserSnowflake(2),
            subject_id=1,
        )
        async with self.store.writing() as tx:
            await tx.outbox.put(letter, self.clock.at)

    async def until(self, met: object, limit: float = 3) -> None:
        """Wait until a condition holds."""
        async with asyncio.timeout(limit):
            while not met():  # type: ignore[operator]
                await asyncio.sleep(0.005)


@pytest.fixture
async def body(tmp_path: Path) -> AsyncGenerator[Body]:
    store = Store(f"sqlite:///{tmp_path}/heart.db", Keyring.generate())
    async with store.raw() as connection:
        await connection.run_sync(metadata.create_all)
    body = Body(store)
    yield body
    await body.heart.stop(1)
    await store.close()


async def test_what_is_put_while_it_beats_is_delivered_at_once(body: Body) -> None:
    body.heart.start()
    await body.put("one")
    await body.until(lambda: body.messenger.delivered == ["one"])


async def test_what_was_left_from_before_is_delivered_at_the_start(body: Body) -> None:
    await body.put("left")
    body.heart.start()
    await body.until(lambda: body.messenger.delivered == ["left"])


async def test_a_stir_during_the_last_look_is_not_lost(body: Body) -> None:
    """The look for the next due time waits for the database; an alert may be committed just then."""
    look = body.outgoing.next_due_at
    looks = 0

    async def look_while_an_alert_comes_in() -> datetime | None:
        nonlocal looks
        looks += 1
        seen = await look()
        if looks == 2:  # the look after the work is done
            await body.put("in between")
        return seen

    body.outgoing.next_due_at = look_while_an_alert_comes_in  # type: ignore[method-assign]
    body.heart.start()
    await body.until(lambda: body.messenger.delivered == ["in between"])


async def test_timers_run_when_they_are_due_and_not_before(body: Body) -> None:
    body.heart.start()
    async with body.store.writing() as tx:
        await tx.timers.put(Timer("case.page", "later", NOW + timedelta(hours=1)))
    await asyncio.sleep(0.1)
    assert body.ran == []
    body.clock.at += timedelta(hours=1)
    body.heart.stir()
    await body.until(lambda: body.ran == ["later"])


async def test_what_could_not_be_delivered_is_tried_again(body: Body) -> None:
    body.messenger.failures = [Undeliverable("http_503_0", step_down=False), RuntimeError("a fault of ours")]
    body.heart.start()
    await body.put("stubborn")
    await body.until(lambda: len(body.messenger.failures) == 1)
    assert body.messenger.delivered == []
    body.clock.at += timedelta(minutes=2)
    body.heart.stir()
    await body.until(lambda: body.messenger.failures == [])
    body.clock.at += timedelta(minutes=2)
    body.heart.stir()
    await body.until(lambda: body.messenger.delivered == ["stubborn"])


async def test_before_the_start_and_after_the_stop_nothing_moves(body: Body) -> None:
    body.heart.stir()
    await body.put("early")
    await asyncio.sleep(0.05)
    assert body.messenger.delivered == []
    body.heart.start()
    await body.until(lambda: body.messenger.delivered == ["early"])
    await body.heart.stop(1)
    await body.put("late")
    await asyncio.sleep(0.05)
    assert body.messenger.delivered == ["early"]
