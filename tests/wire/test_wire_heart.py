"""The heart sleeps through nothing that was committed, at whatever moment that was."""

import asyncio
from datetime import datetime

import pytest

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, UserSnowflake
from bot.services.heard import Heard
from tests.wire.prepared import Household
from tests.wire.running import running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.world import HARBOUR, T3_WORDS, snowflake


@pytest.mark.parametrize("look", [1, 2, 3])
async def test_what_is_committed_while_the_heart_looks_ahead_is_sent_at_once(
    look: int, household: Household, discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard(
        GuildSnowflake(HARBOUR.guild),
        (ChannelSnowflake(HARBOUR.circle),),
        MessageSnowflake(snowflake()),
        UserSnowflake(HARBOUR.person()),
        T3_WORDS,
    )
    async with running(household, discord) as bot:
        await asyncio.sleep(0.1)  # the heart has nothing to do any more
        rooms = bot._rooms
        look_ahead = rooms.outgoing.next_due_at
        looks = 0

        async def interrupted() -> datetime | None:
            # Nothing is replaced: the moment is chosen, right after the heart has read when to wake up.
            nonlocal looks
            looks += 1
            found = await look_ahead()
            if looks == look:
                await bot.services.signals.hear(heard)
            return found

        monkeypatch.setattr(rooms.outgoing, "next_due_at", interrupted)
        rooms.heart.stir()
        await asyncio.sleep(0.1)
        if looks < look:  # it does not look that often before it sleeps
            rooms.heart.stir()
        await until(
            lambda: len(discord.rest.messages(HARBOUR.moderators)) == 1, "the alert stands", patience=4
        )
