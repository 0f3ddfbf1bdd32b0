"""A place that will not have an alert: the next one gets it at once."""

from datetime import timedelta

import pytest

import bot.domain.letter
from tests.wire import faults
from tests.wire.prepared import Household
from tests.wire.running import assert_delivered_once, running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.world import HARBOUR, T4_WORDS, World

REFUSALS = [(403, 50001), (403, 50013), (404, 10003)]
FOR_GOOD = 1000


def refuse(discord: LoopbackDiscord, channel: int, status: int, code: int, times: int = FOR_GOOD) -> None:
    """No message may be sent to this channel."""
    discord.rest.misbehave("POST", f"/channels/{channel}/messages", faults.refusing(status, code), times)


async def assert_sent(household: Household, world: World) -> None:
    """Nothing is left to send, and there is one case."""

    async def all_sent() -> bool:
        return not await household.has_unsent(world)

    await until(all_sent, "every letter has left")
    assert len(await household.open_cases(world)) == 1


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Had anything waited for its turn, the test would notice: the first wait is longer than the test."""
    monkeypatch.setattr(bot.domain.letter, "_FIRST_WAIT", timedelta(seconds=60))


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(("status", "code"), REFUSALS)
async def test_a_refused_alert_goes_to_the_second_channel_at_once(
    status: int, code: int, household: Household, discord: LoopbackDiscord
) -> None:
    rest = discord.rest
    refuse(discord, HARBOUR.moderators, status, code)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await until(lambda: bool(rest.messages(HARBOUR.second)), "the alert stands in the second channel")
        await assert_sent(household, HARBOUR)
    assert len(rest.messages(HARBOUR.second)) == 1
    assert rest.messages(rest.dm_of(HARBOUR.owner)) == []
    assert len(rest.posts(HARBOUR.moderators)) == 1


@pytest.mark.usefixtures("patient")
async def test_an_alert_refused_twice_goes_to_the_owner_at_once(
    household: Household, discord: LoopbackDiscord
) -> None:
    rest = discord.rest
    refuse(discord, HARBOUR.moderators, 403, 50001)
    refuse(discord, HARBOUR.second, 404, 10003)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        to_owner = rest.dm_of(HARBOUR.owner)
        await until(lambda: bool(rest.messages(to_owner)), "the owner has a private message")
        await assert_sent(household, HARBOUR)
    assert len(rest.messages(to_owner)) == 1


async def test_an_alert_refused_everywhere_starts_over_and_arrives_when_a_door_opens(
    household: Household, discord: LoopbackDiscord
) -> None:
    rest = discord.rest
    refuse(discord, HARBOUR.moderators, 403, 50001, times=1)
    refuse(discord, HARBOUR.second, 403, 50013)
    refuse(discord, rest.dm_of(HARBOUR.owner), 403, 50007)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    assert len(rest.posts(HARBOUR.moderators)) == 2
    assert len(rest.posts(HARBOUR.second)) == 1
    assert len(rest.posts(rest.dm_of(HARBOUR.owner))) == 1
