"""What a person in need is offered, privately (S8)."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.case import Case, Signal, Source
from bot.domain.helpline import COUNTRY_CODES, Directory, Options
from bot.domain.ids import GuildSnowflake, UserSnowflake
from bot.domain.person import Person
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.server import Server
from bot.domain.tier import Tier
from bot.store.engine import Store

from .intake import Intake
from .ports import Clock, Surroundings


@dataclass(frozen=True, slots=True)
class SupportView:
    """What the person is shown. options.country is None until they told us: it is never guessed."""

    person: Person
    options: Options
    server_country: str | None
    moderators_reachable: bool
    guild: GuildSnowflake | None


class Told(StrEnum):
    """Who could be told, so that nothing is promised that is not so."""

    MODERATORS = "moderators"
    OWNER = "owner"
    OWNER_ALONE = "owner_alone"  # the person belongs to the team: their colleagues are left out (S6)
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of "ask a moderator to reach me"."""

    case: Case | None
    joined: bool
    told: "Told"


class Support:
    """Helplines, and a way to a human."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        surroundings: Surroundings,
        intake: Intake,
        helplines: Directory,
    ) -> None:
        self._store = store
        self._clock = clock
        self._surroundings = surroundings
        self._intake = intake
        self._helplines = helplines

    async def view(
        self, user: UserSnowflake, guild: GuildSnowflake | None, country: str | None = None
    ) -> SupportView:
        """What to show the person now; a country given here is remembered for next time."""
        if country is not None:
            if country not in COUNTRY_CODES:
                raise Refusal("support.refusal.country")
            async with self._store.writing() as tx:
                person = (await tx.people.load(user)).living_in(country)
                await tx.people.save(person)
                server = await tx.servers.load(guild) if guild is not None else None
        else:
            async with self._store.reading() as tx:
                person = await tx.people.load(user)
                server = await tx.servers.load(guild) if guild is not None else None
        return self._view(person, server)

    async def ask(self, actor: Actor, origin: str) -> Asked:
        """Ask a moderator to reach the actor: opens their case or joins it, and pages at once.

        origin: unique for this press, so that a press delivered twice counts once.
        """
        async with self._store.writing() as tx:
            server = await tx.servers.load(actor.guild_snowflake)
            taken = await self._intake.take(
                tx,
                Signal(
                    actor.guild_snowflake,
                    actor.user_snowflake,
                    Source.REQUEST,
                    Tier.T4,
                    f"request:{origin}",
                    self._clock.now(),
                ),
                tuple(actor.roles),
            )
        return Asked(taken.case, taken.joined, self._told(server, actor, taken.case))

    async def allow_messages(self, user: UserSnowflake, guild: GuildSnowflake | None) -> SupportView:
        """Welcome private messages from the bot when words of this person raise a signal (P8)."""
        async with self._store.writing() as tx:
            person = (await tx.people.load(user)).allowing_messages(self._clock.now())
            await tx.people.save(person)
            server = await tx.servers.load(guild) if guild is not None else None
        return self._view(person, server)

    async def stop_messages(self, user: UserSnowflake, guild: GuildSnowflake | None) -> SupportView:
        """Stop private messages, at once."""
        async with self._store.writing() as tx:
            person = (await tx.people.load(user)).stopping_messages()
            await tx.people.save(person)
            server = await tx.servers.load(guild) if guild is not None else None
        return self._view(person, server)

    def _view(self, person: Person, server: Server | None) -> SupportView:
        today = self._clock.now().date()
        return SupportView(
            person,
            self._helplines.options_for(person.country, today),
            server.country if server else None,
            self._reachable(server) if server else False,
            server.guild_snowflake if server else None,
        )

    def _told(self, server: Server, actor: Actor, case: Case | None) -> Told:
        owner = self._surroundings.owner_of(server.guild_snowflake)
        if self._reachable(server) and not (case is not None and case.person_is_staff):
            return Told.MODERATORS
        if owner in (None, actor.user_snowflake):
            return Told.NOBODY
        return Told.OWNER_ALONE if case is not None and case.person_is_staff else Told.OWNER

    def _reachable(self, server: Server) -> bool:
        """Whether a page to the people on call or the moderators would reach anyone."""
        channel = server.moderators_channel
        return channel is not None and any(
            role is not None and self._surroundings.role_sees(server.guild_snowflake, role, channel)
            for role in (server.on_call_role, server.moderators_role)
        )
