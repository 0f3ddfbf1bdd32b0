"""Getting a human: ladder, nudges and cards, all as rows written with the state they follow from."""

from datetime import datetime, timedelta

import structlog

from bot.domain.case import (
    FOLLOW_UP_AFTER,
    FOLLOW_UP_AGAIN_AFTER,
    Case,
    CaseEvent,
    CaseState,
    EventKind,
)
from bot.domain.ids import CaseId, UserSnowflake
from bot.domain.ladder import Audience, first_with_people, goes_on, rung
from bot.domain.letter import Letter, LetterKind, Urgency
from bot.domain.server import Server
from bot.domain.tier import Tier
from bot.domain.timer import Timer
from bot.store.transaction import Transaction

from .ports import Clock, Surroundings

NUDGE_EVERY = timedelta(minutes=2)
"""New signals for somebody who already holds the case are gathered this long; none is dropped."""

COUNT_EVERY = timedelta(seconds=10)
"""How often a card shows anew how many signals there are, while more and more come in."""

log = structlog.get_logger("paging")


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
        """Start the ladder over: a higher tier came in."""
        case = case.paged_anew()
        return await self._climb(tx, case, 0, reason="raised")

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
            lapsed = await self._climb(tx, lapsed, 0, reason="lapsed", holder=case.claimed_by)
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
        """Tell whoever holds the case, or else whoever is on call, that more has come in; many become one."""
        if await tx.outbox.waiting(LetterKind.CASE_NUDGE, case.case_id):
            return
        now = self._clock.now()
        last = await tx.outbox.last_due_at(LetterKind.CASE_NUDGE, case.case_id)
        due_at = now if last is None else max(now, last + NUDGE_EVERY)
        count = await tx.outbox.count(LetterKind.CASE_NUDGE, case.case_id)
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_NUDGE,
                f"case:{case.case_id}:nudge:{_unlike(count, now)}",
                due_at,
                guild=case.guild_snowflake,
                subject_id=case.case_id,
                urgency=Urgency.ALERT,
            ),
            now,
        )

    async def call_privately(self, tx: Transaction, silent: Letter) -> None:
        """After a call that made no phone ring, one that does: to who stands by, or else the owner."""
        case = await tx.cases.find(CaseId(silent.subject_id or 0))
        if case is None or case.state is CaseState.CLOSED:
            return
        now = self._clock.now()
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_PAGE,
                f"{silent.key}:silent",
                now,
                guild=case.guild_snowflake,
                subject_id=case.case_id,
                facts={"reason": "silent", "privately": 1},
                urgency=Urgency.ALERT,
            ),
            now,
        )
        await tx.cases.add_events(CaseEvent(case.case_id, EventKind.SILENT, now))
        await self.show_state(tx, case)

    async def show_state(self, tx: Transaction, case: Case, *, at_once: bool = True) -> None:
        """Bring the posted cards of the case up to date; an update that has not left yet serves for all.

        at_once: without it, some seconds after the last time: a card need not count along with a flood.
        """
        now = self._clock.now()
        due_at = now
        if not at_once:
            last = await tx.outbox.last_due_at(LetterKind.CASE_UPDATE, case.case_id)
            due_at = now if last is None else max(now, last + COUNT_EVERY)
        if await tx.outbox.waiting(LetterKind.CASE_UPDATE, case.case_id, due_by=due_at):
            return
        count = await tx.outbox.count(LetterKind.CASE_UPDATE, case.case_id)
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_UPDATE,
                f"case:{case.case_id}:update:{_unlike(count, now)}",
                due_at,
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

    async def tell_holder_of_close(self, tx: Transaction, held: Case, by: UserSnowflake) -> None:
        """Somebody else closed the case its holder is on."""
        now = self._clock.now()
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_NUDGE,
                f"case:{held.case_id}:closed:{_unlike(0, now)}",
                now,
                guild=held.guild_snowflake,
                subject_id=held.case_id,
                facts={"holder": held.claimed_by or 0, "closed_by": by},
                urgency=Urgency.PERSON,
            ),
            now,
        )

    async def _climb(
        self,
        tx: Transaction,
        case: Case,
        index: int,
        *,
        reason: str = "waiting",
        holder: UserSnowflake | None = None,
    ) -> Case:
        server = await tx.servers.load(case.guild_snowflake)
        index = await self._next_with_people(tx, case, server, index)
        step = rung(case.tier, index)
        if step is None:
            return case
        now = self._clock.now()
        # Calls that could not be delivered so far are overtaken by this one: after an outage people are
        # called once, not once for every call that was missed.
        await tx.outbox.retire(LetterKind.CASE_PAGE, case.case_id, now)
        await tx.outbox.put(
            Letter(
                LetterKind.CASE_PAGE,
                f"case:{case.case_id}:page:{case.paging_round}:{index}",
                now,
                guild=case.guild_snowflake,
                subject_id=case.case_id,
                facts={"audience": step.audience, "reason": reason, "holder": holder or 0},
                urgency=Urgency.ALERT,
            ),
            now,
        )
        await self._write_paged(tx, case, step.audience, now)
        if step.audience in (Audience.OWNER, Audience.EVERYONE):
            await self._second_channel(tx, case, server, index, now)
        if goes_on(case.tier):
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
        reached, skipped = first_with_people(
            case.tier, index, lambda audience: self._anyone(case, server, audience)
        )
        now = self._clock.now()
        for each in skipped:
            if (empty := rung(case.tier, each)) is not None:
                log.warning("case.nobody_to_call", case_id=case.case_id, kind=empty.audience)
                facts: dict[str, str | int] = {"audience": empty.audience}
                await tx.cases.add_events(CaseEvent(case.case_id, EventKind.SKIPPED, now, facts=facts))
        # With nobody left: one past the last rung.
        return reached if reached is not None else index + len(skipped)

    def _anyone(self, case: Case, server: Server, audience: Audience) -> bool:
        guild, channel = server.guild_snowflake, server.moderators_channel
        owner = self._surroundings.owner_of(guild)
        if audience is Audience.OWNER:
            return owner != case.person
        if case.person_is_staff:
            return False  # S6: the roles are the person's own colleagues; only the owner is left
        roles = {
            # Without a role of their own, or when it is gone, the moderators are on call.
            Audience.ON_CALL: (server.on_call_role, server.moderators_role),
            Audience.MODERATORS: (server.moderators_role,),
            Audience.FACILITATORS: (server.facilitators_role,),
        }.get(audience, ())
        chosen = [role for role in roles if role is not None]
        if owner is None:
            return bool(chosen)  # Discord has not told us about the server yet: pass nobody over for that
        return channel is not None and any(
            self._surroundings.role_sees(guild, role, channel) for role in chosen
        )

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


def _unlike(count: int, now: datetime) -> str:
    """The end of a key that is never used twice, though sent letters are forgotten and counts begin again."""
    return f"{count}:{int(now.timestamp() * 1_000_000)}"
