"""Small facts about this installation."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from .schema import installation
from .upsert import upsert


class Installation:
    """Rows of installation: a name and a short value."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(self, name: str) -> str | None:
        """The value kept under the name."""
        return await self._connection.scalar(select(installation.c.value).where(installation.c.name == name))

    async def write(self, name: str, value: str) -> None:
        """Keep a value under the name."""
        await upsert(self._connection, installation, {"name": name, "value": value})
