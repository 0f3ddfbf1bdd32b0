"""One language's lexicon, read and compiled: what to look for, and what changes its meaning."""

from dataclasses import dataclass
from enum import Enum

from bot.domain.screen.patterns import Pattern
from bot.domain.tier import Tier


class Where(Enum):
    """Where the words of a modifier must stand, seen from the words of a rule."""

    OVER = "over"  # on the same words
    BEFORE = "before"  # ahead of them in the same clause, close by
    AFTER = "after"  # behind them in the same clause, close by
    CLAUSE = "clause"
    SENTENCE = "sentence"
    MESSAGE = "message"
    QUOTED = "quoted"  # the rule's words stand in quotation marks, the modifier's in the same message


@dataclass(frozen=True, slots=True)
class Effect:
    """What a modifier does to a tier. Exactly one of the two is used."""

    at_most: Tier | None = None
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing people say, the order of work it asks for, and lines that prove it."""

    id: str
    tier: Tier
    category: str
    pattern: Pattern
    source: str
    together_with: Pattern | None
    unless: Pattern | None
    must_match: tuple[str, ...]
    must_not_match: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that keep a modifier from working: "again" beside "two years ago"."""

    name: str
    where: Where
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Modifier:
    """Words around a hit that change what it means."""

    name: str
    effect: Effect
    where: Where
    within: int
    patterns: tuple[Pattern, ...]  # one for each phrase: two may begin at the same word
    unless: tuple[Cue, ...]
    only_for: frozenset[str]
    not_for: frozenset[str]
    up_to: Tier

    def concerns(self, rule: Rule) -> bool:
        """Whether this modifier may touch that rule at all."""
        if rule.tier > self.up_to or rule.category in self.not_for:
            return False
        return not self.only_for or rule.category in self.only_for


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything one lexicon file says."""

    language: str
    reviewed: bool
    rules: tuple[Rule, ...]
    modifiers: tuple[Modifier, ...]
    vocabulary: frozenset[str]
    cared_for: frozenset[str]
    endings: tuple[tuple[str, str], ...]
    gap_stops: frozenset[str]
    clause_words: frozenset[str]
    raise_together: tuple[frozenset[str], ...]
