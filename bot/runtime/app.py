"""The bot itself: what happens when it starts, hears and stops."""

import asyncio
import sys
from datetime import datetime
from typing import Any

import discord
from discord.ext import commands

from bot.domain.ids import GuildSnowflake
from bot.services.house import Services
from bot.services.ports import Clock, Files
from bot.store.engine import Store
from bot.store.upkeep import open_store
from bot.ui import registry
from bot.ui.client import Interaction
from bot.ui.texts import Texts

from .clock import SystemClock
from .command_sync import CommandSync
from .courier import Courier
from .files import CdnFiles
from .furnishing import Furnished, Words, furnish, read_words
from .guard import ParserGuard
from .identifying import IdentifyGate
from .logs import get_logger
from .settings import Settings

COGS = (
    "cogs.case",
    "cogs.concern",
    "cogs.group",
    "cogs.screening",
    "cogs.setup",
    "cogs.status",
    "cogs.support",
)

DRAIN_FOR = 10.0
"""Seconds that everything on its way is given, in all, when the bot stops."""

log = get_logger("bot")


def intents_for(settings: Settings) -> discord.Intents:
    """Only what the bot cannot do without. Roles come with messages and interactions, so no members."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.messages = True
    intents.message_content = settings.message_content_intent
    intents.guild_scheduled_events = True
    intents.voice_states = True
    intents.auto_moderation_execution = True
    return intents


def _shards(settings: Settings) -> dict[str, Any]:
    if settings.shard_ids is None:
        return {}
    return {"shard_ids": list(settings.shard_ids), "shard_count": settings.shard_count}


class TalkingPiece(commands.AutoShardedBot):
    """The running bot. services and texts are there once setup_hook has run."""

    def __init__(self, settings: Settings, clock: Clock, words: Words) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents_for(settings),
            allowed_mentions=discord.AllowedMentions.none(),
            **_shards(settings),
            max_messages=None,  # nothing here needs old messages in memory, and words are not kept (S7)
        )
        self.settings = settings
        self.clock = clock
        self.words = words
        self.files: Files = CdnFiles()
        """Where files that came with messages are fetched from; on a pretend Discord, from there."""
        self._store: Store | None = None
        self._furnished: Furnished | None = None
        self._connected_since: datetime | None = None
        self._commands: CommandSync | None = None
        self._paused: dict[int, tuple[tuple[GuildSnowflake, int], ...]] = {}
        self.guard = ParserGuard(self._listen)
        self.guard.stand_before(self)
        self.gate = IdentifyGate(lambda: self.store, clock, self.fetch_session_start_limits)

    @property
    def services(self) -> Services:
        """What people can do."""
        return self._rooms.services

    @property
    def texts(self) -> Texts:
        """What the bot says."""
        return self.words.texts

    @property
    def store(self) -> Store:
        """The database."""
        if self._store is None:
            raise RuntimeError("the bot has not been set up yet")
        return self._store

    @property
    def is_set_up(self) -> bool:
        """Whether setup_hook has opened the database and furnished the rooms."""
        return self._furnished is not None

    @property
    def courier(self) -> Courier:
        """Who delivers letters."""
        return self._rooms.courier

    async def setup_hook(self) -> None:
        """Open the database, bring it up to date, furnish the rooms and tell Discord the commands."""
        settings = self.settings
        self._store = await open_store(
            settings.database_url, settings.keyring_file, settings.backup_dir, settings.backups_kept
        )
        self._furnished = furnish(self, self, self._store, self.clock, self.words, self.files)
        if self._store.is_sqlite:
            # Whoever held a letter on this database has ended: there is only ever one of us on a file.
            await self._furnished.outgoing.release_leases()
        for name in COGS:
            await self.load_extension(name)
        registry.register(self)
        self.add_listener(self._take_submission, "on_interaction")
        await self.services.signals.refresh()
        await self._furnished.catching_up.load()
        if hidden := self.words.helplines.stale(self.clock.now().date()):
            # Which ones: python -m bot check.
            log.warning("helplines.hidden_until_checked", count=len(hidden))
        self._commands = CommandSync(self.tree, self.application_id, self._store)
        await self._commands.start()

    async def connect(self, *, reconnect: bool = True) -> None:
        """Log in to Discord and stay; not before another login is allowed (see IdentifyGate)."""
        await self.gate.before_start((self.shard_ids or [0])[0])
        await super().connect(reconnect=reconnect)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count every login, and hold it back when there were too many."""
        pause = super().before_identify_hook(shard_id, initial=initial)
        await asyncio.gather(self.gate.pass_through(shard_id or 0), pause)

    async def on_ready(self) -> None:
        """Only now does the cache know who is where, so only now may the ladder be climbed."""
        self._connected_since = self._connected_since or self.clock.now()
        self._rooms.heart.start()
        self._rooms.heart.stir()

    async def on_shard_ready(self, shard: int) -> None:
        """A new session: what was written since the last one ended has to be read."""
        self._connected_since = self.clock.now()  # with several shards, on_ready does not come again for one
        self._paused.pop(shard, None)
        self._rooms.looking_back.want(self._guilds_of(shard), after_a_gap=True)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Discord had lost sight of a server for a while."""
        self._rooms.looking_back.want([GuildSnowflake(guild.id)], after_a_gap=True)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """Nothing from this server reaches us for now."""
        self._rooms.catching_up.break_off([GuildSnowflake(guild.id)])

    async def on_shard_resumed(self, shard: int) -> None:
        """Connected again without a gap: Discord sends what was missed."""
        self._connected_since = self.clock.now()
        catching_up = self._rooms.catching_up
        catching_up.resume(self._paused.pop(shard, ()))
        behind = [guild for guild in self._guilds_of(shard) if not catching_up.is_current(guild)]
        self._rooms.looking_back.want(behind, after_a_gap=True)

    async def on_shard_disconnect(self, shard: int) -> None:
        """Discord does not hear us for the moment."""
        self._connected_since = None
        paused = self._rooms.catching_up.break_off(self._guilds_of(shard))
        self._paused.setdefault(shard, paused)

    async def on_message(self, _message: discord.Message, /) -> None:
        """There are no commands in messages; words are heard before they are parsed (ui/hearing.py)."""

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Something failed outside an interaction; where is logged, what people wrote is not."""
        log.error("bot.listener_fault", kind=event_method, exc_info=sys.exception())

    def connected_since(self) -> datetime | None:
        """Since when Discord hears us."""
        return self._connected_since

    def last_beat_at(self) -> datetime | None:
        """When the heart last beat."""
        return self._rooms.heart.last_beat_at

    def faults(self) -> int:
        """How many malformed events were caught."""
        return self.guard.faults

    async def close(self) -> None:
        """Stop taking work, let letters on their way arrive, say goodbye, let go of the database."""
        loop = asyncio.get_running_loop()
        end = loop.time() + DRAIN_FOR
        try:
            if self._commands is not None:
                await self._commands.stop()
            if self._furnished is not None:
                await self._furnished.hearing.finish(max(0.0, end - loop.time()))
                await self._furnished.looking_back.stop()
                await self._furnished.heart.stop(max(0.0, end - loop.time()))
        finally:
            await super().close()
            if self._store is not None:
                await self._store.close()

    @property
    def _rooms(self) -> Furnished:
        if self._furnished is None:
            raise RuntimeError("the bot has not been set up yet")
        return self._furnished

    async def _take_submission(self, interaction: Interaction) -> None:
        await registry.take_submission(interaction)

    def _guilds_of(self, shard: int) -> list[GuildSnowflake]:
        return [GuildSnowflake(guild.id) for guild in self.guilds if guild.shard_id == shard]

    def _listen(self, event: str, data: Any) -> None:
        if self._furnished is not None:
            self._furnished.hearing.take(event, data)


def build_bot(settings: Settings, *, clock: Clock | None = None) -> TalkingPiece:
    """The bot, not yet started. Reads data/ and opens nothing else; raises what is wrong with the words."""
    return TalkingPiece(settings, clock or SystemClock(), read_words(settings.data_dir, settings.cache_dir))
