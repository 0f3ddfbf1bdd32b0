"""What the operator decides: read from the environment and a .env file, checked as a whole, then fixed."""

import difflib
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import (
    BeforeValidator,
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SECRETS = ("DISCORD_TOKEN", "DATABASE_URL")
"""These may also come from a file that <NAME>_FILE names."""

HEALTH_HOST = "127.0.0.1"
"""Where HEALTH_PORT is: nobody from outside the machine can ask."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")

SCHEMES = ("sqlite", "sqlite+aiosqlite", "postgresql", "postgresql+asyncpg")

WHAT_IS_RIGHT = {
    "DISCORD_TOKEN": "must be the bot's token from Discord's developer portal, on one line.",
    "DATABASE_URL": "must be sqlite:///path/to/file.db or postgresql://user:password@host/database.",
    "KEYRING_FILE": "must be the path of a file.",
    "BACKUP_DIR": "must be the path of a folder.",
    "BACKUPS_KEPT": "must be a whole number from 1 upwards.",
    "LOG_LEVEL": "must be DEBUG, INFO, WARNING or ERROR.",
    "LOG_FORMAT": "must be console or json.",
    "MESSAGE_CONTENT_INTENT": "must be true or false.",
    "SHARD_IDS": "must be whole numbers with commas between them, such as 0,1.",
    "SHARD_COUNT": "must be a whole number from 1 upwards.",
    "DATA_DIR": "must be a folder that is there.",
    "CACHE_DIR": "must be the path of a folder.",
    "HEALTH_PORT": "must be a whole number from 1 to 65535.",
    "HEARTBEAT_URL": "must begin with https://, or with http:// and an address of this very machine.",
}
"""Each setting by its name in the environment, with what is said when it is not right."""


class SettingsFault(Exception):
    """The settings cannot be used. One sentence a fault; none shows a value, which might be a secret."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def _numbers(value: object) -> object:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _at_home(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str | Path) and str(value) else value


def shipped_words() -> Path:
    """The folder of words that came with the program: data/ in the repository, bot/_data when installed."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent / "data"


Shard = Annotated[int, Field(ge=0)]
FilePath = Annotated[Path, BeforeValidator(_at_home)]


class Settings(BaseSettings):
    """Everything that can be set. Made by load_settings(), or directly in a test without reading anything."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    discord_token: SecretStr | None = None
    # Kept out of every printed form: it may hold a password.
    database_url: str = Field(default="sqlite:///var/talkingpiece.db", repr=False)
    keyring_file: FilePath = Path("var/keyring.txt")
    backup_dir: FilePath = Path("var/backups")
    backups_kept: PositiveInt = 10
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = "console"
    message_content_intent: bool = True
    shard_ids: Annotated[tuple[Shard, ...] | None, BeforeValidator(_numbers)] = None
    shard_count: PositiveInt | None = None
    data_dir: FilePath = Field(default_factory=shipped_words)
    cache_dir: FilePath = Path("var/cache")
    health_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    # Whoever knows it can pretend that all is well.
    heartbeat_url: SecretStr | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed in: load_settings() reads the environment, and tests stay free of it."""
        return (init_settings,)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            raise ValueError("not a URL") from None
        if url.drivername not in SCHEMES:
            raise ValueError("not a known kind of database")
        # Without a file every connection would have a database of its own.
        in_memory = (url.database or "").startswith((":memory:", "file:"))
        if not url.database or (url.get_backend_name() == "sqlite" and in_memory):
            raise ValueError("not a place")
        return value

    @field_validator("heartbeat_url")
    @classmethod
    def _safe_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            url = urlsplit(value.get_secret_value())
            if url.scheme not in ("https", "http") or not url.hostname or url.port == 0:
                raise ValueError("not an address")
            if url.scheme == "http" and url.hostname not in LOOPBACK:
                raise ValueError("everybody on the way could read or forge it")
        return value

    @field_validator("data_dir")
    @classmethod
    def _folder_is_there(cls, value: Path) -> Path:
        if not value.is_dir():
            raise ValueError("not a folder")
        return value

    @model_validator(mode="after")
    def _shards_fit(self) -> Self:
        if (self.shard_ids is None) != (self.shard_count is None):
            raise ValueError("SHARD_IDS and SHARD_COUNT must be set both or neither.")
        if self.shard_ids is not None and self.shard_count is not None:
            if len(set(self.shard_ids)) != len(self.shard_ids):
                raise ValueError("SHARD_IDS must name each shard once.")
            if max(self.shard_ids) >= self.shard_count:
                raise ValueError("SHARD_IDS must be smaller than SHARD_COUNT; the first shard is 0.")
        return self

    def require_token(self) -> str:
        """The bot's token; a SettingsFault if there is none."""
        if self.discord_token is None:
            raise SettingsFault(
                ("DISCORD_TOKEN is needed to run the bot; take it from Discord's developer portal.",)
            )
        return self.discord_token.get_secret_value()


def load_settings(environ: Mapping[str, str] | None = None, env_file: str | Path | None = ".env") -> Settings:
    """The settings from the environment or, where it is silent, from the file. Tells all faults at once."""
    faults: list[str] = []
    written = _from_file(Path(env_file), faults) if env_file is not None else {}
    found = written | dict(os.environ if environ is None else environ)
    # An empty value means "not set": compose files and templates write NAME= for that.
    given = {name: value for name, value in found.items() if value.strip()}
    values = {name: given[name] for name in WHAT_IS_RIGHT if name in given}
    for name in SECRETS:
        _take_secret_file(name, given, values, faults)
    try:
        settings = Settings(**{name.lower(): value for name, value in values.items()})  # pyright: ignore[reportArgumentType]
    except ValidationError as error:
        raise SettingsFault((*faults, *_sentences(error))) from None
    if faults:
        raise SettingsFault(tuple(faults))
    return settings


def _from_file(path: Path, faults: list[str]) -> dict[str, str]:
    try:
        # utf-8-sig: some editors put an invisible mark in front, which would hide the first name.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        faults.append(f"{path} cannot be read as a text file.")
        return {}
    written: dict[str, str] = {}
    for entry in parse_stream(io.StringIO(text)):
        if entry.error:
            faults.append(f"{path} cannot be understood in line {entry.original.line}; write NAME=value.")
        elif entry.key is not None:
            written[entry.key] = entry.value or ""
    faults.extend(_misspelt(written))
    return written


def _misspelt(names: Mapping[str, str]) -> list[str]:
    known = (*WHAT_IS_RIGHT, *(f"{name}_FILE" for name in SECRETS))
    sentences: list[str] = []
    for name in names:
        close = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
        if name not in known and close:
            sentences.append(f"{name} is not a setting; did you mean {close[0]}?")
    return sentences


def _take_secret_file(name: str, given: Mapping[str, str], values: dict[str, Any], faults: list[str]) -> None:
    file_name = f"{name}_FILE"
    if file_name not in given:
        return
    if name in values:
        faults.append(f"{name} and {file_name} are both set; keep one of them.")
        return
    try:
        value = Path(given[file_name]).expanduser().read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError, RuntimeError, ValueError):
        value = ""
    # The path is not shown: somebody may have put the secret itself there.
    if value:
        values[name] = value
    else:
        faults.append(f"{file_name} must name a readable text file that holds nothing but the value.")


def _sentences(error: ValidationError) -> list[str]:
    sentences: list[str] = []
    for fault in error.errors(include_url=False, include_input=False):
        if fault["loc"]:
            name = str(fault["loc"][0]).upper()
            sentence = f"{name} {WHAT_IS_RIGHT.get(name, 'is not a setting.')}"
        else:
            sentence = str(fault["ctx"]["error"]) if "ctx" in fault else fault["msg"]
        if sentence not in sentences:
            sentences.append(sentence)
    return sentences
