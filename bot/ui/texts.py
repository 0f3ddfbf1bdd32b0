"""Every sentence the bot says, from data/text/<lang>/*.toml: found by key, filled with facts.

This is the one place where what people wrote themselves is made harmless before it is shown.
"""

import string
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import discord
from babel import Locale, UnknownLocaleError
from babel.lists import format_list

DEFAULT_LANGUAGE = "en"

Plural = Mapping[str, str]
Entry = str | Plural


class TextFault(Exception):
    """A text file says something that cannot be used."""


class Markup(str):
    """Text that is safe to show as it stands: a mention, a link, a sentence of ours."""

    __slots__ = ()


def harmless(text: str) -> str:
    """What somebody wrote, with markup, mentions and invisible direction changes disarmed."""
    visible = "".join(
        letter if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co") else " "
        for letter in text
    )
    # A mention, channel, time or command begins with "<"; an invisible letter behind it takes the meaning.
    plain = discord.utils.escape_mentions(discord.utils.escape_markdown(visible))
    return plain.replace("<", "<\u200b")


class _Filler(string.Formatter):
    def __init__(self, locale: Locale) -> None:
        super().__init__()
        self._locale = locale

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Markup):
            return str(value)
        if isinstance(value, datetime):
            return discord.utils.format_dt(value, format_spec or "f")  # pyright: ignore[reportArgumentType]
        if isinstance(value, str):
            return harmless(value)
        if isinstance(value, list | tuple):
            parts = [self.format_field(each, "") for each in value]  # pyright: ignore[reportUnknownVariableType]
            return format_list(parts, locale=self._locale)
        return format(value, format_spec)


class Words:
    """The texts in one language."""

    def __init__(self, language: str, entries: Mapping[str, Entry], fallback: "Words | None" = None) -> None:
        self.language = language
        self.locale = Locale.parse(language, sep="-")
        self._entries = entries
        self._fallback = fallback
        self._filler = _Filler(self.locale)

    def __call__(self, key: str, **facts: Any) -> Markup:
        """The text of this key with its fields filled.

        A text with plural forms chooses by its fact named "count", by the CLDR rules of the language.
        A datetime becomes a Discord timestamp, {at:R} a relative one. Raises KeyError for an unknown key.
        """
        entry = self._entries.get(key)
        if entry is None:
            if self._fallback is None:
                raise KeyError(key)
            return self._fallback(key, **facts)
        if not isinstance(entry, str):
            entry = entry.get(self.locale.plural_form(facts["count"]), entry["other"])
        return Markup(self._filler.vformat(entry, (), facts))

    def plain(self, text: str) -> Markup:
        """Somebody's own words, made harmless to show."""
        return Markup(harmless(text))

    def lines(self, parts: Iterable[str]) -> Markup:
        """Several texts, each on a line of its own."""
        return Markup("\n".join(parts))

    def listed(self, parts: Iterable[str]) -> Markup:
        """Several texts as one enumeration: a, b and c."""
        return Markup(format_list(list(parts), locale=self.locale))

    def known(self) -> Iterable[str]:
        """All keys of this language."""
        return self._entries.keys()

    def entry(self, key: str) -> Entry:
        """The text as it stands in the file."""
        return self._entries[key]

    def country(self, code: str) -> Markup:
        """A country's name in this language."""
        return Markup(territories(self.locale).get(code, code))

    def language_name(self, code: str) -> Markup:
        """A language's name in this language."""
        return Markup(cast("Mapping[str, str]", self.locale.languages).get(code, code))


def territories(locale: Locale) -> Mapping[str, str]:
    """Names of countries and regions by code."""
    return cast("Mapping[str, str]", locale.territories)


class Texts:
    """The texts in all languages there are."""

    def __init__(self, languages: Mapping[str, Words]) -> None:
        self._languages = languages

    def of(self, locale: object) -> Words:
        """The texts in this locale's language, or in English."""
        name = str(locale).replace("_", "-")
        return (
            self._languages.get(name)
            or self._languages.get(name.split("-", 1)[0])
            or self._languages[DEFAULT_LANGUAGE]
        )

    def languages(self) -> tuple[str, ...]:
        """Codes of the languages there are."""
        return tuple(self._languages)


def load_texts(folder: Path) -> Texts:
    """Read data/text. English must be there; other languages fall back to it text by text."""
    english = Words(DEFAULT_LANGUAGE, _read(folder / DEFAULT_LANGUAGE))
    languages = {DEFAULT_LANGUAGE: english}
    for each in sorted(folder.iterdir()):
        if each.is_dir() and each.name != DEFAULT_LANGUAGE:
            try:
                languages[each.name] = Words(each.name, _read(each), fallback=english)
            except (UnknownLocaleError, ValueError) as error:
                raise TextFault(f"{each.name} is not a language code.") from error
    return Texts(languages)


def _read(folder: Path) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            raw = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise TextFault(f"{folder.name}/{file.name} cannot be read as TOML: {error}") from error
        _flatten(raw, file.stem, entries)
    if not entries:
        raise TextFault(f"There are no texts in {folder.name}.")
    return entries


def _flatten(table: Mapping[str, Any], prefix: str, entries: dict[str, Entry]) -> None:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, str):
            entries[key] = value.strip()
        elif "other" in value and all(isinstance(each, str) for each in value.values()):
            entries[key] = {form: text.strip() for form, text in value.items()}
        else:
            _flatten(value, key, entries)
