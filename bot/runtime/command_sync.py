"""Commands are sent to Discord only when they changed: it limits how often, and a restart is no change."""

import asyncio
import hashlib
import json

import aiohttp
import discord
from discord import app_commands

from bot.store.engine import Store

from .logs import get_logger

log = get_logger("commands")

_NAME = "commands"

USUALLY_TAKES = 3.0
AGAIN_AFTER = 60.0
"""Seconds."""


def fingerprint(tree: app_commands.CommandTree[discord.Client], application: int | None) -> str:
    """Changes whenever anything Discord is told about the commands, or the application, changes."""
    commands = [command.to_dict(tree) for command in tree.get_commands()]
    commands.sort(key=lambda each: (each["type"], each["name"]))
    plain = json.dumps([application, commands], sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


class CommandSync:
    """Tells Discord the commands, beside everything else: alerts must not wait for that."""

    def __init__(
        self, tree: app_commands.CommandTree[discord.Client], application: int | None, store: Store
    ) -> None:
        self._tree = tree
        self._application = application
        self._store = store
        self._telling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, and wait as long as it usually takes; go on in the background if it takes longer."""
        self._telling = asyncio.create_task(self._tell(), name="commands")
        await asyncio.wait([self._telling], timeout=USUALLY_TAKES)

    async def stop(self) -> None:
        """Leave it for the next start."""
        if self._telling is not None and not self._telling.done():
            self._telling.cancel()
            await asyncio.wait([self._telling])

    async def _tell(self) -> None:
        while True:
            try:
                await sync_if_changed(self._tree, self._application, self._store)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.error("commands.not_told", exc_info=error)
                await asyncio.sleep(AGAIN_AFTER)
            else:
                return


async def sync_if_changed(
    tree: app_commands.CommandTree[discord.Client], application: int | None, store: Store
) -> bool:
    """Send the commands if they differ from those sent last; says whether they were sent."""
    present = fingerprint(tree, application)
    async with store.reading() as tx:
        if await tx.installation.read(_NAME) == present:
            return False
    await tree.sync()
    async with store.writing() as tx:
        await tx.installation.write(_NAME, present)
    log.info("commands.synced")
    return True


async def forget_sync(store: Store) -> None:
    """Send the commands again at the next start, for a Discord that has forgotten them."""
    async with store.writing() as tx:
        await tx.installation.write(_NAME, "")
