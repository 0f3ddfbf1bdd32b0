"""The small language the lexicon is written in, and how it becomes a pattern.

want to die        these words next to each other (a comma between them does not matter)
{want} {die}       any one entry of the word class "want", then any one of "die"
~2                 up to two words of any kind
?really            this word may be there or not; also ?{class} and ?(a|b)
(cut|burn) myself  one of several
suicid*            a word that begins so; *x* a word that holds it
#                  a number
^ and $            the beginning and the end of a clause
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.screen.folding import fold_word

LONGEST_GAP = 8
_DEEPEST = 12
_PAUSE = "(?: ,)?"
_SPECIAL = frozenset("(){}|?^$~ \t")


class PhraseFault(ValueError):
    """The phrase cannot be understood; the message says why, in words for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """The pattern of one phrase, and the words it is made of."""

    source: str
    words: frozenset[str]
    weight: int  # letters the shortest match must have: how much the phrase asks for


@dataclass(frozen=True, slots=True)
class _Piece:
    source: str
    weight: int


class PhraseReader:
    """Compiles phrases against one file's word classes."""

    def __init__(self, classes: Mapping[str, tuple[str, ...]]) -> None:
        self._classes = classes
        self._ready: dict[str, _Piece] = {}
        self._open: list[str] = []
        self._words: set[str] = set()
        self._words_of: dict[str, frozenset[str]] = {}

    def compile(self, phrase: str) -> Compiled:
        """The pattern for one phrase. Raises PhraseFault."""
        self._words = set()
        piece = self._read(phrase)
        if piece.weight == 0:
            raise PhraseFault("asks for no word at all, so it would match everything")
        return Compiled(piece.source + " ", frozenset(self._words), piece.weight)

    def _read(self, phrase: str) -> _Piece:
        if len(self._open) > _DEEPEST:
            raise PhraseFault("word classes are nested too deeply")
        piece, end = self._sequence(phrase, 0)
        if end != len(phrase):
            raise PhraseFault(f'has a "{phrase[end]}" without its partner')
        return piece

    def _sequence(self, phrase: str, place: int) -> tuple[_Piece, int]:
        """Read items until the phrase ends or a ")" or "|" closes this part."""
        source, weight, filled = "", 0, False
        while place < len(phrase) and phrase[place] not in ")|":
            if phrase[place] in " \t":
                place += 1
                continue
            optional = phrase[place] == "?"
            if optional:
                place += 1
                if place >= len(phrase) or phrase[place] in " \t?~^$)|":
                    raise PhraseFault('has a "?" with nothing behind it')
            item, place = self._item(phrase, place)
            pause = _PAUSE if filled else ""
            source += f"(?:{pause}{item.source})?" if optional else pause + item.source
            weight += 0 if optional else item.weight
            filled = True
        if not filled:
            raise PhraseFault("is empty, or has an empty choice")
        return _Piece(source, weight), place

    def _item(self, phrase: str, place: int) -> tuple[_Piece, int]:
        sign = phrase[place]
        if sign == "(":
            return self._choice(phrase, place + 1)
        if sign == "{":
            end = phrase.find("}", place)
            if end < 0:
                raise PhraseFault('has a "{" without its "}"')
            return self._class(phrase[place + 1 : end]), end + 1
        if sign == "~":
            return self._gap(phrase, place + 1)
        if sign in "^$":
            return _Piece(" [.,]", 0), place + 1
        if sign == "}":
            raise PhraseFault('has a "}" without its "{"')
        end = place
        while end < len(phrase) and phrase[end] not in _SPECIAL:
            end += 1
        return self._word(phrase[place:end]), end

    def _choice(self, phrase: str, place: int) -> tuple[_Piece, int]:
        choices: list[_Piece] = []
        while True:
            choice, place = self._sequence(phrase, place)
            choices.append(choice)
            if place >= len(phrase):
                raise PhraseFault('has a "(" without its ")"')
            place += 1
            if phrase[place - 1] == ")":
                return _one_of(choices), place

    def _gap(self, phrase: str, place: int) -> tuple[_Piece, int]:
        digits = phrase[place : place + 1]
        if digits not in set("12345678") or phrase[place + 1 : place + 2].isdigit():
            raise PhraseFault(f'needs a number from 1 to {LONGEST_GAP} behind "~"')
        # The brackets keep what filled the gap, so that a "not" in it can be noticed.
        return _Piece(f"((?:(?: ,)? [^ .,]+){{0,{digits}}}?)", 0), place + 1

    def _class(self, name: str) -> _Piece:
        if name in self._ready:
            self._words |= self._words_of[name]
            return self._ready[name]
        if name not in self._classes:
            raise PhraseFault(f'uses the word class "{name}", which is not there')
        if name in self._open:
            raise PhraseFault(f'uses the word class "{name}", which uses itself')
        outer, self._words = self._words, set()
        self._open.append(name)
        try:
            piece = _one_of([self._read(entry) for entry in self._classes[name]])
            self._words_of[name] = frozenset(self._words)
        finally:
            self._open.pop()
            self._words |= outer
        self._ready[name] = piece
        return piece

    def _word(self, written: str) -> _Piece:
        if written == "#":
            return _Piece(" [0-9]+", 1)
        stem = fold_word(written.strip("*"))
        if not stem or not (stem.isalnum() or len(stem) <= 2):
            raise PhraseFault(f'has "{written}", which is not one word')
        before = "[^ .,]*" if written.startswith("*") else ""
        after = "[^ .,]*" if written.endswith("*") else ""
        if (before or after) and stem.isascii() and len(stem) < 4:
            raise PhraseFault(f'has "{written}": before or after a "*" at least four letters are needed')
        if not (before or after):
            self._words.add(stem)
        return _Piece(f" {before}{_quoted(stem)}{after}", len(stem))


def _one_of(choices: list[_Piece]) -> _Piece:
    if len(choices) == 1:
        return choices[0]
    return _Piece(
        "(?:" + "|".join(each.source for each in choices) + ")", min(each.weight for each in choices)
    )


def _quoted(word: str) -> str:
    return "".join(
        letter if letter.isalnum() else "\\" + letter if letter.isascii() else letter for letter in word
    )
