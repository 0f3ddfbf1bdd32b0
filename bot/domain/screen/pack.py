"""One language's lexicon, read and compiled: what to look for, and what changes its meaning."""

from dataclasses import dataclass
from enum import Enum

from bot.domain.screen.matching import Phrase
from bot.domain.screen.phrase import PhraseReader, Typed
from bot.domain.screen.signs import Signs
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
    phrases: tuple[Phrase, ...]
    together_with: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    place: str  # file and line, for whoever mends it
    must_match: tuple[str, ...]
    must_not_match: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that keep a modifier from working: "again" beside "two years ago"."""

    name: str
    where: Where
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Modifier:
    """Words around a hit that change what it means."""

    name: str
    effect: Effect
    where: Where
    within: int
    phrases: tuple[Phrase, ...]
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
    names: frozenset[str]  # every word and stem any phrase asks for
    cared_for: frozenset[str]
    endings: tuple[tuple[str, str], ...]
    typed: Typed
    clause_words: frozenset[str]
    alike: tuple[frozenset[str], ...]  # kinds that say the same, and so do not add up
    readers: tuple[PhraseReader, ...] = ()  # what its phrases were read with, the first for all others
    signs: Signs | None = None  # what is weighed beside the rules
