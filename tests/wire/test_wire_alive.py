"""Staying alive: who asks is told the truth, and a bot that has gone deaf ends itself to be started anew."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, UserSnowflake
from bot.domain.letter import Letter, LetterKind, Urgency
from bot.runtime.app import TalkingPiece
from bot.runtime.checkup import HELD_BACK, NO_DATABASE, NOT_CONNECTED, OVERDUE, Checkup
from bot.runtime.health_server import HealthServer
from bot.runtime.loop_watch import ANEW, LoopWatch
from bot.services.signals import Heard
from tests.wire import faults
from tests.wire.prepared import Household
from tests.wire.running import BotProcess, assert_delivered_once, running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.world import HARBOUR, T4_WORDS

ALERTS = f"/channels/{HARBOUR.moderators}/messages"
REPOSITORY = Path(__file__).parents[2]

MakeProcess = Callable[..., BotProcess]


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def get(port: int, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, await answer.text()


@asynccontextmanager
async def asked(bot: TalkingPiece) -> AsyncIterator[Callable[[str], Any]]:
    """The health server of a bot in this process; gives a way to ask it."""
    port = free_port()
    server = HealthServer(Checkup(bot, LoopWatch()), port)
    await server.start()

    async def ask(path: str) -> tuple[int, dict[str, Any]]:
        status, told = await get(port, path)
        return status, json.loads(told)

    try:
        yield ask
    finally:
        await server.stop()


async def test_a_bot_that_is_connected_is_ready(household: Household, discord: LoopbackDiscord) -> None:
    async with running(household, discord) as bot, asked(bot) as ask:
        for path in ("/healthz", "/readyz"):
            status, told = await ask(path)
            assert (status, told["well"], told["because"], told["connected"]) == (200, True, [], True)
            assert (told["alerts_overdue"], told["oldest_unsent_alert_seconds"]) == (0, 0)


async def test_a_bot_that_is_not_connected_is_not_ready_but_alive(
    household: Household, discord: LoopbackDiscord
) -> None:
    async with running(household, discord) as bot, asked(bot) as ask:
        discord.gateway.closed_to_newcomers = True
        await discord.gateway.close(1006)
        await until(lambda: bot.connected_since() is None, "the bot has noticed")
        assert (await ask("/healthz"))[0] == 200
        status, told = await ask("/readyz")
        assert (status, told["well"], told["because"]) == (503, False, [NOT_CONNECTED])
        bot.gate.held_until = bot.clock.now() + timedelta(minutes=1)
        assert (await ask("/readyz"))[1]["because"] == [HELD_BACK]
        discord.gateway.closed_to_newcomers = False
        await until(lambda: discord.gateway.is_connected and bot.connected_since() is not None, "it is back")
        assert (await ask("/readyz"))[0] == 200


async def test_a_bot_whose_database_does_not_answer_is_neither_alive_nor_ready(
    household: Household, discord: LoopbackDiscord
) -> None:
    async with running(household, discord) as bot, asked(bot) as ask:
        async with bot.store.raw() as connection:
            await connection.exec_driver_sql("ALTER TABLE outbox RENAME TO gone")
        for path in ("/healthz", "/readyz"):
            assert (await ask(path))[1]["because"] == [NO_DATABASE]
            assert (await ask(path))[0] == 503
        async with bot.store.raw() as connection:
            await connection.exec_driver_sql("ALTER TABLE gone RENAME TO outbox")
        assert (await ask("/readyz"))[0] == 200


async def alert_from(household: Household, minutes: float) -> None:
    """An alert that should have left so many minutes ago."""
    now = datetime.now(UTC)
    written = now - timedelta(minutes=minutes)
    letter = Letter(
        LetterKind.CASE_ALERT,
        "case:1:alert",
        written,
        guild=GuildSnowflake(HARBOUR.guild),
        subject_id=1,
        urgency=Urgency.ALERT,
    )
    async with household.opened() as store, store.writing() as tx:
        await tx.outbox.put(letter, written)
        [claimed] = await tx.outbox.claim_due(now)
        # It was tried in vain, and will be again in a while.
        await tx.outbox.again(claimed, now + timedelta(minutes=1), 0, "http_503_0")


async def test_an_alert_that_should_have_left_minutes_ago_is_told_but_is_no_reason_to_start_anew(
    household: Household, discord: LoopbackDiscord
) -> None:
    await alert_from(household, minutes=10)
    async with running(household, discord) as bot, asked(bot) as ask:
        for path in ("/healthz", "/readyz"):
            status, told = await ask(path)
            assert (status, told["well"], told["because"], told["alerts_overdue"]) == (
                200,
                True,
                [OVERDUE],
                1,
            )
            assert 590 <= told["oldest_unsent_alert_seconds"] <= 660


async def test_metrics_count_and_name_nobody(household: Household, discord: LoopbackDiscord) -> None:
    """P7, S9: no ids, no names, no words, and nothing by person or by order of work."""
    async with running(household, discord) as bot:
        server = HealthServer(Checkup(bot, LoopWatch()), port := free_port())
        await server.start()
        try:
            discord.rest.misbehave("POST", ALERTS, faults.failing(503))
            await discord.say(HARBOUR.said(T4_WORDS))
            await assert_delivered_once(household, discord, HARBOUR)
            _, text = await get(port, "/metrics")
        finally:
            await server.stop()
    found = dict(re.findall(r"^(talkingpiece_\S+) (\S+)$", text, re.MULTILINE))
    assert found["talkingpiece_messages_total"] == "1.0"
    assert found['talkingpiece_letters_sent_total{kind="case.alert"}'] == "1.0"
    assert found['talkingpiece_letters_failed_total{kind="case.alert"}'] == "1.0"
    assert found["talkingpiece_cases_open"] == "1.0"
    assert found["talkingpiece_connected"] == "1.0"
    assert found["talkingpiece_ready"] == "1.0"
    assert found["talkingpiece_oldest_unsent_alert_seconds"] == "0.0"
    assert found["talkingpiece_identifies_day"] == "1.0"
    assert float(found["talkingpiece_timers_waiting"]) >= 1
    labels = set(re.findall(r"[{,](\w+)=", text))
    assert labels <= {"version", "kind"}
    assert re.search(r"\d{15,}", text) is None, "an id of Discord"
    assert "tier" not in text
    for word in T4_WORDS.split():
        assert word not in re.sub(r"^#.*$", "", text, flags=re.MULTILINE).split()


async def healthcheck(household: Household, **settings: str) -> tuple[int, str]:
    """python -m bot healthcheck, in a process of its own."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", "healthcheck"],
        cwd=household.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **settings},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    return done.returncode, done.stdout.strip()


async def test_healthcheck_asks_the_running_bot(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    port = str(free_port())
    assert (await healthcheck(household))[0] == 1
    assert await healthcheck(household, HEALTH_PORT=port) == (
        1,
        f"No bot answers on port {port} of this machine.",
    )
    only = process(HEALTH_PORT=port)
    await only.start()

    async def is_ready() -> bool:
        return (await healthcheck(household, HEALTH_PORT=port))[0] == 0

    await until(is_ready, "the bot says it is ready", 20)
    assert await healthcheck(household, HEALTH_PORT=port) == (0, "The bot is ready.")
    discord.gateway.closed_to_newcomers = True
    await discord.gateway.close(1006)
    code, sentence = await healthcheck(household, HEALTH_PORT=port)
    assert (code, sentence) == (1, f"The bot is not ready: {NOT_CONNECTED}")
    assert await only.stop() == 0, only.said


async def test_what_answers_on_the_port_and_is_not_the_bot_is_not_taken_for_it(household: Household) -> None:
    async def nonsense(_request: web.Request) -> web.Response:
        return web.Response(text="[]")

    app = web.Application()
    app.router.add_get("/readyz", nonsense)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port := free_port()).start()
    code, sentence = await healthcheck(household, HEALTH_PORT=str(port))
    await runner.cleanup()
    assert (code, sentence) == (1, f"No bot answers on port {port} of this machine.")


class Listener:
    """systemd's end of the line."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self.told: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.setblocking(False)

    def heard(self, line: str) -> bool:
        while True:
            try:
                self.told.append(self._socket.recv(500).decode())
            except BlockingIOError:
                return line in self.told

    def close(self) -> None:
        self._socket.close()


async def test_systemd_is_told_from_the_start_to_the_end(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    manager = Listener(household.folder)
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
    manager.close()
    assert "STOPPING=1" in manager.told
    assert only.faults == []


async def test_the_sign_of_life_comes_while_all_is_well_and_stops_when_an_alert_is_overdue(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
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
    manager = Listener(household.folder)
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
    manager.close()
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
    household: Household, discord: LoopbackDiscord
) -> None:
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


async def logged_in_lately(household: Household, count: int) -> None:
    """So many logins within the last seconds."""
    now = datetime.now(UTC)
    async with household.opened() as store, store.writing() as tx:
        for each in range(count):
            at = now - timedelta(seconds=each)
            await tx.installation.write(f"identify:0:{int(at.timestamp() * 1000)}", "")


async def test_a_bot_in_a_crash_loop_waits_before_it_logs_in_and_says_so(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    await logged_in_lately(household, 8)
    manager = Listener(household.folder)
    only = process(WIRE_LOOK_EVERY="0.1", WIRE_NOT_READY_FOR="0.5", NOTIFY_SOCKET=manager.address)
    await only.start()
    held = f"STATUS={HELD_BACK}"
    await until(lambda: manager.heard(held), "it says that it waits")
    await asyncio.sleep(1.0)  # longer than it may be deaf: waiting on purpose is not being deaf
    assert discord.gateway.identified == 0
    assert discord.gateway.queries == []
    assert await only.stop() == 0, only.said
    manager.close()
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


async def test_a_port_that_is_taken_does_not_keep_the_bot_from_alerting(
    household: Household, discord: LoopbackDiscord, process: MakeProcess
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        only = process(HEALTH_PORT=str(taken.getsockname()[1]))
        await only.start()
        await until(lambda: discord.gateway.is_connected, "the bot has connected")
        assert await only.stop() == 0, only.said
    assert [line["event"] for line in only.faults] == ["health.cannot_listen"]
