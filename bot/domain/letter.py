"""A letter: something that must be sent, whatever happens in between."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from .ids import GuildSnowflake, OutboxId, UserSnowflake

LEASE_FOR = timedelta(seconds=90)
"""How long one attempt may take before another process may try."""

_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=2)
_LONGEST_WAIT_WHEN_REFUSED = timedelta(minutes=15)


class LetterKind(StrEnum):
    """What is sent; how it looks is decided when it leaves, from the state of that moment."""

    CASE_ALERT = "case.alert"  # the card of a new case, with the first ping
    CASE_ALERT_AGAIN = "case.alert_again"  # the card once more, after somebody deleted it
    CASE_PAGE = "case.page"  # one attempt to get a human
    CASE_NUDGE = "case.nudge"  # more signals while somebody holds the case
    CASE_UPDATE = "case.update"  # the cards of a case show its present state
    CASE_FOLLOW_UP = "case.follow_up"  # a day has passed since it was closed
    DOOR = "door"  # the notice in a screened channel
    DOOR_SHUT = "door.shut"  # the notice says screening has ended
    SUPPORT = "support"  # helplines, to somebody who allowed private messages
    STANDBY = "standby"  # hello, to somebody of the team who welcomes private alerts


class Urgency(IntEnum):
    """Lower goes first."""

    ALERT = 0
    PERSON = 1
    UPDATE = 2
    NOTICE = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """key: unique; the nonce is made from it, so that a repeated sending is recognised by Discord."""

    kind: LetterKind
    key: str
    due_at: datetime
    guild: GuildSnowflake | None = None
    user: UserSnowflake | None = None
    subject_id: int | None = None
    facts: dict[str, str | int] = field(default_factory=dict[str, str | int])
    urgency: Urgency = Urgency.UPDATE
    outbox_id: OutboxId = OutboxId(0)
    attempts: int = 0
    place: int = 0
    created_at: datetime | None = None


def next_attempt_after(attempts: int, *, refused: bool = False) -> timedelta:
    """How long to wait after this many failed attempts: 2 s, doubling, without end.

    At most 2 minutes. Where Discord refused (a permission is missing, the channel is gone), at most 15:
    10,000 refusals in 10 minutes would shut the bot out for every server (Discord's "Invalid Request Limit").
    """
    longest = _LONGEST_WAIT_WHEN_REFUSED if refused else _LONGEST_WAIT
    return min(_FIRST_WAIT * 2 ** min(attempts - 1, 12), longest)
