"""Sending again, long after Discord has forgotten the nonce: what stands already is found and not doubled."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.ui import posting, traces
from tests.wire import faults
from tests.wire.prepared import Household
from tests.wire.running import assert_delivered_once, running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.test_wire_places import assert_sent, refuse
from tests.wire.world import HARBOUR, T4_WORDS, Payload, bot_user, message, snowflake

ALERTS = f"/channels/{HARBOUR.moderators}/messages"


@pytest.fixture(autouse=True)
def _minutes_have_passed(monkeypatch: pytest.MonkeyPatch, discord: LoopbackDiscord) -> None:
    """Every letter is looked for before it is sent again, and Discord knows no nonce twice."""
    monkeypatch.setattr(posting, "NONCE_HOLDS_FOR", timedelta())
    keep = discord.rest.post

    def keep_without_nonce(channel: int, body: Payload) -> Payload | None:
        return keep(channel, {**body, "nonce": None})

    monkeypatch.setattr(discord.rest, "post", keep_without_nonce)


def claim_button(sent: Payload) -> dict[str, Any]:
    """The first button of a message."""
    return sent["components"][0]["components"][0]


async def test_an_alert_that_stands_already_is_not_sent_again_and_its_card_is_remembered(
    household: Household, discord: LoopbackDiscord
) -> None:
    rest = discord.rest
    rest.misbehave("POST", ALERTS, faults.lost_answer())
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        sent = await assert_delivered_once(household, discord, HARBOUR)
        # It is remembered: pressed by a moderator, it changes.
        press = HARBOUR.pressed(claim_button(sent)["custom_id"], by=HARBOUR.person(3))
        press["member"]["roles"] = [str(HARBOUR.moderators_role)]
        await discord.gateway.dispatch("INTERACTION_CREATE", press)
        edited = f"/channels/{HARBOUR.moderators}/messages/{sent['id']}"
        await until(lambda: bool(rest.requests("PATCH", edited)), "the card shows who took it")
    assert len(rest.posts(HARBOUR.moderators)) == 1


async def test_an_alert_that_does_not_stand_is_sent_again(
    household: Household, discord: LoopbackDiscord
) -> None:
    discord.rest.misbehave("POST", ALERTS, faults.lost_before())
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    assert len(discord.rest.requests("GET", ALERTS)) == 1
    assert len(discord.rest.posts(HARBOUR.moderators)) == 2


async def test_a_message_of_another_letter_or_of_somebody_else_is_not_taken_for_it(
    household: Household, discord: LoopbackDiscord
) -> None:
    rest = discord.rest
    rest.misbehave("POST", ALERTS, faults.lost_before(), times=2)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await until(lambda: len(rest.posts(HARBOUR.moderators)) >= 1, "the alert was tried")
        body = rest.posts(HARBOUR.moderators)[0].body
        # The same buttons without the mark, as on another call for the case; and the mark by another hand.
        unmarked = {**body, "components": [{"type": 1, "components": [{**claim_button(body), "id": 2}]}]}
        rest.post(HARBOUR.moderators, unmarked)
        number = snowflake()
        stranger = {**bot_user(), "id": str(HARBOUR.person())}
        rest._messages[HARBOUR.moderators][number] = message(number, HARBOUR.moderators, stranger, body)
        await assert_sent(household, HARBOUR)
    assert len(rest.messages(HARBOUR.moderators)) == 3


async def test_it_is_found_among_hundreds_of_other_messages(
    household: Household, discord: LoopbackDiscord
) -> None:
    rest = discord.rest
    rest.misbehave("POST", ALERTS, faults.lost_answer())
    async with running(household, discord):
        # Written in this very minute, so they lie between the letter and its message.
        for _ in range(250):
            rest.post(HARBOUR.moderators, {"content": "who has the keys"})
        await discord.say(HARBOUR.said(T4_WORDS))
        await until(lambda: bool(rest.requests("GET", ALERTS)), "it is looked for")
        await assert_sent(household, HARBOUR)
    alerts = [each for each in rest.messages(HARBOUR.moderators) if each["embeds"]]
    assert len(alerts) == 1
    assert len(rest.posts(HARBOUR.moderators)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        lambda: faults.refusing(403, 50001),
        lambda: faults.failing(503),
        faults.lost_before,
        faults.hanging,
        lambda: faults.Fault(status=200, body={"not": "a list"}),
    ],
    ids=["refused", "503", "reset", "hanging", "nonsense"],
)
async def test_a_look_that_fails_keeps_no_alert_from_leaving(
    fault: Callable[[], faults.Fault],
    household: Household,
    discord: LoopbackDiscord,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traces, "LOOKED_FOR", 0.5)  # instead of 5 s
    discord.rest.misbehave("POST", ALERTS, faults.lost_before())
    look = discord.rest.misbehave("GET", ALERTS, fault(), times=10)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    assert look.met >= 1


async def test_of_several_who_stand_by_none_gets_it_twice(
    household: Household, discord: LoopbackDiscord
) -> None:
    rest = discord.rest
    people = [HARBOUR.person(number) for number in (7, 8, 9)]
    rest.roles = dict.fromkeys(people, (HARBOUR.moderators_role,))
    await household.stand_by(HARBOUR, *people)
    refuse(discord, HARBOUR.moderators, 403, 50001)
    refuse(discord, HARBOUR.second, 404, 10003)
    refuse(discord, rest.dm_of(people[0]), 403, 50007)
    rest.misbehave("POST", f"/channels/{rest.dm_of(people[1])}/messages", faults.lost_answer())
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await until(lambda: bool(rest.messages(rest.dm_of(people[2]))), "one of them has it")
        await assert_sent(household, HARBOUR)
    assert [len(rest.messages(rest.dm_of(person))) for person in people] == [0, 1, 1]
    assert rest.messages(rest.dm_of(HARBOUR.owner)) == []


async def test_a_silent_call_is_followed_by_one_to_the_owner(
    household: Household, discord: LoopbackDiscord
) -> None:
    rest = discord.rest
    rest.mentions_ring = False
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        to_owner = rest.dm_of(HARBOUR.owner)
        await until(lambda: bool(rest.messages(to_owner)), "the owner has a private message")
        await assert_sent(household, HARBOUR)
    assert len(rest.messages(to_owner)) == 1
    assert len(rest.messages(HARBOUR.moderators)) == 1
