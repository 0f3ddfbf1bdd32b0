"""The command line: exit codes, plain sentences, and never a traceback for what can be expected."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import bot
from bot.store.keyring import Keyring
from bot.store.schema import person_key, server
from bot.store.upkeep import open_store
from tests import CACHE

WARNINGS = "error,ignore:'audioop' is deprecated:DeprecationWarning"
REPOSITORY = Path(__file__).parents[2]


class Machine:
    """A folder to run commands in, with an environment of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {"PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"], "PYTHONWARNINGS": WARNINGS}
        self.env["CACHE_DIR"] = str(CACHE)

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self.env | settings,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stderr + done.stdout
        return done

    def in_use(self) -> None:
        """A server with one person."""

        async def write() -> None:
            store = await open_store(
                f"sqlite:///{self.folder}/var/talkingpiece.db",
                self.folder / "var/keyring.txt",
                self.folder / "var/backups",
                10,
            )
            key = store.keyring.new_person_key(1)
            async with store.raw() as connection:
                await connection.execute(server.insert().values(guild_snowflake=1, languages=[], zone="UTC"))
                await connection.execute(
                    person_key.insert().values(
                        user_snowflake=1, master_key_id=key.master_key_id, wrapped=key.wrapped
                    )
                )
            await store.close()

        asyncio.run(write())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_a_command_it_shows_help_and_asks_for_one(machine: Machine):
    done = machine.run()
    assert done.returncode == 2
    assert done.stdout == ""
    for command in ("run", "sandbox", "check", "screen", "migrate", "backup", "restore", "keys"):
        assert f"    {command} " in done.stderr


def test_the_version_is_told(machine: Machine):
    done = machine.run("--version")
    assert (done.returncode, done.stdout) == (0, f"Talking Piece {bot.__version__}\n")


@pytest.mark.parametrize("words", [["dance"], ["restore"], ["keys"], ["sandbox", "--port", "many"]])
def test_what_is_not_understood_ends_with_2(machine: Machine, words: list[str]):
    assert machine.run(*words).returncode == 2


def test_help_opens_no_room(machine: Machine):
    script = (
        "import sys\n"
        "from bot.__main__ import main\n"
        "main([])\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "sys.exit(bool(loaded & {'discord', 'sqlalchemy', 're2', 'pydantic'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env=machine.env, capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    "words", [["run"], ["check"], ["migrate"], ["backup"], ["keys", "rotate"], ["screen", "hi"]]
)
def test_wrong_settings_are_all_told_and_end_with_2(machine: Machine, words: list[str]):
    (machine.folder / ".env").write_text("LOGLEVEL=INFO\n")
    done = machine.run(*words, BACKUPS_KEPT="none", LOG_FORMAT="xml")
    assert done.returncode == 2
    assert [line.split()[0] for line in done.stderr.splitlines()] == [
        "LOGLEVEL",
        "BACKUPS_KEPT",
        "LOG_FORMAT",
    ]
    assert list(machine.folder.iterdir()) == [machine.folder / ".env"]


def test_running_without_a_token_is_told_and_ends_with_2(machine: Machine):
    done = machine.run("run")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("DISCORD_TOKEN is needed")
    assert list(machine.folder.iterdir()) == []


def test_check_before_the_first_start_changes_nothing(machine: Machine):
    done = machine.run("check", DISCORD_TOKEN="x")
    assert done.returncode == 0
    assert "is new; it is set up at the first start" in done.stdout
    assert "The helplines are right." in done.stdout
    assert all(line.startswith("ok ") for line in done.stdout.splitlines())
    assert list(machine.folder.iterdir()) == []


def test_check_names_what_is_missing(machine: Machine):
    machine.in_use()
    (machine.folder / "var/keyring.txt").unlink()
    done = machine.run("check")
    wrong = [line for line in done.stdout.splitlines() if line.startswith("FAULT")]
    assert done.returncode == 1
    assert [line.split()[1] for line in wrong] == ["DISCORD_TOKEN", "The"]
    assert "keyring.txt is missing" in wrong[1]


def test_check_sees_a_ring_that_belongs_to_another_database(machine: Machine):
    machine.in_use()
    Keyring.generate().save(machine.folder / "var/keyring.txt")
    done = machine.run("check", DISCORD_TOKEN="x")
    assert done.returncode == 1
    assert "FAULT The key ring has no key named" in done.stdout


def test_check_sees_a_ring_that_others_may_read(machine: Machine):
    machine.in_use()
    (machine.folder / "var/keyring.txt").chmod(0o644)
    done = machine.run("check", DISCORD_TOKEN="x")
    assert done.returncode == 1
    assert "chmod 600" in done.stdout


def test_check_sees_words_that_are_not_right(machine: Machine):
    words = machine.folder / "words"
    shutil.copytree(REPOSITORY / "data", words)
    (words / "lexicon" / "en.toml").write_text("this is no lexicon")
    (words / "helplines.toml").write_text("nor = 'helplines'")
    done = machine.run("check", DISCORD_TOKEN="x", DATA_DIR=str(words))
    assert done.returncode == 1
    for name in ("en.toml", "helplines.toml"):
        assert any(line.startswith(f"FAULT {name}") for line in done.stdout.splitlines())


def test_migrate_makes_the_database_and_the_ring(machine: Machine):
    assert machine.run("migrate").stdout.strip().endswith("is up to date now.")
    assert machine.run("migrate").stdout.strip().endswith("was up to date already.")
    assert {path.name for path in (machine.folder / "var").iterdir()} == {"talkingpiece.db", "keyring.txt"}


def test_a_database_fault_is_one_sentence_and_ends_with_1(machine: Machine):
    machine.in_use()
    database = machine.folder / "var/talkingpiece.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = machine.run("migrate")
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("The database var/talkingpiece.db was written by a newer version")


def test_a_ring_fault_is_one_sentence_and_ends_with_1(machine: Machine):
    machine.in_use()
    (machine.folder / "var/keyring.txt").write_text("k1 nonsense\n")
    for words in (["migrate"], ["backup"], ["restore", "x.db"], ["keys", "rotate"]):
        done = machine.run(*words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert "is damaged in line 1" in done.stderr


def test_a_backup_can_be_put_back(machine: Machine):
    machine.in_use()
    done = machine.run("backup", "--to", "elsewhere")
    assert done.returncode == 0
    [made] = (machine.folder / "elsewhere").glob("*.db")
    assert f"Made elsewhere/{made.name}." in done.stdout
    done = machine.run("restore", str(made))
    assert done.returncode == 0
    assert "before-restore" in done.stdout
    assert machine.run("check", DISCORD_TOKEN="x").returncode == 0


def test_a_file_that_is_not_there_cannot_be_restored(machine: Machine):
    machine.in_use()
    done = machine.run("restore", "nothing.db")
    assert (done.returncode, done.stderr) == (1, "There is no file nothing.db.\n")


def test_keys_rotate_leaves_one_new_key(machine: Machine):
    machine.in_use()
    machine.run("backup")
    ring = machine.folder / "var/keyring.txt"
    before = Keyring.load(ring).active_id
    done = machine.run("keys", "rotate")
    assert done.returncode == 0
    after = Keyring.load(ring)
    assert after.key_ids == (after.active_id,)
    assert after.active_id != before
    assert after.active_id in done.stdout
    assert machine.run("check", DISCORD_TOKEN="x").returncode == 0


def test_words_that_are_not_right_are_told_at_the_start(machine: Machine):
    words = machine.folder / "words"
    shutil.copytree(REPOSITORY / "data", words)
    (words / "helplines.toml").write_text("nor = 'helplines'")
    done = machine.run("run", DISCORD_TOKEN="x", DATA_DIR=str(words))
    assert done.returncode == 1
    assert all(line.startswith("helplines.toml") for line in done.stderr.splitlines())


def test_a_package_that_is_not_installed_is_named(machine: Machine):
    """A folder in front of the path that has no asyncpg to give."""
    hidden = machine.folder / "hidden"
    hidden.mkdir()
    (hidden / "asyncpg.py").write_text("raise ModuleNotFoundError('not here', name='asyncpg')")
    machine.env["PYTHONPATH"] = f"{hidden}:{REPOSITORY}"
    done = machine.run("migrate", DATABASE_URL="postgresql://u:p@127.0.0.1:1/d")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "talking-piece[postgres]" in done.stderr


def test_a_postgresql_that_is_not_there_is_one_sentence_without_the_password(machine: Machine):
    done = machine.run("migrate", DATABASE_URL="postgresql://u:secret@127.0.0.1:1/d")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "127.0.0.1/d cannot be opened" in done.stderr
    assert "secret" not in done.stderr


def test_screen_reads_a_sentence(machine: Machine):
    done = machine.run("screen", "we meet on tuesday")
    assert done.returncode == 0
    assert done.stdout.startswith("T0")
