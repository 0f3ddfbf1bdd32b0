"""A first glance: which phrases could stand in a message at all?

Nearly every message says nothing a rule asks for. The glance looks each piece between two spaces up in a
table and is done, without reading the message properly. It may let through what then turns out to be nothing;
it never holds back what a rule would have found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.screen.folding import fold
from bot.domain.screen.matching import Phrase, Vocabulary
from bot.domain.screen.pack import Rule
from bot.domain.screen.patterns import Pattern
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views

# Letters spelled out one by one, "k i l l" or "d.i.e": the only disguise that reaches over a space.
_SPELLED_OUT = Pattern(r"(?:^|[^\pL\pN])[\pL\pN][ .\-_*/,~|'+][\pL\pN][ .\-_*/,~|'+][\pL\pN](?:[^\pL\pN]|$)")
_MOST_KEPT = 30_000


Candidates: TypeAlias = dict[int, list[Phrase]]


class _Folding(dict[int, str]):
    """Every character as it counts, looked up when it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        folded = self[code] = fold(chr(code))
        return folded


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two spaces: what it may be part of, and the names of its words."""

    phrases: frozenset[int]
    names: frozenset[str]
    disguised: bool


class Glance:
    """Says which phrases may stand in a message, and whether words in it may be in disguise."""

    __slots__ = ("_folding", "_needed_by", "_phrases", "_pieces", "_spelling", "_vocabulary")

    def __init__(self, spelling: Spelling, vocabulary: Vocabulary, rules: Sequence[Rule]) -> None:
        """`rules`, in the order in which they are numbered."""
        self._spelling = spelling
        self._vocabulary = vocabulary
        self._phrases = [(number, phrase) for number, rule in enumerate(rules) for phrase in rule.phrases]
        needed_by: dict[str, set[int]] = {}
        for place, (_, phrase) in enumerate(self._phrases):
            for name in phrase.needs:
                needed_by.setdefault(name, set()).add(place)
        self._needed_by = {name: frozenset(places) for name, places in needed_by.items()}
        self._pieces: dict[str, _Piece] = {}
        self._folding = _Folding()

    def at(self, text: str) -> tuple[Candidates, bool]:
        """By the rule's number, the phrases that may stand in a text; and whether to take disguises off."""
        folded = text.lower() if text.isascii() else text.translate(self._folding)
        if _SPELLED_OUT.occurs_in(folded):
            return self.everything(), True  # what is spelled out may be any word
        known = self._pieces
        pieces = [known.get(piece) or self._look(piece) for piece in folded.split()]
        disguised = False
        places: set[int] = set()
        for piece in pieces:
            if piece.phrases:
                places |= piece.phrases
            if piece.disguised:
                disguised = True
        if not places:
            return {}, disguised
        names = frozenset[str]().union(*[piece.names for piece in pieces])
        found: Candidates = {}
        for place in places:
            number, phrase = self._phrases[place]
            if phrase.may_stand_among(names):
                found.setdefault(number, []).append(phrase)
        return found, disguised

    def everything(self) -> Candidates:
        """All phrases there are."""
        found: Candidates = {}
        for number, phrase in self._phrases:
            found.setdefault(number, []).append(phrase)
        return found

    def _look(self, text: str) -> _Piece:
        """Read one piece properly, once."""
        if len(self._pieces) >= _MOST_KEPT:
            self._pieces.clear()
        plain, uncovered = read_views(text, self._spelling, blanking=False)
        words = {*plain.words[1:-1], *(uncovered.words[1:-1] if uncovered else ())}
        names = frozenset(name for word in words for name in self._vocabulary.names_of(word))
        phrases = frozenset[int]().union(*(self._needed_by.get(name, ()) for name in names))
        disguised = uncovered is not None and bool(names)
        piece = _Piece(phrases, names, disguised) if names else _NOTHING
        self._pieces[text] = piece
        return piece


_NOTHING = _Piece(frozenset(), frozenset(), False)
