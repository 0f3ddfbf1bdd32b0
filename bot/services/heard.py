"""What somebody wrote, as it arrives at the screen."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, RoleSnowflake, UserSnowflake


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of plain text that came with a message. size: in bytes."""

    url: str
    size: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody wrote, as it arrived. Words are looked at once, in memory, and kept nowhere (S7).

    places: the channel and, for a thread, its parent: one of them screened is enough. message: None when
    there is none to go to. author_roles: None when the event did not say. beside: other texts that came
    with it, a poll or a forward. origin: what tells it from everything else heard here; without it, the
    message does. private: only the person saw what they wrote. written_at: if that was a while ago.
    """

    guild: GuildSnowflake
    places: tuple[ChannelSnowflake, ...]
    message: MessageSnowflake | None
    author: UserSnowflake
    words: str
    author_roles: tuple[RoleSnowflake, ...] | None = ()
    via_app: bool = False
    beside: tuple[str, ...] = ()
    files: tuple[TextFile, ...] = ()
    origin: str = ""
    private: bool = False
    written_at: datetime | None = None

    @property
    def told_as(self) -> str:
        """The same however often it is heard. What has neither message nor name is told once a minute."""
        if self.origin:
            return self.origin
        return f"message:{self.message}" if self.message is not None else f"blocked:{self.author}"

    def at(self, places: tuple[ChannelSnowflake, ...]) -> "Heard":
        """The same in other places."""
        return replace(self, places=places)
