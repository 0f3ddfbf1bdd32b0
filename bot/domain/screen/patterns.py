"""The only place that touches google-re2: a typed face for a library that ships no types.

re2 is used because its running time grows in step with the text, whatever the pattern: a long or
crafted message can slow nothing down.
"""

from collections.abc import Iterator
from typing import Any

import re2  # pyright: ignore[reportMissingTypeStubs]

_re2: Any = re2


class BadPattern(ValueError):
    """The pattern is not one that re2 accepts."""


class Pattern:
    """One compiled pattern."""

    __slots__ = ("_compiled",)

    def __init__(self, source: str) -> None:
        try:
            self._compiled: Any = _re2.compile(source, _quiet())
        except _re2.error as fault:
            raise BadPattern(str(fault)) from fault

    def occurs_in(self, text: str) -> bool:
        """Whether it matches anywhere."""
        return self._compiled.search(text) is not None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Every match in a string, as offsets in characters."""
        for match in self._compiled.finditer(text):
            yield match.span()


def _quiet() -> Any:
    options = _re2.Options()
    options.log_errors = False  # faults are ours to report, not to print on standard error
    return options
