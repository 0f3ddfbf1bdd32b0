"""How the bot is doing on a server, for the people who depend on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain import policy
from bot.domain.policy import Actor
from bot.domain.server import Server
from bot.store.engine import Store

from .catching_up import CatchingUp, Progress
from .ports import Clock, Surroundings
from .setup import Problem, Setup


class Pulse(Protocol):
    """What only the running process knows."""

    def connected_since(self) -> datetime | None:
        """Since when Discord hears us without a break; None while it does not."""
        ...

    def last_beat_at(self) -> datetime | None:
        """When the heartbeat last ran."""
        ...

    def faults(self) -> int:
        """How many malformed events were caught since the start."""
        ...


@dataclass(frozen=True, slots=True)
class StatusView:
    """One answer to: would an alert arrive right now?"""

    server: Server
    connected_since: datetime | None
    reads_content: bool
    last_beat_at: datetime | None
    oldest_waiting_at: datetime | None
    next_timer_at: datetime | None
    open_cases: int
    faults: int
    problems: tuple[Problem, ...]
    screened: int
    waiting_for_door: int
    database: str
    last_failure: tuple[str, datetime] | None
    standbys: int
    """How many people welcome alerts privately."""
    stands_by: bool
    """Whether the one who asks is one of them."""
    may_stand_by: bool
    reading_back: Progress | None = None
    """How far reading back has come; None when nothing is being read."""
    has_a_gap: bool = False
    """Whether something may have been written that nobody has heard yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is on a server, as far as commands go."""

    is_moderator: bool
    is_facilitator: bool
    is_manager: bool


class Status:
    """For managers and moderators."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        surroundings: Surroundings,
        setup: Setup,
        pulse: Pulse,
        catching_up: CatchingUp,
    ) -> None:
        self._store = store
        self._clock = clock
        self._surroundings = surroundings
        self._setup = setup
        self._pulse = pulse
        self._catching_up = catching_up

    async def standing(self, actor: Actor) -> Standing:
        """Who the actor is here."""
        async with self._store.reading() as tx:
            server = await tx.servers.load(actor.guild_snowflake)
        return Standing(
            policy.is_moderator(actor, server),
            policy.is_facilitator(actor, server),
            policy.is_manager(actor),
        )

    async def view(self, actor: Actor) -> StatusView:
        """How things stand now."""
        guild = actor.guild_snowflake
        now = self._clock.now()
        async with self._store.reading() as tx:
            server = await tx.servers.load(guild)
            if not policy.is_manager(actor):
                policy.require_moderator(actor, server)
            screened = await tx.servers.screened(guild)
            oldest = await tx.outbox.oldest_waiting(guild, now)
            next_timer = await tx.timers.next_due_at()
            cases = await tx.cases.list_open(guild)
            failure = await tx.outbox.last_failure(guild)
            standing = await tx.standbys.of(guild)
        problems = await self._setup.problems(guild)
        return StatusView(
            server,
            self._pulse.connected_since(),
            self._surroundings.reads_content(),
            self._pulse.last_beat_at(),
            oldest,
            next_timer,
            sum(case.person != actor.user_snowflake for case in cases),
            self._pulse.faults(),
            problems,
            len(screened),
            sum(each.announced_at is None for each in screened),
            "SQLite" if self._store.is_sqlite else "PostgreSQL",
            failure,
            len(standing),
            actor.user_snowflake in standing,
            policy.is_moderator(actor, server),
            self._catching_up.progress(guild),
            has_a_gap=not self._catching_up.is_current(guild),
        )
