"""Commands are sent to Discord only when they changed: it limits how often, and a restart is no change."""

import hashlib
import json

import discord
from discord import app_commands

from bot.store.engine import Store

from .logs import get_logger

log = get_logger("commands")

_NAME = "commands"


def fingerprint(tree: app_commands.CommandTree[discord.Client], application: int | None) -> str:
    """Changes whenever anything Discord is told about the commands, or the application, changes."""
    commands = [command.to_dict(tree) for command in tree.get_commands()]
    commands.sort(key=lambda each: (each["type"], each["name"]))
    plain = json.dumps([application, commands], sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


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
