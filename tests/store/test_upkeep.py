"""Looking after the database: every state, backups that forget, restores, new master keys."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text

from bot.store.database_state import alone_with
from bot.store.engine import Store
from bot.store.keyring import Keyring, KeyringFault
from bot.store.rotation import Step, rotation
from bot.store.schema import person_key, server
from bot.store.upkeep import (
    DatabaseFault,
    DatabaseState,
    backup,
    check_keys,
    inspect,
    keyring_for,
    migrate,
    open_store,
    refresh_person_keys,
    restore,
    rotate_keys,
)
from tests.store.conftest import NEWEST

ANNA, BEN = 111, 222


class Home:
    """A folder with a database, a ring and backups, as on an operator's machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "var" / "talkingpiece.db"
        self.ring_file = folder / "var" / "keyring.txt"
        self.backups = folder / "var" / "backups"
        self.url = f"sqlite:///{self.database}"

    async def open(self) -> Store:
        return await open_store(self.url, self.ring_file, self.backups, 10)

    def person_keys(self) -> set[int]:
        rows = json.loads((self.backups / "person-keys.json").read_text())["keys"]
        return {int(row["user"]) for row in rows}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


async def write_note(store: Store, user: int, words: str) -> bytes:
    """A server with a person in it, and the person's sealed words."""
    async with store.raw() as connection:
        if not (await connection.execute(select(server))).first():
            await connection.execute(insert(server).values(guild_snowflake=1, languages=["en"], zone="UTC"))
        key = store.keyring.new_person_key(user)
        await connection.execute(
            insert(person_key).values(
                user_snowflake=user, master_key_id=key.master_key_id, wrapped=key.wrapped
            )
        )
    return store.keyring.seal(key, user, "note", words)


async def read_note(store: Store, user: int, sealed: bytes) -> str | None:
    async with store.reading() as tx:
        return await tx.people.open(user, "note", sealed)


async def forget(store: Store, user: int) -> None:
    async with store.raw() as connection:
        await connection.execute(delete(person_key).where(person_key.c.user_snowflake == user))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def wrapped_keys(path: Path) -> list[bytes]:
    with closing(sqlite3.connect(path)) as connection:
        return [wrapped for (wrapped,) in connection.execute("SELECT wrapped FROM person_key")]


def set_version(path: Path, version: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- inspect and migrate


async def test_a_new_place_is_empty_and_looking_makes_nothing(empty_url: str, tmp_path: Path):
    store = Store(empty_url, Keyring.generate())
    assert await inspect(store) is DatabaseState.EMPTY
    await store.close()
    assert not (tmp_path / "talkingpiece.db").exists()


async def test_migrating_an_empty_database_makes_it_current(empty_url: str, tmp_path: Path):
    store = Store(empty_url, Keyring.generate())
    assert await migrate(store, tmp_path / "backups") is DatabaseState.EMPTY
    assert await inspect(store) is DatabaseState.CURRENT
    assert not (tmp_path / "backups").exists()
    await store.close()


async def test_migrating_a_current_database_does_nothing(home: Home):
    await (await home.open()).close()
    before = contents(home.folder)
    store = Store(home.url, Keyring.load(home.ring_file))
    assert await migrate(store, home.backups) is DatabaseState.CURRENT
    await store.close()
    assert contents(home.folder) == before


async def test_a_new_database_is_private(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    assert mode(home.database) == 0o600
    assert mode(home.database.parent) == 0o700
    assert mode(home.database.with_name("talkingpiece.db-wal")) == 0o600
    await store.close()


async def test_an_older_database_is_backed_up_and_then_brought_up_to_date(
    home: Home, scripts_with_one_more: Path
):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    assert await inspect(store, scripts_with_one_more) is DatabaseState.OLDER
    assert await migrate(store, home.backups, scripts=scripts_with_one_more) is DatabaseState.OLDER
    assert await inspect(store, scripts_with_one_more) is DatabaseState.CURRENT
    [made] = home.backups.glob("*.db")
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(NEWEST,)]
        assert connection.execute("SELECT count(*) FROM server").fetchall() == [(1,)]
    await store.close()


async def test_an_older_database_that_cannot_be_backed_up_is_not_touched(
    home: Home, scripts_with_one_more: Path
):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    home.backups.write_text("a file where the folder should be")
    with pytest.raises(DatabaseFault) as caught:
        await migrate(store, home.backups, scripts=scripts_with_one_more)
    assert caught.value.key == "unwritable"
    assert await inspect(store, scripts_with_one_more) is DatabaseState.OLDER
    await store.close()


async def test_a_newer_database_is_never_touched(home: Home):
    await (await home.open()).close()
    set_version(home.database, "9999")
    before = contents(home.folder)
    with pytest.raises(DatabaseFault) as caught:
        await home.open()
    assert caught.value.key == "newer"
    assert "newer version" in str(caught.value)
    assert contents(home.folder) == before


async def test_a_newer_postgresql_database_is_never_touched(postgres_url: str, tmp_path: Path):
    store = Store(postgres_url, Keyring.generate())
    async with store.raw() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        await connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    with pytest.raises(DatabaseFault) as caught:
        await migrate(store, tmp_path)
    assert caught.value.key == "newer"
    await store.close()


def damage_nothing_is_a_database(path: Path) -> None:
    path.write_bytes(b"these are no tables, but a letter to a friend\n" * 400)


def damage_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    path.write_bytes(bytes(content))


def damage_the_end(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: -4096 * 4])


def damage_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name)")


DAMAGES = [damage_nothing_is_a_database, damage_the_middle, damage_the_end, damage_another_program]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_database_is_never_touched(home: Home, damage):
    await (await home.open()).close()
    damage(home.database)
    before = contents(home.folder)
    with pytest.raises(DatabaseFault) as caught:
        await home.open()
    assert caught.value.key == "damaged"
    assert contents(home.folder) == before


async def test_a_database_that_cannot_be_opened_is_unreachable(tmp_path: Path):
    (tmp_path / "talkingpiece.db").mkdir()
    store = Store(f"sqlite:///{tmp_path / 'talkingpiece.db'}", Keyring.generate())
    assert await inspect(store) is DatabaseState.UNREACHABLE
    with pytest.raises(DatabaseFault, match="cannot be opened"):
        await migrate(store, tmp_path)
    await store.close()


@pytest.mark.parametrize(
    "url", ["postgresql://u:secret@127.0.0.1:1/none", "postgresql://u:secret@/none?host=/nowhere"]
)
async def test_a_postgresql_that_is_not_there_is_unreachable(url: str, tmp_path: Path):
    store = Store(url, Keyring.generate())
    assert await inspect(store) is DatabaseState.UNREACHABLE
    with pytest.raises(DatabaseFault) as caught:
        await migrate(store, tmp_path)
    assert "secret" not in str(caught.value)
    await store.close()


async def test_a_postgresql_database_that_does_not_exist_is_unreachable(postgres_url: str):
    store = Store(postgres_url.replace("/test_", "/no_test_"), Keyring.generate())
    assert await inspect(store) is DatabaseState.UNREACHABLE
    await store.close()


def kill_a_writer(database: Path) -> None:
    """Leaves a journal with one row that was committed and one that was not."""
    script = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute(\"INSERT INTO installation VALUES ('kept', 'yes')\")\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "c.execute(\"INSERT INTO installation VALUES ('half', 'no')\")\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(database)], check=False)
    assert database.with_name("talkingpiece.db-wal").stat().st_size > 0


async def test_a_database_killed_while_writing_is_whole_at_the_next_start(home: Home):
    await (await home.open()).close()
    kill_a_writer(home.database)
    store = await home.open()
    async with store.reading() as tx:
        assert await tx.installation.read("kept") == "yes"
        assert await tx.installation.read("half") is None
    await store.close()


# --- the ring at the start


async def test_a_ring_is_made_for_a_new_database_only(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    await store.close()
    home.ring_file.unlink()
    with pytest.raises(KeyringFault) as caught:
        await keyring_for(home.url, home.ring_file)
    assert caught.value.key == "missing"
    assert not home.ring_file.exists()


async def test_a_ring_of_another_database_stops_the_start(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    await store.close()
    Keyring.generate().save(home.ring_file)
    with pytest.raises(KeyringFault) as caught:
        await home.open()
    assert caught.value.key == "unknown_key"


async def test_the_right_ring_passes_the_check(store: Store):
    await write_note(store, ANNA, "quiet week")
    await check_keys(store)


# --- backup


async def test_a_backup_holds_the_rows_but_no_persons_key(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    [wrapped] = wrapped_keys(home.database)
    made = await backup(store, home.backups, 10)
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT count(*) FROM server").fetchall() == [(1,)]
        assert connection.execute("SELECT count(*) FROM person_key").fetchall() == [(0,)]
    assert wrapped[-24:] not in made.read_bytes()
    assert wrapped_keys(home.database) == [wrapped]
    assert home.person_keys() == {ANNA}
    await store.close()


async def test_a_backup_leaves_two_private_files_and_nothing_else(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    assert {path.name for path in home.backups.iterdir()} == {made.name, "person-keys.json"}
    assert {mode(path) for path in home.backups.iterdir()} == {0o600}
    assert mode(home.backups) == 0o700
    await store.close()


async def test_a_backup_is_made_while_a_writer_is_in_the_middle(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    async with store.writing() as tx:
        await tx.installation.write("half", "no")
        made = await backup(store, home.backups, 10)
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT * FROM installation").fetchall() == []
        assert connection.execute("SELECT count(*) FROM server").fetchall() == [(1,)]
    await store.close()


async def test_the_newest_backups_are_kept_and_other_files_left_alone(home: Home):
    store = await home.open()
    home.backups.mkdir()
    old = [home.backups / f"talkingpiece-2020010{day}T000000Z.db" for day in range(1, 6)]
    for path in [*old, home.backups / "talkingpiece-mine.db"]:
        path.write_text("")
    made = await backup(store, home.backups, 3)
    assert {path.name for path in home.backups.glob("*.db")} == {
        made.name,
        old[4].name,
        old[3].name,
        "talkingpiece-mine.db",
    }
    await store.close()


async def test_the_backup_just_made_is_kept_when_the_clock_was_wrong(home: Home):
    store = await home.open()
    home.backups.mkdir()
    (home.backups / "talkingpiece-20990101T000000Z.db").write_text("")
    made = await backup(store, home.backups, 1)
    assert [path.name for path in home.backups.glob("*.db")] == [made.name]
    await store.close()


async def test_what_a_crash_left_of_a_backup_is_removed_by_the_next(home: Home):
    store = await home.open()
    home.backups.mkdir()
    left = home.backups / ".talkingpiece-20200101T000000Z.db.unfinished.db"
    left.write_text("may hold keys")
    await backup(store, home.backups, 10)
    assert not left.exists()
    await store.close()


async def test_a_damaged_database_makes_no_backup(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    await backup(store, home.backups, 10)
    await store.close()
    before = contents(home.backups)
    damage_the_middle(home.database)
    with pytest.raises(DatabaseFault):
        await backup(store, home.backups, 10)
    assert contents(home.backups) == before


async def test_a_new_database_does_not_wipe_the_keys_in_the_folder_of_another(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    await backup(store, home.backups, 10)
    await store.close()
    home.database.unlink()
    fresh = await home.open()
    with pytest.raises(DatabaseFault) as caught:
        await backup(fresh, home.backups, 10)
    assert caught.value.key == "folder_of_another"
    assert home.person_keys() == {ANNA}
    await fresh.close()


async def test_there_is_nothing_to_back_up_before_the_first_start(home: Home):
    store = Store(home.url, Keyring.generate())
    with pytest.raises(DatabaseFault) as caught:
        await backup(store, home.backups, 10)
    assert caught.value.key == "nothing_there"
    await store.close()


async def test_forgetting_a_person_takes_their_key_out_of_the_backups(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    await write_note(store, BEN, "loud week")
    await backup(store, home.backups, 10)
    await forget(store, ANNA)
    await refresh_person_keys(store, home.backups)
    assert home.person_keys() == {BEN}
    await store.close()


async def test_the_next_backup_takes_forgotten_people_out_of_the_key_file_and_puts_new_ones_in(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    await backup(store, home.backups, 10)
    await forget(store, ANNA)
    await write_note(store, BEN, "loud week")
    await backup(store, home.backups, 10)
    assert home.person_keys() == {BEN}
    await store.close()


async def test_no_key_file_is_made_where_there_are_no_backups(store: Store, tmp_path: Path):
    await write_note(store, ANNA, "quiet week")
    await refresh_person_keys(store, tmp_path / "backups")
    assert not (tmp_path / "backups").exists()


# --- restore


async def test_a_restore_brings_back_rows_and_keeps_the_present_database_aside(home: Home):
    store = await home.open()
    note = await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    async with store.writing() as tx:
        await tx.installation.write("later", "yes")

    done = await restore(store, made)

    assert (done.keys_from, done.keys, done.lost_keys) == ("database", 1, 0)
    assert mode(home.database) == 0o600
    store = await home.open()
    async with store.reading() as tx:
        assert await tx.installation.read("later") is None
    assert await read_note(store, ANNA, note) == "quiet week"
    await store.close()
    assert done.kept_aside is not None
    with closing(sqlite3.connect(done.kept_aside)) as connection:
        assert connection.execute("SELECT * FROM installation").fetchall() == [("later", "yes")]
    assert {path.name for path in home.database.parent.iterdir()} == {
        "backups",
        "keyring.txt",
        "talkingpiece.db",
        done.kept_aside.name,
    }


async def test_p3_a_forgotten_person_stays_forgotten_after_a_restore(home: Home):
    store = await home.open()
    anna = await write_note(store, ANNA, "quiet week")
    ben = await write_note(store, BEN, "loud week")
    made = await backup(store, home.backups, 10)
    await forget(store, ANNA)
    await restore(store, made)
    store = await home.open()
    assert await read_note(store, ANNA, anna) is None
    assert await read_note(store, BEN, ben) == "loud week"
    await store.close()


@pytest.mark.parametrize("loss", ["nothing there", "new database", *DAMAGES])
async def test_after_a_loss_the_keys_come_from_the_file_beside_the_backup(home: Home, loss):
    store = await home.open()
    note = await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    await store.close()
    if loss == "nothing there":
        home.database.unlink()
    elif loss == "new database":
        home.database.unlink()
        await (await home.open()).close()
    else:
        loss(home.database)

    done = await restore(store, made)

    assert (done.keys_from, done.keys) == ("file", 1)
    store = await home.open()
    assert await read_note(store, ANNA, note) == "quiet week"
    await store.close()


async def test_the_journal_of_a_damaged_database_is_not_mixed_into_the_restored_one(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    wal = home.database.with_name("talkingpiece.db-wal")
    async with store.writing() as tx:
        await tx.installation.write("later", "yes")
    journal = wal.read_bytes()
    await store.close()
    damage_nothing_is_a_database(home.database)
    wal.write_bytes(journal)

    done = await restore(store, made)

    assert not wal.exists()
    assert done.kept_aside is not None
    assert contents(home.folder)[f"var/{done.kept_aside.name}-wal"] == journal
    store = await home.open()
    async with store.reading() as tx:
        assert await tx.installation.read("later") is None
    await store.close()


async def test_what_a_killed_bot_had_committed_is_in_the_database_kept_aside(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    await store.close()
    kill_a_writer(home.database)

    aside = (await restore(store, made)).kept_aside

    assert aside is not None
    assert not home.database.with_name("talkingpiece.db-wal").exists()
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("SELECT name FROM installation").fetchall() == [("kept",)]
    assert wrapped_keys(home.database) == wrapped_keys(aside)


async def test_a_restore_without_any_keys_says_so(home: Home):
    store = await home.open()
    made = await backup(store, home.backups, 10)
    (home.backups / "person-keys.json").unlink()
    await store.close()
    home.database.unlink()
    assert (await restore(store, made)).keys_from == "backup"


async def test_keys_that_the_ring_cannot_open_are_counted(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    await store.close()
    other = Store(home.url, Keyring.generate())
    assert (await restore(other, made)).lost_keys == 1


async def test_what_was_kept_aside_can_be_restored_again(home: Home):
    store = await home.open()
    note = await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    async with store.writing() as tx:
        await tx.installation.write("later", "yes")
    aside = (await restore(store, made)).kept_aside
    assert aside is not None
    await restore(store, aside)
    store = await home.open()
    async with store.reading() as tx:
        assert await tx.installation.read("later") == "yes"
    assert await read_note(store, ANNA, note) == "quiet week"
    await store.close()


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_bad_backup_changes_nothing(home: Home, damage):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    await store.close()
    damage(made)
    before = contents(home.folder)
    with pytest.raises(DatabaseFault) as caught:
        await restore(store, made)
    assert caught.value.key == "backup_bad"
    assert contents(home.folder) == before


async def test_other_files_that_cannot_be_restored_change_nothing(home: Home):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    newer = await backup(store, home.backups, 10)
    await store.close()
    set_version(newer, "9999")
    before = contents(home.folder)
    for file, key in [
        (home.folder / "none.db", "backup_missing"),
        (home.database, "backup_is_live"),
        (newer, "backup_newer"),
    ]:
        with pytest.raises(DatabaseFault) as caught:
            await restore(store, file)
        assert caught.value.key == key
    assert contents(home.folder) == before


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format": 2, "keys": []}', '{"format": 1, "keys": [{}]}']
)
async def test_a_damaged_key_file_changes_nothing(home: Home, content: str):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    await store.close()
    home.database.unlink()
    (home.backups / "person-keys.json").write_text(content)
    before = contents(home.folder)
    with pytest.raises(DatabaseFault) as caught:
        await restore(store, made)
    assert caught.value.key == "keys_damaged"
    assert contents(home.folder) == before


IDLE = """
import asyncio, sys
from pathlib import Path
from bot.store.upkeep import open_store

async def idle():
    folder = Path(sys.argv[1])
    url = f"sqlite:///{folder / 'talkingpiece.db'}"
    store = await open_store(url, folder / "keyring.txt", folder / "backups", 10)
    async with store.writing() as tx:
        await tx.installation.write("started", "yes")
    print("idle", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await store.close()

asyncio.run(idle())
"""


@pytest.fixture
def idle_bot(home: Home):
    """Another process that has the database open and is doing nothing."""

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", IDLE, str(home.database.parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "idle\n"
        return process

    started: list[subprocess.Popen[str]] = []
    yield start
    for process in started:
        process.communicate()
        assert process.returncode == 0


async def test_restore_and_rotation_refuse_while_an_idle_bot_has_the_database_open(home: Home, idle_bot):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    await store.close()
    bot = idle_bot()
    with pytest.raises(DatabaseFault) as caught:
        await restore(store, made)
    assert caught.value.key == "in_use"
    with pytest.raises(DatabaseFault) as caught:
        await rotate_keys(store, home.ring_file, home.backups)
    assert caught.value.key == "in_use"
    assert len(Keyring.load(home.ring_file).key_ids) == 1
    bot.communicate()
    await restore(store, made)


def test_being_alone_with_a_database_leaves_its_mode_as_it_was(tmp_path: Path):
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (a)")
    with alone_with(path):
        pass
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(path)) as two:
        assert one.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert two.execute("SELECT count(*) FROM t").fetchone() == (0,)


async def test_on_postgresql_backup_and_restore_name_the_tools_to_use(postgres_url: str, tmp_path: Path):
    store = Store(postgres_url, Keyring.generate())
    for call in (backup(store, tmp_path, 10), restore(store, tmp_path / "some.db")):
        with pytest.raises(DatabaseFault, match="pg_dump"):
            await call
    await store.close()


# --- rotation


@pytest.fixture
def ring_file(store: Store, tmp_path: Path) -> Path:
    path = tmp_path / "keyring.txt"
    store.keyring.save(path)
    return path


@pytest.fixture
async def current_store(store: Store) -> Store:
    async with store.raw() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        await connection.execute(text(f"INSERT INTO alembic_version VALUES ('{NEWEST}')"))
    return store


async def test_after_a_rotation_only_the_new_master_key_is_left_and_all_notes_open(
    current_store: Store, ring_file: Path, tmp_path: Path
):
    store = current_store
    notes = {user: await write_note(store, user, f"note {user}") for user in range(1, 30)}
    before = store.keyring.key_ids

    ring = await rotate_keys(store, ring_file, tmp_path / "backups")

    assert len(ring.key_ids) == 1
    assert not set(ring.key_ids) & set(before)
    after = Store(store.url, ring)
    await check_keys(after)
    for user, note in notes.items():
        assert await read_note(after, user, note) == f"note {user}"
    await after.close()


@pytest.mark.parametrize("crash_after", list(Step))
async def test_a_rotation_that_stops_after_any_step_loses_nothing_and_can_be_done_again(
    home: Home, crash_after: Step
):
    store = await home.open()
    note = await write_note(store, ANNA, "quiet week")
    made = await backup(store, home.backups, 10)
    steps = rotation(store, home.ring_file, home.backups)
    async for step in steps:
        if step is crash_after:
            await steps.aclose()
            break
    await store.close()

    # The database as it is.
    store = await home.open()
    assert await read_note(store, ANNA, note) == "quiet week"
    await store.close()
    # The database lost at this very moment, the backup put back.
    kept = home.database.read_bytes()
    home.database.unlink()
    assert (await restore(store, made)).lost_keys == 0
    store = await home.open()
    assert await read_note(store, ANNA, note) == "quiet week"
    await store.close()
    home.database.write_bytes(kept)
    # And once more, to the end.
    ring = await rotate_keys(store, home.ring_file, home.backups)
    assert len(ring.key_ids) == 1
    store = await home.open()
    assert await read_note(store, ANNA, note) == "quiet week"
    await store.close()


async def test_a_rotation_that_meets_a_damaged_key_changes_no_row_and_drops_no_key(
    current_store: Store, ring_file: Path, tmp_path: Path
):
    store = current_store
    note = await write_note(store, ANNA, "quiet week")
    await write_note(store, BEN, "loud week")
    async with store.raw() as connection:
        await connection.execute(
            person_key.update().where(person_key.c.user_snowflake == BEN).values(wrapped=b"\x01damaged")
        )
    with pytest.raises(KeyringFault) as caught:
        await rotate_keys(store, ring_file, tmp_path / "backups")
    assert caught.value.key == "tampered_key"
    after = Store(store.url, Keyring.load(ring_file))
    assert await read_note(after, ANNA, note) == "quiet week"
    assert await read_note(store, ANNA, note) == "quiet week"
    await after.close()


async def test_the_old_key_is_kept_when_the_bot_was_started_meanwhile(home: Home, idle_bot):
    store = await home.open()
    await write_note(store, ANNA, "quiet week")
    await store.close()
    steps = rotation(store, home.ring_file, home.backups)
    assert await anext(steps) is Step.KEY_ADDED
    assert await anext(steps) is Step.KEYS_REWRAPPED
    idle_bot()
    assert await anext(steps) is Step.BACKUPS_FOLLOWED
    with pytest.raises(DatabaseFault) as caught:
        await anext(steps)
    assert caught.value.key == "started_meanwhile"
    assert len(Keyring.load(home.ring_file).key_ids) == 2
    await store.close()


async def test_rotation_refuses_while_somebody_else_uses_the_postgresql_database(
    postgres_url: str, tmp_path: Path
):
    store, bot = Store(postgres_url, Keyring.generate()), Store(postgres_url, Keyring.generate())
    store.keyring.save(tmp_path / "keyring.txt")
    await migrate_in_place(store)
    async with bot.reading() as tx:
        await tx.installation.read("anything")
    with pytest.raises(DatabaseFault) as caught:
        await rotate_keys(store, tmp_path / "keyring.txt", tmp_path / "backups")
    assert caught.value.key == "in_use"
    await bot.close()
    await rotate_keys(store, tmp_path / "keyring.txt", tmp_path / "backups")
    await store.close()


async def test_there_is_nothing_to_rotate_before_the_first_start(home: Home):
    store = Store(home.url, Keyring.generate())
    with pytest.raises(DatabaseFault) as caught:
        await rotate_keys(store, home.ring_file, home.backups)
    assert caught.value.key == "nothing_there"
    await store.close()


async def migrate_in_place(store: Store) -> None:
    async with store.raw() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        await connection.execute(text(f"INSERT INTO alembic_version VALUES ('{NEWEST}')"))
