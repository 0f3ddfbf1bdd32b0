"""What the migrations make is what the schema says."""

import asyncio
import re
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text

from bot.domain.ids import GuildSnowflake
from bot.domain.tier import Tier
from bot.store.database_state import alembic_config, state_of_file
from bot.store.engine import Store
from bot.store.keyring import Keyring
from bot.store.schema import group, metadata
from bot.store.upkeep import DatabaseState, inspect, migrate
from tests.store.conftest import NEWEST


@pytest.fixture
async def migrated(empty_url: str, tmp_path: Path):
    store = Store(empty_url, Keyring.generate())
    await migrate(store, tmp_path / "backups")
    yield store
    await store.close()


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata))


async def test_the_migrated_tables_are_those_of_the_schema(migrated: Store):
    async with migrated.raw() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_comparison_sees_a_column_that_is_missing(migrated: Store):
    async with migrated.raw() as connection:
        await connection.execute(text("ALTER TABLE person DROP COLUMN country"))
        assert len(await connection.run_sync(differences)) == 1


async def test_the_migrated_indexes_are_made_by_the_same_statements(tmp_path: Path):
    """Alembic's comparison does not see the condition of a partial index; the statements show it."""
    urls = [f"sqlite:///{tmp_path / name}.db" for name in ("migrated", "made")]
    migrated, made = (Store(url, Keyring.generate()) for url in urls)
    await migrate(migrated, tmp_path)
    async with made.raw() as connection:
        await connection.run_sync(metadata.create_all)
    await migrated.close()
    await made.close()

    def statements(name: str) -> set[tuple[str, str]]:
        with sqlite3.connect(tmp_path / f"{name}.db") as connection:
            rows = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            )
            found = {(index, re.sub(r'[\s"]+', " ", sql)) for index, sql in rows}
        connection.close()
        return found

    assert statements("migrated") == statements("made")
    assert any("WHERE closed_at IS NULL" in sql for _, sql in statements("migrated"))


async def test_the_way_back_removes_every_table(migrated: Store):
    config = alembic_config()

    def downgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    async with migrated.raw() as connection:
        await connection.run_sync(downgrade)
        left = await connection.run_sync(lambda sync: sync.dialect.get_table_names(sync))
    assert left == ["alembic_version"]


async def test_a_later_migration_that_rebuilds_a_table_keeps_the_rows_that_point_to_it(
    tmp_path: Path, scripts_with_one_more: Path
):
    store = Store(f"sqlite:///{tmp_path / 'talkingpiece.db'}", Keyring.generate())
    await migrate(store, tmp_path / "backups")
    async with store.raw() as connection:
        await connection.execute(
            insert(group).values(group_id=1, guild_snowflake=2, name="a", kind="b", zone="c")
        )
        await connection.execute(
            text("INSERT INTO group_channel (group_id, channel_snowflake) VALUES (1, 3)")
        )

    assert await migrate(store, tmp_path / "backups", scripts=scripts_with_one_more) is DatabaseState.OLDER

    async with store.raw() as connection:
        assert (await connection.execute(text("SELECT * FROM group_channel"))).all() == [(1, 3)]
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
    await store.close()


async def test_every_migration_keeps_the_rows_of_the_version_before(empty_url: str, tmp_path: Path):
    """From the first version, with a row in every table there was, up to the newest."""
    store = Store(empty_url, Keyring.generate())
    config = alembic_config()
    async with store.raw() as connection:

        def first(sync: Connection) -> None:
            config.attributes["connection"] = sync
            command.upgrade(config, "0001")

        await connection.run_sync(first)
        await connection.execute(
            text(
                "INSERT INTO screened_channel (channel_snowflake, guild_snowflake, chosen, announced_at)"
                " VALUES (5, 1, TRUE, NULL)"
            )
        )
        await connection.execute(
            insert(group).values(group_id=1, guild_snowflake=2, name="a", kind="b", zone="c")
        )
        await connection.execute(
            text(
                "INSERT INTO card (message_snowflake, channel_snowflake, guild_snowflake, kind, subject_id,"
                " posted_at) VALUES (7, 8, NULL, 'case.alert', 9, '2026-11-01 12:00:00')"
            )
        )
    await migrate(store, tmp_path / "backups")
    async with store.reading() as tx:
        (card,) = await tx.cards.of("case.alert", 9)
        assert (card.message, card.channel, card.guild, card.user) == (7, 8, None, None)
        (channel,) = await tx.servers.screened(GuildSnowflake(1))
        assert (channel.channel_snowflake, channel.chosen, channel.floor) == (5, True, Tier.T2)
    async with store.raw() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.scalar(select(group.c.name)) == "a"
    await store.close()


async def test_a_migration_that_fails_leaves_the_database_as_it_was(
    empty_url: str, tmp_path: Path, scripts_that_fail: Path
):
    store = Store(empty_url, Keyring.generate())
    await migrate(store, tmp_path / "backups")

    with pytest.raises(ZeroDivisionError):
        await migrate(store, tmp_path / "backups", scripts=scripts_that_fail)

    assert await inspect(store) is DatabaseState.CURRENT
    async with store.raw() as connection:
        assert await connection.run_sync(differences) == []
    await store.close()


async def test_two_starts_at_once_end_with_one_current_database(empty_url: str, tmp_path: Path):
    stores = [Store(empty_url, Keyring.generate()) for _ in range(2)]
    await asyncio.gather(*(migrate(store, tmp_path / "backups") for store in stores))
    assert [await inspect(store) for store in stores] == [DatabaseState.CURRENT] * 2
    for store in stores:
        await store.close()


async def test_many_first_connections_at_once_all_open_a_new_file(tmp_path: Path):
    """Each of them turns the write-ahead log on, which SQLite refuses at once while another one does."""

    async def open_it(store: Store) -> None:
        async with store.raw():
            pass

    for attempt in range(20):
        stores = [Store(f"sqlite:///{tmp_path / str(attempt)}.db", Keyring.generate()) for _ in range(6)]
        await asyncio.gather(*map(open_it, stores))
        for store in stores:
            await store.close()


def test_scripts_in_a_folder_with_a_percent_sign_are_found(tmp_path: Path, copy_of_scripts):
    scripts = copy_of_scripts(tmp_path / "100% mine")
    assert state_of_file(tmp_path / "none.db", scripts) is DatabaseState.EMPTY
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute(f"INSERT INTO alembic_version VALUES ('{NEWEST}')")
    connection.close()
    assert state_of_file(tmp_path / "old.db", scripts) is DatabaseState.CURRENT
