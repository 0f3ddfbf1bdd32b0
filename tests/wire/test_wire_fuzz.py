"""Whatever Discord leaves out of an event, or puts there instead, the bot lives and hears the next words."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.wire.prepared import Household
from tests.wire.running import running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.test_wire_seen import WAYS
from tests.wire.world import HARBOUR, T3_WORDS, Payload, snowflake

WRONG: tuple[Any, ...] = (None, [], {}, "", -1, "x" * 30, [None], {"id": None})

EVENTS: dict[str, Payload] = {
    "MESSAGE_CREATE": HARBOUR.said("hello"),
    "GUILD_UPDATE": HARBOUR.created(),
    "CHANNEL_UPDATE": HARBOUR.created()["channels"][0],
    "GUILD_ROLE_UPDATE": {"guild_id": str(HARBOUR.guild), "role": HARBOUR.created()["roles"][1]},
    "MESSAGE_DELETE": {
        "id": str(snowflake()),
        "channel_id": str(HARBOUR.circle),
        "guild_id": str(HARBOUR.guild),
    },
}


def spoilt(payload: Payload) -> Iterator[Payload]:
    """The payload without each of its keys, and with something wrong in its place."""
    for name in payload:
        yield {key: value for key, value in payload.items() if key != name}
        for wrong in WRONG:
            yield {**payload, name: wrong}


@pytest.mark.parametrize("part", range(2))
async def test_no_spoilt_event_ends_the_bot_or_makes_it_deaf(
    part: int, household: Household, discord: LoopbackDiscord
) -> None:
    events = [*EVENTS.items(), *(way(HARBOUR.person(50 + number)) for number, way in enumerate(WAYS))]
    async with running(household, discord) as bot:
        count = 0
        for event, payload in events[part::2]:
            for each in spoilt(payload):
                await discord.gateway.dispatch(event, each)
                count += 1
        last = HARBOUR.said(T3_WORDS, by=HARBOUR.person(99))
        await discord.gateway.dispatch("MESSAGE_CREATE", last)

        async def heard() -> bool:
            return any(case.person == HARBOUR.person(99) for case in await household.open_cases(HARBOUR))

        await until(heard, f"the words after {count} spoilt events are heard", patience=30)
        assert bot.is_ready()
        assert count > 400
