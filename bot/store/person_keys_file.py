"""person-keys.json: the wrapped keys of all people, beside the backups.

Backups themselves hold no keys. The file always holds the present ones only, so a person who is forgotten
is forgotten in every old backup too.
"""

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from .database_state import DatabaseFault
from .keyring import write_whole

NAME = "person-keys.json"
FORMAT = 1


class PersonKey(NamedTuple):
    """One row of person_key."""

    user_snowflake: int
    master_key_id: str
    wrapped: bytes


def write_keys(folder: Path, keys: Iterable[PersonKey]) -> None:
    """Replace the file: whoever is not among the keys is not in it any more."""
    rows = [
        {"user": str(key.user_snowflake), "master_key": key.master_key_id, "wrapped": _text(key.wrapped)}
        for key in sorted(keys)
    ]
    path = folder / NAME
    try:
        write_whole(path, json.dumps({"format": FORMAT, "keys": rows}, indent=1) + "\n")
    except OSError:
        raise DatabaseFault("unwritable", path) from None


def read_keys(folder: Path) -> list[PersonKey] | None:
    """The keys in the file; None if there is no file."""
    path = folder / NAME
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise DatabaseFault("keys_damaged", path)
        return [
            PersonKey(
                int(row["user"]), str(row["master_key"]), base64.b64decode(row["wrapped"], validate=True)
            )
            for row in found["keys"]
        ]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise DatabaseFault("keys_damaged", path) from None


def _text(wrapped: bytes) -> str:
    return base64.b64encode(wrapped).decode("ascii")
