"""A new master key for all notes, in steps that lose nothing wherever the machine stops."""

import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path

from sqlalchemy import bindparam, select, text, update

from .backups import refresh_person_keys
from .database_state import DatabaseFault, alone_with, inspect, place_of, require, sqlite_file
from .engine import Store
from .keyring import Keyring, WrappedKey
from .schema import person_key


class Step(StrEnum):
    """What has just been made durable."""

    KEY_ADDED = "key_added"
    KEYS_REWRAPPED = "keys_rewrapped"
    BACKUPS_FOLLOWED = "backups_followed"
    OLD_KEYS_DROPPED = "old_keys_dropped"


async def rotate_keys(store: Store, keyring_file: Path, backup_dir: Path) -> Keyring:
    """Wrap every person's key with a new master key and drop the old ones. The bot must be stopped.

    Returns the new ring; the store goes on with the old one, so close it.
    """
    async for _ in rotation(store, keyring_file, backup_dir):
        pass
    return Keyring.load(keyring_file)


async def rotation(store: Store, keyring_file: Path, backup_dir: Path) -> AsyncIterator[Step]:
    """The steps of rotate_keys(). After each one, everything can be read with the ring file as it is then."""
    require(await inspect(store), place_of(store))
    await _require_alone(store)
    old = Keyring.load(keyring_file)
    ring = old.with_new_master_key()
    ring.save(keyring_file)
    yield Step.KEY_ADDED
    await _rewrap_all(store, ring)
    yield Step.KEYS_REWRAPPED
    await refresh_person_keys(store, backup_dir)
    yield Step.BACKUPS_FOLLOWED
    # A bot that was started before the first step still makes keys with the old master key.
    try:
        await _require_alone(store)
    except DatabaseFault as fault:
        if fault.key == "in_use":
            raise DatabaseFault("started_meanwhile") from None
        raise
    ring.without(old.key_ids).save(keyring_file)
    yield Step.OLD_KEYS_DROPPED


async def _rewrap_all(store: Store, ring: Keyring) -> None:
    async with store.raw() as connection:
        changed: list[dict[str, object]] = []
        for user, master_key_id, wrapped in await connection.execute(select(person_key)):
            key = ring.rewrap(WrappedKey(master_key_id, wrapped), user)
            changed.append({"user": user, "master_key_id": key.master_key_id, "wrapped": key.wrapped})
        if changed:
            await connection.execute(
                update(person_key)
                .where(person_key.c.user_snowflake == bindparam("user"))
                .values(master_key_id=bindparam("master_key_id"), wrapped=bindparam("wrapped")),
                changed,
            )


async def _require_alone(store: Store) -> None:
    """A DatabaseFault if anybody else has the database open."""
    await store.close()  # our own connections are not somebody else's
    if store.is_sqlite:
        await asyncio.to_thread(_open_alone, sqlite_file(store))
        return
    async with store.raw() as connection:
        others = await connection.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
            )
        )
    if others:
        raise DatabaseFault("in_use", place_of(store))


def _open_alone(path: Path) -> None:
    with alone_with(path):
        pass
