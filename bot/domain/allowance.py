"""How many private conversations may be begun. Discord quarantines a bot that begins many (P8)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

PER_MINUTE = 5
PER_DAY = 50
STOPPED_FOR = timedelta(days=1)
"""How long none is begun after Discord said they are begun too fast (its error 40003)."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """begun: when conversations were begun in the last day. stopped_until: Discord wants none before."""

    begun: tuple[datetime, ...] = ()
    stopped_until: datetime | None = None

    def permits(self, now: datetime) -> bool:
        """Whether one more may be begun now."""
        lately = sum(at > now - timedelta(minutes=1) for at in self.begun)
        today = sum(at > now - timedelta(days=1) for at in self.begun)
        stopped = self.stopped_until is not None and now < self.stopped_until
        return not stopped and lately < PER_MINUTE and today < PER_DAY

    def with_one_begun(self, now: datetime) -> "Allowance":
        """A copy with one more; those a day old are forgotten."""
        return replace(self, begun=(*(at for at in self.begun if at > now - timedelta(days=1)), now))

    def stopped(self, now: datetime) -> "Allowance":
        """A copy after Discord said: too fast."""
        return replace(self, stopped_until=now + STOPPED_FOR)
