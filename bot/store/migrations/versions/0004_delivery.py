"""Alerts to people who chose them privately, and an allowance of private messages that outlives a restart."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables, and let a card say in whose private messages it stands."""
    op.create_table(
        "standby",
        sa.Column("guild_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_snowflake", "user_snowflake", name=op.f("pk_standby")),
    )
    op.create_table(
        "allowance",
        sa.Column("allowance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("allowance_id", name=op.f("pk_allowance")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("card") as table:
        table.add_column(sa.Column("user_snowflake", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("card") as table:
        table.drop_column("user_snowflake")
    op.drop_table("allowance")
    op.drop_table("standby")
