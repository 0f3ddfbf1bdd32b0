"""The pretend Discord with the bot on it, kept running: looking around, skipping ahead, restarting."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import date, datetime, timedelta
from pathlib import Path

from simcord import Env, MemberActor, UserHandle
from simcord.preview import Preview

from bot.runtime.app import TalkingPiece, build_bot
from bot.runtime.command_sync import forget_sync
from bot.runtime.settings import Settings
from bot.store.upkeep import open_store

from . import acts, memory
from .files import PretendFiles
from .rooms import Rooms
from .script import read_script
from .world import World

STEP = 600.0
"""Pretend seconds skipped at once; between two steps one can see how far it is, and stop."""

SETTLE_FOR = 30.0
"""Real seconds the bot may take to finish what one step set off."""

LONGEST_SKIP = timedelta(days=31)


class Stage:
    """One pretend server, one bot, and one window to look through.

    Whatever touches the pretend Discord holds the lock: it does not bear two things at once.
    """

    def __init__(
        self, settings: Settings, memory_file: Path | None = None, today: date | None = None
    ) -> None:
        self._settings = settings
        self._memory_file = memory_file
        kept = memory.recall(memory_file) if memory_file else None
        self._kept = kept
        self._played_on = kept.played_on if kept else today or date.today()  # noqa: DTZ011 - the person's own day
        self._bot: TalkingPiece | None = None
        self._env: Env | None = None
        self._world: World | None = None
        self._rooms: Rooms | None = None
        self._preview: Preview | None = None
        self._running = False
        self._lock = asyncio.Lock()
        self._enough = False
        self.doing: str | None = None
        self.person = "sam"
        self.channel = 0
        self.views = 0
        self._published: tuple[object, ...] = ()
        self._remembered: tuple[object, ...] = ()

    @property
    def world(self) -> World:
        """Everything in the script, as it stands on the pretend Discord."""
        if self._world is None:
            raise RuntimeError("the stage is not open")
        return self._world

    @property
    def rooms(self) -> Rooms:
        """What can be seen by whom."""
        if self._rooms is None:
            raise RuntimeError("the stage is not open")
        return self._rooms

    @property
    def env(self) -> Env:
        """The pretend Discord."""
        if self._env is None:
            raise RuntimeError("the stage is not open")
        return self._env

    @property
    def now(self) -> datetime:
        """The pretend time."""
        return self.env.now()

    @property
    def preview(self) -> Preview | None:
        """The window that is open now."""
        return self._preview

    async def open(self) -> None:
        """Build the server, start the bot on it, and live through what happened before anybody looks.

        Raises memory.DoesNotFit when what was kept belongs to another server.
        """
        script = read_script(self._played_on)
        self._bot = build_bot(self._settings)
        env = self._env = Env(self._bot, shard_count=1, settle_timeout=SETTLE_FOR)
        self._bot.files = PretendFiles(env)
        world = self._world = World(env, script)
        world.begin(acts.came_at(world))
        if self._kept:
            memory.restore(self._kept, env, world.ids())
            world.turn_to(self._kept.now)
            await self._forget_commands()
        await env.start()
        self._running = True
        if self._kept is None:
            await acts.play(world)
        self._rooms = Rooms(world)
        self.channel = world.rooms["circle"].id
        await self.look(self.person, self.channel)

    async def close(self) -> None:
        """Shut the window, stop the bot, write down what is to be kept."""
        async with self._lock:
            await self._shut()
            if self._running and self._bot is not None:
                self._running = False
                if self._rooms is not None:
                    self._remember()
                await self._bot.close()
                await self.env.shutdown()

    @property
    def busy(self) -> bool:
        """Whether something is being done to the pretend Discord right now."""
        return self._lock.locked()

    @contextlib.asynccontextmanager
    async def alone(self, doing: str | None = None) -> AsyncGenerator[None]:
        """Have the pretend Discord to oneself."""
        async with self._lock:
            self.doing = doing
            try:
                yield
            finally:
                self.doing = None

    async def look(self, person: str, channel: int, message: int | None = None) -> None:
        """Open the window on a channel, as somebody who can see it. Raises LookupError if they cannot."""
        async with self.alone():
            handle = self.rooms.handle(person, channel)
            await self._shut()
            viewer: MemberActor | UserHandle = self.world.people[person]
            if handle.guild is None:
                viewer = self.world.people[person].user
            self.person, self.channel = person, channel
            window = self.env.preview(
                handle, viewers=[viewer], layout="channel", locale="en-GB", timezone=self.world.script.zone
            )
            self._preview = await window.__aenter__()
            # simcord begins at the bot's last message; people begin at the newest, or the one they want.
            messages = handle.history(viewer=viewer)
            wanted = [each for each in messages if each.id == message] or messages[-1:]
            if wanted:
                await window.show(wanted[0])
            self.views += 1
            self.mark_published()

    async def skip(self, seconds: float) -> None:
        """Let pretend time pass; everything that falls due on the way happens at its own moment."""
        left = min(seconds, LONGEST_SKIP.total_seconds())
        async with self.alone("skip"):
            self._enough = False
            while left > 0 and not self._enough:
                step = min(left, STEP)
                await self.env.advance_time(step)
                left -= step
            await self._publish()

    def stop_skipping(self) -> None:
        """Stay at the pretend time that has been reached."""
        self._enough = True

    async def restart(self) -> None:
        """Stop the bot and start it anew on the same database; the server goes on as it was."""
        async with self.alone("restart"):
            if self._bot is not None:
                await self._bot.close()
            self._bot = build_bot(self._settings)
            self._bot.files = PretendFiles(self.env)
            await self.env.restart_bot(self._bot)
            await self._publish()

    async def catch_up(self) -> None:
        """Show what changed elsewhere, unless something is being done anyway."""
        if self._lock.locked():
            return
        async with self.alone():
            if not self.shows_everything():
                await self._publish()
            self._remember()
        self.rooms.seen(self.person, self.channel)

    def window_lost(self) -> None:
        """The page in the window has been forgotten; it must be opened anew."""
        self.views += 1

    async def _publish(self) -> None:
        if self._preview is not None:
            await self._preview.refresh()
        self.mark_published()

    def shows_everything(self) -> bool:
        """Whether nothing changed in the channel since the window was last brought up to date."""
        return self.rooms.fingerprint(self.channel) == self._published

    def mark_published(self) -> None:
        """The window shows everything as it is now.

        simcord refuses a press on a page that has been published anew in between, so it is not done in vain.
        """
        self._published = self.rooms.fingerprint(self.channel)
        self.rooms.seen(self.person, self.channel)

    async def _shut(self) -> None:
        window, self._preview = self._preview, None
        if window is not None:
            await window.close()

    def _remember(self) -> None:
        if self._memory_file is None:
            return
        state = self.rooms.everything()
        if state != self._remembered:
            memory.remember(self._memory_file, self.env, self._played_on, self.world.ids())
            self._remembered = state

    async def _forget_commands(self) -> None:
        # The pretend Discord is a new one and has never heard of the bot's commands.
        settings = self._settings
        store = await open_store(
            settings.database_url, settings.keyring_file, settings.backup_dir, settings.backups_kept
        )
        try:
            await forget_sync(store)
        finally:
            await store.close()
