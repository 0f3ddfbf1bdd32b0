"""A pretend Discord and a prepared database for every test; waits of our own shortened where it is honest."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog.testing
import yarl
from discord import Client
from discord.gateway import DiscordWebSocket
from discord.http import Route

import bot.domain.letter
from tests.wire.pointing import point_at
from tests.wire.prepared import Household
from tests.wire.running import BotProcess
from tests.wire.server import LoopbackDiscord
from tests.wire.world import HARBOUR, LANTERN

FIRST_WAIT = 0.2


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackDiscord]:
    """A pretend Discord with two servers; this process is pointed at it as long as the test runs."""
    pretend = LoopbackDiscord()
    pretend.gateway.worlds = (HARBOUR, LANTERN)
    await pretend.start()
    # Registered with monkeypatch first, so that the real addresses are back afterwards.
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(Client, "before_identify_hook", Client.before_identify_hook)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(str(DiscordWebSocket.DEFAULT_GATEWAY)))
    point_at(pretend.port)
    yield pretend
    await pretend.stop()


@pytest.fixture
async def household(tmp_path: Path) -> Household:
    """A database in which both servers are set up."""
    prepared = Household(tmp_path)
    await prepared.set_up(HARBOUR, LANTERN)
    return prepared


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are tried again after 0.2 s, 0.4 s, … instead of 2 s, 4 s, …: same rule, shorter unit."""
    monkeypatch.setattr(bot.domain.letter, "_FIRST_WAIT", timedelta(seconds=FIRST_WAIT))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Log lines of the bot in this process are dropped: drawing its tracebacks takes longer than a test."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
async def process(household: Household, discord: LoopbackDiscord) -> AsyncIterator[Callable[..., BotProcess]]:
    """Makes processes of the whole program; every one of them is ended after the test."""
    made: list[BotProcess] = []

    def make(**environment: str) -> BotProcess:
        new = BotProcess(household, discord.port, WIRE_FIRST_WAIT=str(FIRST_WAIT), **environment)
        made.append(new)
        return new

    yield make
    for each in made:
        await each.kill()
