"""Is the bot well? One answer for /healthz, /readyz, the metrics, systemd and the heartbeat."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.vitals import Vitals, VitalSigns

from .app import TalkingPiece
from .logs import get_logger
from .loop_watch import LoopWatch

ANSWER_WITHIN = 5.0
"""Seconds the database is given."""

NO_DATABASE = "The database does not answer."
STARTING = "It has just been started."
NOT_CONNECTED = "It is not connected to Discord."
HELD_BACK = "It waits before it logs in again, so that Discord does not take its token away."
NOT_WRITABLE = "The database cannot be written to."
OVERDUE = "An alert should have left minutes ago and has not."

log = get_logger("checkup")


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot is at one moment. vitals: None when the database did not answer, or is not open yet."""

    started: bool
    connected: bool
    held_back: bool
    vitals: Vitals | None
    longest_lag: float
    logins: int = 0

    @property
    def why_not_alive(self) -> list[str]:
        """What keeps it from working at all; nothing when all is well."""
        if not self.started:
            return [STARTING]
        return [NO_DATABASE] if self.vitals is None else []

    @property
    def why_not_ready(self) -> list[str]:
        """What keeps it from hearing people and calling somebody; nothing when all is well."""
        faults = self.why_not_alive
        if not self.connected:
            faults = [*faults, HELD_BACK if self.held_back else NOT_CONNECTED]
        return faults

    @property
    def oldest_for(self) -> timedelta:
        """How long the oldest alert that should have left has waited."""
        return self.vitals.oldest_for if self.vitals else timedelta()

    @property
    def overdue(self) -> int:
        """How many alerts should have left minutes ago."""
        return self.vitals.overdue if self.vitals else 0


class Checkup:
    """Looks at the running bot. Never raises, and never takes longer than a few seconds."""

    def __init__(self, bot: TalkingPiece, watch: LoopWatch) -> None:
        self.bot = bot
        self._watch = watch

    async def look(self) -> Health:
        """How it is now."""
        bot = self.bot
        vitals, logins = None, 0
        if started := bot.is_set_up:
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    vitals = await VitalSigns(bot.store, bot.clock).look()
                    logins = await bot.gate.in_a_day()
            except Exception as error:
                log.error("checkup.database_does_not_answer", exc_info=error)
        return Health(started, self._connected(), self._held_back(), vitals, self._watch.longest_lag, logins)

    async def can_write(self) -> bool:
        """Whether something can be stored right now."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await VitalSigns(self.bot.store, self.bot.clock).write()
        except Exception as error:
            log.error("checkup.database_cannot_be_written_to", exc_info=error)
            return False
        return True

    def _connected(self) -> bool:
        """Whether Discord hears every shard of ours."""
        bot = self.bot
        return (
            bot.is_ready()
            and not bot.is_closed()
            and bot.connected_since() is not None
            and not any(shard.is_closed() for shard in bot.shards.values())
        )

    def _held_back(self) -> bool:
        until: datetime | None = self.bot.gate.held_until
        return until is not None and until > self.bot.clock.now()
