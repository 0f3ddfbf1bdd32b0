"""How often the bot may log in to Discord ("identify"): after 1,000 times in 24 hours its token is reset.

A bot that crashes again and again would get there within hours. So logins that follow each other closely are
held back more and more. The pace alone keeps one shard under 300 logins a day; the sum over all shards is
held under 900.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

PER_DAY = 900
"""Of the 1,000 that Discord allows; the rest is for a person who has to start the bot by hand."""

REMEMBERED_FOR = timedelta(days=1)

AT_ONCE = 3
"""So many logins of one shard in an hour are not held back."""

_CLOSE = timedelta(hours=1)
_FIRST_GAP = timedelta(seconds=30)
_LONGEST_GAP = timedelta(minutes=5)


def gap_after(logins: int) -> timedelta:
    """How far the next login of a shard stays from its last one, after so many within an hour.

    Nothing for the first three, then 30 s, doubling, 5 minutes at most.
    """
    if logins < AT_ONCE:
        return timedelta()
    return min(_FIRST_GAP * 2 ** min(logins - AT_ONCE, 10), _LONGEST_GAP)


def next_identify_at(
    of_shard: Sequence[datetime], of_all: Sequence[datetime], now: datetime, per_day: int = PER_DAY
) -> datetime:
    """When a shard may log in: now, or a later moment. per_day: for all shards together, in 24 hours.

    A login from the future was written by a clock that was wrong, and is passed over: it could hold back for
    as long as the clock was ahead.
    """
    close = [at for at in of_shard if now - _CLOSE < at <= now]
    allowed = max(close) + gap_after(len(close)) if close else now
    day = sorted(at for at in of_all if now - REMEMBERED_FOR < at <= now)
    if len(day) >= per_day:
        allowed = max(allowed, day[-per_day] + REMEMBERED_FOR)
    return max(allowed, now)
