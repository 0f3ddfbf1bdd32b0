"""What was written while nobody listened: found by reading back, and brought to people late, not never."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.ids import GuildSnowflake, MessageSnowflake
from bot.domain.watermark import Tide
from bot.store.engine import Store

from .ports import Clock, Past, PastPlace, PastUnavailable
from .signals import Heard, Signals

OVERLAP = timedelta(hours=24)
"""How far back edits are looked for after a gap, and how far back a channel is read that has no mark yet."""

FORGOTTEN_AFTER = timedelta(days=30)
"""A place in which nothing was read for so long has its mark forgotten; its last day would be read anew."""

REQUESTS_A_SECOND = 25
"""To Discord while reading back; its limit for everything together is 50."""

_DISCORD_EPOCH = 1_420_070_400_000
_TELL_EVERY = 25  # places, in the log

log = structlog.get_logger("catching_up")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading back has come on a server."""

    done: int
    places: int


class CatchingUp:
    """Keeps how far every server has been read, and reads what is missing. Reading twice changes nothing."""

    def __init__(self, store: Store, clock: Clock, signals: Signals, past: Past) -> None:
        self._store = store
        self._clock = clock
        self._signals = signals
        self._past = past
        self._tides: dict[GuildSnowflake, Tide] = {}
        self._progress: dict[GuildSnowflake, Progress] = {}
        self._stopped = False

    async def load(self) -> None:
        """Remember where reading ended before the last stop; forget places long silent."""
        async with self._store.writing() as tx:
            await tx.watermarks.forget_before(snowflake_at(self._clock.now() - FORGOTTEN_AFTER))
            for guild, channel, message in await tx.watermarks.all():
                self._tide(guild).remember(channel, message)

    def arrived(self, heard: Heard) -> None:
        """A new message came in and is about to be taken care of."""
        if heard.message is not None:
            self._tide(heard.guild).take_in_hand(heard.places[0], heard.message)

    def safe(self, heard: Heard) -> None:
        """What it says is stored, or nobody need be told."""
        if heard.message is not None:
            self._tide(heard.guild).done(heard.places[0], heard.message)

    def break_off(self, guilds: Iterable[GuildSnowflake]) -> tuple[tuple[GuildSnowflake, int], ...]:
        """From now on messages may be missing here; returns the gaps of those that were current."""
        paused: list[tuple[GuildSnowflake, int]] = []
        for guild in guilds:
            tide = self._tide(guild)
            was_current = tide.is_current
            tide.break_off()
            if was_current:
                paused.append((guild, tide.gap))
        return tuple(paused)

    def resume(self, paused: Iterable[tuple[GuildSnowflake, int]]) -> None:
        """The session was resumed: Discord sent what was missed."""
        for guild, gap in paused:
            self._tide(guild).resume(gap)

    def is_current(self, guild: GuildSnowflake) -> bool:
        """Whether everything written up to now was heard."""
        return self._tide(guild).is_current

    def stop(self) -> None:
        """Read no further than the answer that is waited for."""
        self._stopped = True

    def progress(self, guild: GuildSnowflake) -> Progress | None:
        """How far reading back has come; None when nothing is being read."""
        return self._progress.get(guild)

    async def read_back(self, guild: GuildSnowflake, *, edits: bool) -> bool:
        """Read what is missing, the oldest first; False if some of it could not be had for the moment.

        edits: look for changed messages of the last day too, and for threads that were archived meanwhile.
        """
        tide = self._tide(guild)
        gap, began = tide.gap, self._clock.now()
        since = self._signals.watched_since(guild)
        complete = True
        try:
            places = await self._past.places(guild, frozenset(since), thoroughly=edits) if since else ()
            for done, place in enumerate(places):
                self._progress[guild] = Progress(done, len(places))
                if done and done % _TELL_EVERY == 0:
                    log.info("catching_up.reading", guild_snowflake=guild, count=done)
                if self._stopped:
                    return False
                try:
                    await self._read_place(guild, place, since[place.screened], tide, edits=edits)
                except PastUnavailable as reason:
                    complete = complete and reason.closed
        finally:
            self._progress.pop(guild, None)
            await self.keep()
        if complete:
            tide.resume(gap)
        if edits:
            log.info(
                "catching_up.done",
                guild_snowflake=guild,
                count=len(places),
                took_for=(self._clock.now() - began).total_seconds(),
            )
        return complete

    async def keep(self) -> None:
        """Write down how far everything has been read."""
        for guild, tide in list(self._tides.items()):
            if changed := tide.changed():
                async with self._store.writing() as tx:
                    await tx.watermarks.keep(guild, changed)

    async def _read_place(
        self, guild: GuildSnowflake, place: PastPlace, screened_at: datetime, tide: Tide, *, edits: bool
    ) -> None:
        channel, day_ago = place.channel, self._clock.now() - OVERLAP
        mark = tide.read_to(channel)
        # Never what was written before people were told that somebody reads here (S11).
        begin = snowflake_at(screened_at)
        known = max(begin, mark if mark is not None else snowflake_at(day_ago))
        first = max(begin, min(known, snowflake_at(day_ago))) if edits else known
        if place.title is not None and edits:
            await self._signals.hear(place.title)
        last = first
        while place.last_message is not None and last < place.last_message:
            batch = await self._past.after(guild, place, MessageSnowflake(last))
            for written in batch:
                if written.heard is not None and (written.message > known or written.edited):
                    await self._signals.hear(written.heard)
                tide.done(channel, written.message)
                last = written.message
            tide.read(channel, MessageSnowflake(last))
            if self._stopped:
                raise PastUnavailable(closed=False)
            if not batch:
                break
            await asyncio.sleep(1 / REQUESTS_A_SECOND)
        tide.read(channel, MessageSnowflake(max(last, place.last_message or 0)))

    def _tide(self, guild: GuildSnowflake) -> Tide:
        return self._tides.setdefault(guild, Tide())


def snowflake_at(moment: datetime) -> int:
    """The lowest id Discord gives at this moment (Discord's documentation, "Snowflakes")."""
    return max(0, int(moment.timestamp() * 1000) - _DISCORD_EPOCH) << 22
