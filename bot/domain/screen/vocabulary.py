"""The names words go by, by which the phrases of a lexicon ask for them."""

from collections.abc import Iterable, Mapping

from bot.domain.screen.normalise import CLAUSE_END, SENTENCE_END

EDGE = "^"
"""The name every pause answers to: the beginning and the end of a clause."""
NUMBER = "#"
"""The name every number answers to."""
PAUSE_NAMES = frozenset({SENTENCE_END, CLAUSE_END, EDGE})
"""All names of pauses."""


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
_PAUSES: Mapping[str, frozenset[str]] = {mark: frozenset({mark, EDGE}) for mark in (SENTENCE_END, CLAUSE_END)}


def _holds(word: str, stem: str) -> bool:
    return stem.strip("*") in word if stem.endswith("*") else word.endswith(stem[1:])
