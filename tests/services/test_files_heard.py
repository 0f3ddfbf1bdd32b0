"""Text that comes as a file is read like any other; a file that cannot be had is for people to look at."""

import pytest

from bot.domain.case import UNREAD
from bot.domain.ids import CaseId
from bot.services.heard import Heard, TextFile
from bot.services.signals import LARGEST_FILE

from .conftest import CIRCLE, GUILD, SAM, Rooms


def with_file(url: str, size: int = 100, words: str = "") -> Heard:
    return Heard(GUILD, (CIRCLE,), 1, SAM, words, files=(TextFile(url, size),))  # type: ignore[arg-type]


@pytest.mark.parametrize("before", [0, 3990, 8000])
async def test_words_anywhere_in_a_text_file_are_read(rooms: Rooms, before: int) -> None:
    rooms.files.texts["letter"] = "well, " * (before // 6) + ". i want to kill myself. " + "well, " * 900
    await rooms.signals.hear(with_file("letter"))
    view = await rooms.cases.view(CaseId(1))
    assert view is not None
    assert UNREAD not in view.signals[0].rules


async def test_a_file_that_cannot_be_had_is_brought_to_people_unread(rooms: Rooms) -> None:
    await rooms.signals.hear(with_file("gone"))
    view = await rooms.cases.view(CaseId(1))
    assert view is not None
    assert view.signals[0].rules == (UNREAD,)


async def test_a_file_that_is_too_large_is_not_opened(rooms: Rooms) -> None:
    await rooms.signals.hear(with_file("gone", LARGEST_FILE + 1))
    assert await rooms.cases.view(CaseId(1)) is None


async def test_a_file_that_says_more_than_the_message_raises_the_case(rooms: Rooms) -> None:
    rooms.files.texts["letter"] = "i have a plan to kill myself tonight"
    await rooms.signals.hear(with_file("letter", words="i want to kill myself"))
    view = await rooms.cases.view(CaseId(1))
    assert view is not None
    assert [int(each.tier) for each in view.signals] == [3, 4]
    await rooms.signals.hear(with_file("letter", words="i want to kill myself"))
    again = await rooms.cases.view(CaseId(1))
    assert again is not None
    assert again.case.signals == 2
