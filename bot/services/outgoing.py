"""What must be sent: claiming it, and what follows from its having been sent or refused."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.card import Delivery, PostedCard
from bot.domain.case import Case, CaseEvent, EventKind
from bot.domain.ids import CaseId, ChannelSnowflake, GuildSnowflake, UserSnowflake
from bot.domain.letter import Letter, LetterKind, Urgency, next_attempt_after
from bot.domain.server import Server
from bot.store.engine import Store

from .paging import Paging
from .ports import Clock, Membership, Surroundings

log = structlog.get_logger("outgoing")

ABOUT_A_CASE = (
    LetterKind.CASE_ALERT,
    LetterKind.CASE_ALERT_AGAIN,
    LetterKind.CASE_PAGE,
    LetterKind.CASE_NUDGE,
)

CARDS = (LetterKind.CASE_ALERT, LetterKind.CASE_ALERT_AGAIN)
"""The kinds of letter that are the card of a case."""

TO_ONE_PERSON = (LetterKind.SUPPORT, LetterKind.STANDBY)
"""Private messages that are no alerts: they wait their turn, and are given up when not to be received."""

SENT_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a letter can go: a channel, or the private messages of people, all of them at once."""

    channel: ChannelSnowflake | None = None
    people: tuple[UserSnowflake, ...] = ()


class Outgoing:
    """The outbox as the courier needs it."""

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

    async def claim_due(self) -> tuple[Letter, ...]:
        """Letters to be delivered now, the most urgent first."""
        async with self._store.writing() as tx:
            return await tx.outbox.claim_due(self._clock.now())

    async def places(self, letter: Letter) -> tuple[Place, ...]:
        """Where an alert can go, the best place first; each is a step down from the one before.

        Moderators' channel, second channel, those who stand by, owner. What concerns a moderator never goes
        to the moderators' channel nor to those who stand by (S6), and what concerns the owner never to the
        owner. Discord is asked whether those who stand by still belong to the team, once it is their turn.
        """
        assert letter.guild is not None  # noqa: S101 - every alert belongs to a server
        async with self._store.reading() as tx:
            server = await tx.servers.load(letter.guild)
            case = await tx.cases.find(CaseId(letter.subject_id)) if letter.subject_id is not None else None
            standing = await tx.standbys.of(letter.guild)
        places = self._places(server, case, standing, letter)
        turn = min(letter.place, len(places) - 1)
        if places and places[turn].people:
            places[turn] = Place(people=await self._of_the_team(server, places[turn].people))
        return tuple(places)

    async def standing_by(self, guild: GuildSnowflake) -> frozenset[UserSnowflake]:
        """Who welcomes alerts of this server privately."""
        async with self._store.reading() as tx:
            return frozenset(await tx.standbys.of(guild))

    async def may_begin(self, *, urgent: bool) -> bool:
        """Begin one more private conversation; False if there are enough for now. Urgent ones always may."""
        now = self._clock.now()
        async with self._store.writing() as tx:
            allowance = await tx.allowances.load()
            if not urgent and not allowance.permits(now):
                return False
            await tx.allowances.save(allowance.with_one_begun(now))
        return True

    async def begun_too_fast(self) -> None:
        """Discord said so: for a day, none is begun that is not urgent."""
        async with self._store.writing() as tx:
            await tx.allowances.save((await tx.allowances.load()).stopped(self._clock.now()))

    async def cards(self, kind: LetterKind, subject_id: int) -> tuple[PostedCard, ...]:
        """Our latest messages of this kind about the subject, the newest first."""
        async with self._store.reading() as tx:
            return await tx.cards.of(kind, subject_id)

    async def delivered(self, letter: Letter, delivery: Delivery) -> None:
        """The letter has left. A door that stands lets screening begin (S11).

        A call that made no phone ring is followed by one that does.
        """
        now = self._clock.now()
        async with self._store.writing() as tx:
            await tx.outbox.done(letter, now)
            for posted in delivery.cards:
                await tx.cards.add(posted)
            if delivery.cards and letter.kind is LetterKind.DOOR and letter.subject_id is not None:
                # In a forum the door stands in a post of its own; the forum is what is screened.
                await tx.servers.announced(ChannelSnowflake(letter.subject_id), now)
            if delivery.silent:
                await self._paging.call_privately(tx, letter)

    async def failed(
        self,
        letter: Letter,
        failure: str,
        *,
        step_down: bool,
        places: int,
        cards: tuple[PostedCard, ...] = (),
    ) -> None:
        """Try again later, or at once at the next place if this one will not have it.

        Nothing is given up (S3): after the last place it starts over, more slowly. The one exception is a
        private message nobody can receive. Where Discord only did not answer well, the letter stays at its
        place: what was lost may be the answer alone. cards: what stands although not everyone has it yet.
        """
        now = self._clock.now()
        places = max(1, places)
        # A round through all places is one attempt: each of them has been tried once.
        rounds = -(-letter.attempts // places)
        async with self._store.writing() as tx:
            for posted in cards:
                await tx.cards.add(posted)
            if step_down and letter.place + 1 < places:
                await tx.outbox.again(letter, now, letter.place + 1, failure)
            elif step_down and letter.kind in TO_ONE_PERSON:
                await tx.outbox.done(letter, now, failure)
            else:
                due_at = now + next_attempt_after(rounds, refused=step_down)
                await tx.outbox.again(letter, due_at, 0 if step_down else letter.place, failure)
            # Once for each place: the history is for people, and what is tried again and again would fill it.
            if step_down and rounds == 1 and letter.kind in ABOUT_A_CASE and letter.subject_id is not None:
                await tx.cases.add_events(
                    CaseEvent(
                        CaseId(letter.subject_id),
                        EventKind.UNDELIVERED,
                        now,
                        facts={"failure": failure, "place": letter.place},
                    )
                )

    async def turn_has_come(self, letter: Letter) -> bool:
        """Hold the letter anew before it is sent; False if it left by another way while it waited."""
        async with self._store.writing() as tx:
            return await tx.outbox.renew(letter, self._clock.now())

    async def post_again(self, case: Case) -> None:
        """No card of an open case stands: it gets a new one, without ringing, unless one is on its way."""
        now = self._clock.now()
        async with self._store.writing() as tx:
            for kind in CARDS:
                if await tx.outbox.unsent(kind, case.case_id):
                    return
            await tx.outbox.put(
                Letter(
                    LetterKind.CASE_ALERT_AGAIN,
                    f"case:{case.case_id}:alert:{int(now.timestamp() * 1_000_000)}",
                    now,
                    guild=case.guild_snowflake,
                    subject_id=case.case_id,
                    urgency=Urgency.PERSON,
                ),
                now,
            )

    async def card_gone(self, card: PostedCard) -> None:
        """Somebody deleted a message of ours; there is nothing left to change."""
        async with self._store.writing() as tx:
            await tx.cards.forget(card.message)

    async def next_due_at(self) -> datetime | None:
        """When to look again."""
        async with self._store.reading() as tx:
            return await tx.outbox.next_due_at()

    async def release_leases(self) -> None:
        """At the start of the only process on this database: nobody else holds a letter or a timer."""
        async with self._store.writing() as tx:
            await tx.outbox.release_leases()
            await tx.timers.release_leases()

    async def forget_sent(self) -> int:
        """Remove letters that left 30 days ago."""
        async with self._store.writing() as tx:
            return await tx.outbox.delete_done_before(self._clock.now() - SENT_KEPT_FOR)

    def _places(
        self, server: Server, case: Case | None, standing: tuple[UserSnowflake, ...], letter: Letter
    ) -> list[Place]:
        owner = self._surroundings.owner_of(server.guild_snowflake)
        moderators = self._private(server, server.moderators_channel)
        another = self._private(server, server.second_channel)
        to_owner = Place(people=(owner,)) if owner is not None else None
        if letter.facts.get("second"):
            return [another] if another else []
        if letter.facts.get("privately"):
            moderators = another = None
        if case is not None and owner == case.person:
            to_owner = None
        if case is None or not case.person_is_staff:
            standing = tuple(user for user in standing if case is not None and user != case.person)
            standbys = Place(people=standing) if standing else None
            return [place for place in (moderators, another, standbys, to_owner) if place]
        if (
            another
            and another.channel
            and self._surroundings.person_sees(server.guild_snowflake, case.person, another.channel)
        ):
            another = None
        return [place for place in (another, to_owner) if place]

    async def _of_the_team(
        self, server: Server, people: tuple[UserSnowflake, ...]
    ) -> tuple[UserSnowflake, ...]:
        """Those of the people who receive alerts now; whom Discord would not tell about is left out."""
        guild = server.guild_snowflake
        owner = self._surroundings.owner_of(guild)
        asked = [user for user in people if user != owner]
        held = await asyncio.gather(*(self._membership.roles_of(guild, user) for user in asked))
        roles = dict(zip(asked, held, strict=True))
        if None in held:
            log.warning("alert.standby_unknown", guild_snowflake=guild, count=held.count(None))
        return tuple(user for user in people if user == owner or server.is_staff(roles[user] or ()))

    def _private(self, server: Server, channel: ChannelSnowflake | None) -> Place | None:
        """The channel, as long as it is private: one that was opened to everyone since gets no alerts."""
        if channel is None:
            return None
        if self._surroundings.everyone_sees(server.guild_snowflake, channel):
            log.error("alert.channel_is_public", guild_snowflake=server.guild_snowflake)
            return None
        return Place(channel)
