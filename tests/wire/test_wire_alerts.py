"""An alert that meets trouble on its way arrives all the same, and once."""

import json
import time
from pathlib import Path

import jsonschema
import pytest

from bot.ui import messenger
from tests.wire import faults
from tests.wire.prepared import Household
from tests.wire.running import assert_delivered_once, running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.world import HARBOUR, LANTERN, T3_WORDS, T4_WORDS

ALERTS = f"/channels/{HARBOUR.moderators}/messages"
DESCRIPTION = Path(__file__).parents[3] / "shared" / "discord-openapi.json"
"""Discord's own description of its API; not part of the repository."""


async def test_an_alert_carries_a_nonce_and_rings_for_one_role_only(
    household: Household, discord: LoopbackDiscord
) -> None:
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    (post,) = discord.rest.posts(HARBOUR.moderators)
    role = str(HARBOUR.moderators_role)
    assert 1 <= len(str(post.body["nonce"])) <= 25
    assert post.body["enforce_nonce"] is True
    assert post.body["content"].startswith(f"<@&{role}>")
    assert [str(each) for each in post.body["allowed_mentions"]["roles"]] == [role]
    assert not post.body["allowed_mentions"].get("users")
    assert post.body["allowed_mentions"].get("parse", []) == []
    assert T4_WORDS not in json.dumps(post.body)


async def test_what_is_sent_fits_discords_own_description(
    household: Household, discord: LoopbackDiscord
) -> None:
    if not DESCRIPTION.is_file():
        pytest.skip("Discord's description of its API is not beside the repository.")
    described = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/MessageCreateRequest", "components": described["components"]}
    )
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    (post,) = discord.rest.posts(HARBOUR.moderators)
    # discord.py writes the ids of roles as numbers, which Discord takes; its description wants strings.
    roles = [str(each) for each in post.body["allowed_mentions"]["roles"]]
    sent = {**post.body, "allowed_mentions": {**post.body["allowed_mentions"], "roles": roles}}
    checker.validate(sent)
    assert not checker.is_valid({**sent, "nonce": 1.5}), "the description is not looked at"


async def test_the_same_message_twice_is_one_alert(household: Household, discord: LoopbackDiscord) -> None:
    message = HARBOUR.said(T4_WORDS)
    async with running(household, discord):
        await discord.say(message)
        await discord.say(message)
        await assert_delivered_once(household, discord, HARBOUR)


async def test_a_lost_answer_is_repeated_under_the_same_nonce(
    household: Household, discord: LoopbackDiscord
) -> None:
    discord.rest.misbehave("POST", ALERTS, faults.lost_answer())
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    first, second = discord.rest.posts(HARBOUR.moderators)
    assert first.body["nonce"] == second.body["nonce"]


async def test_a_lost_request_is_repeated(household: Household, discord: LoopbackDiscord) -> None:
    discord.rest.misbehave("POST", ALERTS, faults.lost_before(), times=2)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    assert len(discord.rest.posts(HARBOUR.moderators)) == 3


async def test_an_alert_removed_before_its_answer_came_is_not_posted_again(
    household: Household, discord: LoopbackDiscord
) -> None:
    rest = discord.rest
    rest.misbehave("POST", ALERTS, faults.lost_answer())
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await until(lambda: bool(rest.messages(HARBOUR.moderators)), "the alert stands")
        rest.delete(HARBOUR.moderators, rest.messages(HARBOUR.moderators)[0])
        await until(lambda: len(rest.posts(HARBOUR.moderators)) == 2, "it is sent once more")

        async def all_sent() -> bool:
            return not await household.has_unsent(HARBOUR)

        await until(all_sent, "the letter has left")
    for place in (HARBOUR.moderators, HARBOUR.second, rest.dm_of(HARBOUR.owner)):
        assert rest.messages(place) == []
    assert len(await household.open_cases(HARBOUR)) == 1


async def test_three_times_503_and_then_well(household: Household, discord: LoopbackDiscord) -> None:
    fault = discord.rest.misbehave("POST", ALERTS, faults.failing(503), times=3)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    assert fault.met == 3


async def test_a_burst_of_500_longer_than_one_attempt(
    household: Household, discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # discord.py repeats a 500 by itself after 1 s and 3 s; the attempt ends in between instead of after 30 s.
    monkeypatch.setattr(messenger, "ATTEMPT_FOR", messenger.ATTEMPT_FOR / 20)
    fault = discord.rest.misbehave("POST", ALERTS, faults.failing(500), times=3)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    assert fault.met == 3


async def test_a_rate_limit_is_waited_for(household: Household, discord: LoopbackDiscord) -> None:
    discord.rest.misbehave("POST", ALERTS, faults.limited(0.4), times=2)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    first, second, third = (post.at for post in discord.rest.posts(HARBOUR.moderators))
    assert second - first >= 0.4
    assert third - second >= 0.4


async def test_a_429_from_the_edge_of_the_network_is_tried_again_later(
    household: Household, discord: LoopbackDiscord
) -> None:
    fault = discord.rest.misbehave("POST", ALERTS, faults.banned(), times=2)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
    assert fault.met == 2


@pytest.mark.parametrize("fault", [faults.hanging, faults.hanging_answer])
async def test_a_hanging_post_holds_up_no_other_server(
    fault: type[faults.Fault],
    household: Household,
    discord: LoopbackDiscord,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # An attempt is given 1.5 s instead of 30 s.
    monkeypatch.setattr(messenger, "ATTEMPT_FOR", messenger.ATTEMPT_FOR / 20)
    rest = discord.rest
    rest.misbehave("POST", ALERTS, fault())
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await until(lambda: len(rest.posts(HARBOUR.moderators)) == 1, "the first alert hangs")
        asked_at = time.monotonic()
        await discord.say(LANTERN.said(T4_WORDS))
        await until(lambda: bool(rest.messages(LANTERN.moderators)), "the other server's alert stands")
        assert time.monotonic() - asked_at < 1, "the other server's alert waited for the hanging one"
        await assert_delivered_once(household, discord, LANTERN)
        await assert_delivered_once(household, discord, HARBOUR)
    assert len(rest.posts(HARBOUR.moderators)) == 2


async def test_many_hanging_posts_hold_up_no_other_server(
    household: Household, discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An attempt is given 3 s instead of 30 s.
    monkeypatch.setattr(messenger, "ATTEMPT_FOR", messenger.ATTEMPT_FOR / 10)
    people = 12
    discord.rest.misbehave("POST", ALERTS, faults.hanging(), times=people)
    async with running(household, discord):
        for number in range(people):
            await discord.say(HARBOUR.said(T3_WORDS, by=HARBOUR.person(number)))
        await until(lambda: bool(discord.rest.posts(HARBOUR.moderators)), "the first alert hangs")
        asked_at = time.monotonic()
        await discord.say(LANTERN.said(T4_WORDS))
        await assert_delivered_once(household, discord, LANTERN)
        assert time.monotonic() - asked_at < 1.5, "the other server's alert waited for the hanging ones"
        discord.rest.well_again()
