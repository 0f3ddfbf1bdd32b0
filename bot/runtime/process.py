"""The bot as a process: from the first log line to the exit code."""

import asyncio
import contextlib
import signal
import sys

import discord

from .app import build_bot
from .logs import configure_logs, get_logger
from .loop_watch import ANEW
from .settings import Settings
from .vigil import Vigil

log = get_logger("process")


def run(settings: Settings) -> int:
    """Run on the real Discord until SIGINT or SIGTERM. Returns the exit code; ANEW: start me again."""
    token = settings.require_token()
    configure_logs(settings.log_level, settings.log_format)
    return asyncio.run(_run(settings, token))


async def _run(settings: Settings, token: str) -> int:
    bot = build_bot(settings)
    loop = asyncio.get_running_loop()
    life = loop.create_task(bot.start(token), name="life")
    goodbye: asyncio.Task[None] | None = None
    code = 0

    async def close_and_end() -> None:
        try:
            await bot.close()
        finally:
            # While it is logging in or connecting, discord.py does not notice that it was closed, and
            # goes on trying for ever.
            life.cancel()

    def leave() -> None:
        nonlocal goodbye
        if goodbye is None:
            log.info("bot.leaving")
            vigil.stopping()
            goodbye = loop.create_task(close_and_end(), name="goodbye")

    def start_anew() -> None:
        nonlocal code
        if goodbye is None:
            code = ANEW
            leave()

    vigil = Vigil(bot, settings, start_anew)
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows knows no such handlers
            loop.add_signal_handler(number, leave)
    try:
        await vigil.start()
        await life
    except discord.LoginFailure:
        sys.stderr.write("Discord does not accept DISCORD_TOKEN; copy it anew from the developer portal.\n")
        return 1
    except discord.PrivilegedIntentsRequired:
        sys.stderr.write(
            "Discord has not granted the message content intent: allow it in the developer portal,"
            " or set MESSAGE_CONTENT_INTENT=false.\n"
        )
        return 1
    except (asyncio.CancelledError, Exception):
        if goodbye is None:
            raise
        # It was cut off in the middle of something because it is leaving: no fault.
    finally:
        if goodbye is not None:
            await goodbye
        elif not bot.is_closed():
            await bot.close()
        await vigil.stop()
    return code
