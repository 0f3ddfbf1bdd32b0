"""The bot, running: in the test's own process, or in a process of its own."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.runtime.app import build_bot
from tests import CACHE
from tests.wire.pointing import wait_less_for_discord
from tests.wire.prepared import Household
from tests.wire.server import LoopbackDiscord
from tests.wire.world import TOKEN, Payload, World

PATIENCE = 10.0
"""Seconds after which something that should have happened counts as not happening."""

_REPOSITORY = Path(__file__).parents[2]
_SCRIPT = Path(__file__).with_name("bot_process.py")


async def until(true: Callable[[], bool | Awaitable[bool]], what: str, patience: float = PATIENCE) -> None:
    """Wait until it is true; fail with a sentence when it never gets so."""
    end = time.monotonic() + patience
    while True:
        answer = true()
        if not isinstance(answer, bool):
            answer = await answer
        if answer:
            return
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {patience:g} s")
        await asyncio.sleep(0.02)


@asynccontextmanager
async def running(household: Household, discord: LoopbackDiscord):
    """The bot in this very process, connected and ready; stopped in the end."""
    bot = build_bot(household.settings)
    wait_less_for_discord(bot)
    life = asyncio.create_task(bot.start(TOKEN), name="bot")
    try:
        await until(lambda: life.done() or bot.is_ready(), "the bot is ready")
        if life.done():
            await life
        await until(lambda: bot.last_beat_at() is not None, "the heart beats")
        yield bot
        assert not life.done(), "the bot has ended by itself"
    finally:
        await bot.close()
        await asyncio.wait_for(life, PATIENCE)


class BotProcess:
    """The whole program in a process that can be killed. Ended by its own number only."""

    def __init__(self, household: Household, port: int, **environment: str) -> None:
        self._household = household
        self._environment = {
            name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TZ")
        }
        self._environment |= household.environment()
        self._environment |= {"PYTHONPATH": str(_REPOSITORY), "CACHE_DIR": str(CACHE), "WIRE_PORT": str(port)}
        self._environment |= environment
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[bytes] | None = None
        self.ended_after = 0.0
        """Seconds from the signal to the end."""
        self.said = ""
        """What it wrote to stderr, once it has ended."""

    async def start(self) -> None:
        """Start; returns at once."""
        # The folder of the test, so that no .env file of whoever runs the tests is read.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(_SCRIPT),
            cwd=self._household.folder,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        self._process, self._reading = process, asyncio.create_task(process.stderr.read())

    async def kill(self) -> None:
        """kill -9."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM, as systemd and Docker do it; returns the exit code."""
        return await self._end(signal.SIGTERM)

    async def ended(self) -> int:
        """Wait until it ends by itself."""
        return await self._end(None)

    @property
    def faults(self) -> list[Payload]:
        """Log lines that tell of something that did not work, once it has ended."""
        return [line for line in self.log if line.get("level") in ("error", "critical")]

    @property
    def log(self) -> list[Payload]:
        """Its log lines."""
        return [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]

    async def _end(self, number: signal.Signals | None) -> int:
        process, reading = self._process, self._reading
        assert process is not None
        assert reading is not None
        began = time.monotonic()
        if number is not None and process.returncode is None:
            process.send_signal(number)
        try:
            code = await asyncio.wait_for(process.wait(), PATIENCE + 5)
        except TimeoutError:
            process.kill()
            await process.wait()
            code = -1
        self.ended_after = time.monotonic() - began
        self.said = (await reading).decode(errors="replace")
        return code


async def assert_delivered_once(household: Household, discord: LoopbackDiscord, world: World) -> Payload:
    """One message in the moderators' channel, one case, nothing left to send; returns the message."""
    rest = discord.rest
    await until(lambda: bool(rest.messages(world.moderators)), "an alert stands in the moderators' channel")

    async def all_sent() -> bool:
        return not await household.has_unsent(world)

    await until(all_sent, "every letter has left")
    assert len(rest.messages(world.moderators)) == 1
    assert rest.messages(world.second) == []
    assert rest.messages(rest.dm_of(world.owner)) == []
    assert len(await household.open_cases(world)) == 1
    return rest.messages(world.moderators)[0]
