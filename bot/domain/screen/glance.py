"""A first glance: which phrases could stand in a message at all?

Nearly every message says nothing a rule asks for. The glance looks each piece between two spaces up in a
table and is done, without reading the message properly. It may let through what then turns out to be nothing;
it never holds back what would be brought to people: where signs speak so much against a message that most
rules would lose their weight anyway, only the others are looked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple, TypeAlias

from bot.domain.screen.folding import fold
from bot.domain.screen.matching import EDGE, Phrase, Row, TooMuchToRead, Vocabulary
from bot.domain.screen.normalise import blank
from bot.domain.screen.pack import Rule
from bot.domain.screen.sieve import NOBODY, Needing, Sieve
from bot.domain.screen.signs import NEVER_AGAINST, Signs
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views

# Letters spelled out one by one, "k i l l" or "d.i.e": the only disguise that reaches over a space.
_SPELLED_OUT = re.compile(r"(?<![^\W_])[^\W_][ .\-_*/,~|'+][^\W_][ .\-_*/,~|'+][^\W_](?![^\W_])")
# One of the pieces such a word falls into; an "i" or "a" alone says nothing, and no such word lacks others.
_FRAGMENT = re.compile(r"(?<![^\W_])[^\W\d_ia](?![^\W_])")
_CAPITAL_FOR_L = re.compile(r"[^\W_]I")  # "kiII myseIf": seen only before capitals are made small
_SHORT = 60  # words; a longer message is looked at sentence by sentence instead
_PAUSES = frozenset({".", ",", EDGE})
_MOST_KEPT = 5_000  # pieces of text; each may take a kilobyte or two
_MOST_NUMBERED = 40_000  # pieces of text, of which little more than a number is kept


Candidates: TypeAlias = dict[int, list[Phrase]]


class _Folding(dict[int, str]):
    """Every character as it counts, looked up when it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        folded = self[code] = fold(chr(code))
        return folded


class _Piece(NamedTuple):
    """What stands between two spaces.

    called: every name its words go by. firm: the phrases that may need it, of those that signs never speak
    against. hidden: it may be a disguise. words, names: for a loose row. numbers: of its words, for each
    table of signs.
    """

    called: frozenset[str]
    firm: Needing
    hidden: bool
    words: tuple[str, ...]
    names: tuple[frozenset[str], ...]
    numbers: tuple[tuple[int, ...], ...]


class _Numbers(dict[str, tuple[int, ...]]):
    """What stands between two spaces, as numbers for one table of signs; read when it is first met."""

    def __init__(self, look: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, piece: str) -> tuple[int, ...]:
        if len(self) >= _MOST_NUMBERED:
            self.clear()
        numbers = self[piece] = self._look(piece)
        return numbers


class Glanced(NamedTuple):
    """What a first glance says.

    candidates: by the rule's number, the phrases that may stand in the text. disguised: words may be in
    disguise. told: signs may speak for telling a person.
    """

    candidates: Candidates
    disguised: bool
    told: bool


_NOTHING = Glanced({}, False, False)


class Glance:
    """Says which phrases may stand in a message, and whether words in it may be in disguise."""

    __slots__ = (
        "_everywhere",
        "_firm",
        "_firm_needing",
        "_folding",
        "_fragments",
        "_known_needing",
        "_loose",
        "_numbers",
        "_pieces",
        "_rules",
        "_sieve",
        "_signs",
        "_spelling",
        "_vocabulary",
    )

    def __init__(
        self,
        spelling: Spelling,
        vocabulary: Vocabulary,
        rules: Sequence[Rule],
        signs: Sequence[Signs],
        *,
        everywhere: bool,
    ) -> None:
        """`rules`, in the order in which they are numbered. `everywhere`: every language has its signs."""
        self._signs = tuple(signs)
        self._everywhere = everywhere and bool(signs)
        self._spelling = spelling
        self._vocabulary = vocabulary
        self._rules = tuple(rules)
        self._sieve = Sieve(_asked(enumerate(rules)))
        self._firm = Sieve(_asked(each for each in enumerate(rules) if each[1].tier >= NEVER_AGAINST))
        self._pieces: dict[str, _Piece] = {}
        self._loose: dict[frozenset[str], frozenset[str]] = {}
        self._folding = _Folding()
        self._numbers = [(signs, _Numbers(partial(self._number, place))) for place, signs in enumerate(signs)]
        self._firm_needing: dict[str, Needing] = {}
        self._fragments: set[str] = set()
        self._known_needing: dict[frozenset[str], Needing] = {}

    def at(self, text: str) -> Glanced:
        """What may stand in a text."""
        if len(self._firm_needing) > _MOST_NUMBERED or len(self._fragments) > _MOST_NUMBERED:
            self._forget()
        if not text.isascii():
            text = "".join([letter for letter in text if self._folding[ord(letter)]])  # what can be seen
        if "`" in text or "<" in text or "://" in text or ("." in text and "ww." in text.lower()):
            text = blank(text)  # words may be left out, and others move up
        folded = text.lower() if text.isascii() else text.translate(self._folding)
        pieces = folded.split()
        told, spoken_against = False, self._everywhere
        for signs, numbers in self._numbers:
            total = signs.told_by(list(chain.from_iterable(map(numbers.__getitem__, pieces))))
            told = told or total >= signs.measures.enough
            spoken_against = spoken_against and total < signs.measures.against
        capitals = "I" in text and _CAPITAL_FOR_L.search(text) and _in_a_small_word(text)
        fragments = not self._signs or not self._fragments.isdisjoint(pieces)
        if capitals or (fragments and _SPELLED_OUT.search(folded)):
            return self._closer(text)
        if spoken_against:
            firm = self._firm_needing
            if not self._firm.may_hold([firm[piece] for piece in pieces if piece in firm]):
                return _NOTHING
        known = self._pieces
        looked_at = [known.get(piece) or self._look(piece) for piece in pieces]
        found = self._sift(looked_at, spoken_against)
        if not found:
            return Glanced(found, told, told)
        if any(piece.hidden for piece in looked_at):
            return Glanced(found, True, told)
        return Glanced(_standing_in(looked_at, found), told, told)

    def _number(self, table: int, piece: str) -> tuple[int, ...]:
        """A piece as numbers for one table; what else a first look must know of it is kept beside."""
        looked_at = self._look(piece)
        if looked_at.firm is not NOBODY:
            self._firm_needing[piece] = looked_at.firm
        if _FRAGMENT.search(piece):
            self._fragments.add(piece)
        return looked_at.numbers[table]

    def _forget(self) -> None:
        self._firm_needing.clear()
        self._fragments.clear()
        for _, numbers in self._numbers:
            numbers.clear()

    def _closer(self, text: str) -> Glanced:
        """What may stand in a text in which disguises reach over spaces."""
        piece = self._read(text)
        sums = [
            (signs.measures, signs.told_by(numbers))
            for signs, numbers in zip(self._signs, piece.numbers, strict=True)
        ]
        told = any(total >= measures.enough for measures, total in sums)
        spoken_against = self._everywhere and all(total < measures.against for measures, total in sums)
        return Glanced(self._sift([piece], spoken_against), True, told)

    def _sift(self, pieces: Sequence[_Piece], spoken_against: bool) -> Candidates:
        present = frozenset[str]().union(*[piece.called for piece in pieces])
        if spoken_against:
            return self._firm.sift([piece.firm for piece in pieces], present)
        return self._sieve.sift([self._needing(piece.called) for piece in pieces], present)

    def _needing(self, called: frozenset[str]) -> Needing:
        known = self._known_needing.get(called)
        if known is None:
            if len(self._known_needing) >= _MOST_KEPT:
                self._known_needing.clear()
            known = self._known_needing[called] = self._sieve.needing(called)
        return known

    def among(self, names: Iterable[str]) -> Candidates:
        """The phrases of which every word may be among these names."""
        present = frozenset(names)
        return self._sieve.sift([self._sieve.needing(present)], present, everywhere=False)

    def everything(self) -> Candidates:
        """All phrases there are."""
        return {number: list(rule.phrases) for number, rule in enumerate(self._rules)}

    def _look(self, text: str) -> _Piece:
        """Read one piece properly, once, and remember it."""
        if len(self._pieces) >= _MOST_KEPT:
            self._pieces.clear()
        piece = self._pieces[text] = self._read(text)
        return piece

    def _read(self, text: str) -> _Piece:
        plain, uncovered = read_views(text, self._spelling, blanking=False)
        written = tuple(word for word in plain.words if word not in _PAUSES)
        meant = tuple(word for word in (uncovered or plain).words if word not in _PAUSES)
        words = {*written, *meant}
        names = frozenset(name for word in words for name in self._vocabulary.names_of(word))
        return _Piece(
            names,
            self._firm.needing(names),
            uncovered is not None and bool(names),
            written,
            tuple([self._loosely(word) for word in written]),
            tuple([signs.numbers_of(meant) for signs in self._signs]),
        )

    def _loosely(self, word: str) -> frozenset[str]:
        """The names of a word in a loose row, where a pause may be thought anywhere."""
        names = self._vocabulary.names_of(word)
        if names not in self._loose:
            self._loose[names] = names | _PAUSES
        return self._loose[names]


def _in_a_small_word(text: str) -> bool:
    """Whether a capital I stands inside a word that is not all capitals, as "API" is."""
    return any(_CAPITAL_FOR_L.search(piece) and not piece.isupper() for piece in text.split())


def _asked(rules: Iterable[tuple[int, Rule]]) -> Iterator[tuple[int, Phrase, frozenset[str]]]:
    """The phrases of some rules by number, with what each wants to stand elsewhere."""
    for number, rule in rules:
        wanted = frozenset[str]().union(*(each.needs for each in rule.together_with))
        for phrase in rule.phrases:
            yield number, phrase, wanted


def _standing_in(pieces: Iterable[_Piece], found: Candidates) -> Candidates:
    """Those of the phrases that stand in these pieces if pauses are not looked at."""
    words: list[str] = []
    names: list[frozenset[str]] = []
    for piece in pieces:
        words += piece.words
        names += piece.names
    if len(words) > _SHORT:
        return found
    row = Row(words, names, loose=True)
    standing: Candidates = {}
    try:
        for number, phrases in found.items():
            if left := [phrase for phrase in phrases if phrase.find(row)]:
                standing[number] = left
    except TooMuchToRead:
        return found  # a glance that takes long says nothing; the close look has its own limit
    return standing
