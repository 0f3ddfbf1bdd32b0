"""Where lexicons come from: for each language a TOML file named like it, and a folder of chapters.

Reading and proving thousands of phrases takes a second or two. What comes out of it is kept in a cache, under
the hash of the files and of the code that read them: the next start takes a fraction of that, and whatever is
changed is read and proved anew.
"""

import gc
import hashlib
import json
import os
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache as remembered
from pathlib import Path

from bot.domain import screen as screen_package
from bot.domain.screen import (
    Chapter,
    LexiconFault,
    Pack,
    Screen,
    Signs,
    SignsFault,
    from_plain,
    parse_pack,
    parse_signs,
    to_plain,
    unproved,
)


class UnknownLanguage(Exception):
    """There is no lexicon for a language somebody asked for."""

    def __init__(self, asked: Sequence[str], available: Sequence[str]) -> None:
        self.asked = tuple(asked)
        self.available = tuple(available)
        there = ", ".join(available) or "none"
        super().__init__(f"There is no lexicon for {', '.join(asked)}. Languages there are: {there}.")


def available_languages(folder: Path) -> tuple[str, ...]:
    """The languages that have a lexicon file, in order of the alphabet."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load_screen(
    languages: Sequence[str], folder: Path, cache: Path | None = None, *, signs: bool = True
) -> Screen:
    """Build the screen for some languages.

    signs: False for the rules alone. cache: a folder to keep checked lexicons in; without it everything is
    read and proved anew.
    Raises UnknownLanguage, or LexiconFault with every fault in every file asked for.
    """
    available = available_languages(folder)
    wanted = tuple(dict.fromkeys(languages))
    missing = [language for language in wanted if language not in available]
    if missing:
        raise UnknownLanguage(missing, available)
    with _without_collecting():
        packs: list[Pack] = []
        faults: list[str] = []
        for language in wanted:
            try:
                pack = _load(folder / f"{language}.toml", cache)
                packs.append(pack if signs else replace(pack, signs=None))
            except LexiconFault as fault:
                faults += fault.faults
        if faults:
            raise LexiconFault(faults)
        return Screen(packs)


@contextmanager
def _without_collecting() -> Generator[None]:
    """Hundreds of thousands of lasting objects are made here; looking for garbage among them takes longer."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load(path: Path, cache: Path | None) -> Pack:
    signs = path.with_suffix(".signs.tsv")
    files = [path, *sorted((path.parent / path.stem).glob("*.toml")), *([signs] if signs.exists() else ())]
    written = {file.relative_to(path.parent).as_posix(): file.read_bytes() for file in files}
    kept = cache and cache / f"lexicon.{path.stem}.{_hash_of(written)}.json"
    if kept is not None:
        # Whatever is wrong with it, the files themselves are there to be read.
        with suppress(OSError, ValueError, KeyError, TypeError, IndexError):
            return from_plain(json.loads(kept.read_bytes()))
    pack = _read(path, written)
    if kept is not None:
        with suppress(OSError):
            _keep(pack, kept)
    return pack


def _read(path: Path, written: dict[str, bytes]) -> Pack:
    chapters: list[Chapter] = []
    faults: list[str] = []
    signs: Signs | None = None
    for name, content in written.items():
        try:
            if name.endswith(".tsv"):
                signs = parse_signs(content.decode())
            else:
                chapters.append(Chapter.read(name, content.decode()))
        except LexiconFault as fault:
            faults += fault.faults
        except SignsFault as fault:
            faults.append(f"{name}: {fault}")
        except UnicodeDecodeError:
            faults.append(f"{name}: cannot be read: it is not UTF-8 text")
    if faults:
        raise LexiconFault(faults)
    pack = parse_pack(chapters)
    if pack.language != path.stem:
        raise LexiconFault([f'{path.name}: says language = "{pack.language}", but its name says {path.stem}'])
    faults = unproved(Screen([pack]))
    if faults:
        raise LexiconFault(faults)
    return replace(pack, signs=signs)


def _hash_of(written: dict[str, bytes]) -> str:
    found = hashlib.sha256(_code())
    for name, content in written.items():
        found.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()[:32]


@remembered
def _code() -> bytes:
    """The code that reads lexicons, as a hash: another version keeps nothing of this one's."""
    found = hashlib.sha256()
    for folder in screen_package.__path__:
        for file in sorted(Path(folder).glob("*.py")):
            found.update(file.read_bytes())
    return found.digest()


def _keep(pack: Pack, kept: Path) -> None:
    """Write in one step, so that no half-written file is ever read; and drop what older versions left."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=kept.parent, prefix=".lexicon.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(to_plain(pack), file, ensure_ascii=False, separators=(",", ":"))
        Path(name).replace(kept)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    for old in kept.parent.glob(f"lexicon.{pack.language}.*.json"):
        if old != kept:
            old.unlink(missing_ok=True)
