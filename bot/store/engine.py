"""Opening the database and its two kinds of transaction: reading() and writing()."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from .keyring import Keyring
from .transaction import Transaction

READERS = 4
_WAL_TRIES, _WAL_PAUSE = 250, 0.02  # seconds; five in all


def driver_url(url: str) -> str:
    """The database URL with the asynchronous driver the store uses: aiosqlite or asyncpg."""
    parsed = make_url(url)
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}[parsed.get_backend_name()]
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


class Store:
    """The one door to the database.

    writing() holds one transaction at a time: on SQLite a second writer on the same connection could
    lose the first one's row, and a transaction that begins by reading fails later with BUSY_SNAPSHOT.
    So every writer begins IMMEDIATE and waits its turn here, fairly and without polling.
    """

    def __init__(self, url: str, keyring: Keyring) -> None:
        self.url = driver_url(url)
        self.keyring = keyring
        self.is_sqlite = self.url.startswith("sqlite")
        self._turn = asyncio.Lock()
        self._writer = _engine(self.url, size=1, begin="BEGIN IMMEDIATE")
        self._readers = _engine(self.url, size=READERS, begin="BEGIN") if self.is_sqlite else self._writer
        self._after_commit: list[Callable[[], None]] = []

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this, without arguments, after each commit that left work for the outbox or a timer."""
        self._after_commit.append(call)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Transaction]:
        """A consistent view; nothing done in it is kept."""
        async with self._readers.connect() as connection:
            if not self.is_sqlite:
                # There each statement would otherwise see a later state than the one before it.
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield Transaction(connection, self.keyring)

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[Transaction]:
        """All or nothing. No Discord call happens inside: what must be sent is an outbox row."""
        async with self._turn:
            async with self._writer.begin() as connection:
                transaction = Transaction(connection, self.keyring, writing=True)
                yield transaction
            left_work = transaction.left_work
        if left_work:
            for call in self._after_commit:
                call()

    @asynccontextmanager
    async def raw(self) -> AsyncGenerator[AsyncConnection]:
        """A bare connection in a transaction, for migrations and upkeep only."""
        async with self._turn, self._writer.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Let go of every connection; aiosqlite's threads would keep the process alive otherwise."""
        await self._writer.dispose()
        if self._readers is not self._writer:
            await self._readers.dispose()


def _engine(url: str, *, size: int, begin: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_size=READERS + size, max_overflow=0, pool_pre_ping=True)
    engine = create_async_engine(url, pool_size=size, max_overflow=0)

    def on_connect(connection: DBAPIConnection, _record: Any) -> None:
        # The driver must not begin transactions by itself; we say how, below.
        connection.isolation_level = None
        cursor = connection.cursor()
        _write_ahead(cursor)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "secure_delete=ON",  # erased rows leave no bytes behind in the file
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
    return engine


def _write_ahead(cursor: DBAPICursor) -> None:
    """Turn the write-ahead log on; once for each file, after which this changes nothing.

    While another connection does the same to a new file, SQLite says at once that it is locked, whatever its
    busy time-out is. So it is tried again for a while.
    """
    for _ in range(_WAL_TRIES):
        with suppress(sqlite3.OperationalError):
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        time.sleep(_WAL_PAUSE)
    cursor.execute("PRAGMA journal_mode=WAL")
