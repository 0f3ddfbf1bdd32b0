"""The order of work for a signal. Never a measure of risk about a person (S9)."""

from enum import IntEnum


class Tier(IntEnum):
    """How soon a human should look. Shown to staff as an order of work, to nobody as a verdict."""

    T0 = 0  # nothing
    T1 = 1  # distress, past, grief, negated, supporters' talk: counted only
    T2 = 2  # a passive wish to be dead, burden: quiet queue
    T3 = 3  # active thoughts, self-harm urge or act, worry about someone: a card without ping
    T4 = 4  # intent, plan, preparation, ongoing abuse: page the people on call
    T5 = 5  # in progress: page everyone on call until someone takes it

    @property
    def opens_case(self) -> bool:
        """Whether a signal of this tier is brought to people at all."""
        return self >= Tier.T2

    @property
    def pages_at_once(self) -> bool:
        """Whether somebody is pinged the moment the card is posted."""
        return self >= Tier.T4
