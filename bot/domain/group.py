"""A group: a cohort of members with its channels and the people who facilitate it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import available_timezones

from .ids import ChannelSnowflake, GroupId, GuildSnowflake, UserSnowflake
from .refusal import Refusal

NAME_LIMIT = 60
GROUPS_PER_SERVER = 50


class GroupKind(StrEnum):
    """Who may come."""

    OPEN = "open"
    CLOSED = "closed"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a server. zone is an IANA name; a closed group keeps its history and screens nothing."""

    group_id: GroupId
    guild_snowflake: GuildSnowflake
    name: str
    kind: GroupKind = GroupKind.OPEN
    zone: str = "UTC"
    channels: tuple[ChannelSnowflake, ...] = ()
    facilitators: tuple[UserSnowflake, ...] = ()
    closed_at: datetime | None = None

    def renamed(self, name: str) -> "Group":
        """A copy with another name; refuses an empty or overlong one."""
        return replace(self, name=checked_name(name))

    def with_channels(self, channels: tuple[ChannelSnowflake, ...]) -> "Group":
        """A copy that meets in these channels."""
        return replace(self, channels=tuple(dict.fromkeys(channels)))

    def with_facilitators(self, people: tuple[UserSnowflake, ...]) -> "Group":
        """A copy facilitated by these people."""
        return replace(self, facilitators=tuple(dict.fromkeys(people)))

    def with_kind(self, kind: GroupKind) -> "Group":
        """A copy of another kind."""
        return replace(self, kind=kind)

    def with_zone(self, zone: str) -> "Group":
        """A copy in another time zone; refuses a name the zone database does not know."""
        return replace(self, zone=checked_zone(zone))

    def closed(self, at: datetime) -> "Group":
        """A copy that has ended; refuses to end twice."""
        if self.closed_at is not None:
            raise Refusal("group.refusal.already_closed", name=self.name)
        return replace(self, closed_at=at)


def checked_name(name: str) -> str:
    """The name on one line without surrounding space; refuses what would be empty or too long."""
    tidy = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not tidy or len(tidy) > NAME_LIMIT:
        raise Refusal("group.refusal.name", limit=NAME_LIMIT)
    return tidy


_ZONES = {name.casefold(): name for name in available_timezones()}


def checked_zone(zone: str) -> str:
    """The IANA name as the database spells it; refuses anything else."""
    found = _ZONES.get(zone.strip().replace(" ", "_").casefold())
    if found is None:
        raise Refusal("setup.refusal.zone", zone=zone.strip()[:60])
    return found


def zones_like(typed: str, limit: int = 25) -> tuple[str, ...]:
    """Zone names that contain what was typed, cities first; for autocomplete."""
    needle = typed.strip().replace(" ", "_").casefold()
    found = [
        name for key, name in _ZONES.items() if needle in key and "/" in name and not name.startswith("Etc/")
    ]
    found.sort(key=lambda name: (not name.rsplit("/", 1)[-1].casefold().startswith(needle), name))
    return tuple(found[:limit])
