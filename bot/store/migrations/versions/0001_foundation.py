"""The first version of every table. What bot/store/schema.py says later comes in later migrations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "card",
        sa.Column("message_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_snowflake", sa.BigInteger(), nullable=False),
        sa.Column("guild_snowflake", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_snowflake", name=op.f("pk_card")),
    )
    op.create_index(op.f("ix_card_guild_snowflake"), "card", ["guild_snowflake"], unique=False)
    op.create_index("ix_card_kind_subject_id", "card", ["kind", "subject_id"], unique=False)
    op.create_table(
        "case",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_snowflake", sa.BigInteger(), nullable=False),
        sa.Column("person_snowflake", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("signals", sa.Integer(), nullable=False),
        sa.Column("person_is_staff", sa.Boolean(), nullable=False),
        sa.Column("via_app", sa.Boolean(), nullable=False),
        sa.Column("paging_round", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("followed_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_case_guild_snowflake_opened_at", "case", ["guild_snowflake", "opened_at"], unique=False
    )
    op.create_index(
        "uq_case_open",
        "case",
        ["guild_snowflake", "person_snowflake"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "group",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_snowflake", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_group")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_group_guild_snowflake"), "group", ["guild_snowflake"], unique=False)
    op.create_table(
        "installation",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )
    op.create_table(
        "outbox",
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("guild_snowflake", sa.BigInteger(), nullable=True),
        sa.Column("user_snowflake", sa.BigInteger(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_guild_snowflake"), "outbox", ["guild_snowflake"], unique=False)
    op.create_index("ix_outbox_kind_subject_id", "outbox", ["kind", "subject_id"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "person",
        sa.Column("user_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("messages_allowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("user_snowflake", name=op.f("pk_person")),
    )
    op.create_table(
        "person_key",
        sa.Column("user_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("master_key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("user_snowflake", name=op.f("pk_person_key")),
    )
    op.create_table(
        "screened_channel",
        sa.Column("channel_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_snowflake", sa.BigInteger(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel_snowflake", name=op.f("pk_screened_channel")),
    )
    op.create_index(
        op.f("ix_screened_channel_guild_snowflake"), "screened_channel", ["guild_snowflake"], unique=False
    )
    op.create_table(
        "server",
        sa.Column("guild_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("moderators_channel", sa.BigInteger(), nullable=True),
        sa.Column("second_channel", sa.BigInteger(), nullable=True),
        sa.Column("moderators_role", sa.BigInteger(), nullable=True),
        sa.Column("on_call_role", sa.BigInteger(), nullable=True),
        sa.Column("facilitators_role", sa.BigInteger(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_alert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("guild_snowflake", name=op.f("pk_server")),
    )
    op.create_table(
        "timer",
        sa.Column("timer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("timer_id", name=op.f("pk_timer")),
        sa.UniqueConstraint("key", name=op.f("uq_timer_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_timer_waiting",
        "timer",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "case_event",
        sa.Column("case_event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("actor_snowflake", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.case_id"], name=op.f("fk_case_event_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_event_id", name=op.f("pk_case_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_case_event_case_id"), "case_event", ["case_id"], unique=False)
    op.create_table(
        "group_channel",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["group.group_id"], name=op.f("fk_group_channel_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "channel_snowflake", name=op.f("pk_group_channel")),
    )
    op.create_table(
        "group_facilitator",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_snowflake", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["group.group_id"], name=op.f("fk_group_facilitator_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "user_snowflake", name=op.f("pk_group_facilitator")),
    )
    op.create_table(
        "signal",
        sa.Column("signal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_snowflake", sa.BigInteger(), nullable=False),
        sa.Column("person_snowflake", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("channel_snowflake", sa.BigInteger(), nullable=True),
        sa.Column("message_snowflake", sa.BigInteger(), nullable=True),
        sa.Column("reporter_snowflake", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.case_id"], name=op.f("fk_signal_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_signal")),
        sa.UniqueConstraint("guild_snowflake", "origin", name=op.f("uq_signal_guild_snowflake_origin")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_signal_case_id"), "signal", ["case_id"], unique=False)


def downgrade() -> None:
    """Remove the tables with everything in them."""
    op.drop_index(op.f("ix_signal_case_id"), table_name="signal")
    op.drop_table("signal")
    op.drop_table("group_facilitator")
    op.drop_table("group_channel")
    op.drop_index(op.f("ix_case_event_case_id"), table_name="case_event")
    op.drop_table("case_event")
    op.drop_index(
        "ix_timer_waiting",
        table_name="timer",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("timer")
    op.drop_table("server")
    op.drop_index(op.f("ix_screened_channel_guild_snowflake"), table_name="screened_channel")
    op.drop_table("screened_channel")
    op.drop_table("person_key")
    op.drop_table("person")
    op.drop_index(
        "ix_outbox_waiting",
        table_name="outbox",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_index("ix_outbox_kind_subject_id", table_name="outbox")
    op.drop_index(op.f("ix_outbox_guild_snowflake"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("installation")
    op.drop_index(op.f("ix_group_guild_snowflake"), table_name="group")
    op.drop_table("group")
    op.drop_index(
        "uq_case_open",
        table_name="case",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index("ix_case_guild_snowflake_opened_at", table_name="case")
    op.drop_table("case")
    op.drop_index("ix_card_kind_subject_id", table_name="card")
    op.drop_index(op.f("ix_card_guild_snowflake"), table_name="card")
    op.drop_table("card")
