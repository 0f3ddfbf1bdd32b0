"""What stands around the words that were found, and what it changes.

A message is cut into sentences, and sentences into clauses: at commas, and before words such as "but".
A modifier works only where its file says: "not" concerns the words right behind it, a quotation only
what stands inside it. Nothing here reads a person; it reads the neighbourhood of a few words.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from bot.domain.screen.matching import Phrase, Row, Words
from bot.domain.screen.normalise import CLAUSE_END, SENTENCE_END, View
from bot.domain.screen.pack import Cue, Modifier, Pack, Rule, Where, phrases_around
from bot.domain.tier import Tier

_MOST_HITS = 12  # of one rule in one message: more of the same adds nothing
_MOST_AROUND = 100  # of one phrase around hits: each may stand at another one
_SHORT = 60  # words; all of a shorter message is looked at together
_LONGEST_STRETCH = 120  # words; longer than any sentence
_FEW_STRETCHES = 12
_OVERLAP = 30  # words; longer than what any phrase can reach over


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's words in a view."""

    rule: Rule
    words: Words


class Stretch(NamedTuple):
    """Words that are looked at together, with their names: a short message, or a part of a long one."""

    first: int
    last: int
    names: frozenset[str]


def stretches_of(view: View, names_of: Callable[[str], frozenset[str]]) -> list[Stretch]:
    """A view in stretches: a long message sentence by sentence.

    Parts of a very long sentence overlap, so that nothing is lost at a cut.
    """

    def stretch(first: int, last: int) -> Stretch:
        words = {token.word for token in view.tokens[first : last + 1]}
        return Stretch(first, last, frozenset[str]().union(*map(names_of, words)))

    if len(view.tokens) <= _SHORT:
        return [stretch(0, len(view.tokens) - 1)]
    ends = [place for place, token in enumerate(view.tokens) if token.word == SENTENCE_END]
    found: list[Stretch] = []
    for start, last in pairwise(ends):
        while last - start > _LONGEST_STRETCH:
            cut = start + _LONGEST_STRETCH
            found.append(stretch(start, cut))
            start = cut - _OVERLAP
        found.append(stretch(start, last))
    return found


class Around:
    """Every phrase of a pack's modifiers, and which of these name it."""

    def __init__(self, pack: Pack) -> None:
        self._sieve = pack.around
        self._phrases = phrases_around(pack.modifiers)
        self._named_by: dict[int, list[int]] = {}
        self.crossing: dict[int, list[Phrase]] = {}
        """Those that reach over the end of a sentence, by the identity of the entry that names them."""
        for entry in {id(each): each for one in pack.modifiers for each in (one, *one.unless)}.values():
            for phrase in entry.phrases:
                if phrase.crosses:
                    self.crossing.setdefault(id(entry.phrases), []).append(phrase)
                else:
                    self._named_by.setdefault(id(phrase), []).append(id(entry.phrases))

    def possible(self, names: frozenset[str]) -> dict[int, list[Phrase]]:
        """The others that may stand among names, by the identity of the entry that names them."""
        found: dict[int, list[Phrase]] = {}
        for place in self._sieve.sift(names):
            phrase = self._phrases[place]
            for entry in self._named_by.get(id(phrase), ()):
                found.setdefault(entry, []).append(phrase)
        return found


@dataclass(slots=True)
class Surroundings:
    """One view, read with one pack: remembers what was looked up, and knows sentences and clauses."""

    view: View
    stretches: list[Stretch]
    row: Row
    pack: Pack
    around: Around
    _found: dict[int, list[Words]] = field(default_factory=dict[int, "list[Words]"])
    _possible: dict[int, dict[int, list[Phrase]]] = field(
        default_factory=dict[int, "dict[int, list[Phrase]]"]
    )
    _touched: dict[Words, list[int]] = field(default_factory=dict[Words, "list[int]"])
    _sentence_of: list[int] = field(default_factory=list[int])
    _clause_of: list[int] = field(default_factory=list[int])

    def _cut(self) -> None:
        """Say in which sentence and clause every word stands; asked for only around hits."""
        sentence = clause = 0
        for token in self.view.tokens:
            if token.word == SENTENCE_END:
                sentence, clause = sentence + 1, clause + 1
            elif token.word == CLAUSE_END or token.word in self.pack.clause_words:
                clause += 1
            self._sentence_of.append(sentence)
            self._clause_of.append(clause)

    @property
    def _sentences(self) -> list[int]:
        """The number of the sentence of every word."""
        if not self._sentence_of:
            self._cut()
        return self._sentence_of

    @property
    def _clauses(self) -> list[int]:
        """The number of the clause of every word."""
        if not self._clause_of:
            self._cut()
        return self._clause_of

    def _touching(self, words: Words) -> list[int]:
        """The numbers of the stretches that touch these words."""
        touching = self._touched.get(words)
        if touching is None:
            first, last = words
            touching = self._touched[words] = [
                number
                for number, each in enumerate(self.stretches)
                if each.first < last and first < each.last
            ]
        return touching

    def _possible_in(self, number: int) -> dict[int, list[Phrase]]:
        possible = self._possible.get(number)
        if possible is None:
            names = self.stretches[number].names
            possible = self._possible[number] = self.around.possible(names)
        return possible

    def find(self, phrases: Iterable[Phrase]) -> list[Words]:
        """Every place of these phrases, as many as may matter."""
        return [words for phrase in phrases for words in self._around(phrase)]

    def _around(self, phrase: Phrase) -> list[Words]:
        found = self._found.get(id(phrase))
        if found is None:
            places = phrase.find(self.row, _MOST_AROUND)
            found = self._found[id(phrase)] = [self._trimmed(*words) for words in places]
        return found

    def places_of(self, phrases: Iterable[Phrase]) -> list[Words]:
        """Every place of a rule's phrases."""
        return [self._trimmed(*words) for phrase in phrases for words in phrase.find(self.row, _MOST_HITS)]

    def _trimmed(self, first: int, last: int) -> Words:
        """The words without pauses at either edge."""
        tokens = self.view.tokens
        while first < last - 1 and tokens[first].is_break:
            first += 1
        while last > first + 1 and tokens[last - 1].is_break:
            last -= 1
        return first, last

    def find_near(self, phrases: tuple[Phrase, ...], hit: Words, where: Where) -> list[Words]:
        """The places of an entry's phrases as far away as `where` may look from a hit."""
        match where:
            case Where.MESSAGE | Where.QUOTED:
                words = (0, len(self.view.tokens))
            case Where.SENTENCE:
                words = self._sentence(hit)
            case _:
                words = hit
        touching = self._touching(words)
        if len(touching) > _FEW_STRETCHES:
            return self.find(phrases)  # quicker than asking first which of them may stand there
        wanted = dict.fromkeys(self.around.crossing.get(id(phrases), ()))
        for number in touching:
            wanted.update(dict.fromkeys(self._possible_in(number).get(id(phrases), ())))
        return self.find(wanted)

    def _sentence(self, hit: Words) -> Words:
        """The words of the sentence a hit stands in."""
        sentence_of = self._sentences
        first, last = sentence_of[hit[0]], sentence_of[hit[1] - 1]
        return bisect_left(sentence_of, first), bisect_right(sentence_of, last)

    def stands(self, words: Words, where: Where, hit: Words, within: int) -> bool:
        """Whether `words` stand at `hit` in the way asked for."""
        match where:
            case Where.OVER:
                return words[0] < hit[1] and hit[0] < words[1]
            case Where.BEFORE:
                return 0 <= hit[0] - words[1] <= within and self._same(self._clauses, words[1] - 1, hit[0])
            case Where.AFTER:
                return 0 <= words[0] - hit[1] <= within and self._same(self._clauses, words[0], hit[1] - 1)
            case Where.CLAUSE:
                return self._touches(self._clauses, words, hit)
            case Where.SENTENCE:
                return self._touches(self._sentences, words, hit)
            case Where.MESSAGE:
                return True
            case Where.QUOTED:
                return all(self.view.tokens[place].quoted for place in range(*hit))

    def _same(self, part_of: list[int], one: int, other: int) -> bool:
        return part_of[one] == part_of[other]

    def _touches(self, part_of: list[int], words: Words, hit: Words) -> bool:
        return part_of[words[0]] <= part_of[hit[1] - 1] and part_of[hit[0]] <= part_of[words[1] - 1]

    def beside(self, words: Words, hit: Words) -> bool:
        """Whether two places stand in the same sentence or in neighbouring ones."""
        sentence_of = self._sentences
        first, last = sentence_of[hit[0]], sentence_of[hit[1] - 1]
        return first - 1 <= sentence_of[words[0]] <= last + 1


def hits_of(rule: Rule, places: Iterable[Words], around: Surroundings) -> list[Hit]:
    """The places where a rule holds, its own `with` and `unless` included."""
    if rule.together_with and not any(phrase.stands_in(around.row) for phrase in rule.together_with):
        return []
    against = around.find(rule.unless)
    apart: list[Words] = []
    for words in sorted(places):
        if any(around.beside(other, words) for other in against):
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
