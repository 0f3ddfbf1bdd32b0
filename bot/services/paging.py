"""Getting a human: ladder, nudges and cards, all as rows written with the state they follow from."""

from datetime import datetime, timedelta

from bot.domain.case import (
    FOLLOW_UP_AFTER,
    FOLLOW_UP_AGAIN_AFTER,
    Case,
    CaseEvent,
    CaseState,
    EventKind,
)
from bot.domain.ids import CaseId
from bot.domain.ladder import Audience, first_with_people, rung
from bot.domain.letter import Letter, LetterKind, Urgency
from bot.domain.server import Server
from bot.domain.tier import Tier
from bot.domain.timer import Timer
from bot.store.transaction import Transaction

from .ports import Clock, Surroundings

NUDGE_EVERY = timedelta(minutes=2)
"""New signals for somebody who already holds the case are gathered this long; none is dropped."""


class Paging:
    """Writes who is to be paged and when; sends nothing itself."""

    def __init__(self, clock: Clock, surroundings: Surroundings) -> None:
        self._clock = clock
        self._surroundings = surroundings

    async def begin(self, tx: Transaction, case: Case) -> None:
        """Post the card of a new case, with its first ping, and start the ladder."""
        server = await tx.servers.load(case.guild_snowflake)
        audience, index = await self._first_step(tx, case, server)
        now = self._clock.now()
        await tx.servers.save(server.alerted_at(now))
        facts: dict[str, str | int] = {"audience": audience} if audience else {}
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_ALERT,
                f"case:{case.case_id}:alert",
                now,
                guild=case.guild_snowflake,
                subject_id=case.case_id,
                facts=facts,
                urgency=Urgency.ALERT,
            ),
            now,
        )
        if audience:
            await self._write_paged(tx, case, audience, now)
            if audience is Audience.OWNER:
                await self._second_channel(tx, case, server, index, now)
        await self._wait_for_next(tx, case, index + 1 if audience else index)

    async def page_anew(self, tx: Transaction, case: Case) -> Case:
        """Start the ladder over: a higher tier came in, or a claim ran out in silence."""
        case = case.paged_anew()
        return await self._climb(tx, case, 0, at_once=True)

    async def climb(self, tx: Transaction, timer: Timer) -> None:
        """The next rung fell due. A case somebody took, or whose paging began anew, is left alone."""
        case = await tx.cases.find(CaseId(timer.facts["case_id"]))
        if case is None or case.state is not CaseState.OPEN or case.paging_round != timer.facts["round"]:
            return
        await self._climb(tx, case, timer.facts["rung"])

    async def lapse(self, tx: Transaction, timer: Timer) -> None:
        """A claim may have run out: open the case again and page anew (S5)."""
        case = await tx.cases.find(CaseId(timer.facts["case_id"]))
        now = self._clock.now()
        lapsed = case.lapsed(now) if case else None
        if case is None or lapsed is None:
            return
        await tx.cases.add_events(
            CaseEvent(case.case_id, EventKind.LAPSED, now, case.claimed_by),
        )
        if lapsed.tier >= Tier.T3:
            lapsed = await self._climb(tx, lapsed, 0, at_once=True)
        await tx.cases.save(lapsed)
        await self.show_state(tx, lapsed)

    async def wait_for_lapse(self, tx: Transaction, case: Case) -> None:
        """Watch the claim that holds now."""
        if case.claimed_until is None:
            return
        await tx.timers.put(
            Timer(
                "case.lapse",
                f"case:{case.case_id}:lapse:{int(case.claimed_until.timestamp() * 1000)}",
                case.claimed_until,
                {"case_id": case.case_id},
            )
        )

    async def wait_for_follow_up(self, tx: Transaction, case: Case, *, again: bool = False) -> None:
        """Bring a closed case up again after a day, and once more after three (S5)."""
        if case.closed_at is None:
            return
        after = FOLLOW_UP_AGAIN_AFTER if again else FOLLOW_UP_AFTER
        closed = int(case.closed_at.timestamp() * 1000)
        await tx.timers.put(
            Timer(
                "case.follow_up",
                f"case:{case.case_id}:follow_up:{closed}:{int(again)}",
                case.closed_at + after,
                {"case_id": case.case_id, "closed": closed, "again": int(again)},
            )
        )

    async def follow_up(self, tx: Transaction, timer: Timer) -> None:
        """A follow-up fell due, unless somebody did it or the case is open again."""
        case = await tx.cases.find(CaseId(timer.facts["case_id"]))
        if case is None or case.closed_at is None or case.followed_up_at is not None:
            return
        if int(case.closed_at.timestamp() * 1000) != timer.facts["closed"]:
            return
        now = self._clock.now()
        again = bool(timer.facts["again"])
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_FOLLOW_UP,
                timer.key,
                now,
                guild=case.guild_snowflake,
                subject_id=case.case_id,
                urgency=Urgency.PERSON,
            ),
            now,
        )
        if not again:
            await self.wait_for_follow_up(tx, case, again=True)

    async def nudge(self, tx: Transaction, case: Case) -> None:
        """Tell whoever holds the case that more has come in; many at once become one."""
        if await tx.outbox.waiting(LetterKind.CASE_NUDGE, case.case_id):
            return
        now = self._clock.now()
        last = await tx.outbox.last_due_at(LetterKind.CASE_NUDGE, case.case_id)
        due_at = now if last is None else max(now, last + NUDGE_EVERY)
        count = await tx.outbox.count(LetterKind.CASE_NUDGE, case.case_id)
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_NUDGE,
                f"case:{case.case_id}:nudge:{count}",
                due_at,
                guild=case.guild_snowflake,
                subject_id=case.case_id,
                urgency=Urgency.ALERT,
            ),
            now,
        )

    async def show_state(self, tx: Transaction, case: Case) -> None:
        """Bring the posted cards of the case up to date; an update that has not left yet serves for all."""
        if await tx.outbox.waiting(LetterKind.CASE_UPDATE, case.case_id):
            return
        now = self._clock.now()
        count = await tx.outbox.count(LetterKind.CASE_UPDATE, case.case_id)
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_UPDATE,
                f"case:{case.case_id}:update:{count}",
                now,
                guild=case.guild_snowflake,
                subject_id=case.case_id,
                urgency=Urgency.UPDATE,
            ),
            now,
        )

    async def _first_step(self, tx: Transaction, case: Case, server: Server) -> tuple[Audience | None, int]:
        """Whom the card itself pings, and on which rung; nobody below T4."""
        if not case.tier.pages_at_once:
            return None, 0
        index = await self._next_with_people(tx, case, server, 0)
        step = rung(case.tier, index)
        return (step.audience if step else None), index

    async def _climb(self, tx: Transaction, case: Case, index: int, *, at_once: bool = False) -> Case:
        server = await tx.servers.load(case.guild_snowflake)
        index = await self._next_with_people(tx, case, server, index)
        step = rung(case.tier, index)
        if step is None:
            return case
        now = self._clock.now()
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_PAGE,
                f"case:{case.case_id}:page:{case.paging_round}:{index}",
                now,
                guild=case.guild_snowflake,
                subject_id=case.case_id,
                facts={"audience": step.audience, "anew": int(at_once)},
                urgency=Urgency.ALERT,
            ),
            now,
        )
        await self._write_paged(tx, case, step.audience, now)
        if step.audience in (Audience.OWNER, Audience.EVERYONE):
            await self._second_channel(tx, case, server, index, now)
        await self._wait_for_next(tx, case, index + 1)
        await self.show_state(tx, case)
        return case

    async def _second_channel(
        self, tx: Transaction, case: Case, server: Server, index: int, now: datetime
    ) -> None:
        if server.second_channel is None or case.person_is_staff:
            return
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_PAGE,
                f"case:{case.case_id}:page:{case.paging_round}:{index}:second",
                now,
                guild=case.guild_snowflake,
                subject_id=case.case_id,
                facts={"audience": Audience.EVERYONE, "second": 1},
                urgency=Urgency.ALERT,
            ),
            now,
        )

    async def _next_with_people(self, tx: Transaction, case: Case, server: Server, index: int) -> int:
        found = first_with_people(case.tier, index, lambda audience: self._anyone(case, server, audience))
        if found is None:
            # The ladder has ended or holds nobody: one past its last rung.
            while rung(case.tier, index) is not None:
                index += 1
            return index
        reached, skipped = found
        now = self._clock.now()
        events = [
            CaseEvent(case.case_id, EventKind.SKIPPED, now, facts={"audience": empty.audience})
            for each in skipped
            if (empty := rung(case.tier, each)) is not None
        ]
        await tx.cases.add_events(*events)
        return reached

    def _anyone(self, case: Case, server: Server, audience: Audience) -> bool:
        guild, channel = server.guild_snowflake, server.moderators_channel
        if audience is Audience.OWNER:
            return self._surroundings.owner_of(guild) not in (None, case.person)
        if case.person_is_staff:
            return False  # S6: the roles are the person's own colleagues; only the owner is left
        role = {
            # Without a role of their own, the moderators are on call.
            Audience.ON_CALL: server.on_call_role or server.moderators_role,
            Audience.MODERATORS: server.moderators_role,
            Audience.FACILITATORS: server.facilitators_role,
        }.get(audience)
        return role is not None and channel is not None and self._surroundings.role_sees(guild, role, channel)

    async def _wait_for_next(self, tx: Transaction, case: Case, index: int) -> None:
        step = rung(case.tier, index)
        if step is None:
            return
        await tx.timers.put(
            Timer(
                "case.page",
                f"case:{case.case_id}:page:{case.paging_round}:{index}",
                self._clock.now() + step.wait,
                {"case_id": case.case_id, "round": case.paging_round, "rung": index},
            )
        )

    async def _write_paged(self, tx: Transaction, case: Case, audience: Audience, now: datetime) -> None:
        await tx.cases.add_events(CaseEvent(case.case_id, EventKind.PAGED, now, facts={"audience": audience}))
