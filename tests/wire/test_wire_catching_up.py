"""What was written while the bot was away is found afterwards: once, and said to be late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import discord as discord_py
import pytest

from tests.wire.faults import failing, refusing
from tests.wire.prepared import Household
from tests.wire.running import running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.world import HARBOUR, T3_WORDS, T4_WORDS, Payload, snowflake

HISTORY = f"/channels/{HARBOUR.circle}/messages"


def long_ago(said: Payload, **ago: float) -> Payload:
    """The same message, written a while ago."""
    at = datetime.now(UTC) - timedelta(**ago)
    number = discord_py.utils.time_snowflake(at) + snowflake() % 1000
    return {**said, "id": str(number), "timestamp": at.isoformat()}


@pytest.fixture
async def agreed_long_ago(household: Household) -> Household:
    """The notice has stood in the circle for two days."""
    await household.announced_at(HARBOUR, datetime.now(UTC) - timedelta(days=2))
    return household


async def alerts(discord: LoopbackDiscord, count: int) -> list[Payload]:
    """So many alerts stand in the moderators' channel."""
    await until(lambda: len(discord.rest.messages(HARBOUR.moderators)) == count, f"{count} alerts")
    return discord.rest.messages(HARBOUR.moderators)


async def settled(bot: Any) -> None:
    """Everything has been read."""
    guild = HARBOUR.guild
    await until(lambda: bot._rooms.catching_up.is_current(guild), "all has been read")


async def test_words_written_while_the_bot_was_away_are_brought_late(
    agreed_long_ago: Household, discord: LoopbackDiscord
) -> None:
    discord.rest.keep(long_ago(HARBOUR.said(T4_WORDS), hours=1, minutes=20))
    async with running(agreed_long_ago, discord) as bot:
        (alert,) = await alerts(discord, 1)
        assert "1 hour 20 minutes" in alert["embeds"][0]["description"]
        await settled(bot)

    # Read again after the next start, nothing changes.
    async with running(agreed_long_ago, discord) as bot:
        await settled(bot)
    (case,) = await agreed_long_ago.open_cases(HARBOUR)
    assert case.signals == 1


async def test_what_was_written_before_people_were_told_is_not_read(
    household: Household, discord: LoopbackDiscord
) -> None:
    """S11."""
    discord.rest.keep(long_ago(HARBOUR.said(T4_WORDS), hours=1))
    async with running(household, discord) as bot:
        await settled(bot)
    assert await household.open_cases(HARBOUR) == ()


async def test_edits_threads_and_titles_of_the_gap_are_found(
    agreed_long_ago: Household, discord: LoopbackDiscord
) -> None:
    async with running(agreed_long_ago, discord) as bot:
        await settled(bot)
    old = long_ago(HARBOUR.said("good morning", by=HARBOUR.person(1)), hours=3)
    discord.rest.keep({**old, "content": T3_WORDS, "edited_timestamp": datetime.now(UTC).isoformat()})
    for number, archived in ((2, False), (3, True)):
        thread = HARBOUR.thread_named(f"thread {number}", by=1)
        del thread["newly_created"]
        meta = {**thread["thread_metadata"], "archived": archived}
        meta["archive_timestamp"] = datetime.now(UTC).isoformat()
        discord.rest.threads[int(thread["id"])] = {**thread, "thread_metadata": meta}
        discord.rest.keep(HARBOUR.said(T3_WORDS, by=HARBOUR.person(number), channel=int(thread["id"])))
    titled = HARBOUR.thread_named(T3_WORDS, by=HARBOUR.person(4))
    discord.rest.threads[int(titled["id"])] = titled

    async with running(agreed_long_ago, discord):
        await alerts(discord, 4)
    people = {case.person for case in await agreed_long_ago.open_cases(HARBOUR)}
    assert people == {HARBOUR.person(number) for number in (1, 2, 3, 4)}


async def test_a_session_that_cannot_be_resumed_leaves_no_gap(
    agreed_long_ago: Household, discord: LoopbackDiscord
) -> None:
    async with running(agreed_long_ago, discord) as bot:
        await settled(bot)
        discord.gateway.closed_to_newcomers = True
        await discord.gateway.close(1006)
        missed = HARBOUR.said(T4_WORDS)
        discord.rest.keep(missed)
        discord.gateway.resumes_refused = 1
        discord.gateway.closed_to_newcomers = False
        await alerts(discord, 1)
        await settled(bot)


async def test_many_pages_are_read_to_the_end_and_only_once(
    agreed_long_ago: Household, discord: LoopbackDiscord
) -> None:
    for number in range(230):
        words = T3_WORDS if number in (0, 150, 229) else "good morning"
        discord.rest.keep(long_ago(HARBOUR.said(words, by=HARBOUR.person(number)), minutes=300 - number))
    async with running(agreed_long_ago, discord) as bot:
        await alerts(discord, 3)
        await settled(bot)
    asked = len(discord.rest.requests("GET", HISTORY))
    assert asked == 3
    async with running(agreed_long_ago, discord) as bot:
        await settled(bot)
        # Nothing is new; the day is looked through for edits.
    assert len(discord.rest.messages(HARBOUR.moderators)) == 3


@pytest.mark.parametrize(("fault", "current"), [(failing(503), False), (refusing(403, 50001), True)])
async def test_what_discord_will_not_show_is_read_later_or_never(
    fault: Any, current: bool, agreed_long_ago: Household, discord: LoopbackDiscord
) -> None:
    discord.rest.keep(long_ago(HARBOUR.said(T4_WORDS), hours=1))
    discord.rest.misbehave("GET", HISTORY, fault, times=1)
    async with running(agreed_long_ago, discord) as bot:
        await until(lambda: fault.met == 1, "it was asked")
        rooms = bot._rooms
        await until(lambda: rooms.catching_up.progress(HARBOUR.guild) is None, "reading has ended")
        assert rooms.catching_up.is_current(HARBOUR.guild) is current
        await rooms.looking_back.look()  # what happens every ten minutes
        await alerts(discord, 1)
