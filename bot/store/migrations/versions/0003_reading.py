"""How far each channel has been read, and when late words were written."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "watermark",
        sa.Column("channel_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_snowflake", sa.BigInteger(), nullable=False),
        sa.Column("read_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel_snowflake", name=op.f("pk_watermark")),
    )
    op.create_index("ix_watermark_guild_snowflake", "watermark", ["guild_snowflake"])
    with op.batch_alter_table("signal") as table:
        table.add_column(sa.Column("written_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("signal") as table:
        table.drop_column("written_at")
    op.drop_index("ix_watermark_guild_snowflake", table_name="watermark")
    op.drop_table("watermark")
