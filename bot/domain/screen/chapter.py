"""One lexicon file as it was written, and where in it a fault is."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

# `id = "plan.day_set"`, `name = "past"`, or the `want = [` of a word class, each at the start of a line.
_ENTRY = re.compile(r'^[ \t]*(?:(?:id|name)[ \t]*=[ \t]*"([^"\n]+)"|(\w+)[ \t]*=)', re.MULTILINE)


class LexiconFault(Exception):
    """One or more lexicon files cannot be used. `faults` holds one sentence for each thing to mend."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class Chapter:
    """One lexicon file: its name, what it says, and the text itself to find the line of a fault in."""

    name: str
    raw: Mapping[str, object]
    text: str = ""

    @classmethod
    def read(cls, name: str, text: str) -> "Chapter":
        """Read a file's text as TOML. Raises LexiconFault saying where it is no TOML."""
        try:
            return cls(name, tomllib.loads(text), text)
        except tomllib.TOMLDecodeError as fault:
            raise LexiconFault([f"{name}: cannot be read as TOML: {fault}"]) from fault

    @cached_property
    def _offsets(self) -> dict[str, int]:
        """Where each entry begins, by its id or name."""
        return {found[1] or found[2]: found.start() for found in _ENTRY.finditer(self.text)}

    def place_of(self, entry: str = "", phrase: str = "") -> str:
        """File and line of an entry, or of one phrase in it."""
        offset = self._offsets.get(entry)
        if offset is None:
            return self.name
        at = self.text.find(f'"{phrase}"', offset) if phrase else -1
        return f"{self.name}:{self.text.count(chr(10), 0, at if at >= 0 else offset) + 1}"
