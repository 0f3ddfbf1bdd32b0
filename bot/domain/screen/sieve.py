"""Which of thousands of phrases may stand among some words? Asked of all of them at once.

Every way in which a phrase may stand asks for a word of each of some sets. A word is written as a few long
numbers with one bit for each way: the ways it may help, as one of the rarest words they need, of the next
rarest, and so on. Put together, the words of a message leave the ways that lack nothing.
"""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from bot.domain.screen.matching import Names, Phrase

_LOOKED_AT = 3  # sets of names, the rarest first; the others would turn few phrases away


class Needing(NamedTuple):
    """The ways that may need a word, a bit for each: by how rare it is there; as what is wanted elsewhere."""

    first: int
    second: int
    third: int
    beside: int


NOBODY = Needing(0, 0, 0, 0)


class Sieve:
    """Holds phrases by number; several may have the same."""

    __slots__ = ("_known", "_needing", "_short", "_ways")

    def __init__(self, phrases: Iterable[tuple[int, Phrase, frozenset[str]]]) -> None:
        """`phrases`: number, phrase, and names of which one must stand somewhere in the message, if any."""
        self._ways: list[tuple[int, Phrase, tuple[Names, ...]]] = []
        places_of: dict[tuple[Iterable[str], int], list[int]] = {}
        # The ways that ask for less than two sets, for less than three, and for nothing elsewhere.
        short = [bytearray() for _ in range(_LOOKED_AT)]
        for number, phrase, wanted in phrases:
            for way in phrase.ways:
                place = len(self._ways)
                self._ways.append((number, phrase, way[_LOOKED_AT:]))
                for rank, names in enumerate(way[:_LOOKED_AT]):
                    places_of.setdefault((names, rank), []).append(place)
                for rank in range(len(way), _LOOKED_AT):
                    _set_bit(short[rank - 1], place)
                if wanted:
                    places_of.setdefault((wanted, _LOOKED_AT), []).append(place)
                else:
                    _set_bit(short[_LOOKED_AT - 1], place)
        self._short = tuple(int.from_bytes(bits, "little") for bits in short)
        # For each name the lists of places at each rank; a name's bits are only made when it is first met.
        self._needing: dict[str, tuple[list[list[int]], ...]] = {}
        for (names, rank), places in places_of.items():
            for name in names:
                known = self._needing.get(name)
                if known is None:
                    known = self._needing[name] = ([], [], [], [])
                known[rank].append(places)
        self._known: dict[str, Needing] = {}

    def needing(self, names: Iterable[str]) -> Needing:
        """The ways that may need any of these names."""
        known = [self._one(name) for name in names if name in self._needing]
        if len(known) < 2:
            return known[0] if known else NOBODY
        first = second = third = beside = 0
        for each in known:
            first |= each.first
            second |= each.second
            third |= each.third
            beside |= each.beside
        return Needing(first, second, third, beside)

    def may_hold(self, words: Iterable[Needing]) -> bool:
        """Whether any phrase may stand among the words of a message, as far as a quick look can tell."""
        return self._possible(words, everywhere=True) != 0

    def _possible(self, words: Iterable[Needing], *, everywhere: bool) -> int:
        """The ways, a bit for each, that lack nothing of what is looked at first."""
        needing = [word for word in words if word is not NOBODY]
        first = 0
        for word in needing:
            first |= word.first
        if not first:
            return 0
        second, third, beside = self._short
        for word in needing:
            second |= word.second
            third |= word.third
            beside |= word.beside
        bits = first & second & third
        return bits & beside if everywhere else bits

    def sift(
        self, words: Iterable[Needing], present: frozenset[str], *, everywhere: bool = True
    ) -> dict[int, list[Phrase]]:
        """The phrases that may stand among words, by their number.

        present: all names of the words. everywhere: these are all words of the message, so what is wanted
        elsewhere must be among them.
        """
        bits = self._possible(words, everywhere=everywhere)
        found: dict[int, list[Phrase]] = {}
        while bits:
            lowest = bits & -bits
            bits ^= lowest
            number, phrase, others = self._ways[lowest.bit_length() - 1]
            if any(map(present.isdisjoint, others)):
                continue
            phrases = found.setdefault(number, [])
            if phrase not in phrases:
                phrases.append(phrase)
        return found

    def _one(self, name: str) -> Needing:
        """One name: made when it is first met, since most names of a lexicon never are."""
        known = self._known.get(name)
        if known is None:
            numbers: list[int] = []
            for lists in self._needing[name]:
                bits = bytearray()
                for place in chain.from_iterable(lists):
                    _set_bit(bits, place)
                numbers.append(int.from_bytes(bits, "little"))
            known = self._known[name] = Needing(*numbers)
        return known


def _set_bit(bits: bytearray, place: int) -> None:
    byte, bit = divmod(place, 8)
    if byte >= len(bits):
        bits.extend(bytes(byte + 1 - len(bits)))
    bits[byte] |= 1 << bit
