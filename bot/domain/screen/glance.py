"""A first glance: which phrases could stand in a message at all?

Nearly every message says nothing a rule asks for. The glance looks each piece between two spaces up in a
table and is done, without reading the message properly. It may let through what then turns out to be nothing;
it never holds back what a rule would have found.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

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


class Glance:
    """Says which phrases may stand in a message, and whether words in it may be in disguise."""

    __slots__ = (
        "_folding",
        "_names",
        "_needed_by",
        "_needing",
        "_rules",
        "_spelling",
        "_vocabulary",
        "_ways",
    )

    def __init__(self, spelling: Spelling, vocabulary: Vocabulary, rules: Sequence[Rule]) -> None:
        """`rules`, in the order in which they are numbered."""
        self._spelling = spelling
        self._vocabulary = vocabulary
        self._rules = tuple(rules)
        # Every way in which a phrase may stand, by number; and for each name the ways that need it.
        self._ways = [
            (number, phrase, way)
            for number, rule in enumerate(rules)
            for phrase in rule.phrases
            for way in phrase.ways
        ]
        alike: dict[frozenset[str], list[int]] = {}
        for place, (_, _, way) in enumerate(self._ways):
            alike.setdefault(way[0], []).append(place)
        needed_by: dict[str, list[int]] = {}
        for names, places in alike.items():
            for name in names:
                needed_by.setdefault(name, []).extend(places)
        self._needed_by = {name: frozenset(places) for name, places in needed_by.items()}
        # By piece of text: the phrases that need a word in it, and the names of its words with whether it
        # may be a disguise. Two tables, because nearly always the first alone is asked.
        self._needing: dict[str, frozenset[int]] = {}
        self._names: dict[str, tuple[frozenset[str], bool]] = {}
        self._folding = _Folding()

    def at(self, text: str) -> tuple[Candidates, bool]:
        """By the rule's number, the phrases that may stand in a text; and whether to take disguises off."""
        folded = text.lower() if text.isascii() else text.translate(self._folding)
        if _SPELLED_OUT.search(folded):
            names, _ = self._read(text, blanking=True)
            return self._among(names, self._needing_any(names)), True
        pieces = folded.split()
        try:
            needing = [places for places in map(self._needing.__getitem__, pieces) if places]
        except KeyError:
            needing = [places for places in map(self._look, pieces) if places]
        if not needing:
            return {}, False
        known = [self._names.get(piece) or self._read(piece) for piece in pieces]
        names = frozenset[str]().union(*[names for names, _ in known])
        disguised = any(hidden for _, hidden in known)
        return self._among(names, frozenset[int]().union(*needing)), disguised

    def _among(self, names: frozenset[str], places: Iterable[int]) -> Candidates:
        """Those of the phrases of which every word may be there."""
        found: Candidates = {}
        absent = names.isdisjoint
        for place in places:
            number, phrase, way = self._ways[place]
            if not any(map(absent, way)):
                phrases = found.setdefault(number, [])
                if phrase not in phrases:
                    phrases.append(phrase)
        for number in [number for number in found if not self._is_accompanied(number, names)]:
            del found[number]
        return found

    def _is_accompanied(self, number: int, names: frozenset[str]) -> bool:
        """Whether what a rule wants elsewhere in the message may be there too."""
        together = self._rules[number].together_with
        return not together or any(phrase.may_stand_among(names) for phrase in together)

    def _needing_any(self, names: Iterable[str]) -> frozenset[int]:
        return frozenset[int]().union(*(self._needed_by.get(name, ()) for name in names))

    def everything(self) -> Candidates:
        """All phrases there are."""
        found: Candidates = {}
        for number, rule in enumerate(self._rules):
            found[number] = list(rule.phrases)
        return found

    def _look(self, piece: str) -> frozenset[int]:
        """The phrases that need a word in this piece; looked up properly once, then remembered."""
        known = self._needing.get(piece)
        if known is not None:
            return known
        if len(self._needing) >= _MOST_KEPT:
            self._needing.clear()
            self._names.clear()
        names, hidden = self._read(piece)
        needing = self._needing[piece] = self._needing_any(names)
        self._names[piece] = (names, hidden) if names else _NAMELESS
        return needing

    def _read(self, text: str, *, blanking: bool = False) -> tuple[frozenset[str], bool]:
        """The names of the words in a text, and whether one of them may be a disguise."""
        plain, uncovered = read_views(text, self._spelling, blanking=blanking)
        words = {*plain.words[1:-1], *(uncovered.words[1:-1] if uncovered else ())}
        names = frozenset(name for word in words for name in self._vocabulary.names_of(word))
        return names, uncovered is not None


_NAMELESS: tuple[frozenset[str], bool] = (frozenset(), False)
