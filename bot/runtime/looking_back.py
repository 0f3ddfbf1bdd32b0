"""Reads back what was missed: one server after the other, started when there is something to read."""

import asyncio
from collections.abc import Iterable

import discord

from bot.domain.ids import GuildSnowflake
from bot.services.catching_up import CatchingUp
from bot.services.ports import PastUnavailable

from .logs import get_logger

STOP_WITHIN = 3.0
"""Seconds an answer from Discord is waited for when the bot stops."""

TRY_AGAIN_AFTER, TRY_AGAIN_AT_LATEST = 2.0, 300.0
"""Seconds until what Discord would not show is asked for again: doubling, up to five minutes."""

log = get_logger("looking_back")


class LookingBack:
    """Ends by itself when every server that was asked for has been read."""

    def __init__(self, client: discord.Client, catching_up: CatchingUp) -> None:
        self._client = client
        self._catching_up = catching_up
        self._wanted: dict[GuildSnowflake, bool] = {}
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self._attempts: dict[GuildSnowflake, int] = {}
        self._waiting: dict[GuildSnowflake, asyncio.TimerHandle] = {}

    async def look(self) -> None:
        """See in all servers whether anything was missed without anybody noticing."""
        self.want((GuildSnowflake(guild.id) for guild in self._client.guilds), after_a_gap=False)

    def want(self, guilds: Iterable[GuildSnowflake], *, after_a_gap: bool) -> None:
        """Have these servers read; after a gap more thoroughly, unless it has been read meanwhile."""
        for guild in guilds:
            self._wanted[guild] = after_a_gap or self._wanted.get(guild, False)
        if self._wanted and not self._stopped and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._work(), name="looking-back")

    async def stop(self) -> None:
        """Stop reading; what was read up to now is remembered."""
        self._stopped = True
        for again in self._waiting.values():
            again.cancel()
        self._catching_up.stop()
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task], timeout=STOP_WITHIN)
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._catching_up.keep()

    async def _work(self) -> None:
        while self._wanted and not self._stopped:
            guild = next(iter(self._wanted))
            after_a_gap = self._wanted.pop(guild)
            if after_a_gap and self._catching_up.is_current(guild):
                continue
            if await self._has_read(guild, after_a_gap):
                self._attempts.pop(guild, None)
            elif not self._stopped:
                attempts = self._attempts[guild] = self._attempts.get(guild, 0) + 1
                wait = min(TRY_AGAIN_AFTER * 2 ** min(attempts - 1, 10), TRY_AGAIN_AT_LATEST)
                loop = asyncio.get_running_loop()
                self._waiting[guild] = loop.call_later(
                    wait, lambda guild=guild: self.want([guild], after_a_gap=True)
                )

    async def _has_read(self, guild: GuildSnowflake, after_a_gap: bool) -> bool:
        try:
            return await self._catching_up.read_back(guild, edits=after_a_gap)
        except PastUnavailable as reason:
            log.warning("looking_back.not_now", guild_snowflake=guild)
            return reason.closed
        except Exception as error:
            log.error("looking_back.fault", guild_snowflake=guild, exc_info=error)
            return False
