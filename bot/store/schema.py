"""Every table. A column that names a person says so in its info, so that none is ever overlooked (P3).

Own row ids are *_id, Discord's ids *_snowflake. Times are aware UTC. Free text exists only sealed (P2).
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

PERSON: dict[str, Any] = {"person": True}
"""Marks a column that holds, or belongs to, a person."""


class Moment(TypeDecorator[datetime]):
    """An aware UTC time. A naive one is a bug and is refused at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC; SQLite keeps no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database: aware again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite numbers rows by itself only for INTEGER, not for BIGINT.
RowId = BigInteger().with_variant(Integer, "sqlite")

server = Table(
    "server",
    metadata,
    Column("guild_snowflake", BigInteger, primary_key=True, autoincrement=False),
    Column("moderators_channel", BigInteger),
    Column("second_channel", BigInteger),
    Column("moderators_role", BigInteger),
    Column("on_call_role", BigInteger),
    Column("facilitators_role", BigInteger),
    Column("country", String(2)),
    Column("languages", JSON, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("set_up_at", Moment),
    Column("last_alert_at", Moment),
    # Choices made in the panel but not saved yet; ids and codes only.
    Column("draft", JSON),
)

group = Table(
    "group",
    metadata,
    Column("group_id", RowId, primary_key=True),
    Column("guild_snowflake", BigInteger, nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("closed_at", Moment),
    sqlite_autoincrement=True,  # a number is never given twice
)

group_channel = Table(
    "group_channel",
    metadata,
    Column[int]("group_id", ForeignKey("group.group_id", ondelete="CASCADE"), primary_key=True),
    Column("channel_snowflake", BigInteger, primary_key=True, autoincrement=False),
)

group_facilitator = Table(
    "group_facilitator",
    metadata,
    Column[int]("group_id", ForeignKey("group.group_id", ondelete="CASCADE"), primary_key=True),
    Column("user_snowflake", BigInteger, primary_key=True, autoincrement=False, info=PERSON),
)

screened_channel = Table(
    "screened_channel",
    metadata,
    Column("channel_snowflake", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_snowflake", BigInteger, nullable=False, index=True),
    Column("chosen", Boolean, nullable=False),
    # When the door was posted; nothing is screened before (S11).
    Column("announced_at", Moment),
    # From which tier on its signals are brought to people.
    Column("floor", Integer, nullable=False, server_default="2"),
)

# What a server listens for beside the lexicon, or (tier null) knows to be harmless.
screening_phrase = Table(
    "screening_phrase",
    metadata,
    Column("phrase_id", RowId, primary_key=True),
    Column("guild_snowflake", BigInteger, nullable=False),
    Column("phrase", String(120), nullable=False),
    Column("tier", Integer),
    UniqueConstraint("guild_snowflake", "phrase"),
    sqlite_autoincrement=True,
)

# How far a channel or thread has been read; what is written later is still to be read.
watermark = Table(
    "watermark",
    metadata,
    Column("channel_snowflake", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_snowflake", BigInteger, nullable=False, index=True),
    Column("read_to", BigInteger, nullable=False),
)

# How often a rule was right: counts only, no person and no message.
screening_record = Table(
    "screening_record",
    metadata,
    Column("guild_snowflake", BigInteger, primary_key=True, autoincrement=False),
    Column("rule", String(80), primary_key=True),
    Column("verdict", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("user_snowflake", BigInteger, primary_key=True, autoincrement=False, info=PERSON),
    Column("country", String(2)),
    Column("messages_allowed_at", Moment),
)

# Who of the team welcomes alerts as private messages when the channels cannot be used.
standby = Table(
    "standby",
    metadata,
    Column("guild_snowflake", BigInteger, primary_key=True, autoincrement=False),
    Column("user_snowflake", BigInteger, primary_key=True, autoincrement=False, info=PERSON),
    Column("since", Moment, nullable=False),
)

# When private conversations were begun, at most a day ago; with whom is not kept.
allowance = Table(
    "allowance",
    metadata,
    Column("allowance_id", RowId, primary_key=True),
    Column("begun_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

# Backups are made without the rows of this table; see bot/store/upkeep.py.
person_key = Table(
    "person_key",
    metadata,
    Column("user_snowflake", BigInteger, primary_key=True, autoincrement=False, info=PERSON),
    Column("master_key_id", String(16), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)

case = Table(
    "case",
    metadata,
    Column("case_id", RowId, primary_key=True),
    Column("guild_snowflake", BigInteger, nullable=False),
    Column("person_snowflake", BigInteger, nullable=False, info=PERSON),
    Column("tier", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("signals", Integer, nullable=False),
    Column("person_is_staff", Boolean, nullable=False),
    Column("via_app", Boolean, nullable=False),
    Column("paging_round", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("claimed_by", BigInteger, info=PERSON),
    Column("claimed_until", Moment),
    Column("contacted_at", Moment),
    Column("closed_at", Moment),
    Column("closed_by", BigInteger, info=PERSON),
    Column("outcome", String(16)),
    Column("followed_up_at", Moment),
    # Sealed with the key of the person the case is about.
    Column("sealed_note", LargeBinary, info=PERSON),
    sqlite_autoincrement=True,
)
Index("ix_case_guild_snowflake_opened_at", case.c.guild_snowflake, case.c.opened_at)
# One open case per person and server (S4), also when two messages arrive at once.
Index(
    "uq_case_open",
    case.c.guild_snowflake,
    case.c.person_snowflake,
    unique=True,
    sqlite_where=case.c.closed_at.is_(None),
    postgresql_where=case.c.closed_at.is_(None),
)

signal = Table(
    "signal",
    metadata,
    Column("signal_id", RowId, primary_key=True),
    Column[int]("case_id", ForeignKey("case.case_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("guild_snowflake", BigInteger, nullable=False),
    Column("person_snowflake", BigInteger, nullable=False, info=PERSON),
    Column("source", String(16), nullable=False),
    Column("tier", Integer, nullable=False),
    Column("origin", String(80), nullable=False),
    Column("rules", JSON, nullable=False),
    Column("channel_snowflake", BigInteger),
    Column("message_snowflake", BigInteger),
    Column("reporter_snowflake", BigInteger, info=PERSON),
    # When it was written, if that was a while before it was heard.
    Column("written_at", Moment),
    Column("at", Moment, nullable=False),
    UniqueConstraint("guild_snowflake", "origin"),
    sqlite_autoincrement=True,
)

case_event = Table(
    "case_event",
    metadata,
    Column("case_event_id", RowId, primary_key=True),
    Column[int]("case_id", ForeignKey("case.case_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("actor_snowflake", BigInteger, info=PERSON),
    Column("facts", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

timer = Table(
    "timer",
    metadata,
    Column("timer_id", RowId, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("key", String(80), nullable=False, unique=True),
    Column("facts", JSON, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("done_at", Moment),
    sqlite_autoincrement=True,
)
Index(
    "ix_timer_waiting",
    timer.c.due_at,
    sqlite_where=timer.c.done_at.is_(None),
    postgresql_where=timer.c.done_at.is_(None),
)

outbox = Table(
    "outbox",
    metadata,
    Column("outbox_id", RowId, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("key", String(80), nullable=False, unique=True),
    Column("guild_snowflake", BigInteger, index=True),
    Column("user_snowflake", BigInteger, info=PERSON),
    # Of which case or channel; letters about one subject are counted and gathered by it.
    Column("subject_id", BigInteger),
    Column("facts", JSON, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False),
    # Where the present attempts go: the index of the place on the way down.
    Column("place", Integer, nullable=False),
    Column("done_at", Moment),
    Column("failure", String(32)),
    sqlite_autoincrement=True,
)
Index(
    "ix_outbox_waiting",
    outbox.c.due_at,
    sqlite_where=outbox.c.done_at.is_(None),
    postgresql_where=outbox.c.done_at.is_(None),
)

Index("ix_outbox_kind_subject_id", outbox.c.kind, outbox.c.subject_id)

# A message of ours that can change later: alerts, pages, doors.
card = Table(
    "card",
    metadata,
    Column("message_snowflake", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_snowflake", BigInteger, nullable=False),
    Column("guild_snowflake", BigInteger, index=True),
    # Whose private messages it stands in; none for a channel.
    Column("user_snowflake", BigInteger, info=PERSON),
    Column("kind", String(32), nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("posted_at", Moment, nullable=False),
)
Index("ix_card_kind_subject_id", card.c.kind, card.c.subject_id)

# Small facts about the installation itself: the hash of the synced commands, the last beat.
installation = Table(
    "installation",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", String(256), nullable=False),
)
