"""Every signal comes in here. One transaction writes signal, case, history and letters."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.case import Case, CaseEvent, CaseState, EventKind, Signal, Source
from bot.domain.ids import CaseId, RoleSnowflake
from bot.domain.ladder import goes_on
from bot.domain.letter import Letter, LetterKind, Urgency
from bot.domain.server import Server
from bot.domain.tier import Tier
from bot.store.transaction import Transaction

from .paging import Paging
from .ports import Clock, Surroundings

COUNTED_TOGETHER_FOR = timedelta(hours=24)
"""Quiet words (T2) of one person within this time count as T3 from the second on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a signal. case is None when the same signal had been taken before."""

    case: Case | None
    joined: bool = False


class Intake:
    """Turns a signal into a case somebody is paged for (S1, S4)."""

    def __init__(self, paging: Paging, clock: Clock, surroundings: Surroundings) -> None:
        self._paging = paging
        self._clock = clock
        self._surroundings = surroundings

    async def take(self, tx: Transaction, signal: Signal, roles: tuple[RoleSnowflake, ...] | None) -> Taken:
        """Open a case, or join the person's open one. A repeat of the same origin changes nothing.

        roles: those of the person it is about; None when Discord would not say. The case of somebody who
        reads the moderators' channel is kept out of it (S6). The owner's is not: whoever owns a server sees
        every channel, so there is nowhere else to go; they are just never called to it themselves.
        """
        told = await tx.cases.told(signal.guild_snowflake, signal.origin)
        if told is not None:
            if signal.source is not Source.MESSAGE or signal.tier <= told:
                return Taken(None)
            # The same message says something graver now: it was edited, or a file in it was read since.
            signal = replace(signal, origin=f"{signal.origin}:{int(signal.tier)}")
        server = await tx.servers.load(signal.guild_snowflake)
        owner = self._surroundings.owner_of(signal.guild_snowflake)
        staff = signal.person != owner and self._reads_alerts(server, roles)
        signal = replace(signal, person_is_staff=staff, tier=await self._with_those_before(tx, signal))
        known = await tx.cases.open_for(signal.guild_snowflake, signal.person)
        case = await (self._open(tx, signal) if known is None else self._join(tx, known, signal))
        await self._tell_the_person(tx, case, signal)
        return Taken(case, joined=known is not None)

    async def _with_those_before(self, tx: Transaction, signal: Signal) -> Tier:
        """Quiet words a second time within a day count for more: by number alone, no words are kept."""
        if signal.source is not Source.MESSAGE or signal.tier is not Tier.T2:
            return signal.tier
        before = await tx.cases.heard_since(
            signal.guild_snowflake, signal.person, signal.at - COUNTED_TOGETHER_FOR
        )
        return Tier.T3 if before else Tier.T2

    async def _open(self, tx: Transaction, signal: Signal) -> Case:
        case = await tx.cases.add(
            Case(
                CaseId(0),
                signal.guild_snowflake,
                signal.person,
                signal.tier,
                opened_at=signal.at,
                signals=1,
                person_is_staff=signal.person_is_staff,
                via_app=signal.via_app,
            )
        )
        await tx.cases.add_signal(case.case_id, signal)
        await tx.cases.add_events(
            CaseEvent(
                case.case_id,
                EventKind.OPENED,
                signal.at,
                facts={"source": signal.source, "tier": int(signal.tier)},
            )
        )
        await self._paging.begin(tx, case)
        return case

    async def _join(self, tx: Transaction, case: Case, signal: Signal) -> Case:
        raised = signal.tier > case.tier
        case = case.joined_by(signal)
        await tx.cases.add_signal(case.case_id, signal)
        events = [
            CaseEvent(
                case.case_id,
                EventKind.JOINED,
                signal.at,
                facts={"source": signal.source, "tier": int(signal.tier)},
            )
        ]
        if raised:
            events.append(
                CaseEvent(case.case_id, EventKind.RAISED, signal.at, facts={"tier": int(case.tier)})
            )
        await tx.cases.add_events(*events)
        if raised and case.tier >= Tier.T3:
            case = await self._paging.page_anew(tx, case)
        elif signal.tier >= Tier.T3 and await self._wants_a_nudge(tx, case, signal):
            await self._paging.nudge(tx, case)
        await tx.cases.save(case)
        await self._paging.show_state(tx, case, at_once=raised)
        return case

    async def _wants_a_nudge(self, tx: Transaction, case: Case, signal: Signal) -> bool:
        """Whether one more signal rings (S4).

        For whoever holds the case; or, while nobody does, when the person asked, or when the ladder has
        ended and would stay silent for ever.
        """
        if case.state is CaseState.CLAIMED or signal.source is Source.REQUEST:
            return True
        return not goes_on(case.tier) and bool(await tx.cases.called(case.case_id))

    def _reads_alerts(self, server: Server, roles: tuple[RoleSnowflake, ...] | None) -> bool:
        if roles is None or server.is_staff(roles):
            return True  # not knowing, we keep it from the channel rather than show it to the wrong person
        channel = server.moderators_channel
        return channel is not None and any(
            self._surroundings.role_sees(server.guild_snowflake, role, channel) for role in roles
        )

    async def _tell_the_person(self, tx: Transaction, case: Case, signal: Signal) -> None:
        """Once per case, and only somebody who welcomes private messages (S8, P8).

        Only after their own words: who asked has been answered, and a worry is told to nobody but moderators.
        """
        person = await tx.people.load(signal.person)
        if person.messages_allowed_at is None or signal.via_app or signal.source is not Source.MESSAGE:
            return
        now = self._clock.now()
        await tx.outbox.put(
            Letter(
                LetterKind.SUPPORT,
                f"case:{case.case_id}:support",
                now,
                guild=case.guild_snowflake,
                user=signal.person,
                subject_id=case.case_id,
                urgency=Urgency.PERSON,
            ),
            now,
        )
