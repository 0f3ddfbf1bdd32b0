"""What moderators do with cases."""

from dataclasses import dataclass

from bot.domain import policy
from bot.domain.case import KEPT_FOR, Case, CaseEvent, EventKind, Outcome, Signal
from bot.domain.ids import CaseId, UserSnowflake
from bot.domain.ladder import Audience
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.screening import REASONS, Verdict
from bot.domain.server import Server
from bot.store.engine import Store
from bot.store.transaction import Transaction

from .paging import Paging
from .ports import Clock, Membership, Surroundings

NOTE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything a card shows: never any words of the person (S7)."""

    case: Case
    server: Server
    signals: tuple[Signal, ...]
    history: tuple[CaseEvent, ...]
    note: str | None = None


class Cases:
    """One method per thing a moderator can do. Each asks again who acts; a button carries no authority."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        surroundings: Surroundings,
        membership: Membership,
        paging: Paging,
    ) -> None:
        self._store = store
        self._clock = clock
        self._surroundings = surroundings
        self._membership = membership
        self._paging = paging

    async def claim(self, actor: Actor, case_id: CaseId) -> Case:
        """Make the actor responsible for 30 minutes; a second claim is refused with the name of the first."""
        now = self._clock.now()
        async with self._store.writing() as tx:
            case = await self._load(tx, actor, case_id)
            again = case.claimed_by == actor.user_snowflake
            case = case.claimed(actor.user_snowflake, now)
            return await self._keep(tx, actor, case, EventKind.RENEWED if again else EventKind.CLAIMED)

    async def renew(self, actor: Actor, case_id: CaseId) -> Case:
        """Keep the claim for another 30 minutes."""
        now = self._clock.now()
        async with self._store.writing() as tx:
            case = (await self._load(tx, actor, case_id)).renewed(actor.user_snowflake, now)
            return await self._keep(tx, actor, case, EventKind.RENEWED)

    async def contacted(self, actor: Actor, case_id: CaseId) -> Case:
        """Record that the person has been contacted; a case nobody held is now the actor's."""
        now = self._clock.now()
        async with self._store.writing() as tx:
            case = (await self._load(tx, actor, case_id)).contacted(actor.user_snowflake, now)
            return await self._keep(tx, actor, case, EventKind.CONTACTED)

    async def close(self, actor: Actor, case_id: CaseId, outcome: Outcome, note: str = "") -> Case:
        """End the case with an outcome and, if wished, a short note that is kept encrypted."""
        now = self._clock.now()
        note = note.strip()
        if len(note) > NOTE_LIMIT:
            raise Refusal("case.refusal.note", limit=NOTE_LIMIT)
        async with self._store.writing() as tx:
            held = await self._load(tx, actor, case_id)
            case = held.closed(actor.user_snowflake, outcome, now)
            if held.claimed_by not in (None, actor.user_snowflake):
                await self._paging.tell_holder_of_close(tx, held, actor.user_snowflake)
            if note:
                await tx.cases.write_note(case, note)
            if outcome.needs_follow_up:
                await self._paging.wait_for_follow_up(tx, case)
            await self._judge(tx, case, _verdict(outcome))
            return await self._keep(tx, actor, case, EventKind.CLOSED, outcome=outcome)

    async def explain(self, actor: Actor, case_id: CaseId, reason: Verdict) -> Case:
        """Say why a closed case was not a concern. Kept are the rules' ids and the reason, nothing else."""
        async with self._store.writing() as tx:
            case = await self._load(tx, actor, case_id)
            if case.outcome is not Outcome.FALSE_ALARM or reason not in REASONS:
                raise Refusal("case.refusal.not_closed", case=case_id)
            await self._judge(tx, case, await self._said(tx, case), by=-1)
            await self._judge(tx, case, reason)
            await tx.cases.add_events(
                CaseEvent(
                    case_id,
                    EventKind.EXPLAINED,
                    self._clock.now(),
                    actor.user_snowflake,
                    {"reason": reason},
                )
            )
            await self._paging.show_state(tx, case)
            return case

    async def reopen(self, actor: Actor, case_id: CaseId) -> Case:
        """Take back a close; the case is then the actor's."""
        now = self._clock.now()
        async with self._store.writing() as tx:
            case = await self._load(tx, actor, case_id)
            if await tx.cases.open_for(case.guild_snowflake, case.person) is not None:
                raise Refusal("case.refusal.newer")
            await self._judge(tx, case, await self._said(tx, case), by=-1)
            case = case.reopened(actor.user_snowflake, now)
            return await self._keep(tx, actor, case, EventKind.REOPENED)

    async def followed_up(self, actor: Actor, case_id: CaseId) -> Case:
        """Record that somebody looked in on the person after the case was closed."""
        now = self._clock.now()
        async with self._store.writing() as tx:
            case = (await self._load(tx, actor, case_id)).followed_up(actor.user_snowflake, now)
            return await self._keep(tx, actor, case, EventKind.FOLLOWED_UP)

    async def list_open(self, actor: Actor) -> tuple[Case, ...]:
        """Open cases of the server, unclaimed and oldest first; never one about the actor (S6)."""
        async with self._store.reading() as tx:
            policy.require_moderator(actor, await tx.servers.load(actor.guild_snowflake))
            cases = await tx.cases.list_open(actor.guild_snowflake)
        return tuple(case for case in cases if case.person != actor.user_snowflake)

    async def show(self, actor: Actor, case_id: CaseId) -> CaseView:
        """One case with its history and note."""
        async with self._store.reading() as tx:
            case = await self._load(tx, actor, case_id)
            return await self._view(tx, case, with_note=True)

    async def may_close(self, actor: Actor, case_id: CaseId) -> Case:
        """Whether the actor could close this case now; refused with the reason otherwise."""
        async with self._store.reading() as tx:
            case = await self._load(tx, actor, case_id)
        case.closed(actor.user_snowflake, Outcome.REACHED, self._clock.now())
        return case

    async def acting_privately(self, user: UserSnowflake, case_id: CaseId) -> Actor:
        """Somebody who acts from their private messages, with the roles they hold on the case's server now.

        Refused when Discord would not say which those are.
        """
        async with self._store.reading() as tx:
            guild = (await tx.cases.load(case_id)).guild_snowflake
        if self._surroundings.owner_of(guild) == user:
            return Actor(user, guild, owns_server=True)
        roles = await self._membership.roles_of(guild, user)
        if roles is None:
            raise Refusal("standby.refusal.unknown")
        return Actor(user, guild, roles)

    async def view(self, case_id: CaseId) -> CaseView | None:
        """What the posted cards show now; for delivery, not for people."""
        async with self._store.reading() as tx:
            case = await tx.cases.find(case_id)
            return await self._view(tx, case) if case else None

    async def forget_old(self) -> int:
        """Remove cases closed more than 30 days ago (P4); says how many."""
        async with self._store.writing() as tx:
            return await tx.cases.delete_closed_before(self._clock.now() - KEPT_FOR)

    async def _load(self, tx: Transaction, actor: Actor, case_id: CaseId) -> Case:
        """The case, if the actor may work on it here. Another server's case does not exist for them (P5)."""
        server = await tx.servers.load(actor.guild_snowflake)
        called = await tx.cases.called(case_id)
        policy.require_responder(actor, server, facilitators_called=Audience.FACILITATORS in called)
        case = await tx.cases.load(case_id)
        # Nor does one about themself: even "you cannot see this" would tell them that there is one (S6).
        if case.guild_snowflake != actor.guild_snowflake or case.person == actor.user_snowflake:
            raise Refusal("case.refusal.gone")
        return case

    async def _judge(self, tx: Transaction, case: Case, verdict: Verdict | None, by: int = 1) -> None:
        """Count what the outcome says about the rules that led to the case."""
        if verdict is not None:
            rules = await tx.cases.rules_of(case.case_id)
            await tx.screening.judge(case.guild_snowflake, rules, verdict, by)

    async def _said(self, tx: Transaction, case: Case) -> Verdict | None:
        """What was counted when the case was closed, or explained since."""
        for event in reversed(await tx.cases.history(case.case_id)):
            if event.kind is EventKind.EXPLAINED:
                return Verdict(event.facts["reason"])
            if event.kind is EventKind.CLOSED:
                return _verdict(Outcome(event.facts["outcome"]))
        return None

    async def _keep(
        self, tx: Transaction, actor: Actor, case: Case, kind: EventKind, **facts: str | int
    ) -> Case:
        await tx.cases.save(case)
        await tx.cases.add_events(
            CaseEvent(case.case_id, kind, self._clock.now(), actor.user_snowflake, facts)
        )
        await self._paging.wait_for_lapse(tx, case)
        await self._paging.show_state(tx, case)
        return case

    async def _view(self, tx: Transaction, case: Case, *, with_note: bool = False) -> CaseView:
        return CaseView(
            case,
            await tx.servers.load(case.guild_snowflake),
            await tx.cases.signals(case.case_id),
            await tx.cases.history(case.case_id),
            await tx.cases.note(case) if with_note else None,
        )


def _verdict(outcome: Outcome) -> Verdict:
    return Verdict.UNSAID if outcome is Outcome.FALSE_ALARM else Verdict.RIGHT
