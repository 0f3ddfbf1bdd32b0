"""The words of the pretend server, read from the TOML files beside this module."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the server. look: what the page says about them; empty if one cannot look as them."""

    key: str
    name: str
    roles: tuple[str, ...]
    look: str
    owner: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A channel. sees, writes: the only roles that can; empty for everyone."""

    key: str
    name: str
    under: str
    topic: str | None
    sees: tuple[str, ...]
    writes: tuple[str, ...]
    forum: bool


@dataclass(frozen=True, slots=True)
class Meeting:
    """A group and where it meets."""

    name: str
    channel: str
    facilitator: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """One message. opens: the thread it begins, by key, with its name."""

    at: datetime
    channel: str
    who: str
    words: str
    opens: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happened in front of the bot. ended: how the case was closed; empty if it is open."""

    minutes: int
    who: str
    channel: str
    says: str
    worries_about: str
    ended: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Script:
    """Everything the pretend server is made of, with the moment its doors open."""

    name: str
    description: str
    country: str
    languages: str
    zone: str
    opens_at: datetime
    roles: dict[str, str]
    people: tuple[Person, ...]
    rooms: tuple[Room, ...]
    meetings: tuple[Meeting, ...]
    said: tuple[Said, ...]
    acts: tuple[Act, ...]


def read_script(today: date) -> Script:
    """The script as if it were played on this day."""
    world, life, cases = (_read(name) for name in ("world", "life", "cases"))
    server = world["server"]
    zone = ZoneInfo(server["zone"])

    def moment(day: int, at: str) -> datetime:
        return datetime.combine(today + timedelta(days=day), time.fromisoformat(at), tzinfo=zone)

    threads = world["threads"]
    said = [
        Said(moment(each["day"], each["at"]), each["channel"], each["by"], each["says"], _opens(each))
        for each in threads
    ]
    for channel, lines in life.items():
        said += [Said(moment(day, at), channel, who, words) for day, at, who, words in lines]
    return Script(
        name=server["name"],
        description=server["description"],
        country=server["country"],
        languages=server["languages"],
        zone=server["zone"],
        opens_at=moment(0, server["opens_at"]),
        roles=world["roles"],
        people=tuple(_person(key, each) for key, each in world["people"].items()),
        rooms=tuple(_room(each) for each in world["channels"]),
        meetings=tuple(
            Meeting(each["name"], each["channel"], each.get("facilitator")) for each in world["groups"]
        ),
        said=tuple(sorted(said, key=lambda each: each.at)),
        acts=tuple(_act(each) for each in cases["acts"]),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8"))


def _opens(thread: dict[str, Any]) -> tuple[str, str]:
    return thread["key"], thread["name"]


def _person(key: str, each: dict[str, Any]) -> Person:
    return Person(
        key, each["name"], tuple(each.get("roles", ())), each.get("look", ""), each.get("owner", False)
    )


def _room(each: dict[str, Any]) -> Room:
    return Room(
        each["key"],
        each["name"],
        each["under"],
        each.get("topic"),
        tuple(each.get("sees", ())),
        tuple(each.get("writes", ())),
        each.get("forum", False),
    )


def _act(each: dict[str, Any]) -> Act:
    return Act(
        each["minutes"],
        each["who"],
        each["channel"],
        each.get("says", ""),
        each.get("worries_about", ""),
        each.get("case", ""),
        each.get("by", ""),
        each.get("note", ""),
    )
