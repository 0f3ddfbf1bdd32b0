"""Small facts about this installation."""

from collections.abc import Collection

from sqlalchemy import delete, select
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

    async def beginning_with(self, start: str) -> tuple[str, ...]:
        """Every name that begins with this."""
        found = select(installation.c.name).where(installation.c.name.startswith(start, autoescape=True))
        return tuple(await self._connection.scalars(found))

    async def forget(self, names: Collection[str]) -> None:
        """Remove these facts."""
        await self._connection.execute(delete(installation).where(installation.c.name.in_(names)))
