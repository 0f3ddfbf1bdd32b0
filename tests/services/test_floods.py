"""One member writes a thousand alarming messages: one case, and nobody else waits for it."""

import asyncio

from bot.domain.case import EventKind
from bot.domain.ids import CaseId
from bot.domain.letter import LetterKind

from .conftest import MIA, SAM, Rooms

MANY = 1000
WORDS = "i have a plan to kill myself tonight"


async def test_a_thousand_alarming_messages_are_one_case_with_a_count(rooms: Rooms) -> None:
    for number in range(MANY):
        await rooms.hear(number, SAM, WORDS)

    view = await rooms.cases.view(CaseId(1))
    assert view is not None
    assert view.case.signals == MANY
    assert await rooms.cases.view(CaseId(2)) is None
    # What was done for them is still in sight among a thousand lines.
    assert {EventKind.OPENED, EventKind.PAGED} <= {event.kind for event in view.history}

    # Another member's first message is brought to people before what the thousand changed.
    await rooms.hear(MANY, MIA, WORDS)
    letters = await rooms.letters()
    assert [(each.kind, each.subject_id) for each in letters] == [
        (LetterKind.CASE_ALERT, 1),
        (LetterKind.CASE_ALERT, 2),
        (LetterKind.CASE_UPDATE, 1),
    ]


async def test_a_flood_that_is_still_coming_in_keeps_nobody_waiting(rooms: Rooms) -> None:
    many = MANY // 3
    flood = [asyncio.create_task(rooms.hear(number, SAM, WORDS)) for number in range(many)]
    while await rooms.cases.view(CaseId(1)) is None:
        await asyncio.sleep(0)

    await rooms.hear(many, MIA, WORDS)

    # It was stored after a few of the thousand, not after all of them.
    assert sum(each.done() for each in flood) < many / 10
    await asyncio.gather(*flood)
    view = await rooms.cases.view(CaseId(1))
    assert view is not None
    assert view.case.signals == many
