"""A first glance: which phrases could stand in a message at all?

Nearly every message says nothing a rule asks for. The glance looks each piece between two spaces up in a
table and is done, without reading the message properly. It may let through what then turns out to be nothing;
it never holds back what a rule would have found.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from bot.domain.screen.folding import fold
from bot.domain.screen.matching import EDGE, Phrase, Row, Vocabulary
from bot.domain.screen.pack import Rule
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views

# Letters spelled out one by one, "k i l l" or "d.i.e": the only disguise that reaches over a space.
_SPELLED_OUT = re.compile(r"(?<![^\W_])[^\W_][ .\-_*/,~|'+][^\W_][ .\-_*/,~|'+][^\W_](?![^\W_])")
_SHORT = 60  # pieces; a longer message is looked at sentence by sentence instead
_BLANKED = ("`", "<", "://")  # what may be left out of a message, so that words behind it move up
_PAUSES = frozenset({".", ",", EDGE})
_MOST_KEPT = 20_000  # pieces of text, a few megabytes


Candidates: TypeAlias = dict[int, list[Phrase]]


class _Folding(dict[int, str]):
    """Every character as it counts, looked up when it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        folded = self[code] = fold(chr(code))
        return folded


_LOOKED_AT = 3  # sets of names, the rarest first; the others would turn few phrases away


class _Piece(NamedTuple):
    """What stands between two spaces: one bit for each way of a phrase in which a word of it may be needed.

    first, second, third: as one of the rarest names of the way, of the next rarest, and so on. beside: as
    what its rule wants elsewhere in the message. hidden: it may be a disguise. words, names: for a loose row.
    """

    first: int
    second: int
    third: int
    beside: int
    hidden: bool
    words: tuple[str, ...] = ()
    names: tuple[frozenset[str], ...] = ()


class Glance:
    """Says which phrases may stand in a message, and whether words in it may be in disguise.

    Every way in which a phrase may stand asks for a word of each of some sets. That is asked for all ways at
    once, as a few operations on long numbers with one bit for each way.
    """

    __slots__ = (
        "_folding",
        "_loose",
        "_needing",
        "_pieces",
        "_rules",
        "_short",
        "_spelling",
        "_vocabulary",
        "_ways",
    )

    def __init__(self, spelling: Spelling, vocabulary: Vocabulary, rules: Sequence[Rule]) -> None:
        """`rules`, in the order in which they are numbered."""
        self._spelling = spelling
        self._vocabulary = vocabulary
        self._rules = tuple(rules)
        self._ways: list[tuple[int, Phrase]] = []
        self._needing: dict[str, list[list[int]]] = {}
        places_of: dict[tuple[frozenset[str], int], list[int]] = {}
        short = [
            bytearray() for _ in range(_LOOKED_AT)
        ]  # ways that ask for less, and rules that want nothing
        for number, rule in enumerate(rules):
            wanted = frozenset[str]().union(*(phrase.needs for phrase in rule.together_with))
            for phrase in rule.phrases:
                for way in phrase.ways:
                    place = len(self._ways)
                    self._ways.append((number, phrase))
                    if wanted:
                        places_of.setdefault((wanted, _LOOKED_AT), []).append(place)
                    else:
                        _set_bit(short[_LOOKED_AT - 1], place)
                    for rank, names in enumerate(way[:_LOOKED_AT]):
                        places_of.setdefault((names, rank), []).append(place)
                    for rank in range(len(way), _LOOKED_AT):
                        _set_bit(short[rank - 1], place)
        for (names, rank), places in places_of.items():
            for name in names:
                by_rank = self._needing.setdefault(name, [[], [], [], []])
                by_rank[rank].extend(places)
        self._short = tuple(int.from_bytes(bits, "little") for bits in short)
        self._pieces: dict[str, _Piece] = {}
        self._loose: dict[frozenset[str], frozenset[str]] = {}
        self._folding = _Folding()

    def at(self, text: str) -> tuple[Candidates, bool]:
        """By the rule's number, the phrases that may stand in a text; and whether to take disguises off."""
        folded = text.lower() if text.isascii() else text.translate(self._folding)
        if _SPELLED_OUT.search(folded):
            return self._among([self._read(text, blanking=True)]), True
        known = self._pieces
        try:
            pieces = [known[piece] for piece in folded.split()]
        except KeyError:
            pieces = [known.get(piece) or self._look(piece) for piece in folded.split()]
        found = self._among(pieces)
        if not found:
            return found, False
        if any(piece.hidden for piece in pieces):
            return found, True
        blanked = "www." in folded or any(mark in text for mark in _BLANKED)
        if len(pieces) <= _SHORT and not blanked:
            found = _standing_in(pieces, found)
        return found, False

    def among(self, names: Iterable[str]) -> Candidates:
        """The phrases of which every word may be among these names."""
        return self._among([self._known(name) for name in names], everywhere=False)

    def everything(self) -> Candidates:
        """All phrases there are."""
        return {number: list(rule.phrases) for number, rule in enumerate(self._rules)}

    def _among(self, pieces: Iterable[_Piece], *, everywhere: bool = True) -> Candidates:
        """everywhere: these pieces are the whole message, so what a rule wants elsewhere is among them."""
        first = 0
        second, third, beside = self._short
        for piece in pieces:
            if piece is not _NOTHING:
                first |= piece.first
                second |= piece.second
                third |= piece.third
                beside |= piece.beside
        bits = first & second & third
        if everywhere:
            bits &= beside
        found: Candidates = {}
        while bits:
            lowest = bits & -bits
            bits ^= lowest
            number, phrase = self._ways[lowest.bit_length() - 1]
            phrases = found.setdefault(number, [])
            if phrase not in phrases:
                phrases.append(phrase)
        return found

    def _look(self, text: str) -> _Piece:
        """Read one piece properly, once, and remember it."""
        if len(self._pieces) >= _MOST_KEPT:
            self._pieces.clear()
        piece = self._pieces[text] = self._read(text)
        return piece

    def _read(self, text: str, *, blanking: bool = False) -> _Piece:
        plain, uncovered = read_views(text, self._spelling, blanking=blanking)
        written = tuple(word for word in plain.words if word not in _PAUSES)
        words = {*written, *(uncovered.words[1:-1] if uncovered else ())}
        known = [
            self._known(name)
            for name in {name for word in words for name in self._vocabulary.names_of(word)}
            if name in self._needing
        ]
        names = tuple([self._loosely(word) for word in written])
        first = second = third = beside = 0
        for each in known:
            first |= each.first
            second |= each.second
            third |= each.third
            beside |= each.beside
        return _Piece(first, second, third, beside, uncovered is not None, written, names)

    def _loosely(self, word: str) -> frozenset[str]:
        """The names of a word in a loose row, where a pause may be thought anywhere."""
        names = self._vocabulary.names_of(word)
        if names not in self._loose:
            self._loose[names] = names | _PAUSES
        return self._loose[names]

    def _known(self, name: str) -> _Piece:
        """One name: made when it is first met, since most names of a lexicon never are."""
        key = f" {name}"  # no piece of text begins with a space
        known = self._pieces.get(key)
        if known is None:
            needing = self._needing.get(name)
            if needing is None:
                return _NOTHING
            numbers: list[int] = []
            for places in needing:
                bits = bytearray()
                for place in places:
                    _set_bit(bits, place)
                numbers.append(int.from_bytes(bits, "little"))
            known = self._pieces[key] = _Piece(*numbers, hidden=False)
        return known


def _standing_in(pieces: Iterable[_Piece], found: Candidates) -> Candidates:
    """Those of the phrases that stand in these pieces if pauses are not looked at."""
    words: list[str] = []
    names: list[frozenset[str]] = []
    for piece in pieces:
        words += piece.words
        names += piece.names
    row = Row(words, names, loose=True)
    standing: Candidates = {}
    for number, phrases in found.items():
        left = [phrase for phrase in phrases if phrase.stands_in(row)]
        if left:
            standing[number] = left
    return standing


def _set_bit(bits: bytearray, place: int) -> None:
    byte, bit = divmod(place, 8)
    if byte >= len(bits):
        bits.extend(bytes(byte + 1 - len(bits)))
    bits[byte] |= 1 << bit


_NOTHING = _Piece(0, 0, 0, 0, hidden=False)
