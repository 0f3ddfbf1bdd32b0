"""What services need from outside: the time, and a look at what Discord shows right now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, RoleSnowflake, UserSnowflake


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
