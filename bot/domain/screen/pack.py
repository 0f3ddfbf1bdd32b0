"""One language's lexicon, read and compiled: what to look for, and what changes its meaning."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from bot.domain.screen.matching import Phrase
from bot.domain.screen.phrase import Typed
from bot.domain.screen.sieve import Asked, Sieve
from bot.domain.screen.signs import NEVER_AGAINST, Signs
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
    """Everything one lexicon says.

    rules: the gravest first. names: every word and stem any phrase asks for, in order. alike: kinds that say
    the same, and so do not add up. sieve: of the phrases of all rules but those that only count, in order;
    the firm ones are those of rules whose weight signs never take. around: of `phrases_around`.
    """

    language: str
    reviewed: bool
    rules: tuple[Rule, ...]
    modifiers: tuple[Modifier, ...]
    names: tuple[str, ...]
    cared_for: frozenset[str]
    endings: tuple[tuple[str, str], ...]
    typed: Typed
    clause_words: frozenset[str]
    alike: tuple[frozenset[str], ...]
    sieve: Sieve
    around: Sieve
    signs: Signs | None = None


def sieve_of(rules: Iterable[Rule], names: Iterable[str]) -> Sieve:
    """The sieve of the rules among these that may bring a message to people. They stand the gravest first."""
    rules = [rule for rule in rules if rule.tier.opens_case]
    asked: list[Asked] = []
    for rule in rules:
        ways = [way for phrase in rule.together_with for way in phrase.maker.ways_of(phrase.written)]
        beside = frozenset(name for way in ways for name in way[0])
        asked += [Asked(phrase.maker.ways_of(phrase.written), beside) for phrase in rule.phrases]
    return Sieve.of(names, asked, firm_phrases(rules))


def firm_phrases(rules: Iterable[Rule]) -> int:
    """How many phrases belong to rules whose weight signs never take."""
    return sum(len(rule.phrases) for rule in rules if rule.tier >= NEVER_AGAINST)


def phrases_around(modifiers: Iterable[Modifier]) -> list[Phrase]:
    """Every phrase that may change what a hit means, of modifiers and of their cues, each once."""
    entries = [entry for modifier in modifiers for entry in (modifier, *modifier.unless)]
    return list({id(phrase): phrase for entry in entries for phrase in entry.phrases}.values())


def sieve_around(modifiers: Iterable[Modifier], names: Iterable[str]) -> Sieve:
    """The sieve of `phrases_around`."""
    return Sieve.of(names, [Asked(each.maker.ways_of(each.written)) for each in phrases_around(modifiers)])
