"""The whole program as a process: killed, stopped, turned away."""

from collections.abc import Callable

import pytest

from tests.wire import faults
from tests.wire.prepared import Household
from tests.wire.running import BotProcess, assert_delivered_once, running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.world import BOT, HARBOUR, T4_WORDS

ALERTS = f"/channels/{HARBOUR.moderators}/messages"
COMMANDS = f"/applications/{BOT}/commands"

MakeProcess = Callable[..., BotProcess]


async def alert_on_its_way(process: BotProcess, discord: LoopbackDiscord) -> None:
    """Start, hear somebody, and have the alert's request arrive at Discord."""
    await process.start()
    await until(lambda: discord.gateway.is_connected, "the bot has connected")
    await discord.say(HARBOUR.said(T4_WORDS))
    await until(lambda: bool(discord.rest.posts(HARBOUR.moderators)), "the alert is on its way")


async def assert_delivered_once_by_the_next(household: Household, discord: LoopbackDiscord) -> None:
    """Start anew on the same database, and see what it sends."""
    async with running(household, discord):
        await assert_delivered_once(household, discord, HARBOUR)


@pytest.mark.parametrize("fault", [faults.hanging, faults.hanging_answer], ids=["not sent", "sent"])
async def test_killed_while_an_alert_was_on_its_way_it_is_delivered_once(
    fault: Callable[[], faults.Fault], household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    discord.rest.misbehave("POST", ALERTS, fault())
    first = process()
    await alert_on_its_way(first, discord)
    await first.kill()
    assert await household.has_unsent(HARBOUR)
    assert len(await household.open_cases(HARBOUR)) == 1
    discord.rest.well_again()
    await assert_delivered_once_by_the_next(household, discord)
    first_post, second_post = discord.rest.posts(HARBOUR.moderators)
    assert first_post.body["nonce"] == second_post.body["nonce"]


async def test_stopped_while_an_alert_is_on_its_way_it_waits_for_the_answer(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    discord.rest.misbehave("POST", ALERTS, faults.slow(1.5))
    only = process()
    await alert_on_its_way(only, discord)
    assert await only.stop() == 0, only.said
    assert only.ended_after < 10
    assert only.faults == []
    assert "Traceback" not in only.said
    assert not await household.has_unsent(HARBOUR)
    await assert_delivered_once_by_the_next(household, discord)
    assert len(discord.rest.posts(HARBOUR.moderators)) == 1


async def test_stopped_while_an_alert_hangs_it_does_not_wait_for_ever(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    discord.rest.misbehave("POST", ALERTS, faults.hanging())
    only = process(WIRE_DRAIN_FOR="1")  # instead of 10 s
    await alert_on_its_way(only, discord)
    assert await only.stop() == 0, only.said
    assert only.ended_after < 5
    assert only.faults == []
    assert "Traceback" not in only.said
    discord.rest.well_again()
    await assert_delivered_once_by_the_next(household, discord)


async def test_stopped_when_idle_it_ends_at_once(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    only = process()
    await only.start()
    await until(lambda: discord.gateway.is_connected, "the bot has connected")
    assert await only.stop() == 0, only.said
    assert only.ended_after < 3
    assert only.faults == []
    assert "Traceback" not in only.said


async def test_stopped_while_discord_does_not_answer_it_ends(
    discord: LoopbackDiscord, process: MakeProcess
) -> None:
    login = discord.rest.misbehave("GET", "/users/@me", faults.hanging())
    only = process()
    await only.start()
    await until(lambda: login.met == 1, "the bot logs in")
    assert await only.stop() == 0, only.said
    assert only.ended_after < 10
    assert "Traceback" not in only.said
    assert only.faults == []


async def test_stopped_while_the_gateway_is_down_it_ends(
    discord: LoopbackDiscord, process: MakeProcess
) -> None:
    discord.gateway.closed_to_newcomers = True
    only = process()
    await only.start()
    await until(lambda: bool(discord.gateway.queries), "the bot tries to connect")
    assert await only.stop() == 0, only.said
    assert only.ended_after < 10
    assert "Traceback" not in only.said


async def test_a_wrong_token_is_one_sentence(discord: LoopbackDiscord, process: MakeProcess) -> None:
    only = process(DISCORD_TOKEN="wrong.test.token")
    await only.start()
    assert await only.ended() == 1
    sentences = [line for line in only.said.splitlines() if not line.startswith("{")]
    assert len(sentences) == 1, only.said
    assert "DISCORD_TOKEN" in sentences[0]
    assert "wrong.test.token" not in only.said
    assert only.faults == []


async def test_commands_are_told_once_and_not_again_while_they_stay_the_same(
    household: Household, discord: LoopbackDiscord
) -> None:
    async with running(household, discord):
        assert len(discord.rest.requests("PUT", COMMANDS)) == 1
    async with running(household, discord):
        pass
    (put,) = discord.rest.requests("PUT", COMMANDS)
    assert {"setup", "support", "screening", "status"} <= {command["name"] for command in put.body}


@pytest.mark.parametrize("fault", [faults.failing(503), faults.hanging()], ids=["503", "hanging"])
async def test_commands_that_cannot_be_told_do_not_keep_the_bot_from_alerting(
    fault: faults.Fault, household: Household, discord: LoopbackDiscord
) -> None:
    discord.rest.misbehave("PUT", COMMANDS, fault)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
