"""Backups of an SQLite database, and the way back."""

import asyncio
import os
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from .database_state import (
    SCRIPTS,
    DatabaseFault,
    DatabaseState,
    alone_with,
    reading,
    sqlite_file,
    state_of_file,
)
from .engine import Store
from .keyring import sync_folder
from .person_keys_file import PersonKey, read_keys, write_keys
from .schema import person_key

_NAME = re.compile(r"talkingpiece-\d{8}T\d{6}Z\.db")
_UNFINISHED = ".unfinished.db"


@dataclass(frozen=True, slots=True)
class Restored:
    """What restore() did."""

    database: Path
    kept_aside: Path | None
    """The database that was there before; it holds everything it held, so remove it when all is well."""
    keys_from: str
    """Where the people's keys came from: database, file, or backup (neither of the two was there)."""
    keys: int
    lost_keys: int
    """How many of the keys no master key of the ring opens: those people's notes cannot be read."""


async def backup(store: Store, folder: Path, kept: int, *, scripts: Path = SCRIPTS) -> Path:
    """Copy the database, while it is in use, to talkingpiece-<time>.db; keep the newest copies.

    The copy is checked before it gets its name, and no copy ever holds a person's key. The present keys are
    in the one file person-keys.json beside the copies.
    """
    path = sqlite_file(store)
    if not path.exists():
        raise DatabaseFault("nothing_there", path)
    return await asyncio.to_thread(_backup, path, folder, kept, scripts)


async def refresh_person_keys(store: Store, folder: Path) -> None:
    """Bring person-keys.json up to date if the folder has one. Call it when a person was forgotten:
    until then, the old backups together with that file could still be read.
    """
    if not store.is_sqlite or await asyncio.to_thread(read_keys, folder) is None:
        return
    async with store.raw() as connection:
        rows = [PersonKey(*row) for row in await connection.execute(select(person_key))]
    await asyncio.to_thread(write_keys, folder, rows)


async def restore(store: Store, backup_file: Path, *, scripts: Path = SCRIPTS) -> Restored:
    """Put a backup in the place of the database. The bot must be stopped.

    People's keys are those of the database that was there, so a person who was forgotten since the backup
    stays forgotten. If there was none, or only a new or a damaged one, they come from person-keys.json beside
    the backup.
    """
    path = sqlite_file(store)
    await store.close()
    return await asyncio.to_thread(_restore, path, backup_file, set(store.keyring.key_ids), scripts)


def _backup(path: Path, folder: Path, kept: int, scripts: Path) -> Path:
    name = f"talkingpiece-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db"
    target, unfinished = folder / name, folder / f".{name}{_UNFINISHED}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A copy that a crash left half done may still hold keys.
        for leftover in folder.glob(f".talkingpiece-*{_UNFINISHED}*"):
            leftover.unlink()
        # Made by us, empty, so that it is private from the first byte.
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as live:
                live.execute("VACUUM INTO ?", (str(unfinished),))
                # Read after the copy: every key that words in the copy need is among these.
                keys = _keys(live)
                new = keys == [] and not _rows(live, "server")
            if new and read_keys(folder):
                raise DatabaseFault("folder_of_another", folder)
            _replace_keys(unfinished, [])
            if state_of_file(unfinished, scripts) is not state_of_file(path, scripts):
                raise DatabaseFault("damaged", path)
            write_keys(folder, keys)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(folder)
        older = sorted(file for file in folder.iterdir() if _NAME.fullmatch(file.name) and file != target)
        for file in older[: max(0, len(older) + 1 - kept)]:
            file.unlink()
    except sqlite3.DatabaseError as error:
        full = getattr(error, "sqlite_errorname", "") in {
            "SQLITE_FULL",
            "SQLITE_CANTOPEN",
            "SQLITE_IOERR_WRITE",
        }
        raise DatabaseFault("unwritable" if full else "damaged", folder if full else path) from None
    except OSError:
        raise DatabaseFault("unwritable", folder) from None
    return target


def _restore(path: Path, backup_file: Path, ring: set[str], scripts: Path) -> Restored:
    if not backup_file.is_file():
        raise DatabaseFault("backup_missing", backup_file)
    if path.exists() and path.samefile(backup_file):
        raise DatabaseFault("backup_is_live", backup_file)
    state = state_of_file(backup_file, scripts)
    if state is DatabaseState.NEWER:
        raise DatabaseFault("backup_newer", backup_file)
    if state not in {DatabaseState.CURRENT, DatabaseState.OLDER}:
        raise DatabaseFault("backup_bad", backup_file)
    keys = _settle(path, scripts)
    origin = "database"
    if keys is None:
        origin, keys = "file", read_keys(backup_file.parent)
    ready = path.with_name(f".{path.name}.restoring")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        ready.unlink(missing_ok=True)
        with reading(backup_file) as source:
            os.close(os.open(ready, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            source.execute("VACUUM INTO ?", (str(ready),))
        if keys is not None:
            _replace_keys(ready, keys)
        else:
            origin = "backup"
            with reading(ready) as copy:
                keys = _keys(copy)
        _require_unused(path)  # it may have been started while the copy was made ready
        aside = _swap(ready, path)
    except sqlite3.DatabaseError:
        raise DatabaseFault("backup_bad", backup_file) from None
    except OSError:
        raise DatabaseFault("unwritable", path.parent) from None
    finally:
        with suppress(OSError):
            ready.unlink(missing_ok=True)
    lost = sum(key.master_key_id not in ring for key in keys)
    return Restored(path, aside, origin, len(keys), lost)


def _settle(path: Path, scripts: Path) -> list[PersonKey] | None:
    """Make the present database, which nobody may be using, one whole file, and read its keys.

    None when there is no database, a damaged one, or a new one in which nothing has happened yet: a bot
    that was started on a new machine before the restore must not count as "everybody was forgotten".
    """
    if not path.exists():
        return None
    healthy = state_of_file(path, scripts) in {
        DatabaseState.CURRENT,
        DatabaseState.OLDER,
        DatabaseState.NEWER,
    }
    try:
        with alone_with(path) as live:
            if not healthy:
                return None
            live.execute("PRAGMA journal_mode = DELETE")
            keys = _keys(live)
            return keys if keys or _rows(live, "server") else None
    except sqlite3.DatabaseError:
        return None


def _require_unused(path: Path) -> None:
    if path.exists():
        with suppress(sqlite3.DatabaseError), alone_with(path):
            pass


def _swap(ready: Path, path: Path) -> Path | None:
    """Put the ready file in place, keeping the old one under another name. There is always a database."""
    aside: Path | None = None
    if path.exists():
        aside = path.with_name(f"{path.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        aside.unlink(missing_ok=True)
        try:
            os.link(path, aside)
        except OSError:  # a file system without links
            shutil.copy2(path, aside)
    # Only a damaged database still has these; SQLite would mix them into the new one.
    for ending in ("-wal", "-shm", "-journal"):
        journal = path.with_name(path.name + ending)
        if journal.exists():
            journal.replace(f"{aside or path.with_name(path.name + '.left-over')}{ending}")
    ready.replace(path)
    sync_folder(path.parent)
    return aside


def _replace_keys(path: Path, keys: list[PersonKey]) -> None:
    """Make these the only person keys in a copy, leaving no bytes of others in it, and make it durable."""
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        # Nothing of the old rows may reach another file; a copy that is interrupted is thrown away.
        copy.execute("PRAGMA journal_mode = MEMORY")
        copy.execute("PRAGMA temp_store = MEMORY")
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute("PRAGMA synchronous = FULL")
        copy.execute("BEGIN")
        copy.execute("DELETE FROM person_key")
        copy.executemany(
            "INSERT INTO person_key (user_snowflake, master_key_id, wrapped) VALUES (?, ?, ?)", keys
        )
        copy.execute("COMMIT")
        copy.execute("VACUUM")
        if copy.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
            raise sqlite3.DatabaseError("the copy is damaged")
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keys(connection: sqlite3.Connection) -> list[PersonKey]:
    return [
        PersonKey(*row)
        for row in connection.execute("SELECT user_snowflake, master_key_id, wrapped FROM person_key")
    ]


def _rows(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own names
