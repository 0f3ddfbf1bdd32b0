"""What the screen hands on: which words a human may want to look at, and how soon."""

from dataclasses import dataclass

from bot.domain.tier import Tier


@dataclass(frozen=True, slots=True)
class Finding:
    """One reading of one message. It orders work; it says nothing about the person (S9).

    A finding of T0 has everything else empty.
    """

    tier: Tier
    rules: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    modifiers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


NOTHING = Finding(Tier.T0)
