"""What is heard in screened channels, and what people report about others."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.case import UNREAD, Signal, Source
from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, RoleSnowflake, UserSnowflake
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.tier import Tier
from bot.store.engine import Store

from .intake import Intake, Taken
from .ports import Clock
from .screens import Screens

TRY_AGAIN_AFTER = (0.2, 1.0, 5.0, 20.0)
"""Seconds between attempts to store a signal: the disk may be full or the database busy for a moment."""

log = structlog.get_logger("signals")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it arrived. words are looked at once, in memory, and kept nowhere (S7).

    places: the channel and, for a thread, its parent: one of them screened is enough.
    """

    guild: GuildSnowflake
    places: tuple[ChannelSnowflake, ...]
    message: MessageSnowflake
    author: UserSnowflake
    words: str
    author_roles: tuple[RoleSnowflake, ...] = ()
    via_app: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody another member points at."""

    user: UserSnowflake
    roles: tuple[RoleSnowflake, ...] | None = ()
    """None: Discord would not say."""
    is_bot: bool = False


UNREAD_TIER = Tier.T3
"""It may be anything: somebody looks within the hour, and nobody is woken for it."""

REPORTED_TWICE_WITHIN = timedelta(hours=1)
"""The same report about an open case within this time is one."""


class Signals:
    """Screens messages, and takes in what members ask to be looked at."""

    def __init__(self, store: Store, clock: Clock, intake: Intake, screens: Screens) -> None:
        self._store = store
        self._clock = clock
        self._intake = intake
        self._screens = screens
        self._refreshing = asyncio.Lock()
        self._floors: dict[ChannelSnowflake, Tier] = {}

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
            self._floors = {
                each.channel_snowflake: each.floor for each in screened if each.announced_at is not None
            }

    def watches(self, places: Iterable[ChannelSnowflake]) -> bool:
        """Whether messages here are screened."""
        return any(place in self._floors for place in places)

    async def hear(self, heard: Heard) -> Taken:
        """Screen one message and, if words in it may mean danger, bring it to people."""
        if not heard.words or not self.watches(heard.places):
            return Taken(None)
        tier, rules = self._read(heard)
        if not tier.opens_case or not self._is_brought(tier, rules, heard.places):
            return Taken(None)
        signal = Signal(
            heard.guild,
            heard.author,
            Source.MESSAGE,
            tier,
            f"message:{heard.message}",
            self._clock.now(),
            rules,
            heard.places[0],
            heard.message,
            via_app=heard.via_app,
        )
        for wait in TRY_AGAIN_AFTER:
            try:
                return await self._take(signal, heard.author_roles)
            except Exception as error:  # whatever it is: a signal is worth another attempt
                log.error("signal.not_stored", waiting_for=wait, exc_info=error)
                await asyncio.sleep(wait)
        return await self._take(signal, heard.author_roles)

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

    async def _take(self, signal: Signal, roles: tuple[RoleSnowflake, ...]) -> Taken:
        async with self._store.writing() as tx:
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

    def _read(self, heard: Heard) -> tuple[Tier, tuple[str, ...]]:
        """What the screen says. A message it cannot read is for people to look at, whatever the reason."""
        try:
            found = self._screens.of(heard.guild).read(heard.words)
        except Exception as error:
            log.error("signal.could_not_read", guild_snowflake=heard.guild, exc_info=error)
            return UNREAD_TIER, (UNREAD,)
        if found.unfinished and found.tier < UNREAD_TIER:
            log.warning("signal.too_much_to_read", guild_snowflake=heard.guild)
            return UNREAD_TIER, (UNREAD,)
        return found.tier, found.rules
