"""Whatever happens to the connection, and whatever comes over it, the bot lives on and hears what is said."""

from collections.abc import Awaitable, Callable

import pytest

from bot.runtime.app import TalkingPiece
from tests.wire.gateway import Gateway
from tests.wire.prepared import Household
from tests.wire.running import assert_delivered_once, running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.world import HARBOUR, LANTERN, T3_WORDS, T4_WORDS, Payload

Trouble = Callable[[Gateway], Awaitable[None]]


async def op_7(gateway: Gateway) -> None:
    """Discord asks to reconnect."""
    await gateway.ask_to_reconnect()


async def op_9_true(gateway: Gateway) -> None:
    """Discord asks to resume."""
    await gateway.invalidate(resumable=True)


async def op_9_false(gateway: Gateway) -> None:
    """The session is gone."""
    await gateway.invalidate(resumable=False)


async def closed_4000(gateway: Gateway) -> None:
    """Closed, and may be resumed."""
    await gateway.close(4000)


async def broken_off(gateway: Gateway) -> None:
    """Nobody said goodbye."""
    await gateway.close(1006)


async def resume_refused(gateway: Gateway) -> None:
    """Closed, and when the bot wants to resume, the session is gone."""
    gateway.resumes_refused = 1
    await gateway.close(4000)


async def short_outage(gateway: Gateway) -> None:
    """Nothing answers for a moment."""
    gateway.closed_to_newcomers = True
    await gateway.close(1006)
    await until(lambda: len(gateway.queries) >= 2, "the bot has tried in vain")
    gateway.closed_to_newcomers = False


async def connected_again(bot: TalkingPiece, gateway: Gateway) -> None:
    """The gateway has a listener again, and the bot knows."""
    await until(lambda: gateway.is_connected and bot.connected_since() is not None, "connected again")


@pytest.mark.parametrize("trouble", [op_7, op_9_true, closed_4000, broken_off])
async def test_what_is_said_while_away_is_heard_after_resuming(
    trouble: Trouble, household: Household, discord: LoopbackDiscord
) -> None:
    async with running(household, discord) as bot:
        await trouble(discord.gateway)
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
        await connected_again(bot, discord.gateway)
        await discord.say(LANTERN.said(T4_WORDS))
        await assert_delivered_once(household, discord, LANTERN)
    assert (discord.gateway.identified, discord.gateway.resumed) == (1, 1)


@pytest.mark.parametrize("trouble", [op_9_false, resume_refused, short_outage])
async def test_what_is_said_in_a_new_session_is_heard(
    trouble: Trouble, household: Household, discord: LoopbackDiscord
) -> None:
    async with running(household, discord) as bot:
        await trouble(discord.gateway)
        await until(lambda: discord.gateway.identified == 2, "the bot has identified anew")
        await connected_again(bot, discord.gateway)
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)


def without_type(message: Payload) -> Payload:
    """The message as it might come one day, lacking what discord.py's parser wants."""
    return {name: value for name, value in message.items() if name != "type"}


SPOILT: dict[str, Callable[[Payload], Payload]] = {
    "no type": without_type,
    "a forwarded message that was never edited": lambda message: {
        **message,
        "message_snapshots": [{"message": {"type": 0, "content": "", "timestamp": message["timestamp"]}}],
    },
    "an attachment without an id": lambda message: {**message, "attachments": [{}]},
    "a poll without a question": lambda message: {**message, "poll": {}},
    "an author without a name": lambda message: {**message, "author": {"id": message["author"]["id"]}},
}


@pytest.mark.parametrize("how", SPOILT)
async def test_words_in_a_message_that_cannot_be_parsed_still_raise_the_signal(
    how: str, household: Household, discord: LoopbackDiscord
) -> None:
    async with running(household, discord) as bot:
        await discord.say(SPOILT[how](HARBOUR.said(T4_WORDS)))
        await assert_delivered_once(household, discord, HARBOUR)
        assert bot.faults() == 1


@pytest.mark.parametrize("spoilt", [False, True], ids=["whole", "spoilt"])
async def test_words_in_a_thread_of_a_screened_channel_raise_the_signal(
    spoilt: bool, household: Household, discord: LoopbackDiscord
) -> None:
    message = HARBOUR.said(T4_WORDS, channel=HARBOUR.thread)
    async with running(household, discord):
        await discord.say(without_type(message) if spoilt else message)
        await assert_delivered_once(household, discord, HARBOUR)


@pytest.mark.parametrize("spoilt", [False, True], ids=["whole", "spoilt"])
async def test_words_of_a_moderator_are_not_shown_to_the_moderators(
    spoilt: bool, household: Household, discord: LoopbackDiscord
) -> None:
    # S6. The second channel is left out too: the moderator may see it.
    message = HARBOUR.said(T4_WORDS, roles=(HARBOUR.moderators_role,))
    rest = discord.rest
    async with running(household, discord):
        await discord.say(without_type(message) if spoilt else message)
        places = (HARBOUR.moderators, HARBOUR.second, rest.dm_of(HARBOUR.owner))
        await until(lambda: any(rest.messages(place) for place in places), "somebody is told")
        assert [len(rest.messages(place)) for place in places] == [0, 0, 1]


GARBAGE: list[tuple[str, object]] = [
    ("GUILD_CREATE", {}),
    ("GUILD_CREATE", {"id": "no number"}),
    ("GUILD_CREATE", None),
    ("GUILD_CREATE", {"id": str(LANTERN.guild), "channels": [{"id": "1"}]}),
    ("GUILD_UPDATE", {"id": str(LANTERN.guild), "roles": [{}]}),
    ("GUILD_ROLE_UPDATE", {"guild_id": str(LANTERN.guild), "role": {}}),
    ("GUILD_DELETE", []),
    ("CHANNEL_CREATE", {"guild_id": str(LANTERN.guild), "type": 0}),
    ("CHANNEL_UPDATE", "words"),
    ("THREAD_CREATE", {"guild_id": str(LANTERN.guild)}),
    ("MESSAGE_CREATE", None),
    ("MESSAGE_CREATE", {}),
    ("MESSAGE_CREATE", {"author": "nobody", "guild_id": "1", "channel_id": "2", "id": "3"}),
    (
        "MESSAGE_CREATE",
        {"author": {"id": "1"}, "guild_id": "1", "channel_id": "2", "id": "3", "member": "nobody"},
    ),
    ("MESSAGE_UPDATE", {"id": "1"}),
    ("INTERACTION_CREATE", {"type": 3}),
    ("VOICE_STATE_UPDATE", {"guild_id": str(LANTERN.guild)}),
    ("AUTO_MODERATION_ACTION_EXECUTION", {}),
]


async def test_garbage_is_counted_and_does_not_end_the_bot(
    household: Household, discord: LoopbackDiscord
) -> None:
    async with running(household, discord) as bot:
        for event, data in GARBAGE:
            await discord.gateway.dispatch(event, data)
        await discord.gateway.dispatch("AN_EVENT_OF_NEXT_YEAR", {"a": 1})
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)
        # Each is a fault but one: an update of voice states without a user is passed over.
        assert len(GARBAGE) - 2 <= bot.faults() <= len(GARBAGE)
    assert discord.gateway.identified == 1


async def test_a_server_that_could_not_be_read_is_still_screened(
    household: Household, discord: LoopbackDiscord
) -> None:
    spoilt = HARBOUR.created()
    spoilt["channels"] = [{"id": str(HARBOUR.circle)}]
    discord.gateway.spoilt_guilds[HARBOUR.guild] = spoilt
    async with running(household, discord) as bot:
        assert bot.faults() == 1
        await discord.say(HARBOUR.said(T3_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)


async def test_a_server_discord_never_told_us_about_is_still_screened(
    household: Household, discord: LoopbackDiscord
) -> None:
    discord.gateway.worlds = (LANTERN,)
    async with running(household, discord):
        await discord.say(HARBOUR.said(T3_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)


async def test_a_beat_is_answered(household: Household, discord: LoopbackDiscord) -> None:
    discord.gateway.heartbeat_every = 0.1
    async with running(household, discord):
        await until(lambda: discord.gateway.heartbeats >= 3, "three heartbeats arrive")
    assert discord.gateway.identified == 1
