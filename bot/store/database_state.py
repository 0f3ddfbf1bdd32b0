"""What state the database is in, found out without changing a byte of it."""

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from .engine import Store

SCRIPTS = Path(__file__).parent / "migrations"

SENTENCES = {
    "newer": "The database {place} was written by a newer version of Talking Piece; install that version.",
    "damaged": "The database {place} is damaged or belongs to another program; restore a backup.",
    "unreachable": "The database {place} cannot be opened; check DATABASE_URL, the folder and the server.",
    "not_current": "The database {place} must be brought up to date first; run the command migrate.",
    "broken_links": "The database {place} was left as it was: bringing it up to date would have broken rows.",
    "in_use": "The database {place} is in use; stop the bot first.",
    "use_pg_dump": "This command is for SQLite only; on PostgreSQL use pg_dump and pg_restore.",
    "nothing_there": "There is no database {place} yet.",
    "backup_missing": "There is no file {place}.",
    "backup_bad": "The file {place} is damaged or is not a backup of Talking Piece; nothing was changed.",
    "backup_newer": "The file {place} is from a newer version of Talking Piece; nothing was changed.",
    "backup_is_live": "The file {place} is the database itself; choose a backup.",
    "folder_of_another": (
        "The database is new, but {place} holds the keys of another one;"
        " restore a backup first or choose another folder."
    ),
    "keys_damaged": "The file {place} is damaged; nothing was changed.",
    "unwritable": "{place} cannot be written; check the folder's owner, its permissions and the free space.",
    "started_meanwhile": (
        "The notes have a new key, but the bot was started meanwhile, so the old key was kept;"
        " stop the bot and rotate again."
    ),
}


class DatabaseState(StrEnum):
    """What inspect() can find."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    DAMAGED = "damaged"
    UNREACHABLE = "unreachable"


class DatabaseFault(Exception):
    """The database or a backup is not as it must be. One plain sentence."""

    def __init__(self, key: str, place: object = "") -> None:
        super().__init__(SENTENCES[key].format(place=place))
        self.key = key
        self.place = place


async def inspect(store: Store, scripts: Path = SCRIPTS) -> DatabaseState:
    """The state of the store's database. Creates nothing and changes nothing."""
    if store.is_sqlite:
        return await asyncio.to_thread(state_of_file, sqlite_file(store), scripts)
    try:
        async with store.raw() as connection:
            versioned = await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
            tables = await connection.scalar(
                text("SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()")
            )
            found = (
                await connection.scalars(text("SELECT version_num FROM alembic_version")) if versioned else ()
            )
            return _judge(bool(tables), set(found), scripts)
    except (OSError, SQLAlchemyError, *_postgres_errors()):
        return DatabaseState.UNREACHABLE


def state_of_file(path: Path, scripts: Path = SCRIPTS) -> DatabaseState:
    """The state of an SQLite file."""
    try:
        if not path.exists():
            return DatabaseState.EMPTY
        with reading(path) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
                return DatabaseState.DAMAGED
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            versioned = "alembic_version" in tables
            rows = (
                connection.execute("SELECT version_num FROM alembic_version").fetchall() if versioned else []
            )
    except sqlite3.OperationalError:
        return DatabaseState.UNREACHABLE
    except sqlite3.DatabaseError:
        return DatabaseState.DAMAGED
    except OSError:
        return DatabaseState.UNREACHABLE
    return _judge(bool(tables), {version for (version,) in rows}, scripts)


def require(state: DatabaseState, place: object) -> None:
    """A DatabaseFault unless the database is current."""
    if state is DatabaseState.EMPTY:
        raise DatabaseFault("nothing_there", place)
    if state is DatabaseState.OLDER:
        raise DatabaseFault("not_current", place)
    if state is not DatabaseState.CURRENT:
        raise DatabaseFault(state.value, place)


def sqlite_file(store: Store) -> Path:
    """Where the database file is. On PostgreSQL a DatabaseFault that names its own tools."""
    if not store.is_sqlite:
        raise DatabaseFault("use_pg_dump")
    return Path(make_url(store.url).database or "")


def place_of(store: Store) -> str:
    """How sentences name the database: its path, or its host and name, never its password."""
    url = make_url(store.url)
    return str(url.database) if store.is_sqlite else f"{url.host or 'localhost'}/{url.database}"


@contextmanager
def reading(path: Path) -> Generator[sqlite3.Connection]:
    """A connection that changes nothing: not the file, not its journal, and no new file beside it."""
    # Without a journal the file is all there is. Even a reader would make a journal, and could not remove it.
    settled = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    uri = f"{path.absolute().as_uri()}?mode=ro{settled}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        yield connection


@contextmanager
def alone_with(path: Path) -> Generator[sqlite3.Connection]:
    """A connection to a database that nobody else has open; a DatabaseFault if somebody has.

    BEGIN EXCLUSIVE by itself would not tell: with a write-ahead log it only waits for other writers, and an
    idle bot is not writing. Exclusive locking mode asks for the whole file, and every open connection holds
    a share of that.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.5)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise DatabaseFault("in_use", path) from None
            raise
        yield connection


def alembic_config(scripts: Path = SCRIPTS) -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("path_separator", "os")
    # ConfigParser would take a percent sign in the path for a placeholder.
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config


def _judge(has_tables: bool, found: set[str], scripts: Path) -> DatabaseState:
    if not has_tables:
        return DatabaseState.EMPTY
    if not found:
        return DatabaseState.DAMAGED
    directory = ScriptDirectory.from_config(alembic_config(scripts))
    if found == set(directory.get_heads()):
        return DatabaseState.CURRENT
    known = {script.revision for script in directory.walk_revisions()}
    return DatabaseState.OLDER if found <= known else DatabaseState.NEWER


def _postgres_errors() -> tuple[type[Exception], ...]:
    """What the driver raises when it cannot connect; it is an extra and may not be installed."""
    try:
        import asyncpg
    except ModuleNotFoundError:
        return ()
    return (asyncpg.PostgresError, asyncpg.InterfaceError)
