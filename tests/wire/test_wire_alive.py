"""Whoever asks how the bot is, is told the truth."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.runtime.app import TalkingPiece
from bot.runtime.checkup import HELD_BACK, NO_DATABASE, NOT_CONNECTED, OVERDUE, Checkup
from bot.runtime.health_server import HealthServer
from bot.runtime.loop_watch import LoopWatch
from tests.wire import faults
from tests.wire.prepared import Household
from tests.wire.running import BotProcess, assert_delivered_once, running, until
from tests.wire.server import LoopbackDiscord
from tests.wire.watching import alert_from, free_port
from tests.wire.world import HARBOUR, T4_WORDS

ALERTS = f"/channels/{HARBOUR.moderators}/messages"
REPOSITORY = Path(__file__).parents[2]

MakeProcess = Callable[..., BotProcess]


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
