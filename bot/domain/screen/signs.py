"""Signs: words that say little alone, weighed together.

A rule knows one way to say a thing. People say it in ways nobody wrote a rule for, in which no single phrase
stands out: "counted them twice", "nobody will need to feed me on monday". And many a rule answers to words
that what stands beside them makes harmless. So every language may have a table of signs: words, pairs and
triples of words, each with two weights, learned from lines people labelled (`make learn`). The weights of
all signs in a message are added up. A high sum is brought to people though no rule answered; a low one
takes the weight from a rule that did, but never from one that says it is happening now (T5).

Everything can be looked up: the table is a text file, and a finding names the words that counted most.
"""

from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

from bot.domain.tier import Tier

SIGNS = "signs"
"""The kind of words of what signs alone have found."""
RULE = f"{SIGNS}.small_things_together"
"""The id, behind the language, under which it is reported. Moderators read it."""
AGAINST = "signs_against"
"""The name of what takes the weight from a rule's words that the rest of the message speaks against."""

NEVER_AGAINST = Tier.T5
"""A rule of this tier never loses its weight to signs: what may be happening now is always looked at."""

_START, _END = "<", ">"  # the beginning and the end of a message count as words
_FEWEST = 4  # words; a sum over fewer is not spread wider
_WINDOW, _STEP = 30, 15  # words; a longer message is weighed part by part, so nothing is lost in it
_HEAVIEST = 10_000  # hundredths
_LONGEST = 3  # words of a sign
_BITS = 20  # of the number of a word; the number of a sign is put together from those of its words


class SignsFault(ValueError):
    """The table cannot be read; the message says why, with the line."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Where sums begin, and from where on they count. All in hundredths.

    told, urgent: what a sum begins with. enough: a message is brought to people. pressing: at once.
    against: below this a rule loses its weight.
    """

    told: int
    urgent: int
    enough: int
    pressing: int
    against: int


class Signs:
    """The signs of one language."""

    __slots__ = ("_edges", "_numbers", "_told", "_urgent", "measures")

    def __init__(
        self, measures: Measures, words: Sequence[str], weights: Iterable[tuple[int, int, int]]
    ) -> None:
        """`words` are numbered from 1 on; signs are put together from these numbers.

        `weights`: a sign as one number; how much it speaks for telling a person; and for doing so at once.
        In hundredths; below zero: how much against.
        """
        self.measures = measures
        self._numbers = {word: number for number, word in enumerate(words, start=1)}
        signs, told, urgent = zip(*weights, strict=True)
        self._told: dict[int, int] = dict(zip(signs, told, strict=True))
        self._urgent: dict[int, int] = dict(zip(signs, urgent, strict=True))
        self._edges = self.numbers_of((_START, _END))

    @classmethod
    def of(cls, measures: Measures, weights: Mapping[str, tuple[int, int]]) -> "Signs":
        """The same from signs as they are written."""
        words: dict[str, int] = {}
        numbered: list[tuple[int, int, int]] = []
        for sign, (told, urgent) in weights.items():
            number = 0
            for word in sign.split():
                number = number << _BITS | words.setdefault(word, len(words) + 1)
            numbered.append((number, told, urgent))
        return cls(measures, list(words), numbered)

    def to_plain(self) -> Mapping[str, Any]:
        """Everything as lists and texts, fit for JSON."""
        return {
            "measures": [getattr(self.measures, name) for name in Measures.__slots__],
            "words": list(self._numbers),
            "signs": _packed("q", self._told),
            "weights": [_packed("h", self._told.values()), _packed("h", self._urgent.values())],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Signs":
        """The same signs again, from `to_plain` of the same version of this program on the same machine."""
        told, urgent = (_unpacked("h", packed) for packed in plain["weights"])
        weights = zip(_unpacked("q", plain["signs"]), told, urgent, strict=True)
        return cls(Measures(*plain["measures"]), plain["words"], weights)

    def __len__(self) -> int:
        return len(self._told)

    def numbers_of(self, words: Iterable[str]) -> tuple[int, ...]:
        """The words as numbers; 0 for one that is in no sign."""
        number_of = self._numbers.get
        return tuple([number_of(word, 0) for word in words])

    def told(self, words: Sequence[str]) -> float:
        """How much the words speak for telling a person: of a long message, its strongest part."""
        return self.measures.told + self._strongest_part(self._told, self.numbers_of(words))

    def told_by(self, numbers: Sequence[int]) -> float:
        """The same for words that are numbers already."""
        return self.measures.told + self._strongest_part(self._told, numbers)

    def urgent(self, words: Sequence[str]) -> float:
        """How much the words speak for telling one at once."""
        return self.measures.urgent + self._strongest_part(self._urgent, self.numbers_of(words))

    def strongest(self, words: Sequence[str]) -> tuple[int, int]:
        """The stretch of words that speaks most for telling a person, as half-open numbers of words."""
        speaks = [0.0] * (len(words) + 2)
        for weight, first, last in self._in(words):
            for place in range(first, last):
                speaks[place] += weight / (last - first)
        best, place = speaks[1], (0, 1)
        total, start = 0.0, 1
        for end in range(1, len(words) + 1):
            if total <= 0:
                total, start = 0.0, end
            total += speaks[end]
            if total > best:
                best, place = total, (start - 1, end)
        return place

    def _in(self, words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """The weight of every sign there is in the words, with its place."""
        numbers = (self._edges[0], *self.numbers_of(words), self._edges[1])
        for last in range(1, len(numbers) + 1):
            for first in range(max(0, last - _LONGEST), last):
                sign = 0
                for number in numbers[first:last]:
                    sign = sign << _BITS | number
                if sign in self._told and 0 not in numbers[first:last]:
                    yield self._told[sign], first, last

    def _strongest_part(self, weights: Mapping[int, int], numbers: Sequence[int]) -> float:
        start, end = self._edges
        framed = [start, *numbers, end]
        if len(numbers) <= _WINDOW:
            return _weigh(weights, framed) / spread(len(numbers))
        starts = range(0, len(framed) - _WINDOW + _STEP, _STEP)
        return max(_weigh(weights, framed[first : first + _WINDOW]) for first in starts) / spread(_WINDOW)


def _packed(kind: Literal["h", "q"], numbers: Iterable[int]) -> str:
    return b64encode(array(kind, numbers).tobytes()).decode()


def _unpacked(kind: Literal["h", "q"], packed: str) -> Sequence[int]:
    numbers: array[int] = array(kind)
    numbers.frombytes(b64decode(packed))
    return numbers


def _weigh(weights: Mapping[int, int], numbers: Iterable[int]) -> int:
    """The sum over all words, pairs and triples. A triple only stands where its last two words are a sign."""
    total = pair = before = 0
    for number in numbers:
        if not number:
            pair = before = 0
            continue
        total += weights.get(number, 0)
        if before:
            both = before << _BITS | number
            weight = weights.get(both)
            if weight is not None:
                total += weight
                if pair:
                    total += weights.get(pair << _BITS | number, 0)
            pair = both
        before = number
    return total


def signs_in(words: Sequence[str]) -> Iterator[str]:
    """Every sign that could be learned from a message, as often as it stands there."""
    framed = (_START, *words, _END)
    for last in range(1, len(framed) + 1):
        for first in range(max(0, last - _LONGEST), last):
            yield " ".join(framed[first:last])


_SPREAD = tuple(sqrt(max(_FEWEST, length)) for length in range(100))


def spread(length: int) -> float:
    """By what the sum of a message of so many words is divided: the same sign says less in a longer one."""
    return _SPREAD[length] if length < len(_SPREAD) else sqrt(length)


def parse_signs(text: str) -> Signs:
    """Read a table. Raises SignsFault."""
    measures: dict[str, int] = {}
    found: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        try:
            sign, one, two = line.split("\t")
            if sign == "=":
                measures[one] = int(two)
            else:
                found[sign] = int(one), int(two)
                if max(map(abs, found[sign])) > _HEAVIEST:
                    raise ValueError
        except ValueError as fault:
            raise SignsFault(
                f"line {number}: must be a sign and two whole numbers up to 10,000, with tabs between"
            ) from fault
    try:
        return Signs.of(Measures(**measures), found)
    except (TypeError, ValueError) as fault:
        known = ", ".join(Measures.__slots__)
        raise SignsFault(f"must say once each, in lines like “=<tab>enough<tab>150”: {known}") from fault


def write_signs(measures: Measures, weights: Mapping[str, tuple[int, int]], heading: Iterable[str]) -> str:
    """The table as text; what `parse_signs` reads."""
    lines = [f"# {line}" for line in heading]
    lines += [f"=\t{name}\t{getattr(measures, name)}" for name in Measures.__slots__]
    lines += [f"{sign}\t{told}\t{urgent}" for sign, (told, urgent) in sorted(weights.items())]
    return "\n".join(lines) + "\n"
