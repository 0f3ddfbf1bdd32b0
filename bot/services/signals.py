"""What is heard in screened channels, and what people report about others."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from bot.domain.case import UNREAD, Signal, Source
from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, RoleSnowflake, UserSnowflake
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.screen import Finding
from bot.domain.tier import Tier
from bot.store.engine import Store

from .heard import Heard, TextFile
from .intake import Intake, Taken
from .ports import Clock, Files, Membership
from .screens import Screens

TRY_AGAIN_AFTER = (0.2, 1.0, 5.0, 20.0)
"""Seconds between attempts to store a signal: the disk may be full or the database busy for a moment."""

log = structlog.get_logger("signals")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody another member points at."""

    user: UserSnowflake
    roles: tuple[RoleSnowflake, ...] | None = ()
    """None: Discord would not say."""
    is_bot: bool = False


LARGEST_FILE = 100_000
"""Bytes of a text file; larger ones are not opened."""

_PIECE = 4000  # characters; what the screen reads at once without leaving anything out
_OVERLAP = 200
_UNFINISHED = Finding(Tier.T0, unfinished=True)

UNREAD_TIER = Tier.T3
"""It may be anything: somebody looks within the hour, and nobody is woken for it."""

REPORTED_TWICE_WITHIN = timedelta(hours=1)
"""The same report about an open case within this time is one."""


class Signals:
    """Screens messages, and takes in what members ask to be looked at."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        intake: Intake,
        screens: Screens,
        membership: Membership,
        files: Files,
    ) -> None:
        self._store = store
        self._clock = clock
        self._intake = intake
        self._screens = screens
        self._membership = membership
        self._files = files
        self._turns: WeakValueDictionary[tuple[GuildSnowflake, UserSnowflake], asyncio.Lock] = (
            WeakValueDictionary()
        )
        self._refreshing = asyncio.Lock()
        self._floors: dict[ChannelSnowflake, Tier] = {}
        self._since: dict[GuildSnowflake, dict[ChannelSnowflake, datetime]] = {}

    async def refresh(self) -> None:
        """Read anew what servers chose. Screened are the channels whose door has been posted (S11)."""
        # One after the other, so that an older look never overwrites a newer one.
        async with self._refreshing:
            async with self._store.reading() as tx:
                screened = await tx.servers.all_screened()
                guilds = {each.guild_snowflake for each in screened}
                languages = {guild: (await tx.servers.load(guild)).languages for guild in guilds}
                phrases = await tx.screening.phrases()
            self._screens.refresh(languages, phrases)
            self._floors, self._since = {}, {}
            for each in screened:
                if each.announced_at is not None:
                    self._floors[each.channel_snowflake] = each.floor
                    since = self._since.setdefault(each.guild_snowflake, {})
                    since[each.channel_snowflake] = each.announced_at

    def watches(self, places: Iterable[ChannelSnowflake]) -> bool:
        """Whether messages here are screened."""
        return any(place in self._floors for place in places)

    def watches_in(self, guild: GuildSnowflake) -> bool:
        """Whether any channel of this server is screened."""
        return guild in self._since

    def watched_since(self, guild: GuildSnowflake) -> Mapping[ChannelSnowflake, datetime]:
        """The screened channels of a server, with the time at which their notice was posted."""
        return self._since.get(guild, {})

    async def hear(self, heard: Heard) -> Taken:
        """Screen what somebody wrote and, if words in it may mean danger, bring it to people."""
        if not self.watches(heard.places):
            return Taken(None)
        taken = await self._bring(heard, self._read(heard.guild, (heard.words, *heard.beside)))
        for file in heard.files:
            # Not before the words are safe: a file takes its time, or never comes.
            later = await self._bring(heard, await self._read_file(heard.guild, file))
            taken = taken if later.case is None else later
        return taken

    async def _bring(self, heard: Heard, found: tuple[Tier, tuple[str, ...]]) -> Taken:
        tier, rules = found
        if not tier.opens_case or not self._is_brought(tier, rules, heard.places):
            return Taken(None)
        now = self._clock.now()
        loose = not heard.origin and heard.message is None
        signal = Signal(
            heard.guild,
            heard.author,
            Source.MESSAGE,
            tier,
            f"{heard.told_as}:{now:%Y%m%d%H%M}" if loose else heard.told_as,
            now,
            rules,
            None if heard.private else heard.places[0],
            heard.message,
            via_app=heard.via_app,
            written_at=heard.written_at,
        )
        roles = heard.author_roles
        if roles is None and not heard.via_app:
            held = await self._membership.roles_of(heard.guild, heard.author)
            roles = tuple(held) if held is not None else None
        for wait in TRY_AGAIN_AFTER:
            try:
                return await self._take(signal, roles)
            except Exception as error:  # whatever it is: a signal is worth another attempt
                log.error("signal.not_stored", waiting_for=wait, exc_info=error)
                await asyncio.sleep(wait)
        return await self._take(signal, roles)

    async def look(
        self,
        reporter: Actor,
        author: Person,
        channel: ChannelSnowflake,
        message: MessageSnowflake,
        origin: str,
    ) -> Taken:
        """A member asks a moderator to look at a message; confidential, and it joins the author's case.

        origin: unique for this press.
        """
        return await self._concern(reporter, author, Source.LOOK, f"look:{origin}", channel, message)

    async def worry(self, reporter: Actor, person: Person, origin: str) -> Taken:
        """A member is worried about another; confidential, and it joins that person's case.

        origin: unique for this press.
        """
        return await self._concern(reporter, person, Source.WORRY, f"worry:{origin}", None, None)

    async def _take(self, signal: Signal, roles: tuple[RoleSnowflake, ...] | None) -> Taken:
        # One person's signals are stored one after the other, so that a flood of theirs keeps nobody waiting.
        turn = self._turns.setdefault((signal.guild_snowflake, signal.person), asyncio.Lock())
        async with turn, self._store.writing() as tx:
            return await self._intake.take(tx, signal, roles)

    async def _concern(
        self,
        reporter: Actor,
        person: Person,
        source: Source,
        origin: str,
        channel: ChannelSnowflake | None,
        message: MessageSnowflake | None,
    ) -> Taken:
        if person.user == reporter.user_snowflake:
            raise Refusal("signal.refusal.yourself")
        if person.is_bot and source is Source.WORRY:
            raise Refusal("signal.refusal.bot")
        signal = Signal(
            reporter.guild_snowflake,
            person.user,
            source,
            Tier.T3,
            origin,
            self._clock.now(),
            channel=channel,
            message=message,
            reporter=reporter.user_snowflake,
            via_app=person.is_bot,
        )
        async with self._store.writing() as tx:
            known = await tx.cases.open_for(signal.guild_snowflake, signal.person)
            since = signal.at - REPORTED_TWICE_WITHIN
            if known is not None and await tx.cases.reported_since(known.case_id, signal, since):
                return Taken(None)  # pressed twice; after the case is closed it would count anew
            return await self._intake.take(tx, signal, person.roles)

    def _is_brought(self, tier: Tier, rules: tuple[str, ...], places: tuple[ChannelSnowflake, ...]) -> bool:
        """Whether the channel's floor lets it through. What may happen now, and what is unread, always is."""
        if tier >= Tier.T5 or rules == (UNREAD,):
            return True
        return tier >= min(self._floors[place] for place in places if place in self._floors)

    def _read(self, guild: GuildSnowflake, texts: Iterable[str]) -> tuple[Tier, tuple[str, ...]]:
        """What the screen says. What it cannot read is for people to look at, whatever the reason."""
        findings: list[Finding] = []
        for text in texts:
            try:
                findings.append(self._screens.of(guild).read(text))
            except Exception as error:
                log.error("signal.could_not_read", guild_snowflake=guild, exc_info=error)
                findings.append(_UNFINISHED)
        findings.sort(key=lambda each: -each.tier)
        tier = findings[0].tier if findings else Tier.T0
        if tier < UNREAD_TIER and any(each.unfinished for each in findings):
            log.warning("signal.too_much_to_read", guild_snowflake=guild)
            return UNREAD_TIER, (UNREAD,)
        return tier, tuple(dict.fromkeys(rule for each in findings for rule in each.rules))

    async def _read_file(self, guild: GuildSnowflake, file: TextFile) -> tuple[Tier, tuple[str, ...]]:
        """The same for a file. One that is too large is told of by its name alone (docs/safety.md)."""
        if file.size > LARGEST_FILE:
            return Tier.T0, ()
        text = await self._files.text_of(file.url, LARGEST_FILE)
        if text is None:
            return UNREAD_TIER, (UNREAD,)
        return self._read(guild, _in_pieces(text))


def _in_pieces(text: str) -> Iterator[str]:
    """A long text in pieces that overlap, so that nothing is lost at a cut."""
    for start in range(0, max(len(text), 1), _PIECE - _OVERLAP):
        yield text[start : start + _PIECE]
