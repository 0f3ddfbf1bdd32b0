"""The only place that touches google-re2: a typed face for a library that ships no types.

re2 is used because its running time grows in step with the text, whatever the pattern: a long or
crafted message can slow nothing down.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import re2  # pyright: ignore[reportMissingTypeStubs]

_re2: Any = re2

# re2.Set keeps a table of what it has seen. Eight megabytes, the default, is too tight for a whole
# lexicon and makes it throw the table away over and over.
_SET_MEMORY = 256 << 20


class BadPattern(ValueError):
    """The pattern is not one that re2 accepts."""


class Pattern:
    """One compiled pattern, matched against UTF-8 bytes."""

    __slots__ = ("_compiled",)

    def __init__(self, source: str) -> None:
        try:
            self._compiled: Any = _re2.compile(source, _quiet())
        except _re2.error as fault:
            raise BadPattern(str(fault)) from fault

    def find(self, text: bytes, start: int = 0) -> tuple[tuple[int, int], tuple[tuple[int, int], ...]] | None:
        """The first match from `start` on, as its span and the spans of its groups, or None."""
        match = self._compiled.search(text, start)
        if match is None:
            return None
        groups = tuple(match.span(number) for number in range(1, self._compiled.groups + 1))
        return match.span(), groups

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Every match in a string, as offsets in characters."""
        for match in self._compiled.finditer(text):
            yield match.span()


class PatternSet:
    """Many patterns asked at once: which of them occur anywhere in the text?"""

    __slots__ = ("_size", "_together")

    def __init__(self, sources: Sequence[str]) -> None:
        self._size = len(sources)
        self._together: Any = _re2.Set.SearchSet(_quiet(_SET_MEMORY))
        try:
            for source in sources:
                self._together.Add(source)
            if sources:
                self._together.Compile()
        except _re2.error as fault:
            raise BadPattern(str(fault)) from fault

    def hits(self, text: bytes) -> list[int]:
        """The positions, in the order given at the start, of the patterns that occur."""
        if not self._size:
            return []
        return sorted(self._together.Match(text) or ())


def _quiet(memory: int | None = None) -> Any:
    options = _re2.Options()
    options.log_errors = False  # faults are ours to report, not to print on standard error
    if memory is not None:
        options.max_mem = memory
    return options
