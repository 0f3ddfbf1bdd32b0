"""Which of thousands of phrases may stand among some words? Asked of all of them at once.

Every way in which a phrase may stand asks for a word of each of some sets. A word is written as one long
number, with a bit for each way that may need it: first as one of the rarest words it asks for, then of the
next rarest, and so on. Put together, the words of a message leave the ways that lack nothing.

A lexicon has tens of thousands of ways, and most of their words are never met. So all of it is kept as plain
rows of numbers, and the number of a word is only made when it is first met.
"""

import operator
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

from bot.domain.screen.matching import Ways

_or: Callable[[int, int], int] = operator.or_  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
_LOOKED_AT = 3  # sets of a way, the rarest first; the others would turn few phrases away
_RANKS = _LOOKED_AT + 1  # and what a rule wants to stand anywhere in the message
_MOST_KEPT = 6_000  # words; of each, some kilobytes

_FEW = 20  # bits of a number; of so few, each is sought alone

NOBODY = 0
"""The number of a word that no way may need."""


class Asked(NamedTuple):
    """What one phrase asks for. wanted: names of which one must stand somewhere in the message, if any."""

    ways: Ways
    wanted: frozenset[str] = frozenset()


class _Rows:
    """Rows of numbers of any length, one behind the other."""

    __slots__ = ("_ends", "_numbers")

    def __init__(self, ends: "array[int]", numbers: "array[int]") -> None:
        self._ends = ends
        self._numbers = numbers

    @classmethod
    def of(cls, rows: Iterable[Iterable[int]]) -> "_Rows":
        ends, numbers = array("I"), array("I")
        for row in rows:
            numbers.extend(row)
            ends.append(len(numbers))
        return cls(ends, numbers)

    @classmethod
    def from_plain(cls, plain: Sequence[str]) -> "_Rows":
        ends, numbers = map(_unpacked, plain)
        return cls(ends, numbers)

    def to_plain(self) -> list[str]:
        return [_packed(self._ends), _packed(self._numbers)]

    def filled(self) -> list[int]:
        """The rows that hold anything."""
        return [row for row, (start, end) in enumerate(pairwise((0, *self._ends))) if start != end]

    def highest(self) -> int:
        """The highest number in any row; -1 if there is none."""
        return max(self._numbers, default=-1)

    def __getitem__(self, row: int) -> Sequence[int]:
        return self._numbers[self._ends[row - 1] if row else 0 : self._ends[row]]


class _Ways:
    """The first so many ways. short: for each rank but the first, those that ask for nothing there."""

    __slots__ = ("_count", "_short", "all")

    def __init__(self, count: int, short: Iterable[int]) -> None:
        self._count = count
        self.all = (1 << count) - 1
        self._short = tuple(bits & self.all for bits in short)

    def needing(self, ranks: Iterable[int]) -> int:
        """The number of a word: the ways that may need it, at each rank, behind one another."""
        return sum((bits & self.all) << rank * self._count for rank, bits in enumerate(ranks))

    def standing(self, words: Iterable[int], *, everywhere: bool = True) -> int:
        """The ways, a bit for each, that lack nothing among words, as far as is looked at first."""
        together = reduce(_or, words, 0)
        count = self._count
        second, third, beside = self._short
        bits = together & self.all & (together >> count | second)
        if not bits:
            return 0
        bits &= together >> 2 * count | third
        return bits & (together >> 3 * count | beside) if everywhere else bits


class Sieve:
    """Holds phrases by number. Those of the first so many are firm: they can be asked for alone."""

    __slots__ = (
        "_beyond",
        "_every",
        "_farther",
        "_firm",
        "_firm_phrases",
        "_known",
        "_names",
        "_phrase_of",
        "_sets_beyond",
        "_sets_known",
        "_sets_of",
        "_short",
        "_ways_of",
    )

    def __init__(
        self,
        names: Sequence[str],
        phrase_of: "array[int]",
        firm: int,
        *,
        sets_of: _Rows,
        ways_of: _Rows,
        beyond: _Rows,
        short: _Rows,
    ) -> None:
        """`names`: in order. `phrase_of`: the phrase of each way. `firm`: how many phrases are.

        sets_of: for each name, the sets it is in. ways_of: for each set, one row for each rank, the ways that
        ask for it. beyond: for each way, the sets that are not looked at first. short: for each rank but the
        first, the ways that ask for nothing there.
        """
        self._names = names
        self._phrase_of = phrase_of
        self._sets_of = sets_of
        self._ways_of = ways_of
        self._beyond = beyond
        self._short = short
        lacking = [_bits(short[rank]) for rank in range(_RANKS - 1)]
        self._farther = _bits(beyond.filled())  # the ways that ask for something not looked at first
        self._sets_beyond = beyond.highest() + 1
        self._every = _Ways(len(phrase_of), lacking)
        self._firm_phrases = firm
        self._firm = _Ways(bisect_left(phrase_of, firm), lacking)
        self._known: dict[bool, dict[str, int]] = {False: {}, True: {}}
        self._sets_known: dict[str, int] = {}

    @classmethod
    def of(cls, names: Iterable[str], phrases: Iterable[Asked], firm: int = 0) -> "Sieve":
        """`names`: every name any of the phrases asks for, and perhaps more."""
        sets: dict[frozenset[str], int] = {}
        ways_of: list[list[int]] = []
        beyond: list[list[int]] = []
        short: list[list[int]] = [[] for _ in range(_RANKS - 1)]
        phrase_of = array("I")

        def number_of(names: frozenset[str]) -> int:
            if names not in sets:
                sets[names] = len(sets)
                ways_of.extend([] for _ in range(_RANKS))
            return sets[names]

        every = [(number, way, wanted) for number, (ways, wanted) in enumerate(phrases) for way in ways]
        for _, way, _ in every:  # these sets get the first numbers
            beyond.append([number_of(names) for names in way[_LOOKED_AT:]])
        for place, (number, way, wanted) in enumerate(every):
            phrase_of.append(number)
            first = [*way[:_LOOKED_AT], *[None] * (_LOOKED_AT - len(way)), wanted or None]
            for rank, asked in enumerate(first):
                if asked is not None:
                    ways_of[number_of(asked) * _RANKS + rank].append(place)
                else:
                    short[rank - 1].append(place)
        in_order = sorted(names)
        sets_of: dict[str, list[int]] = {name: [] for name in in_order}
        for asked_for, number in sets.items():
            for name in asked_for:
                sets_of[name].append(number)
        return cls(
            in_order,
            phrase_of,
            firm,
            sets_of=_Rows.of(sets_of.values()),
            ways_of=_Rows.of(ways_of),
            beyond=_Rows.of(beyond),
            short=_Rows.of(short),
        )

    def to_plain(self) -> Mapping[str, Any]:
        """Everything but the names as texts and numbers, fit for JSON."""
        return {
            "phrase_of": _packed(self._phrase_of),
            "rows": {name: getattr(self, f"_{name}").to_plain() for name in _ROWS},
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], names: Sequence[str], firm: int = 0) -> "Sieve":
        """The same sieve again, from `to_plain` of the same version of this program on the same machine."""
        rows = {name: _Rows.from_plain(row) for name, row in plain["rows"].items()}
        return cls(names, _unpacked(plain["phrase_of"]), firm, **rows)

    def firmly_needing(self, names: Iterable[str]) -> int:
        """The firm ways that may need any of these names, as one number."""
        return reduce(_or, [self._needing(name, firmly=True) for name in names], NOBODY)

    def is_firm(self, phrase: int) -> bool:
        """Whether a phrase is firm, by its number."""
        return phrase < self._firm_phrases

    def is_rare(self, firmly: int) -> bool:
        """Whether a word with this firm number is one of the rarest that any firm way asks for."""
        return firmly & self._firm.all != 0

    def may_hold_firmly(self, firmly: Iterable[int]) -> bool:
        """Whether any firm phrase may stand among words, as far as a quick look can tell."""
        return self._firm.standing(firmly) != 0

    def sift(self, names: Iterable[str], *, firmly: bool = False) -> list[int]:
        """The phrases that may stand among words of these names, by their number, each once.

        These are all words of the message: what is wanted elsewhere must be among them. firmly: only the firm
        phrases.
        """
        ways = self._firm if firmly else self._every
        standing = ways.standing(self._all_needing(names, firmly))
        if farther := standing & self._farther:
            standing ^= self._lacking(farther, names)
        return self._phrases(standing)

    def sift_among(self, several: Iterable[Iterable[str]], *, firmly: bool = False) -> list[int]:
        """The same for several parts of a message, a little less thoroughly: for many it is quicker."""
        ways = self._firm if firmly else self._every
        standing = 0
        for names in several:
            standing |= ways.standing(self._all_needing(names, firmly), everywhere=False)
        return self._phrases(standing)

    def _phrases(self, ways: int) -> list[int]:
        return list(dict.fromkeys(map(self._phrase_of.__getitem__, _places(ways))))

    def _all_needing(self, names: Iterable[str], firmly: bool) -> Iterable[int]:
        """The numbers of these names, as far as any way needs them."""
        needing = list(map(self._known[firmly].get, names))
        if None in needing:
            needing = [self._needing(name, firmly) for name in names]
        return filter(None, needing)

    def _lacking(self, ways: int, names: Iterable[str]) -> int:
        """Those of some ways that lack something of what is not looked at first."""
        lacking = 0
        sets = list(map(self._sets_known.get, names))
        if None in sets:
            sets = list(map(self._sets_with, names))
        present = reduce(_or, filter(None, sets), 0)
        for way in _places(ways):
            if not all(present >> other & 1 for other in self._beyond[way]):
                lacking |= 1 << way
        return lacking

    def _needing(self, name: str, firmly: bool) -> int:
        known = self._known[firmly].get(name)
        if known is None:
            if len(self._known[firmly]) >= _MOST_KEPT:
                self._known[firmly].clear()
            ways = self._firm if firmly else self._every
            sets = self._sets(name)
            ranks = (
                _bits([way for number in sets for way in self._ways_of[number * _RANKS + rank]])
                for rank in range(_RANKS)
            )
            known = self._known[firmly][name] = ways.needing(ranks)
        return known

    def _sets_with(self, name: str) -> int:
        known = self._sets_known.get(name)
        if known is None:
            if len(self._sets_known) >= _MOST_KEPT:
                self._sets_known.clear()
            sets = [number for number in self._sets(name) if number < self._sets_beyond]
            known = self._sets_known[name] = _bits(sets)
        return known

    def _sets(self, name: str) -> Sequence[int]:
        place = bisect_left(self._names, name)
        there = place < len(self._names) and self._names[place] == name
        return self._sets_of[place] if there else ()


_ROWS = ("sets_of", "ways_of", "beyond", "short")


def _bits(places: Sequence[int]) -> int:
    """A number with these bits."""
    if not places:
        return 0
    bits = bytearray(max(places) // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def _places(bits: int) -> Iterable[int]:
    """The bits of a number, the lowest first."""
    if bits.bit_count() > _FEW:
        written = f"{bits:b}"[::-1]
        place = written.find("1")
        while place >= 0:
            yield place
            place = written.find("1", place + 1)
        return
    while bits:
        lowest = bits & -bits
        bits ^= lowest
        yield lowest.bit_length() - 1


def _packed(numbers: "array[int]") -> str:
    return b64encode(numbers.tobytes()).decode()


def _unpacked(packed: str) -> "array[int]":
    return array("I", b64decode(packed))
