"""A message of ours that can change after it was posted."""

from dataclasses import dataclass
from datetime import datetime

from .ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake


@dataclass(frozen=True, slots=True)
class PostedCard:
    """kind: what it shows. subject_id: of which case, channel or group."""

    kind: str
    subject_id: int
    guild: GuildSnowflake | None
    channel: ChannelSnowflake
    message: MessageSnowflake
    posted_at: datetime
