"""Reading the helplines from the file people edit."""

import tomllib
from pathlib import Path

from bot.domain.helpline import Directory, HelplineFault, parse_directory


def load_directory(path: Path) -> Directory:
    """Read and check the file; raise `HelplineFault` with everything that is wrong with it."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise HelplineFault([f"{path.name}: cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise HelplineFault([f"{path.name}: is not saved as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise HelplineFault([f"{path.name}: {error}"]) from error
    return parse_directory(raw, path.name)
