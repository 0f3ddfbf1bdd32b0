"""What counts as overdue."""

from datetime import timedelta

from bot.domain.letter import Letter, LetterKind, Urgency
from bot.services.vitals import OVERDUE_AFTER, Vitals, VitalSigns
from tests.services.conftest import GUILD, Rooms


async def test_an_alert_is_overdue_after_three_minutes_and_not_before(rooms: Rooms) -> None:
    signs = VitalSigns(rooms.store, rooms.clock)
    assert await signs.look() == Vitals(timedelta(), 0, 0, 0)
    async with rooms.store.writing() as tx:
        await tx.outbox.put(
            Letter(LetterKind.CASE_ALERT, "a", rooms.clock.at, GUILD, subject_id=1, urgency=Urgency.ALERT),
            rooms.clock.at,
        )
    rooms.clock.at += OVERDUE_AFTER - timedelta(seconds=1)
    assert await signs.look() == Vitals(OVERDUE_AFTER - timedelta(seconds=1), 0, 0, 0)
    rooms.clock.pass_(seconds=1)
    assert await signs.look() == Vitals(OVERDUE_AFTER, 1, 0, 0)


async def test_it_says_when_nothing_can_be_written(rooms: Rooms) -> None:
    await VitalSigns(rooms.store, rooms.clock).write()
    async with rooms.store.reading() as tx:
        assert await tx.installation.read("alive") == rooms.clock.at.isoformat()
