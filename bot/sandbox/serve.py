"""python -m bot sandbox: the bot on a pretend Discord, at one address on this machine."""

import asyncio
import contextlib
import importlib.util
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

DONE, FAILED, WRONG = 0, 1, 2
HOST = "127.0.0.1"
GOODBYE = 4.0
"""Seconds the bot is given to close when the sandbox ends."""

MEMORY = "discord.json"
"""Where the pretend Discord is written down with --keep."""

SECRETS = ("DISCORD_TOKEN", "DISCORD_TOKEN_FILE")


def serve(port: int, keep: Path | None) -> int:
    """Serve the sandbox until Ctrl-C. Returns the exit code.

    keep: the folder where what happens is kept; without it everything is forgotten at the end.
    """
    found = token_in(os.environ, Path(".env"))
    if found:
        return _say(
            WRONG,
            f"{found} is set, so this looks like the place of a real bot. The sandbox is only for pretending:"
            f" take {found} out, or start the sandbox somewhere else.",
        )
    if importlib.util.find_spec("simcord") is None:
        return _say(
            FAILED,
            'The sandbox needs one more package: run "make sandbox",'
            ' or "pip install talking-piece[sandbox]".',
        )
    from bot.runtime.logs import configure_logs

    configure_logs("WARNING")
    # What discord.py warns about when it starts (no voice, few intents) is so on purpose.
    logging.getLogger("discord").setLevel(logging.ERROR)
    ended = asyncio.Event()
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="talking-piece-")))
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return _say(FAILED, "The folder given with --keep cannot be used. Choose another one.")
        code = asyncio.run(_serve(port, folder, keep is not None, ended))
    if code == DONE and not ended.is_set():
        # Something would not let go in time. Whoever pressed Ctrl-C need not wait for it.
        os._exit(code)
    return code


def token_in(environ: Mapping[str, str], env_file: Path) -> str | None:
    """The name of a setting that holds a real token, if there is one."""
    try:
        written = dotenv_values(env_file, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        written = {}
    for name in SECRETS:
        if (environ.get(name) or written.get(name) or "").strip():
            return name
    return None


async def _serve(port: int, folder: Path, keep: bool, ended: asyncio.Event) -> int:
    from .memory import DoesNotFit

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows knows no such handlers
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # The address is taken first: whoever else has it is found out before anything is built.
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        place.bind((HOST, port))
    except (OSError, OverflowError):
        place.close()
        return _say(
            FAILED, f"Port {port} cannot be used; something else may have it. Try --port {_other(port)}."
        )
    try:
        await _play(place, folder, keep, stop, ended)
    except DoesNotFit:
        return _say(
            FAILED,
            f"What is kept in {folder} does not fit this version."
            " To start fresh, choose a new folder or empty this one.",
        )
    finally:
        place.close()
    return DONE


async def _play(
    place: socket.socket, folder: Path, keep: bool, stop: asyncio.Event, ended: asyncio.Event
) -> None:
    from aiohttp import web

    from bot.runtime.settings import Settings

    from .page import Page
    from .stage import Stage

    settings = Settings(
        database_url=f"sqlite:///{folder / 'sandbox.db'}",
        keyring_file=folder / "keyring.txt",
        backup_dir=folder / "backups",
        log_level="WARNING",
    )
    port = place.getsockname()[1]
    stage = Stage(settings, folder / MEMORY if keep else None)
    page = Page(stage)
    runner = web.AppRunner(page.application(port), access_log=None, shutdown_timeout=0.5)
    try:
        await stage.open()
        if stop.is_set():
            return
        await runner.setup()
        await web.SockSite(runner, place).start()
        sys.stdout.write(f"http://{HOST}:{port}\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        # Nothing here is worth waiting for: what must last is in the database already.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await page.close()
                await stage.close()
                await runner.cleanup()
                ended.set()


def _other(port: int) -> int:
    return port + 1 if 0 < port < 65535 else 8081


def _say(code: int, sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
