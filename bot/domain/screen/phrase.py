"""The small language the lexicon is written in.

want to die        these words next to each other (a comma between them does not matter)
{want} {die}       any one entry of the word class "want", then any one of "die"
~2                 up to two words of any kind
?really            this word may be there or not; also ?{class} and ?(a|b)
(cut|burn) myself  one of several
suicid*            a word that begins so; *x a word that ends so; *x* a word that holds it
#                  a number
^ and $            the beginning and the end of a clause
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias

from bot.domain.screen.folding import fold_word
from bot.domain.screen.matching import (
    Choice,
    Gap,
    Made,
    Maybe,
    Part,
    Pause,
    Phrase,
    Sequence,
    Ways,
    Word,
)
from bot.domain.screen.vocabulary import EDGE, NUMBER

LONGEST_GAP = 8
_DEEPEST = 12
_SPECIAL = frozenset("(){}|?^$~ \t")

Typed: TypeAlias = Mapping[str, tuple[str, ...]]
"""Short forms and the words they stand for: "wanna" is "want to"."""


class PhraseFault(ValueError):
    """The phrase cannot be understood.

    kind: what is wrong, as a key; part: the piece it is about. The message says it for whoever edits a file.
    """

    def __init__(self, kind: str, message: str, part: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.part = part


_Asked: TypeAlias = tuple[float, frozenset[str]]  # how common the names are, all together; and the names


@dataclass(frozen=True, slots=True)
class _Read:
    """A part, and what is known of it.

    first: the names it may begin with, or None if it may begin with anything. weight: letters the shortest
    match has, so how much it asks for. may_be_empty: it also matches without any word. asked: the rarest set
    of which some name stands in every match. crosses: it names the end of a sentence.
    """

    part: Part
    first: frozenset[str] | None
    asked: _Asked | None
    weight: int
    may_be_empty: bool = False
    ways: tuple[tuple[_Asked, ...], ...] = ()
    crosses: bool = False


_EVERYDAY_COST = 12.0  # a set with a word as common as that is in too many messages
_MOST_WAYS = 80


class PhraseReader:
    """Reads the phrases of one lexicon.

    everyday: words in almost every message, the commonest first. A phrase is looked for only where the
    rarest thing it asks for is there.
    """

    def __init__(
        self,
        classes: Mapping[str, tuple[str, ...]],
        gap_stops: frozenset[str] = frozenset(),
        typed: Typed | None = None,
        everyday: Iterable[str] = (),
        *,
        asking: bool = True,
    ) -> None:
        """asking: False for phrases that are known to be right, and only made ready to be looked for."""
        self._classes = classes
        self.base: PhraseReader | None = None
        self._stops = gap_stops
        self._typed = typed or {}
        self._everyday = tuple(everyday)
        self._cost = {word: 1 + 2000 / (rank + 2) for rank, word in enumerate(self._everyday)}
        self._cost |= {EDGE: 9000.0, ".": 9000.0, NUMBER: 50.0}
        self._asking = asking
        self._ready: dict[str, _Read] = {}
        self._open: list[str] = []
        self.names: set[str] = set()
        """Every word and stem that any phrase read so far asks for."""

    def for_chapter(self, classes: Mapping[str, tuple[str, ...]]) -> "PhraseReader":
        """A reader with word classes of its own beside these, which are made once for all chapters."""
        reader = PhraseReader(classes, self._stops, self._typed, asking=self._asking)
        reader.base, reader._cost = self, self._cost
        return reader

    def settings(self) -> Mapping[str, Any]:
        """What this reader was made with, fit for JSON; of one for a chapter, its own word classes."""
        classes = {name: list(entries) for name, entries in self._classes.items()}
        if self.base is not None:
            return {"classes": classes}
        return {
            "classes": classes,
            "gap_stops": sorted(self._stops),
            "typed": {short: list(meant) for short, meant in self._typed.items()},
            "everyday": list(self._everyday),
        }

    @classmethod
    def from_settings(
        cls, settings: Mapping[str, Any], base: "PhraseReader | None" = None, *, asking: bool = True
    ) -> "PhraseReader":
        """A reader like the one these settings came from; for a chapter with its `base`."""
        classes = {name: tuple(entries) for name, entries in settings["classes"].items()}
        if base is not None:
            return base.for_chapter(classes)
        typed = {short: tuple(meant) for short, meant in settings["typed"].items()}
        return cls(classes, frozenset(settings["gap_stops"]), typed, settings["everyday"], asking=asking)

    def compile(self, phrase: str) -> Phrase:
        """The phrase, ready to be looked for. Raises PhraseFault."""
        read = self._read(phrase)
        if read.weight == 0 or read.asked is None:
            raise PhraseFault("nothing", "asks for no word at all, so it would match everything")
        return Phrase(phrase, self, read.crosses, Made(read.part, read.first))

    def make(self, phrase: str) -> Made:
        """The phrase as a part, for one that is known to be right."""
        read = self._read(phrase)
        return Made(read.part, read.first)

    def weight_of(self, phrase: str) -> int:
        """How many letters the shortest match has: how much the phrase asks for."""
        return self._read(phrase).weight

    def ways_of(self, phrase: str) -> Ways:
        """What must be there for the phrase to stand."""
        ways = self._read(phrase).ways
        return tuple(tuple(names for _, names in sorted(way, key=_by_cost)) for way in ways)

    def _read(self, phrase: str) -> _Read:
        if len(self._open) > _DEEPEST:
            raise PhraseFault("deep", "word classes are nested too deeply")
        read, end = self._sequence(phrase, 0)
        if end != len(phrase):
            raise PhraseFault("partner", f'has a "{phrase[end]}" without its partner', phrase[end])
        return read

    def _sequence(self, phrase: str, place: int) -> tuple[_Read, int]:
        """Read items until the phrase ends or a ")" or "|" closes this part."""
        items: list[_Read] = []
        while place < len(phrase) and phrase[place] not in ")|":
            if phrase[place] in " \t":
                place += 1
                continue
            optional = phrase[place] == "?"
            if optional:
                place += 1
                if place >= len(phrase) or phrase[place] in " \t?~^$)|":
                    raise PhraseFault("optional", 'has a "?" with nothing behind it', "?")
            item, place = self._item(phrase, place)
            items.append(_left_out(item) if optional else item)
        if not items:
            raise PhraseFault("empty", "is empty, or has an empty choice")
        return self._in_a_row(items), place

    def _in_a_row(self, items: list[_Read]) -> _Read:
        if len(items) == 1:
            return items[0]
        first = items[0].first
        for before, item in pairwise(items):
            if not before.may_be_empty:
                break
            first = None if first is None or item.first is None else first | item.first
        asked = [item.asked for item in items if item.asked is not None]
        return _Read(
            Sequence(tuple(item.part for item in items)),
            first,
            min(asked, key=_by_cost, default=None),
            sum(item.weight for item in items),
            all(item.may_be_empty for item in items),
            self._ways_of(items),
            any(item.crosses for item in items),
        )

    def _ways_of(self, items: list[_Read]) -> tuple[tuple[_Asked, ...], ...]:
        """What must be there, all at once.

        If even the rarest of it is in too many messages, each way of the part with the fewest common words is
        looked at by itself.
        """
        needed = [item for item in items if item.asked is not None]
        if not needed:
            return ()
        together = tuple(dict.fromkeys(item.asked for item in needed if item.asked is not None))
        if all(max(map(self._cost_of, names)) > _EVERYDAY_COST for _, names in together):
            splitting = [item for item in needed if 1 < len(item.ways) <= _MOST_WAYS]
            if splitting:
                split = min(splitting, key=lambda item: _by_cost(item.asked or (0.0, frozenset())))
                others = tuple(asked for asked in together if asked != split.asked)
                return tuple((*others, *way) for way in split.ways)
        return (together,)

    def _cost_of(self, name: str) -> float:
        return self._cost.get(name, 1.0)

    def _item(self, phrase: str, place: int) -> tuple[_Read, int]:
        sign = phrase[place]
        if sign == "(":
            return self._choice(phrase, place + 1)
        if sign == "{":
            end = phrase.find("}", place)
            if end < 0:
                raise PhraseFault("partner", 'has a "{" without its "}"', "{")
            return self._class(phrase[place + 1 : end]), end + 1
        if sign == "~":
            return self._gap(phrase, place + 1)
        if sign in "^$":
            return self._pause(EDGE), place + 1
        if sign == "}":
            raise PhraseFault("partner", 'has a "}" without its "{"', "}")
        end = place
        while end < len(phrase) and phrase[end] not in _SPECIAL:
            end += 1
        return self._word(phrase[place:end]), end

    def _choice(self, phrase: str, place: int) -> tuple[_Read, int]:
        options: list[_Read] = []
        while True:
            option, place = self._sequence(phrase, place)
            options.append(option)
            if place >= len(phrase):
                raise PhraseFault("partner", 'has a "(" without its ")"', "(")
            place += 1
            if phrase[place - 1] == ")":
                return self._one_of(options), place

    def _gap(self, phrase: str, place: int) -> tuple[_Read, int]:
        digits = phrase[place : place + 1]
        if digits not in set("12345678") or phrase[place + 1 : place + 2].isdigit():
            raise PhraseFault("gap", f'needs a number from 1 to {LONGEST_GAP} behind "~"', "~")
        return _Read(Gap(int(digits), self._stops), None, None, 0, may_be_empty=True), place + 1

    def _class(self, name: str) -> _Read:
        if name in self._ready:
            return self._ready[name]
        if self.base is not None and name not in self._classes:
            return self.base._class(name)
        if name not in self._classes:
            raise PhraseFault("no_class", f'uses the word class "{name}", which is not there', name)
        if name in self._open:
            raise PhraseFault("no_class", f'uses the word class "{name}", which uses itself', name)
        self._open.append(name)
        try:
            read = self._one_of([self._read(entry) for entry in self._classes[name]])
        finally:
            self._open.pop()
        self._ready[name] = read
        return read

    def _word(self, written: str) -> _Read:
        if written == NUMBER:
            self.names.add(NUMBER)
            return self._named(NUMBER, 1)
        if written == ".":
            return replace(self._pause("."), crosses=True)
        stem = fold_word(written.strip("*"))
        if not stem or not (stem.isalnum() or len(stem) <= 2):
            raise PhraseFault("word", f'has "{written}", which is not one word', written)
        starred = written.startswith("*") or written.endswith("*")
        if starred and stem.isascii() and len(stem) < 4:
            raise PhraseFault(
                "star", f'has "{written}": before or after a "*" at least four letters are needed', written
            )
        if starred and len(stem) < 2:
            raise PhraseFault(
                "star", f'has "{written}": before or after a "*" at least two letters are needed', written
            )
        if starred:
            before, after = "*" * written.startswith("*"), "*" * written.endswith("*")
            self.names.add(before + stem + after)
            return self._named(before + stem + after, len(stem))
        meant = self._typed.get(stem, (stem,))
        self.names.update(meant)
        return self._in_a_row([self._named(word, len(word)) for word in meant])

    def _pause(self, name: str) -> _Read:
        # A pause is never needed for the first glance, which does not see them.
        return _Read(Pause(name), frozenset({name}), None, 0)

    def _named(self, name: str, weight: int) -> _Read:
        names = frozenset({name})
        if not self._asking:
            return _Read(Word(name), names, None, weight)
        asked = (self._cost_of(name), names)
        return _Read(Word(name), names, asked, weight, ways=((asked,),))

    def _one_of(self, options: list[_Read]) -> _Read:
        if len(options) == 1:
            return options[0]
        firsts = [None if option.may_be_empty else option.first for option in options]
        first = None if any(names is None for names in firsts) else _union(firsts)
        asked: _Asked | None = None
        ways: tuple[tuple[_Asked, ...], ...] = ()
        if self._asking and all(option.asked is not None for option in options):
            needs = _union(option.asked[1] for option in options if option.asked is not None)
            asked = (sum(map(self._cost_of, needs)), needs)
            ways = tuple(way for option in options for way in option.ways)
        return _Read(
            Choice(Made(option.part, names) for option, names in zip(options, firsts, strict=True)),
            first,
            asked,
            min(option.weight for option in options),
            any(option.may_be_empty for option in options),
            ways,
            any(option.crosses for option in options),
        )


def _left_out(item: _Read) -> _Read:
    return _Read(Maybe(item.part), item.first, None, 0, may_be_empty=True, crosses=item.crosses)


def _by_cost(asked: _Asked) -> float:
    return asked[0]


def _union(sets: Iterable[frozenset[str] | None]) -> frozenset[str]:
    return frozenset(name for names in sets if names is not None for name in names)
