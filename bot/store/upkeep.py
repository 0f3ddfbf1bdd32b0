"""Opening the database, bringing it up to date and looking after it."""

import os
from collections.abc import Callable
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, func, select, text

from .backups import Restored, backup, refresh_person_keys, restore
from .database_state import (
    SCRIPTS,
    DatabaseFault,
    DatabaseState,
    alembic_config,
    inspect,
    place_of,
    require,
    sqlite_file,
    state_of_file,
)
from .engine import Store
from .keyring import Keyring, KeyringFault
from .rotation import rotate_keys
from .schema import person_key

__all__ = [
    "DatabaseFault",
    "DatabaseState",
    "Restored",
    "backup",
    "check_keys",
    "inspect",
    "keyring_for",
    "migrate",
    "open_store",
    "place_of",
    "refresh_person_keys",
    "require",
    "restore",
    "rotate_keys",
    "state_of_file",
]

MIGRATION_LOCK = 7_424_001
"""Any number, the same for every process: who brings a shared PostgreSQL up to date goes first, alone."""


async def open_store(url: str, keyring_file: Path, backup_dir: Path, kept: int) -> Store:
    """A store ready for work: its key ring loaded, its database up to date, every person's key openable.

    Raises DatabaseFault or KeyringFault, and then leaves no connection open.
    """
    store = Store(url, await keyring_for(url, keyring_file))
    try:
        await migrate(store, backup_dir, kept)
        await check_keys(store)
    except BaseException:
        await store.close()
        raise
    return store


async def keyring_for(url: str, keyring_file: Path) -> Keyring:
    """The key ring of this database. A new one is made only where nothing was ever sealed with an old one.

    A ring file that is missing by mistake (a volume not mounted, say) must not be replaced in silence.
    """
    try:
        return Keyring.load(keyring_file)
    except KeyringFault as fault:
        if fault.key != "missing":
            raise
        missing = fault
    probe = Store(url, Keyring.generate())
    try:
        state = await inspect(probe)
        if state in {DatabaseState.NEWER, DatabaseState.DAMAGED, DatabaseState.UNREACHABLE}:
            raise DatabaseFault(state.value, place_of(probe))
        if state is not DatabaseState.EMPTY:
            async with probe.raw() as connection:
                if await connection.scalar(select(func.count()).select_from(person_key)):
                    raise missing
    finally:
        await probe.close()
    return Keyring.load_or_create(keyring_file)


async def check_keys(store: Store) -> None:
    """A KeyringFault if the ring lacks a master key that some person's key was wrapped with."""
    async with store.raw() as connection:
        used = await connection.scalars(select(person_key.c.master_key_id).distinct())
    for name in sorted(set(used) - set(store.keyring.key_ids)):
        raise KeyringFault("unknown_key", key_id=name)


async def migrate(
    store: Store, backup_dir: Path, kept: int = 10, *, scripts: Path = SCRIPTS
) -> DatabaseState:
    """Bring the database up to date, all or nothing. Returns the state it was in.

    Does nothing when it is current. An older SQLite database is backed up first. A newer, damaged or
    unreachable one is never touched: that is a DatabaseFault.
    """
    state = await inspect(store, scripts)
    if state is DatabaseState.CURRENT:
        return state
    if state not in {DatabaseState.EMPTY, DatabaseState.OLDER}:
        raise DatabaseFault(state.value, place_of(store))
    if store.is_sqlite:
        if state is DatabaseState.OLDER:
            await backup(store, backup_dir, kept, scripts=scripts)
        else:
            _make_private_file(sqlite_file(store))
    config = alembic_config(scripts)

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    await _run(store, upgrade)
    return state


async def _run(store: Store, work: Callable[[Connection], None]) -> None:
    async with store.raw() as connection:
        if store.is_sqlite:
            # Rebuilding a table drops the old one; with foreign keys on, that would delete the rows that
            # point to it. The switch has no effect inside a transaction, so we step out of it for a moment.
            await connection.exec_driver_sql("ROLLBACK")
            await connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        await connection.run_sync(work)
        if store.is_sqlite and (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first():
            raise DatabaseFault("broken_links", place_of(store))
    # Connections made before must not go on: foreign keys are off in one, all have old plans.
    await store.close()


def _make_private_file(path: Path) -> None:
    """The database file, readable by its owner only; SQLite gives its journals the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        raise DatabaseFault("unwritable", path) from None
