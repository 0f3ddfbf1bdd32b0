"""What a single person chose for themself, on every server alike."""

from dataclasses import dataclass, replace
from datetime import datetime

from .ids import UserSnowflake


@dataclass(frozen=True, slots=True)
class Person:
    """country: ISO 3166 alpha-2, told by the person, never guessed (S8).

    messages_allowed_at: since when private messages from the bot are welcome; None: they are not (P8).
    """

    user_snowflake: UserSnowflake
    country: str | None = None
    messages_allowed_at: datetime | None = None

    def living_in(self, country: str) -> "Person":
        """A copy with a country."""
        return replace(self, country=country)

    def allowing_messages(self, at: datetime) -> "Person":
        """A copy that welcomes private messages."""
        return replace(self, messages_allowed_at=at)

    def stopping_messages(self) -> "Person":
        """A copy that does not."""
        return replace(self, messages_allowed_at=None)
