"""What a server may change about its screening, and what it learned about each rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt

from .ids import GuildSnowflake, PhraseId
from .tier import Tier

MOST_PHRASES = 50
"""A server's own phrases, of both kinds together."""
LONGEST_PHRASE = 120
"""Characters."""

FLOORS = (Tier.T2, Tier.T3, Tier.T4, Tier.T5)
"""From which tier on a channel's signals are brought to people. T5 always is: there is no floor above it."""
OWN_TIERS = (Tier.T2, Tier.T3, Tier.T4, Tier.T5)


@dataclass(frozen=True, slots=True)
class OwnPhrase:
    """A phrase a server listens for; or, with tier None, one it knows to be harmless."""

    phrase_id: PhraseId
    guild_snowflake: GuildSnowflake
    words: str
    tier: Tier | None


class Verdict(StrEnum):
    """What moderators said about a signal: right, or why it was not a concern."""

    RIGHT = "right"
    FIGURE = "figure"  # a joke, a saying, a game, a song
    SAFE = "safe"  # about the past, or about somebody who is safe
    MISREAD = "misread"  # the words mean something else
    UNSAID = "unsaid"  # not a concern, and nobody said why


REASONS = (Verdict.FIGURE, Verdict.SAFE, Verdict.MISREAD)
"""What "not a concern" asks for."""


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """How often a rule was right on one server. Counts and nothing else: no person, no message, no day."""

    rule: str
    counts: Mapping[Verdict, int] = field(default_factory=dict[Verdict, int])

    @property
    def judged(self) -> int:
        """How many signals of this rule somebody judged."""
        return sum(self.counts.values())

    @property
    def right(self) -> int:
        """How many of them were a concern."""
        return self.counts.get(Verdict.RIGHT, 0)

    @property
    def between(self) -> tuple[float, float]:
        """The share that is right, as far as so few signals can tell: a 95 % interval."""
        return wilson(self.right, self.judged)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score method (E. B. Wilson, JASA 22, 1927)."""
    if total <= 0:
        return 0.0, 1.0
    z = 1.959964
    share = hits / total
    middle = share + z * z / (2 * total)
    reach = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    whole = 1 + z * z / total
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)
