"""How many private conversations may be begun. Discord quarantines a bot that begins many (P8)."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PER_MINUTE = 5
PER_DAY = 50
STOPPED_FOR = timedelta(days=1)
"""How long none is begun after Discord said they are begun too fast (its error 40003)."""


@dataclass(slots=True)
class Allowance:
    """Counts in memory, from the start of the process."""

    _begun: deque[datetime] = field(default_factory=deque[datetime])
    _stopped_until: datetime | None = None

    def take(self, now: datetime) -> bool:
        """Begin one; False if there are enough for now."""
        while self._begun and self._begun[0] <= now - timedelta(days=1):
            self._begun.popleft()
        lately = sum(at > now - timedelta(minutes=1) for at in self._begun)
        stopped = self._stopped_until is not None and now < self._stopped_until
        if stopped or lately >= PER_MINUTE or len(self._begun) >= PER_DAY:
            return False
        self._begun.append(now)
        return True

    def stop(self, now: datetime) -> None:
        """Discord said: too fast."""
        self._stopped_until = now + STOPPED_FOR
