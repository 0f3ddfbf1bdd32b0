"""A harbour: one server with people in it, and the real bot on a simulated Discord."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from .harbour import Harbour


@pytest.fixture
async def harbour(tmp_path: Path) -> AsyncGenerator[Harbour]:
    """The server as it is before anybody has set up the bot."""
    async with Harbour(tmp_path) as opened:
        yield opened


@pytest.fixture
async def ready(harbour: Harbour) -> Harbour:
    """The server after the owner has gone through /setup as people do."""
    await harbour.set_up()
    return harbour
