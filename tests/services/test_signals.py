"""What is heard, and what a faulty moment does to it."""

from typing import Any

import pytest

from bot.domain.case import Source
from bot.domain.ids import CaseId, ChannelSnowflake
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.services import signals as room
from bot.services.heard import Heard
from bot.services.signals import Person

from .conftest import CIRCLE, GUILD, MIA, SAM, Rooms


async def test_a_signal_is_stored_once_the_database_is_itself_again(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TRY_AGAIN_AFTER", (0.0, 0.0, 0.0))  # the waits are not what this is about
    really_take = rooms.signals._intake.take
    failures = 2

    async def take(*args: Any) -> Any:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("disk full")
        return await really_take(*args)

    rooms.signals._intake.take = take  # a full disk, without filling one

    await rooms.hear(1)

    assert failures == 0
    assert await rooms.cases.view(CaseId(1)) is not None


async def test_only_channels_with_a_door_are_watched(rooms: Rooms) -> None:
    other = ChannelSnowflake(77)
    await rooms.signals.hear(Heard(GUILD, (other,), 1, SAM, "i want to kill myself"))  # type: ignore[arg-type]
    assert await rooms.cases.view(CaseId(1)) is None

    await rooms.signals.hear(Heard(GUILD, (other, CIRCLE), 2, SAM, "i want to kill myself"))  # type: ignore[arg-type]
    assert await rooms.cases.view(CaseId(1)) is not None


async def test_nobody_reports_themself_or_a_program(rooms: Rooms) -> None:
    me = Actor(SAM, GUILD)
    with pytest.raises(Refusal, match="signal.refusal.yourself"):
        await rooms.signals.worry(me, Person(SAM), rooms.clock.now())
    with pytest.raises(Refusal, match="signal.refusal.bot"):
        await rooms.signals.worry(me, Person(MIA, is_bot=True), rooms.clock.now())


async def test_worrying_twice_within_the_hour_is_one_signal(rooms: Rooms) -> None:
    me = Actor(MIA, GUILD)
    for _ in range(3):
        await rooms.signals.worry(me, Person(SAM), rooms.clock.now())

    view = await rooms.cases.view(CaseId(1))
    assert view is not None
    assert [each.source for each in view.signals] == [Source.WORRY]

    rooms.clock.pass_(hours=1)
    await rooms.signals.worry(me, Person(SAM), rooms.clock.now())
    view = await rooms.cases.view(CaseId(1))
    assert view is not None
    assert view.case.signals == 2
