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
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import sqrt
from operator import add
from typing import Any, TypeAlias

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
_WINDOW = 30  # words; a longer message is weighed part by part, so nothing is lost in it
_CLOSE = 8  # words
_HEAVIEST = 10_000  # hundredths
_LONGEST = 3  # words of a sign
_BITS = 20  # of the number of a word; the number of a sign is put together from those of its words


_Weights: TypeAlias = tuple[list[int], list[int], list[int]]
_WeightOf: TypeAlias = Callable[[int], int | None]


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


_SPREAD = tuple(sqrt(max(_FEWEST, length)) for length in range(100))


def spread(length: int) -> float:
    """By what the sum of a message of so many words is divided: the same sign says less in a longer one."""
    return _SPREAD[length] if length < len(_SPREAD) else sqrt(length)


class Signs:
    """The signs of one language. Ready to be looked up when the first message is read, as many never are."""

    def __init__(
        self, measures: Measures, words: str, signs: "array[int]", told: "array[int]", urgent: "array[int]"
    ) -> None:
        """`words`, with spaces between, are numbered from 1 on; signs are put together from these numbers.

        For each sign, in order, how much it speaks for telling a person, and for doing so at once. In
        hundredths; below zero: how much against.
        """
        self.measures = measures
        self._words = words
        self._signs = signs
        self._weights = told
        self._urgent = urgent  # asked for seldom, so it is left as it is
        # By length, the sums from which on, spread over so many words, they are below or above a measure.
        self._low, self._high = (
            [(measure - measures.told) * spread for spread in _SPREAD[: _WINDOW + 1]]
            for measure in (measures.against, measures.enough)
        )

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self._words.split(), start=1)}

    @cached_property
    def _told(self) -> dict[int, int]:
        same: dict[int, int] = {}  # the same weight stands at many signs, and is kept once
        weights = zip(self._signs, self._weights, strict=True)
        return {sign: same.setdefault(weight, weight) for sign, weight in weights}

    @cached_property
    def edges(self) -> tuple[int, ...]:
        """The numbers of the beginning and of the end of a message."""
        return self.numbers_of((_START, _END))

    @classmethod
    def of(cls, measures: Measures, weights: Mapping[str, tuple[int, int]]) -> "Signs":
        """The same from signs as they are written."""
        words: dict[str, int] = {}
        numbered: dict[int, tuple[int, int]] = {}
        for sign, both in weights.items():
            number = 0
            for word in sign.split():
                number = number << _BITS | words.setdefault(word, len(words) + 1)
            numbered[number] = both
        if not numbered:
            raise ValueError("no signs")
        signs = sorted(numbered)
        told, urgent = (array("h", [numbered[sign][which] for sign in signs]) for which in (0, 1))
        return cls(measures, " ".join(words), array("q", signs), told, urgent)

    def to_plain(self) -> Mapping[str, Any]:
        """Everything as lists and texts, fit for JSON."""
        return {
            "measures": [getattr(self.measures, name) for name in Measures.__slots__],
            "words": self._words,
            "signs": _packed(self._signs),
            "weights": [_packed(self._weights), _packed(self._urgent)],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Signs":
        """The same signs again, from `to_plain` of the same version of this program on the same machine."""
        told, urgent = (array("h", b64decode(packed)) for packed in plain["weights"])
        signs = array("q", b64decode(plain["signs"]))
        return cls(Measures(*plain["measures"]), plain["words"], signs, told, urgent)

    def __len__(self) -> int:
        return len(self._signs)

    def numbers_of(self, words: Iterable[str]) -> tuple[int, ...]:
        """The words as numbers; 0 for one that is in no sign."""
        number_of = self._numbers.get
        return tuple([number_of(word, 0) for word in words])

    def framed(self, words: Iterable[str]) -> tuple[int, ...]:
        """The same between the numbers of the beginning and of the end."""
        return self.edges[0], *self.numbers_of(words), self.edges[1]

    def told(self, words: Sequence[str]) -> float:
        """How much the words speak for telling a person: of a long message, its strongest part."""
        return self.told_by(self.numbers_of(words))

    def told_by(self, numbers: Sequence[int]) -> float:
        """The same for words that are numbers already."""
        return self.measures.told + _strongest(self._by_length(self._told.get, numbers))

    def verdict(self, framed: Sequence[int]) -> int:
        """What the numbers of words between `edges` say: 1 tells a person, -1 takes the weight from rules.

        0: neither. The same as comparing what is told, and told around any words, with the measures.
        """
        length = len(framed) - 2
        if length <= _WINDOW:
            total = self._sum(framed)
            return (total >= self._high[length]) - (total < self._low[length])
        weighing = Weighing(self.measures.told, self._by_length(self._told.get, framed[1:-1]))
        against = weighing.told_around(0, length) < self.measures.against
        return (weighing.told >= self.measures.enough) - against

    def _sum(self, numbers: Sequence[int]) -> int:
        """The sum over all words, pairs and triples."""
        weight_of = self._told.get
        total = pair = before = 0
        for number in numbers:
            if number:
                total += weight_of(number, 0)
                if before:
                    both = before << _BITS | number
                    weight = weight_of(both)
                    if weight is not None:
                        total += weight
                        if pair:  # a triple only stands where its last two words are a sign
                            total += weight_of(pair << _BITS | number, 0)
                    pair = both
            else:
                pair = 0
            before = number
        return total

    def urgent(self, words: Sequence[str]) -> float:
        """How much the words speak for telling one at once."""
        return self.measures.urgent + _strongest(self._by_length(self._urgency, self.numbers_of(words)))

    def weighing(self, words: Sequence[str]) -> "Weighing":
        """The same, and which of the words speak most."""
        return Weighing(self.measures.told, self._by_length(self._told.get, self.numbers_of(words)))

    def _urgency(self, sign: int) -> int | None:
        return self._urgent[bisect_left(self._signs, sign)] if sign in self._told else None

    def _by_length(self, weight_of: _WeightOf, numbers: Sequence[int]) -> _Weights:
        """The weights of the words between both edges, of the pairs and of the triples that end at each."""
        framed = (self.edges[0], *numbers, self.edges[1])
        both = [first << _BITS | last if first and last else 0 for first, last in pairwise((0, *framed))]
        ones = [weight_of(number) or 0 for number in framed]
        known = [weight_of(pair) for pair in both]
        pairs = [weight or 0 for weight in known]
        triples = [
            (weight_of(pair << _BITS | number) or 0) if pair and weight is not None else 0
            for pair, number, weight in zip((0, *both), framed, known, strict=False)
        ]
        return ones, pairs, triples


class Weighing:
    """What the signs of one language say of a message: of a long one, part by part."""

    __slots__ = ("_begin", "_close", "_sums", "_weights")

    def __init__(self, begin: int, weights: _Weights) -> None:
        """`begin`: what every sum begins with."""
        self._begin = begin
        self._weights = weights
        upto = _upto(weights)
        self._sums = _sums_of(weights, _WINDOW, upto)
        # In a long message what stands close by counts as well, so that harmless words around hide nothing.
        self._close = _sums_of(weights, _CLOSE, upto) if len(self._sums) > 1 else self._sums

    @property
    def told(self) -> float:
        """How much the words speak for telling a person: of a long message, its strongest part."""
        return self._begin + max(self._sums)

    def told_around(self, first: int, last: int) -> float:
        """How much those parts do that some of these words stand in; half-open numbers of words."""
        if len(self._sums) == 1:
            return self.told
        wide, close = _touching(self._sums, _WINDOW, first, last), _touching(self._close, _CLOSE, first, last)
        return self._begin + max(wide + close)

    def strongest(self) -> tuple[int, int]:
        """The stretch of words that speaks most for telling a person, as half-open numbers of words."""
        speaks = [0.0] * len(self._weights[0])
        for length, weights in enumerate(self._weights, start=1):
            for last, weight in enumerate(weights):
                if weight:
                    for place in range(last - length + 1, last + 1):
                        speaks[place] += weight / length
        best, place = speaks[1], (0, 1)
        total, start = 0.0, 1
        for end in range(1, len(speaks) - 1):
            if total <= 0:
                total, start = 0.0, end
            total += speaks[end]
            if total > best:
                best, place = total, (start - 1, end)
        return place


def _packed(numbers: "array[int]") -> str:
    return b64encode(numbers.tobytes()).decode()


def _upto(weights: _Weights) -> list[int]:
    """The sum over all signs that end before each word, and at last that over all."""
    ones, pairs, triples = weights
    return [0, *accumulate(map(add, map(add, ones, pairs), triples))]


def _sums_of(weights: _Weights, window: int, upto: list[int]) -> list[float]:
    """The sum over all signs; if there are more words than in one window, over those of each window."""
    ones, pairs, triples = weights
    length = len(ones) - 2
    if length <= window:
        return [upto[-1] / _SPREAD[length]]
    # What ends in a window, without what begins before it.
    return [
        (upto[min(first + window, len(ones))] - upto[first] - pairs[first] - sum(triples[first : first + 2]))
        / _SPREAD[window]
        for first in range(0, len(ones) - window + window // 2, window // 2)
    ]


def _strongest(weights: _Weights) -> float:
    """The sum over all signs; of a long message, the highest of any window."""
    return max(_sums_of(weights, _WINDOW, _upto(weights)))


def _touching(sums: list[float], window: int, first: int, last: int) -> list[float]:
    """The sums of those windows that some of these words stand in."""
    step = window // 2
    return sums[max(0, (first + 1 - window) // step + 1) : last // step + 1] or sums[-1:]


def signs_in(words: Sequence[str]) -> Iterator[str]:
    """Every sign that could be learned from a message, as often as it stands there."""
    framed = (_START, *words, _END)
    for last in range(1, len(framed) + 1):
        for first in range(max(0, last - _LONGEST), last):
            yield " ".join(framed[first:last])


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
