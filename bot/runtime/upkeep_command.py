"""check, migrate, backup, restore and keys rotate, as the operator sees them."""

import asyncio
from argparse import Namespace
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from bot.domain.helpline import HelplineFault
from bot.domain.screen import LexiconFault
from bot.store.engine import Store
from bot.store.keyring import Keyring, KeyringFault, open_to_others
from bot.store.upkeep import (
    DatabaseState,
    backup,
    check_keys,
    inspect,
    keyring_for,
    migrate,
    place_of,
    restore,
    rotate_keys,
)

from .clock import SystemClock
from .helpline_files import load_directory
from .lexicon_files import available_languages, load_screen
from .settings import Settings

STATES = {
    DatabaseState.EMPTY: "is new; it is set up at the first start",
    DatabaseState.CURRENT: "is up to date",
    DatabaseState.OLDER: "is from an older version; it is backed up and brought up to date at the next start",
    DatabaseState.NEWER: "is from a newer version of Talking Piece",
    DatabaseState.DAMAGED: "is damaged or belongs to another program",
    DatabaseState.UNREACHABLE: "cannot be opened",
}
USABLE = {DatabaseState.EMPTY, DatabaseState.CURRENT, DatabaseState.OLDER}


def check(settings: Settings, _args: Namespace) -> int:
    """Say, one line each, whether everything is ready for a start. Changes nothing."""
    lines = [(True, "The settings are right.")]
    lines.append(
        (True, "There is a token.")
        if settings.discord_token is not None
        else (False, "DISCORD_TOKEN is not set; the bot cannot start without it.")
    )
    lines += asyncio.run(_check_database(settings))
    # What was proved by a start need not be proved again; before the first start nothing is kept.
    lines += _check_words(settings.data_dir, settings.cache_dir if settings.cache_dir.is_dir() else None)
    for good, line in lines:
        print(f"{'ok   ' if good else 'FAULT'} {line}")
    for line in hidden_helplines(settings.data_dir, SystemClock().now().date()):
        print(f"look  {line}")
    return 0 if all(good for good, _ in lines) else 1


def bring_up_to_date(settings: Settings, _args: Namespace) -> int:
    """Bring the database up to date."""

    async def work(store: Store) -> None:
        before = await migrate(store, settings.backup_dir, settings.backups_kept)
        done = "was up to date already" if before is DatabaseState.CURRENT else "is up to date now"
        print(f"The database {place_of(store)} {done}.")

    return _with_store(settings, work, make_ring=True)


def make_backup(settings: Settings, args: Namespace) -> int:
    """Make one backup."""

    async def work(store: Store) -> None:
        made = await backup(store, args.to or settings.backup_dir, settings.backups_kept)
        print(f"Made {made}. Keep the key ring file {settings.keyring_file} safe too, in another place.")

    return _with_store(settings, work)


def put_back(settings: Settings, args: Namespace) -> int:
    """Put a backup in the place of the database."""

    async def work(store: Store) -> None:
        done = await restore(store, args.file)
        print(f"The database {done.database} is now the one from {args.file}.")
        if done.kept_aside is not None:
            print(f"The one before is kept as {done.kept_aside}; remove it when all is well.")
        if done.keys_from == "backup":
            print("There was no person-keys.json beside the backup, so sealed notes in it may be unreadable.")
        if done.lost_keys:
            print(f"The notes of {done.lost_keys} people need a master key that is not on the key ring.")

    return _with_store(settings, work)


def change_master_key(settings: Settings, _args: Namespace) -> int:
    """Change the master key."""

    async def work(store: Store) -> None:
        ring = await rotate_keys(store, settings.keyring_file, settings.backup_dir)
        print(f"All notes have the new key {ring.active_id} now.")
        print(f"Copy {settings.keyring_file} to its safe place.")
        print("Backups in other folders than BACKUP_DIR cannot be read any more; make new ones there.")

    return _with_store(settings, work)


def _with_store(
    settings: Settings, work: Callable[[Store], Awaitable[None]], *, make_ring: bool = False
) -> int:
    async def run() -> None:
        if make_ring:
            ring = await keyring_for(settings.database_url, settings.keyring_file)
        else:
            ring = Keyring.load(settings.keyring_file)
        store = Store(settings.database_url, ring)
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(run())
    return 0


async def _check_database(settings: Settings) -> list[tuple[bool, str]]:
    lines: list[tuple[bool, str]] = []
    ring: Keyring | None = None
    try:
        ring = Keyring.load(settings.keyring_file)
        lines.append((True, f"The key ring {settings.keyring_file} is readable."))
        if open_to_others(settings.keyring_file):
            lines.append(
                (False, f"Others on this machine may read {settings.keyring_file}; run chmod 600 on it.")
            )
    except KeyringFault as fault:
        missing = fault
    else:
        missing = None
    store = Store(settings.database_url, ring or Keyring.generate())
    try:
        state = await inspect(store)
        if missing is not None:
            is_first_start = missing.key == "missing" and state is DatabaseState.EMPTY
            made = f"The key ring {settings.keyring_file} is made at the first start."
            lines.append((True, made) if is_first_start else (False, str(missing)))
        lines.append((state in USABLE, f"The database {place_of(store)} {STATES[state]}."))
        if ring is not None and state in {DatabaseState.CURRENT, DatabaseState.OLDER}:
            await check_keys(store)
            lines.append((True, "The key ring opens the key of every person in the database."))
    except KeyringFault as fault:
        lines.append((False, str(fault)))
    finally:
        await store.close()
    return lines


def hidden_helplines(folder: Path, today: date) -> list[str]:
    """The lines that people are not shown because nobody has checked them for more than 365 days (S12)."""
    try:
        directory = load_directory(folder / "helplines.toml")
    except HelplineFault:
        return []  # said as a fault already
    hidden = [
        f"{line.name} ({line.country}) was checked on {line.checked}, more than a year ago, so it is hidden."
        for line in directory.stale(today)
    ]
    ahead = [
        f"{line.name} ({line.country}) says it was checked on {line.checked}, which is still to come."
        for line in directory.dated_ahead(today)
    ]
    return hidden + ahead


def _check_words(folder: Path, cache: Path | None) -> list[tuple[bool, str]]:
    from bot.ui.texts import TextFault, load_texts  # brings discord.py with it, which only check needs

    lines: list[tuple[bool, str]] = []
    try:
        load_texts(folder / "text")
        lines.append((True, "The texts are right."))
    except TextFault as fault:
        lines.append((False, str(fault)))
    lexicon, helplines = folder / "lexicon", folder / "helplines.toml"
    languages = available_languages(lexicon)
    if languages:
        try:
            load_screen(languages, lexicon, cache)
            lines.append((True, f"The lexicon is right: {', '.join(languages)}."))
        except LexiconFault as fault:
            lines += [(False, line) for line in fault.faults]
    if helplines.exists():
        try:
            load_directory(helplines)
            lines.append((True, "The helplines are right."))
        except HelplineFault as fault:
            lines += [(False, line) for line in fault.faults]
    return lines
