"""What stands around the words that were found, and what it changes.

A message is cut into sentences, and sentences into clauses: at commas, and before words such as "but".
A modifier works only where its file says: "not" concerns the words right behind it, a quotation only
what stands inside it. Nothing here reads a person; it reads the neighbourhood of a few words.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from bot.domain.screen.matching import Phrase, Row, Words, row_of
from bot.domain.screen.normalise import CLAUSE_END, SENTENCE_END, View
from bot.domain.screen.pack import Cue, Modifier, Pack, Rule, Where
from bot.domain.screen.sieve import Sieve
from bot.domain.tier import Tier

_MOST_HITS = 12  # of one rule in one message: more of the same adds nothing
_LONGEST_STRETCH = 60  # words; longer than nearly any sentence
_OVERLAP = 30  # words; longer than what any phrase can reach over


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's words in a view."""

    rule: Rule
    words: Words


@dataclass(slots=True)
class Stretch:
    """Words that are looked at together: a sentence with its two ends, or a part of a very long one."""

    first: int
    last: int
    row: Row


def stretches_of(view: View, names_of: Callable[[str], Collection[str]]) -> list[Stretch]:
    """A view in stretches. Parts of a long sentence overlap, so that nothing is lost at a cut."""
    ends = [place for place, token in enumerate(view.tokens) if token.word == SENTENCE_END]
    found: list[Stretch] = []
    for first, last in pairwise(ends):
        start = first
        while last - start > _LONGEST_STRETCH:
            cut = start + _LONGEST_STRETCH
            found.append(Stretch(start, cut, row_of(view.tokens[start : cut + 1], names_of)))
            start = cut - _OVERLAP
        found.append(Stretch(start, last, row_of(view.tokens[start : last + 1], names_of)))
    return found


@dataclass(slots=True)
class Surroundings:
    """One view, read with one pack: remembers what was looked up, and knows sentences and clauses."""

    view: View
    stretches: list[Stretch]
    whole: Row
    pack: Pack
    sieve: Sieve
    """Of every phrase that is looked for around a hit."""
    _found: dict[tuple[int, int], list[Words]] = field(default_factory=dict[tuple[int, int], "list[Words]"])
    _groups: dict[tuple[int, int], list[Words]] = field(default_factory=dict[tuple[int, int], "list[Words]"])
    _possible: dict[int, frozenset[int]] = field(default_factory=dict[int, "frozenset[int]"])
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

    def find(self, phrases: tuple[Phrase, ...], first: int = 0, last: int | None = None) -> list[Words]:
        """Every place of these phrases in the stretches that touch these words, all of them by default."""
        end = len(self.view.tokens) if last is None else last
        touched = [
            number for number, each in enumerate(self.stretches) if each.first < end and first < each.last
        ]
        if not phrases:
            return []
        places = list(self._all_of(phrases, -1))
        for number in touched:
            places += self._all_of(phrases, number)
        return places

    def _all_of(self, phrases: tuple[Phrase, ...], number: int) -> list[Words]:
        """The places of all these phrases in one stretch; for -1 in the whole, of those that cross."""
        key = (id(phrases), number)
        found = self._groups.get(key)
        if found is None:
            if number < 0:
                wanted = [phrase for phrase in phrases if phrase.crosses]
            else:
                possible = self._possible_in(number)
                wanted = [phrase for phrase in phrases if id(phrase) in possible and not phrase.crosses]
            found = self._groups[key] = [words for phrase in wanted for words in self._places(phrase, number)]
        return found

    def find_in(self, phrases: Iterable[Phrase], number: int) -> list[Words]:
        """Every place of a rule's phrases in one stretch, by number; of those that cross, in the whole."""
        return [
            words for phrase in phrases for words in self._places(phrase, -1 if phrase.crosses else number)
        ]

    def _possible_in(self, number: int) -> frozenset[int]:
        """Which phrases may stand in a stretch at all."""
        possible = self._possible.get(number)
        if possible is None:
            names = self.stretches[number].row.present
            standing = self.sieve.sift([self.sieve.needing(names)], names)
            possible = frozenset(id(phrase) for phrases in standing.values() for phrase in phrases)
            self._possible[number] = possible
        return possible

    def _places(self, phrase: Phrase, number: int) -> list[Words]:
        """The places of a phrase in one stretch (in the whole view for -1), without pauses at either edge."""
        key = (id(phrase), number)
        found = self._found.get(key)
        if found is None:
            offset = 0 if number < 0 else self.stretches[number].first
            row = self.whole if number < 0 else self.stretches[number].row
            found = [self._trimmed(first + offset, last + offset) for first, last in phrase.find(row)]
            self._found[key] = found
        return found

    def _trimmed(self, first: int, last: int) -> Words:
        tokens = self.view.tokens
        while first < last - 1 and tokens[first].is_break:
            first += 1
        while last > first + 1 and tokens[last - 1].is_break:
            last -= 1
        return first, last

    def find_near(self, phrases: tuple[Phrase, ...], hit: Words, where: Where) -> list[Words]:
        """The places of these phrases as far away as `where` may look from a hit."""
        if where in (Where.MESSAGE, Where.QUOTED):
            return self.find(phrases)
        return (
            self.find(phrases, *hit)
            if where is not Where.SENTENCE
            else self.find(phrases, *self._sentence(hit))
        )

    def _sentence(self, hit: Words, beside: int = 0) -> Words:
        """The words of the sentence a hit stands in, and of so many sentences on both sides of it."""
        first, last = self._sentence_of[hit[0]] - beside, self._sentence_of[hit[1] - 1] + beside
        return bisect_left(self._sentence_of, first), bisect_right(self._sentence_of, last)

    def find_beside(self, phrases: tuple[Phrase, ...], hit: Words) -> list[Words]:
        """The places of these phrases in the sentence of a hit and in those next to it."""
        return self.find(phrases, *self._sentence(hit, beside=1)) if phrases else []

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


def hits_of(rule: Rule, places: Iterable[Words], around: Surroundings) -> list[Hit]:
    """The places where a rule holds, its own `with` and `unless` included."""
    if rule.together_with and not around.find(rule.together_with):
        return []
    apart: list[Words] = []
    for words in sorted(places):
        against = around.find_beside(rule.unless, words)
        if any(around.near(other, words) for other in against):
            continue
        if apart and words[0] < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(words[1], apart[-1][1]))  # two phrases of one rule met
        else:
            apart.append(words)
    return [Hit(rule, words) for words in apart[:_MOST_HITS]]


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
    places = around.find_near(modifier.phrases, hit.words, modifier.where)
    if not any(around.stands(words, modifier.where, hit.words, modifier.within) for words in places):
        return False
    return not any(_speaks(cue, hit, around) for cue in modifier.unless)


def _speaks(cue: Cue, hit: Hit, around: Surroundings) -> bool:
    places = around.find_near(cue.phrases, hit.words, cue.where)
    return any(around.stands(words, cue.where, hit.words, within=3) for words in places)


def _lowered(tier: Tier, modifier: Modifier) -> Tier:
    """A modifier that lowers by steps never goes below T2: a person still looks."""
    if modifier.effect.at_most is not None:
        return min(tier, modifier.effect.at_most)
    return max(Tier(tier - modifier.effect.steps), Tier.T2) if tier > Tier.T2 else tier


def sieve_of(pack: Pack) -> Sieve:
    """Every phrase of a pack that is looked for around a hit: of modifiers, cues, `with` and `unless`."""
    phrases = {
        id(phrase): phrase
        for phrases in (
            *(modifier.phrases for modifier in pack.modifiers),
            *(cue.phrases for modifier in pack.modifiers for cue in modifier.unless),
            *(rule.together_with for rule in pack.rules),
            *(rule.unless for rule in pack.rules),
        )
        for phrase in phrases
    }
    return Sieve((0, phrase, frozenset()) for phrase in phrases.values())
