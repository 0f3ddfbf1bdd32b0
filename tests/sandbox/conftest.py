"""A sandbox as `python -m bot sandbox` runs it, on a free port."""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from pathlib import Path
from types import TracebackType

import aiohttp
import pytest
from aiohttp import web

from bot.runtime.settings import Settings
from bot.sandbox.page import Page
from bot.sandbox.stage import Stage
from tests import CACHE

DAY = date(2026, 10, 4)

# simcord's page server is closed and opened anew at each look. A request that is broken off just then now and
# then leaves a connection to the garbage collector, which is no fault of a test.
BROKEN_OFF = pytest.mark.filterwarnings(
    r"ignore:Exception ignored in.*(_Selector|socket\.socket):pytest.PytestUnraisableExceptionWarning"
)


def settings_in(folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'sandbox.db'}",
        keyring_file=folder / "keyring.txt",
        backup_dir=folder / "backups",
        log_level="WARNING",
    )


class Sandbox:
    """A stage with its page, and a client that behaves like the page itself."""

    def __init__(self, folder: Path, *, keep: bool = False) -> None:
        self.stage = Stage(settings_in(folder), folder / "discord.json" if keep else None, DAY)
        self.page = Page(self.stage)
        self.url = ""

    async def __aenter__(self) -> "Sandbox":
        place = socket.socket()
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
        self._place = place
        self._runner = web.AppRunner(self.page.application(port), access_log=None, shutdown_timeout=0.5)
        await self.stage.open()
        await self._runner.setup()
        await web.SockSite(self._runner, place).start()
        self.url = f"http://127.0.0.1:{port}"
        self.client = aiohttp.ClientSession(self.url, headers={"Origin": self.url})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.close()
        await self.page.close()
        await self.stage.close()
        await self._runner.cleanup()
        self._place.close()
        gc.collect()  # here, where it belongs, and not in the middle of somebody else's test

    async def state(self) -> dict:
        async with self.client.get("/sandbox/state") as answer:
            assert answer.status == 200
            return await answer.json()

    async def order(self, what: str, **asked: object) -> dict:
        async with self.client.post(f"/sandbox/{what}", json=asked) as answer:
            assert answer.status in (200, 202), await answer.text()
            return await answer.json()

    async def finished(self) -> dict:
        """Wait until time has passed, or the bot is back."""
        while (told := await self.state())["doing"]:
            await asyncio.sleep(0.05)
        return told

    def says(self, room: str) -> list[str]:
        return [each.content for each in self.stage.world.rooms[room].history()]

    async def send(self, who: str, room: str, words: str) -> None:
        async with self.stage.alone():
            await self.stage.world.people[who].send(self.stage.world.rooms[room], words)


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox(tmp_path) as running:
        yield running


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the real command in an empty folder."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str, **environ: str) -> subprocess.Popen[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DISCORD_")}
        repository = str(Path(__file__).parents[2])
        if not (tmp_path / "var").exists():
            (tmp_path / "var").mkdir()
            (tmp_path / "var" / "cache").symlink_to(CACHE)  # so that it need not prove the lexicons anew
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "sandbox", *words],
            cwd=tmp_path,
            env=clean | {"PYTHONPATH": repository} | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate()
