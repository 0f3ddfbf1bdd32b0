"""A first glance: which phrases could stand in a message at all?

Nearly every message says nothing a rule asks for. The glance looks each piece between two spaces up in a
table and is done, without reading the message properly. It may let through what then turns out to be nothing;
it never holds back what would be brought to people: where signs speak so much against a message that most
rules would lose their weight anyway, only the others are looked for.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bot.domain.screen.folding import fold
from bot.domain.screen.matching import Phrase, Row, TooMuchToRead
from bot.domain.screen.normalise import View, blank
from bot.domain.screen.pack import Pack, Rule
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views
from bot.domain.screen.vocabulary import PAUSE_NAMES, Vocabulary

# Letters spelled out one by one, "k i l l" or "d.i.e": the only disguise that reaches over a space.
_SPELLED_OUT = re.compile(r"(?<![^\W_])[^\W_][ .\-_*/,~|'+][^\W_][ .\-_*/,~|'+][^\W_](?![^\W_])")
# One of the pieces such a word falls into. An "i" or "a" alone says nothing, nor does what stands behind an
# apostrophe, as in "i'm"; and no such word lacks others.
_FRAGMENT = re.compile(r"(?<![^\W_])(?<![^\W_]['’])[^\W\d_ia](?![^\W_])")
# "kiII myseIf": seen only before capitals are made small, and with what may stand inside a word left out.
_WITH_CAPITAL_I = re.compile(r"[^\W_]+I[^\W_]*")
_DRESS = str.maketrans("", "", "'’`*_~|\\")
_SHORT = 60  # words; a longer message is looked at sentence by sentence instead
_MOST_KEPT = 5_000  # pieces of text; each may take a kilobyte or two
_SEVERAL = -1  # instead of the number of one word
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

    called: every name its words go by. masked: it may be a disguise. words, names: for a loose row.
    meant: its words with a disguise taken off.
    """

    called: frozenset[str]
    masked: bool
    words: tuple[str, ...]
    names: tuple[frozenset[str], ...]
    meant: tuple[str, ...]


class Glanced(NamedTuple):
    """What a first glance says.

    candidates: by the rule's number, the phrases that may stand in the text. disguised: words may be in
    disguise. left: for a text with so many words that nearly any phrase may stand in it, the languages in
    which to look sentence by sentence; and whether only for their firm phrases. views: of the text, if it
    had to be read for this already.
    """

    candidates: Candidates
    disguised: bool
    left: "Sequence[tuple[PackGlance, bool]]" = ()
    views: tuple[View, View | None] | None = None


NOTHING_STANDS = Glanced({}, False)


class PackGlance(dict[str, int]):
    """One pack, as a glance sees it.

    Holds what stands between two spaces as the number that its table of signs knows the word by; read when
    it is first met. several: for pieces that are not one word, the numbers of theirs. fragments: pieces a
    word falls into when it is spelled out. masked: pieces that may be disguises. firm: of the phrases that
    signs never speak against, which may need such a piece. rare: the pieces that are the rarest which any of
    these asks for. crossing: the numbers of phrases that reach over the end of a sentence.
    """

    __slots__ = (
        "_glance",
        "_needing",
        "crossing",
        "firm",
        "fragments",
        "masked",
        "pack",
        "phrases",
        "rare",
        "several",
        "signs",
    )

    def __init__(self, glance: "Glance", pack: Pack, number_of: Mapping[int, int]) -> None:
        """`number_of`: the number of a rule, by its identity."""
        super().__init__()
        self._glance = glance
        self.pack = pack
        self.signs = pack.signs
        self.phrases = [
            (number_of[id(rule)], phrase)
            for rule in pack.rules
            if rule.tier.opens_case
            for phrase in rule.phrases
        ]
        self.crossing = [place for place, (_, phrase) in enumerate(self.phrases) if phrase.crosses]
        self.several: dict[str, tuple[int, ...]] = {}
        self.fragments: set[str] = set()
        self.masked: set[str] = set()
        self.firm: dict[str, int] = {}
        self.rare: set[str] = set()

    def __missing__(self, piece: str) -> int:
        looked_at = self._glance.look(piece)
        if len(self) >= _MOST_NUMBERED:
            for kept in (self, self.several, self.fragments, self.masked, self.firm, self.rare):
                kept.clear()
        if looked_at.masked:
            self.masked.add(piece)
        if _FRAGMENT.search(piece):
            self.fragments.add(piece)
        sieve = self.pack.sieve
        if firm := sieve.firmly_needing(looked_at.called):
            self.firm[piece] = firm
            if sieve.is_rare(firm):
                self.rare.add(piece)
        numbers = self.signs.numbers_of(looked_at.meant) if self.signs is not None else ()
        if len(numbers) != 1:
            self.several[piece] = numbers
        self[piece] = number = numbers[0] if len(numbers) == 1 else _SEVERAL
        return number

    def framed(self, pieces: Sequence[str]) -> list[int]:
        """The numbers of all their words, between those of the beginning and the end of a message."""
        start, end = self.signs.edges if self.signs is not None else (0, 0)
        numbers = [start, *map(self.__getitem__, pieces), end]
        if _SEVERAL not in numbers:
            return numbers
        numbers = [start]
        for piece in pieces:
            number = self[piece]
            if number == _SEVERAL:
                numbers += self.several[piece]
            else:
                numbers.append(number)
        numbers.append(end)
        return numbers

    def sift(self, pieces: Iterable[_Piece], found: Candidates, *, firmly: bool) -> None:
        """Add the phrases that may stand among pieces. firmly: those that signs never speak against."""
        names = frozenset[str]().union(*[piece.called for piece in pieces])
        self._add(self.pack.sieve.sift(names, firmly=firmly), found)

    def add_among(self, several: Iterable[frozenset[str]], found: Candidates, *, firmly: bool) -> None:
        """Add the phrases of which every word may be among the names of one of several sentences.

        And those that reach over the end of a sentence. firmly: only the firm ones, or only the others.
        """
        sieve = self.pack.sieve
        standing = {*self.crossing, *sieve.sift_among(several, firmly=firmly)}
        self._add(sorted(each for each in standing if sieve.is_firm(each) is firmly), found)

    def _add(self, phrases: Iterable[int], found: Candidates) -> None:
        """Add phrases by their rule's number."""
        for place in phrases:
            number, phrase = self.phrases[place]
            found.setdefault(number, []).append(phrase)


class Glance:
    """Says which phrases may stand in a message, and whether words in it may be in disguise."""

    __slots__ = ("_folding", "_languages", "_pieces", "_rules", "_spelling", "_vocabulary")

    def __init__(
        self, spelling: Spelling, vocabulary: Vocabulary, packs: Iterable[Pack], rules: Sequence[Rule]
    ) -> None:
        """`rules`: those of all packs, in the order in which they are numbered."""
        self._spelling = spelling
        self._vocabulary = vocabulary
        self._rules = tuple(rules)
        number_of = {id(rule): number for number, rule in enumerate(rules)}
        self._languages = [PackGlance(self, pack, number_of) for pack in packs]
        self._pieces: dict[str, _Piece] = {}
        self._folding = _Folding()

    def at(self, text: str) -> Glanced:
        """What may stand in a text."""
        typed = text
        folded = text.lower() if text.isascii() else text.translate(self._folding)
        if "`" in text or "<" in folded or "://" in folded or "ww." in folded:
            text = blank(self._seen(text))  # words may be left out, and others move up
            folded = text.lower() if text.isascii() else text.translate(self._folding)
        pieces = folded.split()
        told = fragments = False
        left: list[tuple[PackGlance, bool]] = []  # in which phrases may stand; and whether only firm ones
        for language in self._languages:
            numbers = language.framed(pieces)
            fragments = not language.fragments.isdisjoint(pieces)
            verdict = language.signs.verdict(numbers) if language.signs is not None else 0
            if verdict >= 0:
                told = told or verdict > 0
                left.append((language, False))
            elif not language.rare.isdisjoint(pieces) and language.pack.sieve.may_hold_firmly(
                filter(None, map(language.firm.get, pieces))
            ):
                left.append((language, True))
        if "I" in text and text.count("I") > text.count(" I") + (text[0] == "I") and self._hides_an_l(text):
            return self._closer(self._seen(text), typed)
        if fragments and _SPELLED_OUT.search(folded):
            return self._closer(self._seen(text), typed)
        if not left:
            return NOTHING_STANDS
        if len(pieces) > _SHORT:
            masked = any(not language.masked.isdisjoint(pieces) for language in self._languages)
            return Glanced({}, masked, left)
        looked_at = [self.look(piece) for piece in pieces]
        found: Candidates = {}
        for language, firmly in left:
            language.sift(looked_at, found, firmly=firmly)
        if found and not any(piece.masked and piece.called for piece in looked_at):
            found = _standing_in(looked_at, found)
        if not found and not told:
            return NOTHING_STANDS
        return Glanced(found, any(piece.masked for piece in looked_at))

    def _closer(self, text: str, typed: str) -> Glanced:
        """What may stand in a text in which disguises reach over spaces.

        `typed`: the same with what cannot be seen.
        """
        views = read_views(text, self._spelling, blanking=False)
        plain, uncovered = views
        meant = _words_of(uncovered or plain)
        told = False
        left: list[tuple[PackGlance, bool]] = []
        for language in self._languages:
            signs = language.signs
            verdict = signs.verdict(signs.framed(meant)) if signs is not None else 0
            told = told or verdict > 0
            left.append((language, verdict < 0))
        known = views if len(text) == len(typed) else None  # else their places would be wrong
        if len(plain.tokens) > _SHORT:
            return Glanced({}, True, left, known)
        piece = self._piece(plain, uncovered)
        found: Candidates = {}
        for language, firmly in left:
            language.sift([piece], found, firmly=firmly)
        return Glanced(found, True, (), known) if found or told else NOTHING_STANDS

    def everything(self) -> Glanced:
        """As if all phrases there are might stand in a text."""
        return Glanced({number: list(rule.phrases) for number, rule in enumerate(self._rules)}, True)

    def look(self, text: str) -> _Piece:
        """What stands between two spaces, read properly once and then remembered."""
        piece = self._pieces.get(text)
        if piece is None:
            if len(self._pieces) >= _MOST_KEPT:
                self._pieces.clear()
            piece = self._pieces[text] = self._piece(*read_views(text, self._spelling, blanking=False))
        return piece

    def _seen(self, text: str) -> str:
        """What can be seen of a text."""
        return text if text.isascii() else "".join([each for each in text if self._folding[ord(each)]])

    def _hides_an_l(self, text: str) -> bool:
        """Whether a capital I stands for a small l in a known word, as in "kiII"."""
        return any(
            not word.isupper() and self._spelling.knows(word.replace("I", "l").casefold())
            for word in _WITH_CAPITAL_I.findall(self._seen(text).translate(_DRESS))
        )

    def _piece(self, plain: View, uncovered: View | None) -> _Piece:
        written = _words_of(plain)
        meant = written if uncovered is None else _words_of(uncovered)
        names = tuple(map(self._vocabulary.names_of, written))
        called = frozenset[str]().union(*names)
        if uncovered is not None:
            called = called.union(*map(self._vocabulary.names_of, meant))
        return _Piece(called, uncovered is not None, written, names, meant)


def _words_of(view: View) -> tuple[str, ...]:
    """The words without pauses."""
    return tuple([token.word for token in view.tokens if token.word not in PAUSE_NAMES])


def _standing_in(pieces: Iterable[_Piece], found: Candidates) -> Candidates:
    """Those of the phrases that stand in these pieces if pauses are not looked at."""
    words: list[str] = []
    names: list[frozenset[str]] = []
    for piece in pieces:
        words += piece.words
        names += piece.names
    row = Row(words, names, loose=True)
    standing: Candidates = {}
    try:
        for number, phrases in found.items():
            if left := [phrase for phrase in phrases if phrase.stands_in(row)]:
                standing[number] = left
    except TooMuchToRead:
        return found  # a glance that takes long says nothing; the close look has its own limit
    return standing
