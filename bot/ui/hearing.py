"""What is heard: every event goes to the screen before anything else can stumble over it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import aiohttp
import discord
import structlog

from bot.domain.ids import RoleSnowflake, UserSnowflake
from bot.services.catching_up import CatchingUp
from bot.services.heard import Heard
from bot.services.signals import Person, Signals

from .client import roles_of
from .events import Events

log = structlog.get_logger("hearing")


class Hearing:
    """Hands what events say to the screen, and remembers how far it has come."""

    def __init__(
        self, client: discord.Client, events: Events, signals: Signals, catching_up: CatchingUp
    ) -> None:
        self._client = client
        self._events = events
        self._signals = signals
        self._catching_up = catching_up
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, event: str, data: Any) -> None:
        """One event of the gateway. Returns at once; whatever is in it, nothing is raised."""
        try:
            heard = self._events.read(event, data)
        except Exception as error:
            log.error("hearing.fault", kind=event, exc_info=error)
            return
        if heard is None:
            return
        is_new = event == "MESSAGE_CREATE"
        if self._signals.watches(heard.places):
            if is_new:
                self._catching_up.arrived(heard)
            self._start(self._hear(heard, is_new=is_new))
        elif self._signals.watches_in(heard.guild) and self._events.is_unknown(heard):
            self._start(self._hear_in_unknown(heard))

    async def finish(self, seconds: float) -> None:
        """Wait until everything heard is stored, at most so long."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _hear(self, heard: Heard, *, is_new: bool = False) -> None:
        try:
            await self._signals.hear(heard)
        except Exception as error:
            # The mark of the channel stays before it, so it will be read again.
            log.error("hearing.fault", kind="signal", exc_info=error)
            return
        if is_new:
            self._catching_up.safe(heard)

    async def _hear_in_unknown(self, heard: Heard) -> None:
        """Words in a thread Discord has not told us about: ask which channel it is in."""
        channel = heard.places[0]
        try:
            found = await self._client.fetch_channel(channel)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("hearing.unknown_place", guild_snowflake=heard.guild, exc_info=error)
            return
        self._events.learn(channel, getattr(found, "parent_id", None))
        heard = heard.at(self._events.places(heard.guild, channel))
        if self._signals.watches(heard.places):
            await self._hear(heard)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name="heard")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def person_in(user: discord.Member | discord.User, guild: discord.Guild | None) -> Person:
    """Somebody another member points at.

    The menu on a message does not say which roles its author holds, so Discord is asked: a concern about a
    moderator must not be brought to that moderator (S6).
    """
    roles: tuple[RoleSnowflake, ...] | None = roles_of(user)
    if guild is not None and not isinstance(user, discord.Member) and not user.bot:
        try:
            roles = roles_of(await guild.fetch_member(user.id))
        except discord.NotFound:
            pass  # they left: no roles
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            roles = None
    return Person(UserSnowflake(user.id), roles, is_bot=user.bot)
