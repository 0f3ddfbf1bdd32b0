"""Whoever looks after the bot hears from it, and a bot that has gone deaf ends itself to be started anew."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, UserSnowflake
from bot.runtime import identifying
from bot.runtime.checkup import HELD_BACK, OVERDUE
from bot.runtime.loop_watch import ANEW
from bot.services.signals import Heard
from tests.wire import faults
from tests.wire.prepared import Household
from tests.wire.running import BotProcess, assert_delivered_once, running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.watching import Listener, alert_from, free_port, logged_in_lately
from tests.wire.world import HARBOUR, T4_WORDS

ALERTS = f"/channels/{HARBOUR.moderators}/messages"

MakeProcess = Callable[..., BotProcess]


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Listener]:
    listening = Listener(tmp_path)
    yield listening
    listening.close()


async def test_systemd_is_told_from_the_start_to_the_end(
    household: Household, discord: LoopbackDiscord, process: MakeProcess, manager: Listener
) -> None:
    only = process(NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="200000", WIRE_LOOK_EVERY="0.1")
    await only.start()
    await until(lambda: manager.heard("STATUS=People are heard, and somebody can be called."), "all is well")
    assert manager.told[0] == "READY=1"
    pings = manager.told.count("WATCHDOG=1")
    await until(
        lambda: manager.heard("") or manager.told.count("WATCHDOG=1") > pings + 2, "it goes on living"
    )
    assert await only.stop() == 0, only.said
    manager.heard("STOPPING=1")
    assert "STOPPING=1" in manager.told
    assert only.faults == []


async def test_the_sign_of_life_comes_while_all_is_well_and_stops_when_an_alert_is_overdue(
    household: Household, discord: LoopbackDiscord, process: MakeProcess, manager: Listener
) -> None:
    beats: list[str] = []

    async def take(request: web.Request) -> web.Response:
        beats.append(request.path_qs)
        return web.Response()

    app = web.Application()
    app.router.add_get("/{any:.*}", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port := free_port()).start()
    only = process(
        HEARTBEAT_URL=f"http://127.0.0.1:{port}/ping", WIRE_LOOK_EVERY="0.1", NOTIFY_SOCKET=manager.address
    )
    await only.start()
    await until(lambda: len(beats) >= 2, "it gives signs of life")
    await alert_from(household, minutes=10)
    await until(lambda: manager.heard(f"STATUS={OVERDUE}"), "it has noticed")
    before = len(beats)
    await asyncio.sleep(0.5)  # several looks
    assert len(beats) == before
    assert await only.stop() == 0, only.said
    await runner.cleanup()
    assert set(beats) == {"/ping"}
    assert [line["event"] for line in only.faults] == ["alert.overdue"]
    assert (only.faults[0]["count"], only.faults[0]["late_for"] >= 590) == (1, True)


async def test_a_bot_that_stays_deaf_ends_itself_to_be_started_anew(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    only = process(WIRE_LOOK_EVERY="0.1", WIRE_NOT_READY_FOR="1.0")
    await only.start()
    await until(lambda: discord.gateway.is_connected, "the bot has connected")
    discord.gateway.closed_to_newcomers = True
    await discord.gateway.close(1006)
    assert await only.ended() == ANEW, only.said
    assert "Traceback" not in only.said
    events = [line["event"] for line in only.log]
    assert "bot.not_ready_so_the_process_ends" in events
    discord.gateway.closed_to_newcomers = False
    async with running(household, discord):
        await discord.say(HARBOUR.said(T4_WORDS))
        await assert_delivered_once(household, discord, HARBOUR)


async def test_a_deaf_bot_whose_goodbye_hangs_ends_all_the_same(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    discord.rest.misbehave("POST", ALERTS, faults.hanging())
    only = process(WIRE_LOOK_EVERY="0.1", WIRE_NOT_READY_FOR="1.0", WIRE_GOODBYE_WITHIN="0.5")
    await only.start()
    await until(lambda: discord.gateway.is_connected, "the bot has connected")
    await discord.say(HARBOUR.said(T4_WORDS))
    await until(lambda: bool(discord.rest.posts(HARBOUR.moderators)), "the alert is on its way")
    discord.gateway.closed_to_newcomers = True
    await discord.gateway.close(1006)
    assert await only.ended() == ANEW, only.said
    assert only.ended_after < 8  # to let the alert arrive it would wait 10 s
    assert await household.has_unsent(HARBOUR)
    discord.rest.well_again()
    discord.gateway.closed_to_newcomers = False
    async with running(household, discord):
        await assert_delivered_once(household, discord, HARBOUR)


async def test_while_a_login_is_held_back_alerts_still_leave(
    household: Household, discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identifying, "LOOK_AGAIN_AFTER", 0.1)
    async with running(household, discord) as bot:
        await logged_in_lately(household, 8)
        await discord.gateway.invalidate(resumable=False)
        await until(lambda: bot.gate.held_until is not None, "the next login is held back")
        message = HARBOUR.said(T4_WORDS)
        await bot.services.signals.hear(
            Heard(
                GuildSnowflake(HARBOUR.guild),
                (ChannelSnowflake(HARBOUR.circle),),
                MessageSnowflake(int(message["id"])),
                UserSnowflake(int(message["author"]["id"])),
                message["content"],
            )
        )
        await assert_delivered_once(household, discord, HARBOUR)
        assert discord.gateway.identified == 1
        async with bot.store.writing() as tx:
            await tx.installation.forget(await tx.installation.beginning_with("identify:"))
        await until(lambda: discord.gateway.identified == 2, "its time has come")


async def test_a_bot_in_a_crash_loop_waits_before_it_logs_in_and_says_so(
    household: Household, discord: LoopbackDiscord, process: MakeProcess, manager: Listener
) -> None:
    await logged_in_lately(household, 8)
    only = process(WIRE_LOOK_EVERY="0.1", WIRE_NOT_READY_FOR="0.5", NOTIFY_SOCKET=manager.address)
    await only.start()
    held = f"STATUS={HELD_BACK}"
    await until(lambda: manager.heard(held), "it says that it waits")
    await asyncio.sleep(1.0)  # longer than it may be deaf: waiting on purpose is not being deaf
    assert discord.gateway.identified == 0
    assert discord.gateway.queries == []
    assert await only.stop() == 0, only.said
    [line] = only.faults
    assert (line["event"], line["count"]) == ("identify.held_back_to_keep_token", 8)
    assert 280 <= line["waiting_for"] <= 300


async def test_every_login_counts_also_over_a_kill(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    first = process()
    await first.start()
    await until(lambda: discord.gateway.identified == 1, "the bot has logged in")
    await first.kill()
    async with running(household, discord) as bot:
        await discord.gateway.invalidate(resumable=False)
        await until(lambda: discord.gateway.identified == 3, "the bot has logged in anew")
        assert await bot.gate.in_a_day() == 3
