"""Run by Alembic for every migration; the connection is handed in by bot/store/upkeep.py."""

from alembic import context
from sqlalchemy import Connection

from bot.store.schema import metadata

connection: Connection | None = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Migrations run on the store's own connection; use: python -m bot migrate")

# SQLite cannot change a column in place: Alembic makes the table anew ("batch").
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
