"""Who is paged, when, while nobody has taken a case (S1)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from .tier import Tier


class Audience(StrEnum):
    """The people of one rung."""

    ON_CALL = "on_call"
    MODERATORS = "moderators"
    FACILITATORS = "facilitators"
    OWNER = "owner"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: who, and how long after the step before it."""

    audience: Audience
    wait: timedelta


_URGENT = (
    Rung(Audience.ON_CALL, timedelta()),
    Rung(Audience.MODERATORS, timedelta(minutes=5)),
    Rung(Audience.FACILITATORS, timedelta(minutes=5)),
    Rung(Audience.OWNER, timedelta(minutes=5)),
)
_URGENT_AFTERWARDS = Rung(Audience.EVERYONE, timedelta(minutes=10))
# The first of these that reaches anyone, and no other.
_CARD_FIRST = (
    Rung(Audience.ON_CALL, timedelta(minutes=60)),
    Rung(Audience.MODERATORS, timedelta()),
    Rung(Audience.OWNER, timedelta()),
)


def rung(tier: Tier, index: int) -> Rung | None:
    """The rung at this index (from 0), or None where the ladder of the tier has ended.

    T4 and T5: at once, 5, 10, 15 minutes, then every 10 minutes without end. T3: after an hour, and only
    the first rung that reaches anyone; see goes_on.
    """
    if tier >= Tier.T4:
        return _URGENT[index] if index < len(_URGENT) else _URGENT_AFTERWARDS
    if tier is Tier.T3 and index < len(_CARD_FIRST):
        return _CARD_FIRST[index]
    return None


def goes_on(tier: Tier) -> bool:
    """Whether, after one rung was called, the next one follows."""
    return tier >= Tier.T4


def first_with_people(
    tier: Tier, index: int, anyone: Callable[[Audience], bool]
) -> tuple[int | None, list[int]]:
    """The first rung from index on that reaches anyone (None: there is none), and those skipped on the way.

    EVERYONE is never skipped: the card itself is a call into the moderators' channel.
    """
    skipped: list[int] = []
    while (step := rung(tier, index)) is not None:
        if step.audience is Audience.EVERYONE or anyone(step.audience):
            return index, skipped
        skipped.append(index)
        index += 1
    return None, skipped
