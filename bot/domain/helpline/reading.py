"""Reading the file of helplines: strict, and with all its faults at once."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import cast

from .country import COUNTRY_CODES
from .directory import Directory, EmergencyNumber, Helpline

TIERS_SHIPPED = ("A", "B")
_LONGEST = 200
_LONGEST_BY_FIELD = {"name": 100, "dial": 100, "emergency": 100, "source": 500}
_OPTIONAL = ("how", "hours", "also", "chat", "email", "site", "cost", "area", "for_whom")
_LINE_KEYS = frozenset({"country", "checked", "languages", "name", "dial", "tier", "source", *_OPTIONAL})
_COUNTRY_KEYS = frozenset({"code", "emergency", "source", "checked"})
_FILE_KEYS = frozenset({"directory", "country", "line"})
_MARKDOWN = frozenset("*_~`|<>[]\\")
_ADDRESSES = frozenset({"chat", "email", "site", "source"})


class HelplineFault(Exception):
    """The helplines cannot be used as they are written. `faults` are in words for who edits the file."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def parse_directory(raw: Mapping[str, object], filename: str) -> Directory:
    """Read the parsed file, or raise `HelplineFault` with all its faults at once."""
    faults: list[str] = []
    top = _Entry(raw, filename, faults)
    top.allow_only(_FILE_KEYS)
    site = top.text("directory")
    numbers = [_emergency_from(entry) for entry in top.entries("country", "code", "emergency")]
    lines = [_line_from(entry) for entry in top.entries("line", "country", "name")]
    for what, count in Counter(_identities(numbers, lines)).items():
        if count > 1:
            faults.append(f"{filename}: {what} is there {count} times")
    if faults:
        raise HelplineFault(faults)
    return Directory(tuple(lines), tuple(numbers), site)


def _emergency_from(entry: "_Entry") -> EmergencyNumber:
    entry.allow_only(_COUNTRY_KEYS)
    return EmergencyNumber(
        country=entry.country("code"),
        dial=entry.number("emergency"),
        source=entry.text("source"),
        checked=entry.day("checked"),
    )


def _line_from(entry: "_Entry") -> Helpline:
    entry.allow_only(_LINE_KEYS)
    return Helpline(
        country=entry.country("country"),
        name=entry.text("name"),
        dial=entry.number("dial"),
        tier=entry.tier(),
        source=entry.text("source"),
        checked=entry.day("checked"),
        languages=entry.languages(),
        **{key: entry.text(key) for key in _OPTIONAL if key in entry.raw},
    )


def _identities(numbers: Sequence[EmergencyNumber], lines: Sequence[Helpline]) -> Iterator[str]:
    """What may be in the file only once. Empty values are reported elsewhere and are not compared."""
    yield from (f"the emergency number of {number.country}" for number in numbers if number.country)
    for line in lines:
        if line.country and line.name:
            yield f"the name {line.name.casefold()!r} in {line.country}"
        if line.country and line.dial:
            yield f"the number {''.join(line.dial.split())!r} in {line.country}"


class _Entry:
    """One table of the file. Reading a faulty value notes the fault and gives an empty value."""

    def __init__(self, raw: Mapping[str, object], place: str, faults: list[str]) -> None:
        self.raw = raw
        self._place = place
        self._faults = faults

    def _fault(self, words: str) -> None:
        self._faults.append(f"{self._place}: {words}")

    def entries(self, key: str, *labels: str) -> list["_Entry"]:
        """The `[[key]]` tables; `labels` are the fields that tell a reader which one is meant."""
        tables = self.raw.get(key, [])
        if not isinstance(tables, list):
            self._fault(f"{key} is written [[{key}]], with two brackets")
            return []
        found: list[_Entry] = []
        for position, table in enumerate(cast("list[object]", tables), start=1):
            if not isinstance(table, dict):
                self._fault(f"{key} is written [[{key}]], with two brackets")
                continue
            fields = cast("dict[str, object]", table)
            label = ", ".join(ascii(fields[name]).strip("'") for name in labels if name in fields)
            found.append(
                _Entry(fields, f"{self._place}, [[{key}]] number {position} ({label})", self._faults)
            )
        return found

    def allow_only(self, keys: frozenset[str]) -> None:
        for key in self.raw:
            if key not in keys:
                self._fault(f"{key!a} is not a known field")

    def text(self, key: str) -> str:
        value = self.raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self._fault(f"{key} is missing or is not text in quotes")
            return ""
        value = value.strip()
        if len(value) > (longest := _LONGEST_BY_FIELD.get(key, _LONGEST)):
            self._fault(f"{key} is longer than {longest} characters")
        # Category C: control, format (such as reversed writing) and unassigned characters; Zl, Zp: line ends.
        if any(unicodedata.category(c)[0] == "C" or unicodedata.category(c) in ("Zl", "Zp") for c in value):
            self._fault(f"{key} holds an invisible or control character")
        if active := sorted(_MARKDOWN.intersection(_without_harmless_signs(key, value))):
            self._fault(f"{key} holds {' '.join(active)}, which Discord takes as formatting")
        return value

    def number(self, key: str) -> str:
        value = self.text(key)
        if value and not any(c in "0123456789" for c in value):
            self._fault(f"{key} holds no digit")
        return value

    def country(self, key: str) -> str:
        value = self.text(key)
        if value and value not in COUNTRY_CODES:
            self._fault(f"{value!a} is not a country code; it is two capital letters such as DE")
        return value

    def tier(self) -> str:
        value = self.text("tier")
        if value and value not in TIERS_SHIPPED:
            self._fault("tier is not A or B; other lines are not shown to people")
        return value

    def day(self, key: str) -> date:
        value = self.raw.get(key)
        # A datetime is a date to Python, but has no place here.
        if isinstance(value, datetime) or not isinstance(value, date):
            self._fault(f"{key} is missing or is not a date such as 2026-11-22 (without quotes)")
            return date.min
        return value

    def languages(self) -> tuple[str, ...]:
        value = self.raw.get("languages", [])
        tags = cast("list[object]", value) if isinstance(value, list) else [None]
        good = [tag for tag in tags if isinstance(tag, str) and _is_language_tag(tag)]
        if len(good) != len(tags):
            self._fault('languages is not a list of short codes such as ["en", "fr"]')
        return tuple(good)


def _without_harmless_signs(field: str, value: str) -> str:
    if field in _ADDRESSES:
        return value.replace("_", "")
    if field in ("dial", "also"):
        # The star key of a telephone, as in *4141.
        return "".join(c for c, after in pairwise(value + " ") if not (c == "*" and after in "0123456789"))
    return value


def _is_language_tag(tag: str) -> bool:
    base, *rest = tag.split("-")
    return base.isascii() and base.isalpha() and base.islower() and len(base) in (2, 3) and all(rest)
