"""What services need from outside: the time, and a look at what Discord shows right now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, RoleSnowflake, UserSnowflake

from .heard import Heard


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message somebody wrote before. words are looked at once, in memory, and kept nowhere (S7)."""

    channel: ChannelSnowflake
    message: MessageSnowflake
    words: str


class Archive(Protocol):
    """What was written before, asked of Discord."""

    async def latest(
        self, guild: GuildSnowflake, channel: ChannelSnowflake, limit: int
    ) -> tuple[PastMessage, ...]:
        """The latest messages of people in a channel; nothing where the bot may not look."""
        ...


@dataclass(frozen=True, slots=True)
class PastPlace:
    """A channel or thread that can be read back.

    screened: the channel whose choice in /setup it falls under. title: the name of a thread, if it was begun
    within the last day.
    """

    channel: ChannelSnowflake
    screened: ChannelSnowflake
    last_message: MessageSnowflake | None
    title: Heard | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A message of the past. heard is None where nobody wrote any words, or we did."""

    message: MessageSnowflake
    edited: bool
    heard: Heard | None


class PastUnavailable(Exception):
    """Discord does not show a place. closed: it will not, so nothing there can be seen; else not now."""

    def __init__(self, *, closed: bool) -> None:
        super().__init__()
        self.closed = closed


class Past(Protocol):
    """What was written before, as it would have been heard then."""

    async def places(
        self, guild: GuildSnowflake, screened: frozenset[ChannelSnowflake], *, thoroughly: bool
    ) -> tuple[PastPlace, ...]:
        """These channels and their threads, with the last message of each. thoroughly: threads, too, that
        were archived within the last day. Raises PastUnavailable."""
        ...

    async def after(
        self, guild: GuildSnowflake, place: PastPlace, message: MessageSnowflake
    ) -> tuple[Written, ...]:
        """The next messages after this one, at most 100, the oldest first. Raises PastUnavailable."""
        ...


class Files(Protocol):
    """Files that came with messages."""

    async def text_of(self, url: str, largest: int) -> str | None:
        """The text in a file of at most so many bytes; None when it could not be had."""
        ...


class Membership(Protocol):
    """Who belongs to a server, asked of Discord: the bot keeps no list of members."""

    async def roles_of(self, guild: GuildSnowflake, user: UserSnowflake) -> frozenset[RoleSnowflake] | None:
        """The roles somebody holds now; none once they left. None when Discord would not say in time."""
        ...


class Surroundings(Protocol):
    """What the bot can see of a server at this moment, from its cache, without asking Discord."""

    def owner_of(self, guild: GuildSnowflake) -> UserSnowflake | None:
        """The owner; None when the server is not known at the moment."""
        ...

    def has_role(self, guild: GuildSnowflake, role: RoleSnowflake) -> bool:
        """Whether the role is still there."""
        ...

    def role_sees(self, guild: GuildSnowflake, role: RoleSnowflake, channel: ChannelSnowflake) -> bool:
        """Whether the role exists and its people can read the channel, so that a ping reaches them."""
        ...

    def person_sees(self, guild: GuildSnowflake, user: UserSnowflake, channel: ChannelSnowflake) -> bool:
        """Whether the person can, or for all we know may, read the channel."""
        ...

    def everyone_sees(self, guild: GuildSnowflake, channel: ChannelSnowflake) -> bool:
        """Whether the channel is open to @everyone."""
        ...

    def lacks_in(
        self, guild: GuildSnowflake, channel: ChannelSnowflake, wanted: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Those of the wanted permissions (Discord's names) the bot lacks; ("gone",) without the channel."""
        ...

    def can_ping(self, guild: GuildSnowflake, role: RoleSnowflake, channel: ChannelSnowflake) -> bool:
        """Whether a mention of the role by the bot makes phones ring."""
        ...

    def reads_content(self) -> bool:
        """Whether the bot is allowed to read what people write (the message content intent)."""
        ...
