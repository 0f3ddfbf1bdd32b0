"""How words are really typed: letters drawn out, letters swapped, letters hidden.

Everything here is guided by the words the lexicon knows. A word it has no use for is left as it is, so
ordinary talk is not bent into something it does not say.
"""

from collections.abc import Iterable
from itertools import pairwise

from bot.domain.screen.patterns import Pattern
from bot.domain.screen.phrase import Typed

_SHORTEST_SWAPPED = 4  # "wnat" is "want"; with three letters almost any swap is another word
_SHORTEST_DROPPED = 7  # "suicdal" is "suicidal"; shorter words with a letter gone are often real words
_LONGEST_RUN_TOGETHER = 60

# Digits and signs that stand in for letters; "1" may be either of two.
_STANDS_FOR = str.maketrans("034578$@!€+", "oeastbsaiet")


class Spelling:
    """The known words, and the ways in which they come misspelt."""

    __slots__ = (
        "_cared_for",
        "_cared_inside",
        "_endings",
        "_kept",
        "_misspelt",
        "_typed",
        "_unmasked",
        "_vocabulary",
    )

    _MOST_KEPT = 20_000

    def __init__(
        self,
        vocabulary: Iterable[str],
        cared_for: Iterable[str],
        endings: Iterable[tuple[str, str]] = (),
        typed: Typed | None = None,
    ) -> None:
        """`cared_for` are the words worth recognising in disguise; all others must be typed rightly.

        `endings` are pairs of a spoken ending and the one it stands for: "in" for "ing". `typed` are short
        forms and common slips, with the words they stand for: "wanna" is "want to".
        """
        self._endings = tuple(endings)
        self._typed = dict(typed or {})
        self._kept: dict[str, tuple[str, ...]] = {}
        self._unmasked: dict[str, str | None] = {}
        self._cared_for = tuple(sorted({word for word in cared_for if word}))
        self._vocabulary = frozenset(vocabulary) | frozenset(self._cared_for) | self._typed.keys()
        self._misspelt: dict[str, str] = {}
        for word in self._cared_for:
            for slip in _slips(word):
                if slip not in self._vocabulary:
                    self._misspelt.setdefault(slip, word)
        self._cared_inside = Pattern("|".join(self._cared_for) or r"[^\s\S]")

    def meant(self, word: str) -> tuple[str, ...]:
        """The word or words that were meant: slips put right, short forms written out."""
        known = self._kept.get(word)
        if known is None:
            if len(self._kept) >= self._MOST_KEPT:
                self._kept.clear()
            settled = self.settle(word)
            known = self._kept[word] = self._typed.get(settled, (settled,))
        return known

    def settle(self, word: str) -> str:
        """The word as it was meant: drawn-out letters shortened, common slips put right."""
        if word in self._vocabulary or len(word) < 3:
            return word
        meant = self._misspelt.get(word)
        if meant is not None:
            return meant
        for spoken, full in self._endings:
            if word.endswith(spoken) and word[: -len(spoken)] + full in self._vocabulary:
                return word[: -len(spoken)] + full
        if not _has_run(word):
            return word
        for longest in (2, 1):
            shortened = _shorten(word, longest)
            if shortened in self._vocabulary:
                return shortened
            if shortened in self._misspelt:
                return self._misspelt[shortened]
        return _shorten(word, 1)

    def knows(self, word: str) -> bool:
        """Whether the word occurs anywhere in the lexicon."""
        return word in self._vocabulary

    def unmask(self, word: str) -> str | None:
        """The known word behind digits, signs or stars put in place of letters, if there is one.

        None for a word that is known as it is.
        """
        if word not in self._unmasked:
            if len(self._unmasked) >= self._MOST_KEPT:
                self._unmasked.clear()
            self._unmasked[word] = self._unmask(word)
        return self._unmasked[word]

    def _unmask(self, word: str) -> str | None:
        if word in self._vocabulary or word.isalpha() or not any(map(str.isalpha, word)):
            return None
        if "*" in word or "#" in word:
            return self._fill_gaps(word)
        base = word.translate(_STANDS_FOR)
        for letter in "il":
            candidate = self.settle(base.replace("1", letter))
            if candidate in self._vocabulary:
                return candidate
        return None

    def _fill_gaps(self, word: str) -> str | None:
        if sum(letter.isalpha() for letter in word) * 2 < len(word):
            return None  # "f***": too little is left to say which word it was
        for known in self._cared_for:
            if len(known) == len(word) and all(
                letter in (known_letter, "*", "#") for letter, known_letter in zip(word, known, strict=True)
            ):
                return known
        return None

    def split(self, word: str) -> list[str] | None:
        """Known words written as one, "iwanttodie", if all of it is known words and one is cared for."""
        if not 4 < len(word) <= _LONGEST_RUN_TOGETHER:
            return None
        if not self._cared_inside.occurs_in(word):
            return None
        # The split with the fewest parts that reaches each place; None where no split does.
        best: list[list[str] | None] = [None] * (len(word) + 1)
        best[0] = []
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 14), end):
                before, part = best[start], word[start:end]
                if before is None or part not in self._vocabulary:
                    continue
                so_far = best[end]
                if so_far is None or len(before) + 1 < len(so_far):
                    best[end] = [*before, part]
        parts = best[-1]
        return parts if parts and len(parts) > 1 else None


def _slips(word: str) -> set[str]:
    """The commonest slips of the hand: two letters swapped, one doubled, one left out."""
    slips: set[str] = set()
    if len(word) >= _SHORTEST_SWAPPED:
        for place in range(1, len(word) - 1):
            slips.add(word[:place] + word[place + 1] + word[place] + word[place + 2 :])
        for place in range(len(word)):
            slips.add(word[:place] + word[place] + word[place:])
            if place and word[place] == word[place - 1]:
                slips.add(word[:place] + word[place + 1 :])
        slips.add(word[0] + word[2] + word[1] + word[3:])
    if len(word) >= _SHORTEST_DROPPED:
        for place in range(1, len(word)):
            slips.add(word[:place] + word[place + 1 :])
    slips.discard(word)
    return slips


def _has_run(word: str) -> bool:
    return any(one == two == three for one, two, three in zip(word, word[1:], word[2:], strict=False))


def _shorten(word: str, longest: int) -> str:
    """Cut every run of three or more of one letter down to `longest`."""
    kept: list[str] = []
    run = [word[:1]]
    for before, letter in pairwise(word):
        if letter == before:
            run.append(letter)
            continue
        kept.append("".join(run if len(run) < 3 else run[:longest]))
        run = [letter]
    kept.append("".join(run if len(run) < 3 else run[:longest]))
    return "".join(kept)
