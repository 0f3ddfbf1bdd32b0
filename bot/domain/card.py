"""A message of ours that can change after it was posted, and what became of sending one."""

from dataclasses import dataclass
from datetime import datetime

from .ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, UserSnowflake


@dataclass(frozen=True, slots=True)
class PostedCard:
    """kind: what it shows. subject_id: of which case, channel or group. user: in whose private messages."""

    kind: str
    subject_id: int
    guild: GuildSnowflake | None
    channel: ChannelSnowflake
    message: MessageSnowflake
    posted_at: datetime
    user: UserSnowflake | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Messages that stand now. silent: a role was to be called by them, and its phones did not ring."""

    cards: tuple[PostedCard, ...] = ()
    silent: bool = False
