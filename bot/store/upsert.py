"""Insert-or-update, the one statement SQLite and PostgreSQL spell alike but SQLAlchemy keeps per dialect."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def _insert(connection: AsyncConnection, table: Table) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


async def upsert(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> None:
    """Write the row; if its primary key is taken, change the other columns of that row."""
    keys = [column.name for column in table.primary_key]
    statement = _insert(connection, table).values(**row)
    changes = {name: value for name, value in row.items() if name not in keys}
    if changes:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changes)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    await connection.execute(statement)


async def insert_once(
    connection: AsyncConnection, table: Table, row: Mapping[str, Any], *unique: str
) -> bool:
    """Write the row unless one with these unique columns is there already; says whether it wrote."""
    result = await connection.execute(
        _insert(connection, table).values(**row).on_conflict_do_nothing(index_elements=list(unique))
    )
    return result.rowcount > 0
