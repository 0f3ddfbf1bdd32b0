"""Words reach people wherever Discord lets somebody put them (the table in docs/safety.md)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.wire.prepared import Household
from tests.wire.running import running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.world import BOT, HARBOUR, T3_WORDS, T4_WORDS, Payload, bot_user, message, snowflake, user

HARMLESS = "good morning everyone"

Event = tuple[str, Payload]


def said(by: int, **more: Any) -> Event:
    """MESSAGE_CREATE with something in it besides harmless words."""
    return "MESSAGE_CREATE", {**HARBOUR.said(HARMLESS, by=by), **more}


def edited(by: int) -> Event:
    """Harmless words, changed to others later."""
    changed = {**HARBOUR.said(T3_WORDS, by=by), "edited_timestamp": "2026-01-01T12:00:00+00:00"}
    return "MESSAGE_UPDATE", changed


def forwarded(by: int) -> Event:
    """A message from elsewhere, passed on without a word."""
    snapshot = message(snowflake(), HARBOUR.circle, user(1, "x"), {"content": T3_WORDS})
    for name in ("id", "channel_id", "author"):
        del snapshot[name]
    return said(by, content="", message_snapshots=[{"message": snapshot}])


def asked(by: int) -> Event:
    """A poll whose answer says it."""
    answers = [
        {"answer_id": 1, "poll_media": {"text": "no"}},
        {"answer_id": 2, "poll_media": {"text": T3_WORDS}},
    ]
    poll = {
        "question": {"text": "how are you"},
        "answers": answers,
        "expiry": None,
        "allow_multiselect": False,
        "layout_type": 1,
    }
    return said(by, content="", poll=poll)


def attached(by: int, **file: Any) -> Event:
    """A file with something in its name or description."""
    whole = {
        "id": str(snowflake()),
        "filename": "photo.png",
        "size": 100,
        "url": "https://cdn.discordapp.com/attachments/1/2/photo.png",
        "proxy_url": "https://media.discordapp.net/attachments/1/2/photo.png",
        **file,
    }
    return said(by, attachments=[whole])


def by_proxy(_by: int, **shown: Any) -> Event:
    """An app posts for somebody it does not name, as PluralKit does."""
    author = user(snowflake(), "somebody's other name", bot=True)
    payload = {**HARBOUR.said("", by=_by), "author": author, "webhook_id": author["id"], **shown}
    del payload["member"]
    return "MESSAGE_CREATE", payload


def in_embed(by: int) -> Event:
    """The words stand in an embed."""
    return by_proxy(by, embeds=[{"type": "rich", "description": T3_WORDS}])


def in_components(by: int) -> Event:
    """The words stand in a text of components."""
    inner = {"type": 10, "id": 2, "content": T3_WORDS}
    return by_proxy(by, components=[{"type": 17, "id": 1, "components": [inner], "spoiler": False}])


def begun(by: int) -> Event:
    """A new forum post or thread has it in its title."""
    return "THREAD_CREATE", HARBOUR.thread_named(T3_WORDS, by=by)


def renamed(by: int) -> Event:
    """A thread is given another title."""
    return "THREAD_UPDATE", HARBOUR.thread_named(T3_WORDS, by=by, thread=HARBOUR.thread)


def blocked(by: int) -> Event:
    """AutoMod blocked the message: nobody else is told of it."""
    return "AUTO_MODERATION_ACTION_EXECUTION", HARBOUR.held_back(T3_WORDS, by=by)


def submitted(by: int) -> Event:
    """A form of ours."""
    given = HARBOUR.pressed("v1:support:country:0", by=by)
    field = {"type": 4, "id": 2, "custom_id": "country", "value": T3_WORDS}
    row = {"type": 1, "id": 1, "components": [field]}
    given |= {"type": 5, "data": {"custom_id": "v1:nothing:at_all:0", "components": [row]}}
    return "INTERACTION_CREATE", given


WAYS: tuple[Callable[[int], Event], ...] = (
    edited,
    forwarded,
    asked,
    lambda by: attached(by, description=T3_WORDS),
    lambda by: attached(by, filename="i want to kill myself.png"),
    in_embed,
    in_components,
    begun,
    renamed,
    blocked,
    submitted,
)


async def test_words_are_seen_wherever_they_stand(household: Household, discord: LoopbackDiscord) -> None:
    async with running(household, discord):
        for number, way in enumerate(WAYS, start=1):
            await discord.gateway.dispatch(*way(HARBOUR.person(number)))
            await until(
                lambda number=number: len(discord.rest.messages(HARBOUR.moderators)) == number,
                f"an alert follows way {number}",
                patience=5,
            )
    assert len(await household.open_cases(HARBOUR)) == len(WAYS)


async def test_a_message_without_nearly_everything_is_still_heard(
    household: Household, discord: LoopbackDiscord
) -> None:
    whole = HARBOUR.said(T3_WORDS, by=HARBOUR.person(1))
    async with running(household, discord) as bot:
        for name in ("author", "guild_id", "id", "member", "timestamp", "attachments", "type", "embeds"):
            broken = {key: value for key, value in whole.items() if key != name}
            broken["id"] = str(snowflake()) if name != "id" else None
            broken["author"] = user(snowflake(), "sam") if name != "author" else None
            before = len(discord.rest.messages(HARBOUR.moderators))
            await discord.gateway.dispatch("MESSAGE_CREATE", broken)
            await until(
                lambda before=before: len(discord.rest.messages(HARBOUR.moderators)) > before,
                f"an alert without {name}",
                patience=5,
            )
        assert bot.is_ready()


async def test_an_edit_is_told_once_and_a_graver_one_again(
    household: Household, discord: LoopbackDiscord
) -> None:
    first = HARBOUR.said(T3_WORDS, by=HARBOUR.person(1))
    async with running(household, discord):
        await discord.gateway.dispatch("MESSAGE_CREATE", first)
        await until(lambda: bool(discord.rest.messages(HARBOUR.moderators)), "the alert")
        # A preview of a link is no edit; nor does the same again tell anything new.
        await discord.gateway.dispatch("MESSAGE_UPDATE", {**first, "content": T4_WORDS})
        await discord.gateway.dispatch("MESSAGE_UPDATE", {**first, "edited_timestamp": first["timestamp"]})
        graver = {**first, "content": T4_WORDS, "edited_timestamp": first["timestamp"]}
        for _ in range(2):
            await discord.gateway.dispatch("MESSAGE_UPDATE", graver)

        async def raised() -> bool:
            (case,) = await household.open_cases(HARBOUR)
            return int(case.tier) == 4

        await until(raised, "the case is raised")
    (case,) = await household.open_cases(HARBOUR)
    assert case.signals == 2


async def test_an_app_that_speaks_for_a_member_is_taken_for_the_member(
    household: Household, discord: LoopbackDiscord
) -> None:
    person = HARBOUR.person(7)
    discord.rest.roles[person] = ()
    behind = {"interaction_metadata": {"id": "1", "type": 2, "user": user(person, "sam")}}
    async with running(household, discord):
        await discord.gateway.dispatch(*by_proxy(person, content=T3_WORDS, webhook_id=None, **behind))
        await until(lambda: bool(discord.rest.messages(HARBOUR.moderators)), "the alert")
    (case,) = await household.open_cases(HARBOUR)
    assert case.person == person
    assert not case.via_app


async def test_words_of_a_moderator_that_automod_caught_stay_out_of_the_moderators_channel(
    household: Household, discord: LoopbackDiscord
) -> None:
    """S6, though the event does not say who they are here."""
    moderator = HARBOUR.person(8)
    discord.rest.roles[moderator] = (HARBOUR.moderators_role,)
    async with running(household, discord):
        await discord.gateway.dispatch(
            "AUTO_MODERATION_ACTION_EXECUTION", HARBOUR.held_back(T3_WORDS, by=moderator)
        )
        owner = discord.rest.dm_of(HARBOUR.owner)
        await until(lambda: bool(discord.rest.messages(owner)), "the alert")
    assert discord.rest.messages(HARBOUR.moderators) == []


async def test_words_in_a_thread_nobody_told_us_about_are_heard(
    household: Household, discord: LoopbackDiscord
) -> None:
    unknown = snowflake()
    discord.rest.threads[unknown] = HARBOUR.thread_named("old", by=1, thread=unknown)
    async with running(household, discord):
        await discord.gateway.dispatch("MESSAGE_CREATE", HARBOUR.said(T3_WORDS, channel=unknown))
        await until(lambda: bool(discord.rest.messages(HARBOUR.moderators)), "the alert")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(("MESSAGE_CREATE", {**HARBOUR.said(T3_WORDS), "author": bot_user()}), id="our own"),
        pytest.param(
            (
                "MESSAGE_CREATE",
                {
                    **HARBOUR.said(T3_WORDS),
                    "author": bot_user(),
                    "interaction_metadata": {"id": "1", "type": 2, "user": user(HARBOUR.person(3), "rio")},
                },
            ),
            id="our answer to a member",
        ),
        pytest.param(("THREAD_CREATE", HARBOUR.thread_named(T3_WORDS, by=BOT)), id="our own thread"),
        pytest.param(
            said(5, embeds=[{"type": "rich", "description": T3_WORDS}]), id="a link somebody posted"
        ),
        pytest.param(
            ("MESSAGE_CREATE", {**HARBOUR.said(T3_WORDS), "type": 24}), id="what AutoMod tells moderators"
        ),
        pytest.param(("MESSAGE_CREATE", HARBOUR.said(T3_WORDS, channel=HARBOUR.second)), id="not screened"),
    ],
)
async def test_what_nobody_here_wrote_is_no_signal(
    event: Event, household: Household, discord: LoopbackDiscord
) -> None:
    async with running(household, discord):
        await discord.gateway.dispatch(*event)
        await discord.gateway.dispatch("MESSAGE_CREATE", HARBOUR.said(T3_WORDS, by=HARBOUR.person(9)))
        await until(lambda: bool(discord.rest.messages(HARBOUR.moderators)), "what came after is heard")
    (case,) = await household.open_cases(HARBOUR)
    assert case.person == HARBOUR.person(9) != BOT
