"""Which screen reads for which server, and whether the screens find what they must."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.ids import GuildSnowflake
from bot.domain.screen import SIGNS, OwnWords, PhraseFault, Screen, TunedScreen
from bot.domain.screening import OwnPhrase
from bot.domain.tier import Tier

log = structlog.get_logger("screens")


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How the last test of the screens on their own lines ended."""

    at: datetime
    lines: int
    missed: int


class Screens:
    """One screen for each choice of languages; shared by every server that has no phrases of its own."""

    def __init__(self, screens: Mapping[str, Screen]) -> None:
        """`screens`: one for each language there is, by its code."""
        self._screens = dict(screens)
        self._languages_there = tuple(sorted(screens))
        self._languages: Mapping[GuildSnowflake, tuple[str, ...]] = {}
        self._reading: dict[GuildSnowflake, TunedScreen] = {}
        self.last_test: SelfTest | None = None

    def refresh(
        self, languages: Mapping[GuildSnowflake, tuple[str, ...]], phrases: Iterable[OwnPhrase]
    ) -> None:
        """Take over what the servers chose."""
        self._languages = languages
        own: dict[GuildSnowflake, list[OwnPhrase]] = {}
        for each in phrases:
            own.setdefault(each.guild_snowflake, []).append(each)
        self._reading = {guild: self.tuned(guild, mine) for guild, mine in own.items()}

    def of(self, guild: GuildSnowflake) -> TunedScreen:
        """The screen that reads for this server."""
        screen = self._reading.get(guild)
        if screen is None:
            screen = self._reading[guild] = TunedScreen(self.plain(guild))
        return screen

    def plain(self, guild: GuildSnowflake) -> Screen:
        """The screen for the languages the server chose; English where none of them is there."""
        chosen = self._languages.get(guild, ("en",))
        languages = [each for each in chosen if each in self._languages_there] or ["en"]
        key = ",".join(sorted(languages))
        if key not in self._screens:
            self._screens[key] = Screen(pack for each in languages for pack in self._screens[each].packs)
        return self._screens[key]

    def tuned(self, guild: GuildSnowflake, own: Iterable[OwnPhrase]) -> TunedScreen:
        """The server's screen with these phrases. One that can no longer be looked for is left out."""
        screen = self.plain(guild)
        wanted: list[OwnWords] = []
        for each in own:
            words = OwnWords(each.phrase_id, each.words, each.tier)
            try:
                TunedScreen(screen, [words])
            except PhraseFault:
                log.error("screens.phrase_left_out", guild_snowflake=guild, phrase_id=each.phrase_id)
                continue
            wanted.append(words)
        return TunedScreen(screen, wanted)

    def with_words(self, guild: GuildSnowflake, words: str, tier: Tier | None) -> TunedScreen:
        """The server's screen with these words alone. Raises PhraseFault if they cannot be looked for."""
        return TunedScreen(self.plain(guild), [OwnWords(0, words, tier)])

    def reviewed(self, language: str) -> bool:
        """Whether a person who speaks the language has read its lexicon."""
        screen = self._screens.get(language)
        return screen is not None and all(pack.reviewed for pack in screen.packs)

    def categories(self, guild: GuildSnowflake) -> tuple[str, ...]:
        """The kinds of words that are brought to people here."""
        packs = self.plain(guild).packs
        kinds = dict.fromkeys(rule.category for pack in packs for rule in pack.rules if rule.tier.opens_case)
        return (*kinds, SIGNS) if any(pack.signs is not None for pack in packs) else tuple(kinds)

    async def test(self, at: datetime) -> SelfTest:
        """Let every screen read the gravest lines of its own lexicon. What it misses is logged."""
        lines = missed = 0
        for language in self._languages_there:
            screen = self._screens[language]
            for pack in screen.packs:
                for rule in pack.rules:
                    if rule.tier >= Tier.T4:
                        await asyncio.sleep(0)  # messages go first
                        lines += 1
                        if screen.read(rule.must_match[0]).tier < rule.tier:
                            missed += 1
                            log.error("screens.missed", rule=rule.id)
        self.last_test = SelfTest(at, lines, missed)
        return self.last_test
