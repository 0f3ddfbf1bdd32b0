"""From what a person typed to words that can be compared, each knowing where it came from.

A `View` is the text as single words with one space between them, a "." where a sentence ends and a ","
where a clause may end. Every word keeps the offsets of the original text it was read from, so whatever
is found can be shown where it stands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.screen.folding import fold, unmix
from bot.domain.screen.patterns import Pattern

SENTENCE_END = "."
CLAUSE_END = ","

# What the bot must not read as words: code, addresses, mentions and custom emoji.
_BLANKED = Pattern(
    r"(?s)```.*?```|`[^`\n]+`|(?i:https?://|www\.)[^\s<>|]+|<(?:@[!&]?|#|/[^:>]{1,100}:|t:|a?:\w+:)[^<>\s]{1,40}>"
)
_SENTENCE_MARKS = frozenset(".!?;\n。！？؟।")
_CLAUSE_MARKS = frozenset(",:()[]{}—–…、，：؛،")
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」"}
_QUOTE_ENDS = frozenset(_QUOTES.values())
_MARKDOWN = frozenset("*_~|\\")


class Token(NamedTuple):
    """One word, or a "." or "," between words, with its half-open place in the original text."""

    word: str
    start: int
    end: int
    quoted: bool = False

    @property
    def is_break(self) -> bool:
        """Whether this is a pause between words and no word."""
        return self.word == SENTENCE_END or self.word == CLAUSE_END


@dataclass(frozen=True, slots=True)
class View:
    """Words in a row between two sentence ends, so that phrases may ask for either."""

    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, tokens: list[Token]) -> "View":
        """Lay the words out."""
        first = tokens[0].start if tokens else 0
        last = tokens[-1].end if tokens else 0
        return cls((Token(SENTENCE_END, first, first), *tokens, Token(SENTENCE_END, last, last)))

    @property
    def words(self) -> tuple[str, ...]:
        """The words and pauses alone."""
        return tuple(token.word for token in self.tokens)


def tokenise(text: str, *, blanking: bool = True) -> list[Token]:
    """Read words out of a text. Never raises, and reads each character once.

    blanking: leave out code, addresses, mentions and custom emoji.
    """
    whole = _without_halves(text)
    folded, places = _fold_all(blank(whole) if blanking else whole)
    if folded.isascii():
        return _scan(folded, places, _WORD_OR_SIGN)
    if any(map(_joins, set(folded) - _ASCII)):
        return _walk(folded, places)
    return _scan(folded, places, _ANY_WORD_OR_SIGN)


# A word, with apostrophes and markdown inside it; or one sign.
_WORD_OR_SIGN = re.compile(r"(?a)([a-z0-9]+(?:['*_~|\\]+[a-z0-9]+)*)|[.!?;\n,:()\[\]{}\->\"&]")
_ANY_WORD_OR_SIGN = re.compile(r"([^\W_]+(?:['*_~|\\]+[^\W_]+)*)|[.!?;\n,:()\[\]{}\->\"&]|[^\x00-\x7f]")
_DRESS = str.maketrans("", "", "'*_~|\\")
_ASCII = frozenset(map(chr, range(128)))


def _scan(folded: str, places: Sequence[int], pattern: re.Pattern[str]) -> list[Token]:
    """Text as nearly all is: by one pattern, several times as quick as letter by letter."""
    tokens: list[Token] = []
    add = tokens.append
    closing: str | None = None
    line_quoted = False
    for found in pattern.finditer(folded):
        first, end = found.span()
        word = found[1]
        if word is not None:
            if not word.isalnum():
                word = word.translate(_DRESS)
            if not word.isascii():
                word = unmix(word)
            quoted = closing is not None or line_quoted
            # Made without its class, which would take twice as long.
            token = (word, places[first], places[end - 1] + 1, quoted)
            add(tuple.__new__(Token, token))  # pyright: ignore[reportUnknownMemberType]
            continue
        sign = folded[first]
        if sign in _SENTENCE_MARKS:
            line_quoted = line_quoted and sign != "\n"
            _pause(tokens, _sentence_or_clause(folded, first), places[first])
        elif sign == ">":
            line_quoted = line_quoted or first == 0 or folded[first - 1] == "\n"
        elif sign == "&":
            tokens.append(Token("and", places[first], places[first] + 1))
        elif closing is None and sign in _QUOTES:
            closing = _QUOTES[sign] if folded.find(_QUOTES[sign], end) > 0 else None
        elif sign == closing:
            closing = None
        elif sign in _CLAUSE_MARKS or (sign == "-" and _stands_alone(folded, first)):
            _pause(tokens, CLAUSE_END, places[first])
        elif sign > "\u2190" and not sign.isspace() and sign not in _QUOTE_ENDS:
            tokens.append(Token(sign, places[first], places[first] + 1))  # an emoji is a word of its own
    return tokens


def _walk(folded: str, places: Sequence[int]) -> list[Token]:
    """Text of scripts whose vowels and tones are marks of their own, letter by letter."""
    tokens: list[Token] = []
    letters: list[str] = []
    start = end = 0
    closing: str | None = None
    line_quoted = False

    def finish_word() -> None:
        if letters:
            tokens.append(Token(unmix("".join(letters)), start, end, closing is not None or line_quoted))
            letters.clear()

    for position, character in enumerate(folded):
        place = places[position]
        if character.isalnum() or _joins(character):
            if not letters:
                start = place
            letters.append(character)
            end = place + 1
            continue
        if character in _MARKDOWN or (character == "'" and letters):
            continue
        finish_word()
        if character == ">" and (position == 0 or folded[position - 1] == "\n"):
            line_quoted = True
        elif character in _SENTENCE_MARKS:
            if character == "\n":
                line_quoted = False
            _pause(tokens, _sentence_or_clause(folded, position), place)
        elif closing is None and character in _QUOTES:
            closing = _QUOTES[character] if folded.find(_QUOTES[character], position + 1) > 0 else None
        elif character == closing:
            closing = None
        elif character in _CLAUSE_MARKS or (character == "-" and _stands_alone(folded, position)):
            _pause(tokens, CLAUSE_END, place)
        elif character == "&":
            tokens.append(Token("and", place, place + 1))
        elif character > "\u2190" and not character.isspace() and character not in _QUOTE_ENDS:
            tokens.append(Token(character, place, place + 1))  # an emoji is a word of its own
    finish_word()
    return tokens


def _sentence_or_clause(text: str, position: int) -> str:
    """What a mark ends: a sentence, or where several dots stand in a row only a clause."""
    dots = text[position] == "." and (
        text[position + 1 : position + 2] == "." or text[max(0, position - 1) : position] == "."
    )
    return CLAUSE_END if dots else SENTENCE_END


def _pause(tokens: list[Token], mark: str, place: int) -> None:
    """Add a pause; of several in a row only one stays, and a sentence end outweighs a clause end."""
    if tokens and tokens[-1].is_break:
        if mark == SENTENCE_END and tokens[-1].word == CLAUSE_END:
            tokens[-1] = Token(mark, tokens[-1].start, place + 1)
        return
    if tokens:
        tokens.append(Token(mark, place, place + 1))


def _joins(character: str) -> bool:
    """Whether this is a vowel or tone mark of a script outside the Latin family, and belongs to its word."""
    if character <= "\u0590" or character.isalnum() or character.isspace():
        return False
    return character.isprintable() and ("a" + character).isidentifier()


def _stands_alone(text: str, position: int) -> bool:
    """Whether a hyphen has a space on both sides, and so is a pause and not part of a word."""
    before = text[position - 1] if position else " "
    after = text[position + 1] if position + 1 < len(text) else " "
    return all(each == "-" or each.isspace() or not each.isprintable() for each in (before, after))


def _without_halves(text: str) -> str:
    """Replace half characters (lone surrogates), which cannot be written as UTF-8, one for one."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def blank(text: str) -> str:
    """Put spaces where code, addresses and mentions stand, so that all offsets stay the same."""
    if "`" not in text and "<" not in text and "://" not in text and "ww." not in text.lower():
        return text
    text = _without_halves(text)
    parts: list[str] = []
    read = 0
    for start, end in _BLANKED.spans(text):
        parts += (text[read:start], " " * (end - start))
        read = end
    return "".join(parts) + text[read:]


_ALIKE = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")  # characters that are all ASCII, or none of them is


def _fold_all(text: str) -> tuple[str, range | list[int]]:
    """The folded text, and for each of its characters the place it has in the original."""
    if text.isascii():
        plain = text.lower().replace("`", "'")
        return plain, range(len(plain))
    folded: list[str] = []
    places: list[int] = []
    for run in _ALIKE.finditer(text):
        start, end = run.span()
        if text[start].isascii():
            folded.append(run[0].lower().replace("`", "'"))
            places += range(start, end)
            continue
        for place in range(start, end):
            part = fold(text[place])
            folded.append(part)
            places += (place,) * len(part)
    return "".join(folded), places
