"""A first glance: which phrases could stand in a message at all?

Nearly every message says nothing a rule asks for. The glance looks each piece between two spaces up in a
table and is done, without reading the message properly. It may let through what then turns out to be nothing;
it never holds back what a rule would have found.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bot.domain.screen.folding import fold
from bot.domain.screen.matching import Phrase, Vocabulary
from bot.domain.screen.pack import Rule
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views

# Letters spelled out one by one, "k i l l" or "d.i.e": the only disguise that reaches over a space.
_SPELLED_OUT = re.compile(r"(?<![^\W_])[^\W_][ .\-_*/,~|'+][^\W_][ .\-_*/,~|'+][^\W_](?![^\W_])")
_MOST_KEPT = 20_000  # pieces of text, a few megabytes


Candidates: TypeAlias = dict[int, list[Phrase]]


class _Folding(dict[int, str]):
    """Every character as it counts, looked up when it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        folded = self[code] = fold(chr(code))
        return folded


class _Piece(NamedTuple):
    """What stands between two spaces.

    ways: the ways (by their place) that need a word in it; sets: which sets of names its words are in, one
    bit for each set; hidden: it may be a disguise.
    """

    ways: frozenset[int]
    sets: int
    hidden: bool


class _Way(NamedTuple):
    """One way in which a phrase may stand. sets: those of which it needs a word, one bit for each."""

    sets: int
    number: int
    phrase: Phrase


class Glance:
    """Says which phrases may stand in a message, and whether words in it may be in disguise."""

    __slots__ = ("_beside", "_folding", "_known", "_pieces", "_rules", "_spelling", "_vocabulary", "_ways")

    def __init__(self, spelling: Spelling, vocabulary: Vocabulary, rules: Sequence[Rule]) -> None:
        """`rules`, in the order in which they are numbered."""
        self._spelling = spelling
        self._vocabulary = vocabulary
        self._rules = tuple(rules)
        bits: dict[frozenset[str], int] = {}

        def sets_of(way: Iterable[frozenset[str]]) -> int:
            sets = 0
            for names in way:
                sets |= 1 << bits.setdefault(names, len(bits))
            return sets

        rarest: dict[frozenset[str], list[int]] = {}
        self._ways: list[_Way] = []
        for number, rule in enumerate(rules):
            for phrase in rule.phrases:
                for way in phrase.ways:
                    rarest.setdefault(way[0], []).append(len(self._ways))
                    self._ways.append(_Way(sets_of(way), number, phrase))
        # What a rule wants elsewhere in the message: one of these must be there as well.
        self._beside = [
            tuple(sets_of(way) for phrase in rule.together_with for way in phrase.ways) for rule in rules
        ]
        self._known = _known_of(bits, rarest)
        self._pieces: dict[str, _Piece] = {}
        self._folding = _Folding()

    def at(self, text: str) -> tuple[Candidates, bool]:
        """By the rule's number, the phrases that may stand in a text; and whether to take disguises off."""
        folded = text.lower() if text.isascii() else text.translate(self._folding)
        if _SPELLED_OUT.search(folded):
            return self._among([self._read(text, blanking=True)]), True
        try:
            pieces = list(map(self._pieces.__getitem__, folded.split()))
        except KeyError:
            pieces = [self._look(piece) for piece in folded.split()]
        for piece in pieces:
            if piece.ways:
                return self._among(pieces), any(each.hidden for each in pieces)
        return {}, False

    def _among(self, pieces: Sequence[_Piece], *, beside: bool = True) -> Candidates:
        """The phrases of which every word may be there."""
        there = 0
        for piece in pieces:
            there |= piece.sets
        found: Candidates = {}
        ways = self._ways
        for place in frozenset[int]().union(*[piece.ways for piece in pieces]):
            sets, number, phrase = ways[place]
            if sets & there == sets:
                phrases = found.setdefault(number, [])
                if phrase not in phrases:
                    phrases.append(phrase)
        for number in list(found) if beside else ():
            wanted = self._beside[number]
            if wanted and not any(sets & there == sets for sets in wanted):
                del found[number]
        return found

    def among(self, names: Iterable[str]) -> Candidates:
        """The phrases of which every word may be among these names; what a rule wants beside is not asked."""
        known = [self._known[name] for name in names if name in self._known]
        return self._among(known, beside=False)

    def everything(self) -> Candidates:
        """All phrases there are."""
        return {number: list(rule.phrases) for number, rule in enumerate(self._rules)}

    def _look(self, text: str) -> _Piece:
        """Read one piece properly, once, and remember it."""
        known = self._pieces.get(text)
        if known is None:
            if len(self._pieces) >= _MOST_KEPT:
                self._pieces.clear()
            known = self._pieces[text] = self._read(text)
        return known

    def _read(self, text: str, *, blanking: bool = False) -> _Piece:
        plain, uncovered = read_views(text, self._spelling, blanking=blanking)
        words = {*plain.words[1:-1], *(uncovered.words[1:-1] if uncovered else ())}
        known = [
            self._known[name]
            for word in words
            for name in self._vocabulary.names_of(word)
            if name in self._known
        ]
        if not known:
            return _NOTHING
        ways, sets = frozenset[int]().union(*[each.ways for each in known]), 0
        for each in known:
            sets |= each.sets
        return _Piece(ways, sets, uncovered is not None)


def _known_of(
    bits: Mapping[frozenset[str], int], rarest: Mapping[frozenset[str], Sequence[int]]
) -> dict[str, _Piece]:
    """For each name, the ways that need it and the sets it is in. Names of the same sets share one answer."""
    sets_of: dict[str, list[frozenset[str]]] = {}
    for names in bits:
        for name in names:
            sets_of.setdefault(name, []).append(names)
    answers: dict[int, _Piece] = {}
    known: dict[str, _Piece] = {}
    for name, those in sets_of.items():
        sets = 0
        for names in those:
            sets |= 1 << bits[names]
        if sets not in answers:
            ways = frozenset([way for names in those for way in rarest.get(names, ())])
            answers[sets] = _Piece(ways, sets, hidden=False)
        known[name] = answers[sets]
    return known


_NOTHING = _Piece(frozenset(), 0, hidden=False)
