"""Phrases at work: word by word, from places to places.

Each part of a phrase answers one question: beginning at this place, where may you end? It answers with all
the places at once and never comes back to choose again, so no phrase and no text can make it run away, as
patterns with backtracking can. Word classes are looked up once for each place, however many phrases use them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.domain.screen.normalise import CLAUSE_END, SENTENCE_END, Token

EDGE = "^"
"""The name every pause answers to: the beginning and the end of a clause."""
NUMBER = "#"
"""The name every number answers to."""

Places: TypeAlias = tuple[int, ...]
Words: TypeAlias = tuple[int, int]  # half-open, in tokens of a view
NO_PLACES: Places = ()
Names: TypeAlias = tuple[str, ...]  # of which one must stand; there are very many, and a tuple takes little

MOST_STEPS = 4_500
"""Steps spent on one view before it is given up: a long honest message needs a few thousand."""
_MOST_HITS = 12  # of one phrase in one message: more of the same adds nothing


class TooMuchToRead(Exception):
    """A message needs more steps than one message may take."""


class Row:
    """The words of one view, each with the names phrases may call it by.

    loose: pauses are left out, and stand wherever a phrase asks for one. Nothing that stands in the words as
    they are is missing then, so a loose row can say that a phrase stands nowhere.
    """

    __slots__ = ("_places", "known", "loose", "names", "present", "steps", "words")

    def __init__(
        self, words: Iterable[str], names: Iterable[Collection[str]], *, loose: bool = False
    ) -> None:
        self.words = list(words)
        self.names = list(names)
        self.loose = loose
        self.present = frozenset[str]().union(*self.names)
        self._places: dict[str, list[int]] | None = None
        # Two places behind the end, so that asking there is a plain "no"; but a pause may be thought there.
        self.words += ("", "")
        self.names += (_PAUSES["."],) * 2 if loose else ((), ())
        self.known: dict[tuple[int, int], Places] = {}
        self.steps = 0

    def starts(self, first: frozenset[str]) -> list[int]:
        """Every place where a word goes by one of these names."""
        if self.loose:  # asked a few times at most
            return [place for place, called in enumerate(self.names[:-2]) if not first.isdisjoint(called)]
        if self._places is None:
            self._places = {}
            for place, called in enumerate(self.names[:-2]):
                for name in called:
                    self._places.setdefault(name, []).append(place)
        places = self._places
        return sorted({place for name in first & self.present for place in places[name]})


def row_of(tokens: Iterable[Token], names_of: Callable[[str], Collection[str]]) -> Row:
    """The row of some tokens."""
    words = [token.word for token in tokens]
    return Row(words, map(names_of, words))


class Part(Protocol):
    """Anything a phrase is made of."""

    def ends(self, row: Row, place: int) -> Places:
        """Where this part may end if it begins at a place."""
        ...


@dataclass(frozen=True, slots=True)
class Word:
    """One word, by one of its names."""

    name: str

    def ends(self, row: Row, place: int) -> Places:
        """The place behind it, if it stands here."""
        return (place + 1,) if self.name in row.names[place] else NO_PLACES


@dataclass(frozen=True, slots=True)
class Pause:
    """The end of a sentence, or with the name EDGE the beginning or end of a clause."""

    name: str

    def ends(self, row: Row, place: int) -> Places:
        """The place behind it, if it stands here; in a loose row this place."""
        if row.loose:
            return (place,)
        return (place + 1,) if self.name in row.names[place] else NO_PLACES


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words of any kind, but never one of `stops` and never past the end of a sentence."""

    most: int
    stops: frozenset[str]

    def ends(self, row: Row, place: int) -> Places:
        """Every place that can be reached, the nearest first."""
        ends = [place]
        words = row.words
        for _ in range(self.most):
            if words[place] == CLAUSE_END:
                place += 1
            word = words[place]
            if not word or word == SENTENCE_END or word in self.stops:
                break
            place += 1
            ends.append(place)
        return tuple(ends)


@dataclass(frozen=True, slots=True)
class Maybe:
    """A part that may be left out."""

    part: Part

    def ends(self, row: Row, place: int) -> Places:
        """With it and without it."""
        return (place, *self.part.ends(row, place))


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one behind the other. A comma between two of them does not matter."""

    parts: tuple[Part, ...]

    def ends(self, row: Row, place: int) -> Places:
        """Where the last part may end."""
        row.steps += 1
        ends = self.parts[0].ends(row, place)
        for part in self.parts[1:]:
            if not ends:
                return NO_PLACES
            reached: dict[int, None] = {}
            for end in ends:
                for each in part.ends(row, end):
                    reached[each] = None
                if row.words[end] == CLAUSE_END:
                    for each in part.ends(row, end + 1):
                        if each > end + 1:
                            reached[each] = None
            ends = tuple(reached)
        return ends


@dataclass(frozen=True, slots=True)
class Option:
    """One of several parts. first: the names it may begin with; needs: see `Phrase`. None: anything."""

    part: Part
    first: frozenset[str] | None
    needs: frozenset[str] | None


class Choice:
    """One of several. They are found by their first word, so a long list costs no more than a short one."""

    __slots__ = ("_by_first", "_number", "_open")

    _count = 0

    def __init__(self, options: Iterable[Option]) -> None:
        by_first: dict[str, list[Option]] = {}
        self._open: tuple[Option, ...] = ()
        for option in options:
            if option.first is None:
                self._open += (option,)
            else:
                for name in option.first:
                    by_first.setdefault(name, []).append(option)
        self._by_first = {name: tuple(those) for name, those in by_first.items()}
        Choice._count += 1
        self._number = Choice._count

    def ends(self, row: Row, place: int) -> Places:
        """Where any of them may end; asked once for each place and then remembered."""
        key = (self._number, place)
        known = row.known.get(key)
        if known is None:
            row.steps += 1
            known = row.known[key] = self._look(row, place)
        return known

    def _look(self, row: Row, place: int) -> Places:
        reached: dict[int, None] = {}
        absent = row.present.isdisjoint
        for name in row.names[place]:
            for option in self._by_first.get(name, ()):
                if option.needs is None or not absent(option.needs):
                    for end in option.part.ends(row, place):
                        reached[end] = None
        for option in self._open:
            if option.needs is None or not absent(option.needs):
                for end in option.part.ends(row, place):
                    reached[end] = None
        return tuple(reached)


class Compiler(Protocol):
    """Whoever can make the part of a phrase when it is first looked for."""

    def part_of(self, phrase: str) -> Part:
        """The part alone."""
        ...


@dataclass(slots=True, eq=False)
class Phrase:
    """One phrase of a lexicon, ready to be looked for.

    first: the names it may begin with, or None if it may begin with anything.
    needs: of these names at least one stands in every match; the rarest such set there is.
    ways: the phrase stands in one of these ways, and for each of them of every set some name stands there
    too; the rarest set first.
    weight: letters the shortest match has: how much the phrase asks for.
    """

    written: str
    first: frozenset[str] | None
    needs: Names
    ways: tuple[tuple[Names, ...], ...]
    weight: int
    compiler: Compiler
    crosses: bool = False
    """Whether it names the end of a sentence, and so may reach into the next."""
    body: Part | None = None
    """Made when it is first looked for; most phrases of a lexicon never are."""

    def find(self, row: Row) -> list[Words]:
        """Every place where the phrase stands, in order and without overlap.

        Raises TooMuchToRead when the message has taken more steps than one message may.
        """
        if row.present.isdisjoint(self.needs):
            return []
        if self.first is None:
            starts: Iterable[int] = range(len(row.words) - 2)
        else:
            starts = row.starts(self.first)
        body = self.body
        if body is None:
            body = self.body = self.compiler.part_of(self.written)
        found: list[Words] = []
        past = 0
        for start in starts:
            if start < past:
                continue
            if row.steps > MOST_STEPS:
                raise TooMuchToRead
            ends = [end for end in body.ends(row, start) if end > start]
            if ends:
                past = min(ends)
                found.append((start, past))
                if len(found) == _MOST_HITS:
                    break
        return found


class Vocabulary:
    """The names words go by: their own, the beginnings and endings a phrase asks for, "a number"."""

    __slots__ = ("_inside", "_kept", "_starts", "_words")

    _MOST_KEPT = 20_000

    def __init__(self, names: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._starts: dict[str, tuple[str, ...]] = {}
        self._inside: tuple[str, ...] = ()
        for name in names:
            if len(name) > 1 and name.startswith("*"):
                self._inside += (name,)
            elif len(name) > 1 and name.endswith("*"):
                self._starts[name[:_STEM]] = (*self._starts.get(name[:_STEM], ()), name)
            else:
                self._words.add(name)
        self._kept: dict[str, frozenset[str]] = {}

    def names_of(self, word: str) -> frozenset[str]:
        """Every name by which a phrase of this lexicon may call the word; empty if none does."""
        names = self._kept.get(word)
        if names is None:
            if len(self._kept) >= self._MOST_KEPT:
                self._kept.clear()
            names = self._kept[word] = self._look(word)
        return names

    def _look(self, word: str) -> frozenset[str]:
        if word in _PAUSES:
            return _PAUSES[word]
        names = {word} & self._words
        if word.isdigit():
            names.add(NUMBER)
        names.update(stem for stem in self._starts.get(word[:_STEM], ()) if word.startswith(stem[:-1]))
        names.update(stem for stem in self._inside if _holds(word, stem))
        return frozenset(names) if names else _NO_NAMES


_STEM = 2  # letters by which beginnings are looked up; every beginning has at least two
_NO_NAMES: frozenset[str] = frozenset()
_PAUSES: Mapping[str, frozenset[str]] = {mark: frozenset({mark, EDGE}) for mark in (".", CLAUSE_END)}


def _holds(word: str, stem: str) -> bool:
    return stem.strip("*") in word if stem.endswith("*") else word.endswith(stem[1:])
