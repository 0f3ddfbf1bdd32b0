"""Watches over the running bot from within: looks often, tells those who ask, and ends what is deaf."""

import asyncio
import threading
from collections.abc import Callable
from time import monotonic

from .app import TalkingPiece
from .checkup import NOT_WRITABLE, OVERDUE, Checkup, Health
from .health_server import HealthServer
from .heartbeat import EVERY as HEARTBEAT_EVERY
from .heartbeat import send_heartbeat
from .logs import get_logger
from .loop_watch import LoopWatch, end_process
from .settings import Settings
from .systemd import Systemd

LOOK_EVERY = 20.0
TELL_AFTER = 60.0
"""Seconds the bot may be deaf before it is logged: to connect anew now and then is quite normal."""

TELL_AGAIN_AFTER = 300.0
NOT_READY_FOR = 300.0
"""Seconds the bot may be deaf before it is started anew. discord.py waits up to 17 minutes between attempts
to connect; a start tries at once, and the next step of the ladder is 5 minutes away."""

PER_SHARD = 10.0
"""Seconds more for each shard: they log in one after the other."""

GOODBYE_WITHIN = 30.0
"""Seconds after which a process that wants to be started anew is ended without goodbye."""

WELL = "People are heard, and somebody can be called."

log = get_logger("vigil")


class Vigil:
    """Begins with the process and ends with it. start_anew: called once, when the bot has been deaf too long.

    Its waits are plain sleeps and not jobs of the scheduler: those go by the clock of the wall, and a clock
    that is set back must not keep the service manager waiting for a sign of life.
    """

    def __init__(self, bot: TalkingPiece, settings: Settings, start_anew: Callable[[], None]) -> None:
        self._bot = bot
        self._start_anew = start_anew
        self._watch = LoopWatch()
        self._checkup = Checkup(bot, self._watch)
        port = settings.health_port
        self._server = HealthServer(self._checkup, port) if port is not None else None
        self._address = settings.heartbeat_url
        self._manager = Systemd()
        self._tasks: list[asyncio.Task[None]] = []
        self._ready_at = monotonic()
        self._told_at: dict[str, float] = {}
        self._beat_at = 0.0
        self._said = ""

    async def start(self) -> None:
        """Begin."""
        self._watch.start()
        if self._server is not None:
            await self._server.start()
        self._manager.ready()
        self._tasks = [asyncio.create_task(self._look_often(), name="vigil")]
        if self._manager.ping_every is not None:
            self._tasks.append(asyncio.create_task(self._ping(self._manager.ping_every), name="pings"))

    def stopping(self) -> None:
        """The bot is about to say goodbye."""
        self._manager.stopping()

    async def stop(self) -> None:
        """End. The last thing before the loop ends, so that a goodbye which hangs is noticed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.stop()
        self._watch.stop()

    async def _ping(self, every: float) -> None:
        while True:
            self._manager.alive()
            await asyncio.sleep(every)

    async def _look_often(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:
                log.error("vigil.fault", exc_info=error)
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self) -> None:
        health = await self._checkup.look()
        faults = health.why_not_ready
        if health.started and not await self._checkup.can_write():
            faults = [*faults, NOT_WRITABLE]
        if health.overdue:
            faults = [*faults, OVERDUE]
            if self._tell_now("overdue"):
                late_for = round(health.oldest_for.total_seconds())
                log.error("alert.overdue", count=health.overdue, late_for=late_for)
        self._status(" ".join(faults) or WELL)
        self._see_whether_deaf(health)
        if not faults:
            self._told_at.clear()
            await self._beat()

    def _see_whether_deaf(self, health: Health) -> None:
        # Before the database is open nothing counts: bringing a large one up to date takes what it takes.
        if not health.why_not_ready or not health.started or health.held_back or self._bot.is_closed():
            self._ready_at = monotonic()
            return
        deaf_for = monotonic() - self._ready_at
        if deaf_for >= TELL_AFTER and self._tell_now("deaf"):
            log.error("bot.not_ready", waiting_for=round(deaf_for))
        if deaf_for >= NOT_READY_FOR + PER_SHARD * len(self._bot.shards):
            log.critical("bot.not_ready_so_the_process_ends", waiting_for=round(deaf_for))
            self._ready_at = monotonic()
            last_resort = threading.Timer(GOODBYE_WITHIN, end_process)
            last_resort.daemon = True
            last_resort.start()
            self._start_anew()

    async def _beat(self) -> None:
        if self._address is None or monotonic() - self._beat_at < HEARTBEAT_EVERY:
            return
        self._beat_at = monotonic()
        await send_heartbeat(self._address.get_secret_value())

    def _status(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            self._manager.status(sentence)

    def _tell_now(self, what: str) -> bool:
        """Whether it is time to log this: at once, and then every five minutes as long as it lasts."""
        told_at = self._told_at.get(what)
        if told_at is not None and monotonic() - told_at < TELL_AGAIN_AFTER:
            return False
        self._told_at[what] = monotonic()
        return True
