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

log = get_logger("looking_back")


class LookingBack:
    """Ends by itself when every server that was asked for has been read."""

    def __init__(self, client: discord.Client, catching_up: CatchingUp) -> None:
        self._client = client
        self._catching_up = catching_up
        self._wanted: dict[GuildSnowflake, bool] = {}
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

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
            try:
                await self._catching_up.read_back(guild, edits=after_a_gap)
            except PastUnavailable:
                log.warning("looking_back.not_now", guild_snowflake=guild)
            except Exception as error:
                log.error("looking_back.fault", guild_snowflake=guild, exc_info=error)
