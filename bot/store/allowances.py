"""How many private conversations were begun lately, so that a restart does not forget it."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.allowance import Allowance

from .installation import Installation
from .schema import allowance

_STOPPED = "allowance.stopped_until"


class Allowances:
    """Rows of allowance, one for each conversation of the last day, and until when Discord wants none."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._installation = Installation(connection)

    async def load(self) -> Allowance:
        """The allowance of this installation."""
        begun = await self._connection.scalars(select(allowance.c.begun_at).order_by(allowance.c.begun_at))
        stopped = await self._installation.read(_STOPPED)
        return Allowance(tuple(begun), datetime.fromisoformat(stopped) if stopped else None)

    async def save(self, changed: Allowance) -> None:
        """Keep it, in place of what was kept."""
        await self._connection.execute(delete(allowance))
        if changed.begun:
            await self._connection.execute(insert(allowance), [{"begun_at": at} for at in changed.begun])
        if changed.stopped_until is not None:
            await self._installation.write(_STOPPED, changed.stopped_until.isoformat())
