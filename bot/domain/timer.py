"""What falls due, kept in the database so that a restart changes nothing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .ids import TimerId

LEASE_FOR = timedelta(seconds=60)
"""How long one process holds a timer it is running, before another may try."""


@dataclass(frozen=True, slots=True)
class Timer:
    """kind: whose business it is. key: unique; the same key is only ever waited for once."""

    kind: str
    key: str
    due_at: datetime
    facts: dict[str, int] = field(default_factory=dict[str, int])
    timer_id: TimerId = TimerId(0)
    attempts: int = 0
