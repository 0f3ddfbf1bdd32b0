"""Where lexicons come from: for each language a TOML file named like it, and a folder of chapters."""

from collections.abc import Sequence
from pathlib import Path

from bot.domain.screen import Chapter, LexiconFault, Pack, Screen, parse_pack


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


def load_screen(languages: Sequence[str], folder: Path) -> Screen:
    """Build the screen for some languages.

    Raises UnknownLanguage, or LexiconFault with every fault in every file asked for.
    """
    available = available_languages(folder)
    wanted = tuple(dict.fromkeys(languages))
    missing = [language for language in wanted if language not in available]
    if missing:
        raise UnknownLanguage(missing, available)
    packs: list[Pack] = []
    faults: list[str] = []
    for language in wanted:
        path = folder / f"{language}.toml"
        try:
            packs.append(_load(path))
        except LexiconFault as fault:
            faults += fault.faults
    if faults:
        raise LexiconFault(faults)
    return Screen(packs)


def _load(path: Path) -> Pack:
    files = [path, *sorted((path.parent / path.stem).glob("*.toml"))]
    chapters: list[Chapter] = []
    faults: list[str] = []
    for file in files:
        try:
            chapters.append(_read(file, path.parent))
        except LexiconFault as fault:
            faults += fault.faults
    if faults:
        raise LexiconFault(faults)
    pack = parse_pack(chapters)
    if pack.language != path.stem:
        raise LexiconFault([f'{path.name}: says language = "{pack.language}", but its name says {path.stem}'])
    return pack


def _read(file: Path, folder: Path) -> Chapter:
    name = file.relative_to(folder).as_posix()
    try:
        return Chapter.read(name, file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as fault:
        raise LexiconFault([f"{name}: cannot be read: it is not UTF-8 text"]) from fault
