"""Phrases at work: part by part, from places to places.

Each part of a phrase answers one question: beginning at these places, where may you end? Places are the bits
of one number, so a part looks at the whole message at once, and takes no longer for a long one. It never
comes back to choose again, so no phrase and no text can make it run away, as patterns with backtracking can.
What a word class answers is remembered, however many phrases use it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from bot.domain.screen.normalise import CLAUSE_END, SENTENCE_END, Token
from bot.domain.screen.vocabulary import PAUSE_NAMES

Places: TypeAlias = int  # a bit for each place between two words; the lowest is the one before the first
Words: TypeAlias = tuple[int, int]  # half-open, in tokens of a view
Ways: TypeAlias = tuple[tuple[frozenset[str], ...], ...]
"""A phrase stands in one of these ways; in each, some name of every set stands there, the rarest first."""

MOST_STEPS = 4_500
"""Steps spent on one view before it is given up: a long honest message needs a few thousand."""


class TooMuchToRead(Exception):
    """A message needs more steps than one message may take."""


class Row:
    """The words of one view, each with the names phrases may call it by.

    loose: pauses are left out, and stand wherever a phrase asks for one. Nothing that stands in the words as
    they are is missing then, so a loose row can say that a phrase stands nowhere.
    """

    __slots__ = (
        "_barred",
        "at",
        "commas",
        "everywhere",
        "known",
        "loose",
        "most_steps",
        "names",
        "present",
        "ready",
        "steps",
        "words",
    )

    def __init__(
        self,
        words: Iterable[str],
        names: Iterable[Collection[str]],
        *,
        loose: bool = False,
        most_steps: int | None = None,
    ) -> None:
        self.most_steps = MOST_STEPS if most_steps is None else most_steps
        self.words = list(words)
        self.loose = loose
        self.names = list(names)
        self.at: dict[str, Places] = {}
        """Where a word stands, by each of its names."""
        place = 1
        for called in self.names:
            for name in called:
                self.at[name] = self.at.get(name, 0) | place
            place <<= 1
        self.present = frozenset(self.at)
        self.everywhere: Places = place - 1
        self.commas: Places = 0 if loose else self.at.get(CLAUSE_END, 0)
        self._barred: dict[frozenset[str], Places] = {}
        self.known: dict[tuple[int, Places], Places] = {}
        self.ready: dict[int, Ready] = {}
        self.steps = 0

    def any_of(self, names: frozenset[str]) -> Places:
        """Every place where a word goes by one of these names."""
        places = 0
        for name in names & self.present:
            places |= self.at[name]
        return places

    def barred(self, stops: frozenset[str]) -> Places:
        """Where no gap may reach: at some words, at the end of a sentence, behind the last word."""
        barred = self._barred.get(stops)
        if barred is None:
            barred = self.everywhere + 1
            for place, word in enumerate(self.words):
                if word == SENTENCE_END or word in stops:
                    barred |= 1 << place
            self._barred[stops] = barred
        return barred


def row_of(
    tokens: Iterable[Token], names_of: Callable[[str], Collection[str]], most_steps: int | None = None
) -> Row:
    """The row of some tokens."""
    words = [token.word for token in tokens]
    return Row(words, map(names_of, words), most_steps=most_steps)


class Part(Protocol):
    """Anything a phrase is made of."""

    def ends(self, row: Row, places: Places) -> Places:
        """Where this part may end if it begins at any of these places."""
        ...


@dataclass(frozen=True, slots=True)
class Word:
    """One word, by one of its names."""

    name: str

    def ends(self, row: Row, places: Places) -> Places:
        """The places behind it, where it stands."""
        return (places & row.at.get(self.name, 0)) << 1


@dataclass(frozen=True, slots=True)
class Pause:
    """The end of a sentence, or with the name EDGE the beginning or end of a clause."""

    name: str

    def ends(self, row: Row, places: Places) -> Places:
        """The places behind it, where it stands; in a loose row the same places."""
        return places if row.loose else (places & row.at.get(self.name, 0)) << 1


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words of any kind, but never one of `stops` and never past the end of a sentence."""

    most: int
    stops: frozenset[str]

    def ends(self, row: Row, places: Places) -> Places:
        """Every place that can be reached."""
        open_to = ~row.barred(self.stops)
        commas = row.commas
        reached = last = places
        for _ in range(self.most):
            if crossing := last & commas:
                last = last ^ crossing | crossing << 1
            last = (last & open_to) << 1
            if not last:
                break
            reached |= last
        return reached


@dataclass(frozen=True, slots=True)
class Maybe:
    """A part that may be left out."""

    part: Part

    def ends(self, row: Row, places: Places) -> Places:
        """With it and without it."""
        return places | self.part.ends(row, places)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one behind the other. A comma between two of them does not matter."""

    parts: tuple[Part, ...]

    def ends(self, row: Row, places: Places) -> Places:
        """Where the last part may end."""
        row.steps += 1
        commas = row.commas
        ends = self.parts[0].ends(row, places)
        for part in self.parts[1:]:
            if not ends:
                return 0
            ends = part.ends(row, ends | (ends & commas) << 1)
        return ends


class Made(NamedTuple):
    """A part ready to be looked for, and the names it may begin with; None if it may begin with anything."""

    part: Part
    first: frozenset[str] | None


Ready: TypeAlias = tuple[Places, list[tuple[Places, tuple[Part, ...]]]]
"""A choice in one row: where any of its single words stands; and other parts, by where they may begin."""


_NOWHERE: Ready = (0, [])
_NO_NAMES: frozenset[str] = frozenset()


class Choice:
    """One of several. They are found by their first word, so a long list costs no more than a short one."""

    __slots__ = ("_by_first", "_first", "_number", "_open", "_words")

    _count = 0

    def __init__(self, options: Iterable[Made]) -> None:
        by_first: dict[str, list[Part]] = {}
        words: set[str] = set()
        self._open: tuple[Part, ...] = ()
        for part, first in options:
            if isinstance(part, Word):
                words.add(part.name)
            elif first is None or not first.isdisjoint(PAUSE_NAMES):
                self._open += (part,)  # in a loose row a pause may be thought anywhere
            else:
                for name in first:
                    by_first.setdefault(name, []).append(part)
        self._words = frozenset(words)
        self._first = self._words.union(by_first)
        self._by_first = {name: tuple(those) for name, those in by_first.items()}
        Choice._count += 1
        self._number = Choice._count

    def ends(self, row: Row, places: Places) -> Places:
        """Where any of them may end; what was asked once is remembered."""
        key = (self._number, places)
        known = row.known.get(key)
        if known is None:
            row.steps += 1
            ready = row.ready.get(self._number)
            if ready is None:
                ready = self._prepare(row) if places & places - 1 else self._prepared_at(row, places)
            words, others = ready
            known = (places & words) << 1
            for begins, parts in others:
                if here := places & begins:
                    for part in parts:
                        known |= part.ends(row, here)
            row.known[key] = known
        return known

    def _prepare(self, row: Row) -> Ready:
        if not self._open and row.present.isdisjoint(self._first):
            row.ready[self._number] = _NOWHERE
            return _NOWHERE
        at, by_first = row.at, self._by_first
        others = [(at[name], by_first[name]) for name in self._first & row.present if name in by_first]
        if self._open:
            others.append((row.everywhere << 1 | 1, self._open))
        ready = row.ready[self._number] = (row.any_of(self._words), others)
        return ready

    def _prepared_at(self, row: Row, place: Places) -> Ready:
        """The same for a single place, where but a few names have to be looked at."""
        number = place.bit_length() - 1
        names = self._first.intersection(row.names[number]) if number < len(row.names) else _NO_NAMES
        others = [(place, self._by_first.get(name, ())) for name in names]
        if self._open:
            others.append((place, self._open))
        return (0 if self._words.isdisjoint(names) else place), others


class Maker(Protocol):
    """Whoever can make a phrase ready when it is first looked for."""

    def make(self, phrase: str) -> Made:
        """The phrase as a part."""
        ...

    def ways_of(self, phrase: str) -> Ways:
        """What must be there for the phrase to stand."""
        ...


@dataclass(slots=True, eq=False)
class Phrase:
    """One phrase of a lexicon as it is written. Made ready when it is first looked for: most never are."""

    written: str
    maker: Maker
    crosses: bool = False
    """Whether it names the end of a sentence, and so may reach into the next."""
    made: Made | None = None

    def stands_in(self, row: Row) -> bool:
        """Whether the phrase stands anywhere. Raises TooMuchToRead."""
        part, starts = self._starts(row)
        return starts != 0 and part.ends(row, starts) != 0

    def find(self, row: Row, most: int) -> list[Words]:
        """The first so many places where the phrase stands, in order and without overlap.

        Raises TooMuchToRead when the message has taken more steps than one message may.
        """
        part, starts = self._starts(row)
        found: list[Words] = []
        groups = [starts]  # those with the first places on top
        past = 0
        while groups and len(found) < most:
            group = groups.pop() >> past << past
            ends = part.ends(row, group) if group else 0
            if not ends:
                continue
            if row.steps > row.most_steps:
                raise TooMuchToRead
            first = group & -group
            if group == first:
                if ends := ends & -(first << 1):
                    past = (ends & -ends).bit_length() - 1  # the next may begin where this one ends
                    found.append((first.bit_length() - 1, past))
                continue
            half = (first.bit_length() + group.bit_length()) // 2
            groups += (group >> half << half, group & (1 << half) - 1)
        return found

    def _starts(self, row: Row) -> tuple[Part, Places]:
        """The phrase ready to be looked for, and where it may begin."""
        if row.steps > row.most_steps:
            raise TooMuchToRead
        if self.made is None:
            self.made = self.maker.make(self.written)
        part, first = self.made
        if first is None or (row.loose and not first.isdisjoint(PAUSE_NAMES)):
            return part, row.everywhere
        return part, row.any_of(first)
