"""Cases, their signals and their history."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.case import Case, CaseEvent, CaseState, EventKind, Outcome, Signal, Source
from bot.domain.ids import (
    CaseId,
    ChannelSnowflake,
    GuildSnowflake,
    MessageSnowflake,
    SignalId,
    UserSnowflake,
)
from bot.domain.refusal import Refusal
from bot.domain.tier import Tier

from .people import People
from .schema import card, case, case_event, signal
from .upsert import insert_once

_NOTE = "case.note"

JOINED_SHOWN = 10


class Cases:
    """Rows of case, signal and case_event. No words of a message are ever among them (S7)."""

    def __init__(self, connection: AsyncConnection, people: People, *, writing: bool) -> None:
        self._connection = connection
        self._people = people
        self._writing = writing

    async def load(self, case_id: CaseId) -> Case:
        """The case; refused when it is gone."""
        found = await self.find(case_id)
        if found is None:
            raise Refusal("case.refusal.gone")
        return found

    async def find(self, case_id: CaseId) -> Case | None:
        """The case, or None."""
        return await self._one(select(case).where(case.c.case_id == case_id))

    async def open_for(self, guild: GuildSnowflake, person: UserSnowflake) -> Case | None:
        """The one open case about this person on this server."""
        if self._connection.dialect.name == "postgresql":
            # Two processes may hear of one person at once: let them take turns.
            await self._connection.execute(select(func.pg_advisory_xact_lock(person)))
        return await self._one(
            select(case).where(
                case.c.guild_snowflake == guild,
                case.c.person_snowflake == person,
                case.c.closed_at.is_(None),
            )
        )

    async def list_open(self, guild: GuildSnowflake, limit: int = 100) -> tuple[Case, ...]:
        """Open cases: the unclaimed first, the oldest first among them."""
        rows = await self._connection.execute(
            select(case)
            .where(case.c.guild_snowflake == guild, case.c.closed_at.is_(None))
            .order_by((case.c.state != CaseState.OPEN).asc(), case.c.opened_at, case.c.case_id)
            .limit(limit)
        )
        return tuple(_case(row) for row in rows)

    async def count_open(self) -> int:
        """How many cases nobody has closed, on all servers."""
        found = select(func.count()).select_from(case).where(case.c.closed_at.is_(None))
        return await self._connection.scalar(found) or 0

    async def add(self, new: Case) -> Case:
        """Keep a new case; returned with its id."""
        result = await self._connection.execute(insert(case).values(**_columns(new)))
        assert result.inserted_primary_key is not None  # noqa: S101 - the driver promises it
        return _case_with_id(new, CaseId(result.inserted_primary_key[0]))

    async def save(self, changed: Case) -> None:
        """Keep a changed case."""
        await self._connection.execute(
            update(case).where(case.c.case_id == changed.case_id).values(**_columns(changed))
        )

    async def told(self, guild: GuildSnowflake, origin: str) -> Tier | None:
        """The highest tier at which something of this origin was brought to people; None if never."""
        origins = (origin, *(f"{origin}:{int(tier)}" for tier in Tier))
        highest = await self._connection.scalar(
            select(func.max(signal.c.tier)).where(
                signal.c.guild_snowflake == guild, signal.c.origin.in_(origins)
            )
        )
        return Tier(highest) if highest is not None else None

    async def add_signal(self, case_id: CaseId, new: Signal) -> bool:
        """Keep a signal; False when its origin is known already."""
        return await insert_once(
            self._connection,
            signal,
            {
                "case_id": case_id,
                "guild_snowflake": new.guild_snowflake,
                "person_snowflake": new.person,
                "source": new.source,
                "tier": int(new.tier),
                "origin": new.origin,
                "rules": list(new.rules),
                "channel_snowflake": new.channel,
                "message_snowflake": new.message,
                "reporter_snowflake": new.reporter,
                "written_at": new.written_at,
                "at": new.at,
            },
            "guild_snowflake",
            "origin",
        )

    async def reported_since(self, case_id: CaseId, like: Signal, moment: datetime) -> bool:
        """Whether the same person reported the same thing about this case since then."""
        found = await self._connection.scalar(
            select(signal.c.signal_id).where(
                signal.c.case_id == case_id,
                signal.c.source == like.source,
                signal.c.reporter_snowflake == like.reporter,
                signal.c.message_snowflake == like.message
                if like.message is not None
                else signal.c.message_snowflake.is_(None),
                signal.c.at > moment,
            )
        )
        return found is not None

    async def heard_since(self, guild: GuildSnowflake, person: UserSnowflake, moment: datetime) -> int:
        """How many of the person's own messages became signals since then; false alarms do not count."""
        found = await self._connection.scalar(
            select(func.count())
            .select_from(signal.join(case, case.c.case_id == signal.c.case_id))
            .where(
                signal.c.guild_snowflake == guild,
                signal.c.person_snowflake == person,
                signal.c.source == Source.MESSAGE,
                signal.c.at > moment,
                case.c.outcome.is_distinct_from(Outcome.FALSE_ALARM),
            )
        )
        return found or 0

    async def rules_of(self, case_id: CaseId) -> tuple[str, ...]:
        """Every rule that led to this case, each once."""
        rows = await self._connection.scalars(
            select(signal.c.rules).where(signal.c.case_id == case_id, signal.c.source == Source.MESSAGE)
        )
        return tuple(dict.fromkeys(rule for rules in rows for rule in rules))

    async def called(self, case_id: CaseId) -> frozenset[str]:
        """Who has been called for this case so far: names of audiences."""
        events = await self._connection.scalars(
            select(case_event.c.facts).where(
                case_event.c.case_id == case_id, case_event.c.kind == EventKind.PAGED
            )
        )
        return frozenset(str(facts["audience"]) for facts in events)

    async def signals(self, case_id: CaseId, latest: int = 10) -> tuple[Signal, ...]:
        """The latest signals of a case, oldest of them first."""
        rows = (
            await self._connection.execute(
                select(signal)
                .where(signal.c.case_id == case_id)
                .order_by(signal.c.signal_id.desc())
                .limit(latest)
            )
        ).all()
        return tuple(_signal(row) for row in reversed(rows))

    async def add_events(self, *events: CaseEvent) -> None:
        """Write lines of history."""
        if events:
            await self._connection.execute(
                insert(case_event),
                [
                    {
                        "case_id": each.case_id,
                        "kind": each.kind,
                        "actor_snowflake": each.actor,
                        "facts": each.facts,
                        "at": each.at,
                    }
                    for each in events
                ],
            )

    async def history(self, case_id: CaseId, latest: int = 100) -> tuple[CaseEvent, ...]:
        """The latest lines of history, oldest of them first.

        Of signals that joined only the last few: a thousand of them would push everything else out.
        """
        joined = (
            select(case_event.c.case_event_id)
            .where(case_event.c.case_id == case_id, case_event.c.kind == EventKind.JOINED)
            .order_by(case_event.c.case_event_id.desc())
            .limit(JOINED_SHOWN)
        )
        rows = (
            await self._connection.execute(
                select(case_event)
                .where(
                    case_event.c.case_id == case_id,
                    or_(case_event.c.kind != EventKind.JOINED, case_event.c.case_event_id.in_(joined)),
                )
                .order_by(case_event.c.case_event_id.desc())
                .limit(latest)
            )
        ).all()
        return tuple(
            CaseEvent(
                CaseId(row.case_id), EventKind(row.kind), row.at, _user(row.actor_snowflake), dict(row.facts)
            )
            for row in reversed(rows)
        )

    async def write_note(self, about: Case, text: str) -> None:
        """Keep the closing note, sealed with the key of the person it is about (P2)."""
        sealed = await self._people.seal(about.person, _NOTE, text)
        await self._connection.execute(
            update(case).where(case.c.case_id == about.case_id).values(sealed_note=sealed)
        )

    async def note(self, about: Case) -> str | None:
        """The closing note, or None when there is none or the person was forgotten."""
        sealed = await self._connection.scalar(
            select(case.c.sealed_note).where(case.c.case_id == about.case_id)
        )
        return await self._people.open(about.person, _NOTE, sealed)

    async def delete_closed_before(self, moment: datetime) -> int:
        """Remove closed cases past their time, with signals and history; says how many (P4)."""
        old = select(case.c.case_id).where(case.c.closed_at < moment)
        # Their cards can change no more; a row left behind would point a later case to them.
        await self._connection.execute(
            delete(card).where(card.c.kind.startswith("case."), card.c.subject_id.in_(old))
        )
        result = await self._connection.execute(delete(case).where(case.c.closed_at < moment))
        return result.rowcount

    async def _one(self, wanted: Select[Any]) -> Case | None:
        # Who means to change a case holds it until then, also against other processes.
        found = (
            await self._connection.execute(wanted.with_for_update() if self._writing else wanted)
        ).first()
        return _case(found) if found else None


_NAMES = {"person": "person_snowflake"}
_FIELDS = tuple(field.name for field in fields(Case) if field.name != "case_id")


def _columns(of: Case) -> dict[str, Any]:
    return {_NAMES.get(name, name): getattr(of, name) for name in _FIELDS} | {"tier": int(of.tier)}


def _case_with_id(new: Case, case_id: CaseId) -> Case:
    return Case(case_id, **{name: getattr(new, name) for name in _FIELDS})


def _case(row: Row[Any]) -> Case:
    values = {name: getattr(row, _NAMES.get(name, name)) for name in _FIELDS}
    values |= {
        "tier": Tier(values["tier"]),
        "state": CaseState(values["state"]),
        "outcome": Outcome(values["outcome"]) if values["outcome"] else None,
    }
    return Case(CaseId(row.case_id), **values)


def _user(value: int | None) -> UserSnowflake | None:
    return UserSnowflake(value) if value is not None else None


def _signal(row: Row[Any]) -> Signal:
    rules: Sequence[str] = row.rules
    return Signal(
        GuildSnowflake(row.guild_snowflake),
        UserSnowflake(row.person_snowflake),
        Source(row.source),
        Tier(row.tier),
        row.origin,
        row.at,
        tuple(rules),
        ChannelSnowflake(row.channel_snowflake) if row.channel_snowflake is not None else None,
        MessageSnowflake(row.message_snowflake) if row.message_snowflake is not None else None,
        _user(row.reporter_snowflake),
        written_at=row.written_at,
        signal_id=SignalId(row.signal_id),
    )
