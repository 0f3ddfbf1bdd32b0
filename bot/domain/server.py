"""What one Discord server has chosen in /setup."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from .ids import ChannelSnowflake, GuildSnowflake, RoleSnowflake
from .tier import Tier


@dataclass(frozen=True, slots=True)
class Server:
    """The settings of a server. Unset means not chosen yet; nothing is guessed.

    country: ISO 3166 alpha-2. zone: IANA name. languages: packs of the screen, by code.
    """

    guild_snowflake: GuildSnowflake
    moderators_channel: ChannelSnowflake | None = None
    second_channel: ChannelSnowflake | None = None
    moderators_role: RoleSnowflake | None = None
    on_call_role: RoleSnowflake | None = None
    facilitators_role: RoleSnowflake | None = None
    country: str | None = None
    languages: tuple[str, ...] = ("en",)
    zone: str = "UTC"
    set_up_at: datetime | None = None
    last_alert_at: datetime | None = None

    @property
    def is_set_up(self) -> bool:
        """Whether a signal has somewhere to go."""
        return self.set_up_at is not None and self.moderators_channel is not None

    def missing(self) -> tuple[str, ...]:
        """Names of the choices that must be made before set-up can be saved."""
        needed = {"moderators_channel": self.moderators_channel, "moderators_role": self.moderators_role}
        return tuple(name for name, value in needed.items() if value is None)

    def is_staff(self, roles: Iterable[RoleSnowflake]) -> bool:
        """Whether somebody with these roles receives alerts (S6 depends on it)."""
        return bool({self.moderators_role, self.on_call_role} & set(roles) - {None})

    def with_choices(self, **choices: object) -> "Server":
        """A copy with the named choices changed."""
        return replace(self, **choices)  # pyright: ignore[reportArgumentType] - names are checked by replace

    def alerted_at(self, moment: datetime) -> "Server":
        """A copy that remembers when the last alert went out."""
        return replace(self, last_alert_at=moment)


@dataclass(frozen=True, slots=True)
class ScreenedChannel:
    """A channel whose messages are screened, and the door that says so (S11)."""

    guild_snowflake: GuildSnowflake
    channel_snowflake: ChannelSnowflake
    chosen: bool
    """True when picked in /setup; False when it is here because a group meets in it."""
    announced_at: datetime | None = None
    """When the door was posted. Nothing is screened before."""
    floor: Tier = Tier.T2
    """From which tier on its signals are brought to people; T5 always is."""
