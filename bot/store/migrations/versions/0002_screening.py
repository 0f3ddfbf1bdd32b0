"""Screening that a server can tune: floors, phrases of its own, and how often each rule was right."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables, and give every screened channel the lowest floor."""
    with op.batch_alter_table("screened_channel") as table:
        table.add_column(sa.Column("floor", sa.Integer(), nullable=False, server_default="2"))
    op.create_table(
        "screening_phrase",
        sa.Column("phrase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_snowflake", sa.BigInteger(), nullable=False),
        sa.Column("phrase", sa.String(length=120), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("phrase_id", name=op.f("pk_screening_phrase")),
        sa.UniqueConstraint("guild_snowflake", "phrase", name="uq_screening_phrase_guild_snowflake_phrase"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "screening_record",
        sa.Column("guild_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("guild_snowflake", "rule", "verdict", name=op.f("pk_screening_record")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("screening_record")
    op.drop_table("screening_phrase")
    with op.batch_alter_table("screened_channel") as table:
        table.drop_column("floor")
