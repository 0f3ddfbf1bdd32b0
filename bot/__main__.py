"""python -m bot: the one way in. Each command opens its room only when it is asked for."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot import __version__

if TYPE_CHECKING:
    from bot.runtime.settings import Settings

DONE, FAILED, WRONG = 0, 1, 2

EXTRAS = {
    "asyncpg": 'PostgreSQL needs one more package; install "talking-piece[postgres]".',
    "simcord": 'The sandbox needs one more package; install "talking-piece[sandbox]".',
}
"""What is said when a package is missing that only some installations need."""

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0: done. 1: could not be done, said in one sentence. 2: asked or set wrongly."""
    words = sys.argv[1:] if argv is None else list(argv)
    parser = _parser(words)
    args = parser.parse_args(words)
    command: Command | None = getattr(args, "command", None)
    if command is None:
        parser.print_help(sys.stderr)
        return WRONG
    # Imported here, so that --help and --version answer at once.
    from bot.runtime.settings import SettingsFault
    from bot.store.database_state import DatabaseFault
    from bot.store.keyring import KeyringFault

    try:
        return command(args)
    except SettingsFault as fault:
        return _say(WRONG, *fault.sentences)
    except (DatabaseFault, KeyringFault) as fault:
        return _say(FAILED, str(fault))
    except ModuleNotFoundError as fault:
        if fault.name not in EXTRAS:
            raise
        return _say(FAILED, EXTRAS[fault.name])
    except KeyboardInterrupt:
        return FAILED
    except Exception as fault:
        if not _is_about_words(fault):
            raise
        return _say(FAILED, *str(fault).splitlines())


def _run(_args: argparse.Namespace) -> int:
    settings = _settings()
    from bot.runtime.process import run

    return run(settings)


def _sandbox(args: argparse.Namespace) -> int:
    from bot.sandbox.serve import serve

    return serve(args.port, args.keep)


def _screen(args: argparse.Namespace) -> int:
    from bot.runtime import screen_command
    from bot.runtime.lexicon_files import load_screen

    settings = _settings()
    folder, cache = settings.data_dir / "lexicon", settings.cache_dir
    return screen_command.run(
        args, sys.stdout, sys.stdin, lambda languages: load_screen(languages, folder, cache)
    )


def _upkeep(args: argparse.Namespace) -> int:
    from bot.runtime import upkeep_command
    from bot.runtime.logs import configure_logs

    settings = _settings()
    # The command prints what it did; only what went wrong is worth a log line.
    configure_logs("WARNING", settings.log_format)
    work: Callable[[Settings, argparse.Namespace], int] = getattr(upkeep_command, args.work)
    return work(settings, args)


def _healthcheck(args: argparse.Namespace) -> int:
    from bot.runtime.healthcheck_command import healthcheck

    return healthcheck(_settings(), args)


def _is_about_words(fault: Exception) -> bool:
    """Whether somebody who edits data/ can mend it; such faults say in sentences what to mend."""
    from bot.domain.helpline import HelplineFault
    from bot.domain.screen import LexiconFault
    from bot.ui.texts import TextFault

    return isinstance(fault, HelplineFault | LexiconFault | TextFault)


def _settings() -> "Settings":
    from bot.runtime.settings import load_settings

    return load_settings()


def _say(code: int, *sentences: str) -> int:
    for sentence in sentences:
        sys.stderr.write(f"{sentence}\n")
    return code


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="talkingpiece", description="A Discord bot for peer support groups."
    )
    parser.add_argument("--version", action="version", version=f"Talking Piece {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, says: str, command: Command = _upkeep, **defaults: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=says, description=says)
        sub.set_defaults(command=command, **defaults)
        return sub

    add("run", "Start the bot.", _run)
    sandbox = add("sandbox", "Try the bot in a browser, without a Discord account.", _sandbox)
    sandbox.add_argument("--port", type=int, default=8080, help="where the page is on this machine (8080)")
    sandbox.add_argument("--keep", type=Path, metavar="DIR", help="keep what happens in this folder")
    add("check", "Say whether everything is ready for a start; change nothing.", work="check")
    add("healthcheck", "Ask the running bot whether it is ready.", _healthcheck)
    screen = add("screen", "Try the crisis-language screen on a sentence.", _screen)
    if words[:1] == ["screen"]:
        from bot.runtime import screen_command

        screen_command.add_arguments(screen)
    add("migrate", "Bring the database up to date; an older one is backed up first.", work="bring_up_to_date")
    backup = add("backup", "Make one backup of the database, also while the bot runs.", work="make_backup")
    backup.add_argument("--to", type=Path, metavar="DIR", help="the folder (BACKUP_DIR)")
    restore = add(
        "restore", "Put a backup in the place of the database; stop the bot first.", work="put_back"
    )
    restore.add_argument("file", type=Path, metavar="FILE", help="a file made by backup")
    keys = add("keys", "Look after the keys that lock all notes.", work="change_master_key")
    rotate = keys.add_subparsers(metavar="rotate", required=True)
    rotate.add_parser("rotate", help="change the master key; stop the bot first")
    return parser


if __name__ == "__main__":
    sys.exit(main())
