"""What stands around the words that were found, and what it changes.

A message is cut into sentences, and sentences into clauses: at commas, and before words such as "but".
A modifier works only where its file says: "not" concerns the words right behind it, a quotation only
what stands inside it. Nothing here reads a person; it reads the neighbourhood of a few words.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.domain.screen.normalise import CLAUSE_END, SENTENCE_END, View
from bot.domain.screen.pack import Cue, Modifier, Pack, Rule, Where
from bot.domain.screen.patterns import Pattern
from bot.domain.tier import Tier

_MOST_HITS = 12  # of one rule in one message: more of the same adds nothing

Words: TypeAlias = tuple[int, int]  # half-open, in tokens of a view


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's words in a view."""

    rule: Rule
    words: Words


@dataclass(slots=True)
class Surroundings:
    """One view, read with one pack: finds patterns as word ranges, and knows sentences and clauses."""

    view: View
    pack: Pack
    _found: dict[int, list[Words]] = field(default_factory=dict[int, "list[Words]"])
    _sentence_of: list[int] = field(default_factory=list[int])
    _clause_of: list[int] = field(default_factory=list[int])

    def __post_init__(self) -> None:
        sentence = clause = 0
        for token in self.view.tokens:
            if token.word == SENTENCE_END:
                sentence, clause = sentence + 1, clause + 1
            elif token.word == CLAUSE_END or token.word in self.pack.clause_words:
                clause += 1
            self._sentence_of.append(sentence)
            self._clause_of.append(clause)

    def find(self, pattern: Pattern) -> list[Words]:
        """Every place of a pattern, once looked up and then remembered."""
        if id(pattern) not in self._found:
            self._found[id(pattern)] = self._search(pattern)
        return self._found[id(pattern)]

    def find_all(self, patterns: tuple[Pattern, ...]) -> list[Words]:
        """Every place of any of these patterns."""
        return [words for pattern in patterns for words in self.find(pattern)]

    def _search(self, pattern: Pattern) -> list[Words]:
        places: list[Words] = []
        start = 0
        while len(places) < _MOST_HITS:
            match = pattern.find(self.view.encoded, start)
            if match is None:
                break
            (begin, end), gaps = match
            if self._gap_turns_it_round(gaps):
                start = begin + 1
                continue
            start = max(end - 1, begin + 1)  # the space behind one hit is the space before the next
            places.append(self._as_words(begin, end))
        return places

    def _gap_turns_it_round(self, gaps: tuple[tuple[int, int], ...]) -> bool:
        """Whether a "not" slipped in where any word is allowed: "want to not die"."""
        for begin, end in gaps:
            if end > begin >= 0:
                first, last = self._as_words(begin, end + 1)
                if any(self.view.tokens[place].word in self.pack.gap_stops for place in range(first, last)):
                    return True
        return False

    def _as_words(self, begin: int, end: int) -> Words:
        """The tokens between two places in the bytes, without pauses at either edge."""
        first = max(0, bisect_right(self.view.starts, begin) - 1)
        last = bisect_right(self.view.starts, end - 2)
        tokens = self.view.tokens
        while first < last - 1 and tokens[first].is_break:
            first += 1
        while last > first + 1 and tokens[last - 1].is_break:
            last -= 1
        return first, last

    def stands(self, words: Words, where: Where, hit: Words, within: int) -> bool:
        """Whether `words` stand at `hit` in the way asked for."""
        match where:
            case Where.OVER:
                return words[0] < hit[1] and hit[0] < words[1]
            case Where.BEFORE:
                return 0 <= hit[0] - words[1] <= within and self._same(self._clause_of, words[1] - 1, hit[0])
            case Where.AFTER:
                return 0 <= words[0] - hit[1] <= within and self._same(self._clause_of, words[0], hit[1] - 1)
            case Where.CLAUSE:
                return self._touches(self._clause_of, words, hit)
            case Where.SENTENCE:
                return self._touches(self._sentence_of, words, hit)
            case Where.MESSAGE:
                return True
            case Where.QUOTED:
                return all(self.view.tokens[place].quoted for place in range(*hit))

    def _same(self, part_of: list[int], one: int, other: int) -> bool:
        return part_of[one] == part_of[other]

    def _touches(self, part_of: list[int], words: Words, hit: Words) -> bool:
        return part_of[words[0]] <= part_of[hit[1] - 1] and part_of[hit[0]] <= part_of[words[1] - 1]

    def near(self, words: Words, hit: Words) -> bool:
        """Whether two places stand in the same sentence or in neighbouring ones."""
        first, last = self._sentence_of[hit[0]], self._sentence_of[hit[1] - 1]
        return first - 1 <= self._sentence_of[words[0]] <= last + 1


def hits_of(rule: Rule, around: Surroundings) -> list[Hit]:
    """The places where a rule holds, its own `with` and `unless` included."""
    if rule.together_with is not None and not around.find(rule.together_with):
        return []
    against = around.find(rule.unless) if rule.unless is not None else []
    return [
        Hit(rule, words)
        for words in around.find(rule.pattern)
        if not any(around.near(other, words) for other in against)
    ]


def weigh(hit: Hit, around: Surroundings) -> tuple[Tier, list[str]]:
    """The tier of a hit after its surroundings, and the names of the modifiers that changed it."""
    tier = hit.rule.tier
    changed: list[str] = []
    for modifier in around.pack.modifiers:
        if not modifier.concerns(hit.rule) or not _applies(modifier, hit, around):
            continue
        lowered = _lowered(tier, modifier)
        if lowered < tier:
            tier = lowered
            changed.append(modifier.name)
    return tier, changed


def _applies(modifier: Modifier, hit: Hit, around: Surroundings) -> bool:
    places = around.find_all(modifier.patterns)
    if not any(around.stands(words, modifier.where, hit.words, modifier.within) for words in places):
        return False
    return not any(_speaks(cue, hit, around) for cue in modifier.unless)


def _speaks(cue: Cue, hit: Hit, around: Surroundings) -> bool:
    return any(
        around.stands(words, cue.where, hit.words, within=3) for words in around.find_all(cue.patterns)
    )


def _lowered(tier: Tier, modifier: Modifier) -> Tier:
    """A modifier that lowers by steps never goes below T2: a person still looks."""
    if modifier.effect.at_most is not None:
        return min(tier, modifier.effect.at_most)
    return max(Tier(tier - modifier.effect.steps), Tier.T2) if tier > Tier.T2 else tier
