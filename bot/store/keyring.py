"""The key ring: master keys in a file outside the database, and what is sealed with them (P2).

Every person has a key of their own. It is stored in the database, wrapped by a master key from the ring file.
Free text is sealed with the person's key. Removing the person's row therefore ends every copy of their text.
"""

import base64
import binascii
import logging
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
"""The first byte of everything sealed or wrapped; another layout gets another byte."""

HEADER = """\
# The key ring of Talking Piece.
#
# These keys lock the private notes in the database. Without this file nobody can read them: not even you.
# If it is lost, all notes are lost. Keep a copy in a safe place, apart from the backups of the database.
# Anyone who has this file and the database can read the notes: share it with nobody.
#
# One key a line: its name, then the key. The last line is the key in use.
"""

SENTENCES = {
    "missing": "The key ring file {path} is missing; put it back from your own copy of it.",
    "unreadable": "The key ring file {path} cannot be read; check who owns it and its permissions.",
    "unwritable": "The key ring file {path} cannot be written; check the folder's owner and permissions.",
    "damaged": "The key ring file {path} is damaged in line {line}; put it back from your own copy of it.",
    "no_keys": "The key ring file {path} holds no key; put it back from your own copy of it.",
    "unknown_key": "The key ring has no key named {key_id}; put back the ring that belongs to this database.",
    "in_use": "The key in use cannot be taken off the key ring.",
    "tampered_key": "A person's key in the database does not belong to that person or is damaged.",
    "tampered_text": "A sealed text in the database does not belong where it stands or is damaged.",
}

_NAME = re.compile(r"[A-Za-z0-9_-]{1,16}")
_log = logging.getLogger(__name__)


class KeyringFault(Exception):
    """The key ring, or something sealed by it, is not right. One plain sentence without secrets."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(SENTENCES[key].format(**facts))
        self.key = key
        self.facts = facts


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's key as the database keeps it: readable only with the master key named here."""

    master_key_id: str
    wrapped: bytes


class Keyring:
    """The master keys in their order; the last one is active. Never changes: every change is a new ring."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(not _NAME.fullmatch(name) or len(key) != KEY_BYTES for name, key in keys.items()):
            raise ValueError("a key ring needs keys of 32 bytes with short plain names")
        self._keys = dict(keys)

    @classmethod
    def generate(cls) -> Self:
        """A ring with one new key, kept in memory only."""
        return cls({_new_name(()): secrets.token_bytes(KEY_BYTES)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """The ring in this file. Warns if others on this machine could read it."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise KeyringFault("missing", path=path) from None
        except UnicodeDecodeError:
            raise KeyringFault("damaged", path=path, line=1) from None
        except OSError:
            raise KeyringFault("unreadable", path=path) from None
        keys = _parse(text, path)
        if open_to_others(path):
            _log.warning(
                "Others on this machine may read the key ring file; allow its owner only (chmod 600)."
            )
        return cls(keys)

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """The ring in this file, or a new one written there. Two starts at once end with the same ring."""
        try:
            return cls.load(path)
        except KeyringFault as fault:
            if fault.key != "missing":
                raise
        cls.generate()._write(path, replace=False)
        return cls.load(path)

    def save(self, path: Path) -> None:
        """Write the ring; whenever the machine stops, the file is whole: the old one or the new one."""
        self._write(path, replace=True)

    @property
    def active_id(self) -> str:
        """The name of the key that wraps new person keys."""
        return next(reversed(self._keys))

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The names of all keys, oldest first."""
        return tuple(self._keys)

    def with_new_master_key(self) -> Self:
        """This ring with one more key, which becomes the active one."""
        return type(self)(self._keys | {_new_name(self._keys): secrets.token_bytes(KEY_BYTES)})

    def without(self, ids: Collection[str]) -> Self:
        """This ring without these keys. The active one cannot go."""
        if self.active_id in ids:
            raise KeyringFault("in_use")
        return type(self)({name: key for name, key in self._keys.items() if name not in ids})

    def new_person_key(self, user_snowflake: int) -> WrappedKey:
        """A new key for this person, wrapped by the active master key. It opens for nobody else's id."""
        return self._wrap(secrets.token_bytes(KEY_BYTES), user_snowflake)

    def rewrap(self, key: WrappedKey, user_snowflake: int) -> WrappedKey:
        """The same person key wrapped by the active master key; what it sealed stays readable."""
        return self._wrap(self._unwrap(key, user_snowflake), user_snowflake)

    def seal(self, key: WrappedKey, user_snowflake: int, place: str, text: str) -> bytes:
        """The text, readable only with this person's key and only at this place (table and row, say)."""
        # Discord may hand over half a surrogate pair; that is no reason to lose a note.
        plain = text.encode("utf-8", "surrogatepass")
        return _encrypt(self._unwrap(key, user_snowflake), plain, _text_facts(user_snowflake, place))

    def open(self, key: WrappedKey, user_snowflake: int, place: str, sealed: bytes) -> str:
        """The text that was sealed for this person and place; anything else is a KeyringFault."""
        person_key = self._unwrap(key, user_snowflake)
        try:
            plain = _decrypt(person_key, sealed, _text_facts(user_snowflake, place))
        except InvalidTag:
            raise KeyringFault("tampered_text") from None
        return plain.decode("utf-8", "surrogatepass")

    def _wrap(self, person_key: bytes, user_snowflake: int) -> WrappedKey:
        name = self.active_id
        return WrappedKey(name, _encrypt(self._keys[name], person_key, _key_facts(user_snowflake, name)))

    def _unwrap(self, key: WrappedKey, user_snowflake: int) -> bytes:
        name = key.master_key_id
        if name not in self._keys:
            raise KeyringFault("unknown_key", key_id=name)
        try:
            return _decrypt(self._keys[name], key.wrapped, _key_facts(user_snowflake, name))
        except InvalidTag:
            raise KeyringFault("tampered_key") from None

    def _write(self, path: Path, *, replace: bool) -> None:
        lines = (f"{name} {base64.b64encode(key).decode('ascii')}\n" for name, key in self._keys.items())
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(path, HEADER + "".join(lines), replace=replace)
        except OSError as error:
            if isinstance(error, FileExistsError) and not replace and path.exists():
                return  # somebody else was starting at the same moment; theirs is as good
            raise KeyringFault("unwritable", path=path) from None


def open_to_others(path: Path) -> bool:
    """Whether another user of this machine may read or change the file."""
    return os.name == "posix" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def write_whole(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a private file (mode 0600) that is never seen half written, not even after a power cut.

    With replace=False an existing file is kept and FileExistsError raised.
    """
    # mkstemp makes the file with mode 0600, so it is private from its first byte.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            temporary.replace(path)
        else:
            os.link(temporary, path)  # unlike a rename, it fails if somebody was faster
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in this folder durable: after a rename the name is as precious as the content."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parse(text: str, path: Path) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        words = line.split()
        try:
            name, encoded = words
            key = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise KeyringFault("damaged", path=path, line=number) from None
        if not _NAME.fullmatch(name) or len(key) != KEY_BYTES or name in keys:
            raise KeyringFault("damaged", path=path, line=number)
        keys[name] = key
    if not keys:
        raise KeyringFault("no_keys", path=path)
    return keys


def _new_name(taken: Collection[str]) -> str:
    while (name := f"k{secrets.token_hex(4)}") in taken:
        pass
    return name


def _text_facts(user_snowflake: int, place: str) -> bytes:
    return f"text\n{user_snowflake}\n{place}".encode()


def _key_facts(user_snowflake: int, master_key_id: str) -> bytes:
    return f"person-key\n{user_snowflake}\n{master_key_id}".encode()


def _encrypt(key: bytes, plain: bytes, facts: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, VERSION + facts)


def _decrypt(key: bytes, sealed: bytes, facts: bytes) -> bytes:
    if sealed[:1] != VERSION or len(sealed) < len(VERSION) + NONCE_BYTES:
        raise InvalidTag
    start = len(VERSION)
    nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    return AESGCM(key).decrypt(nonce, body, VERSION + facts)
