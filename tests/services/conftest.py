"""A real store, a clock that stands still until told, and a Discord that shows what a test says."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, RoleSnowflake, UserSnowflake
from bot.domain.letter import Letter
from bot.domain.policy import Actor
from bot.domain.server import ScreenedChannel, Server
from bot.runtime.furnishing import read_words
from bot.runtime.settings import shipped_words
from bot.services.cases import Cases
from bot.services.heard import Heard
from bot.services.intake import Intake
from bot.services.outgoing import Outgoing
from bot.services.paging import Paging
from bot.services.ports import PastMessage
from bot.services.screens import Screens
from bot.services.signals import Signals
from bot.services.standby import Standby
from bot.services.timekeeping import Timekeeping
from bot.services.tuning import Tuning
from bot.store.engine import Store
from bot.store.keyring import Keyring
from bot.store.schema import metadata

GUILD = GuildSnowflake(100)
CIRCLE, MODERATORS_CHANNEL, SECOND = ChannelSnowflake(1), ChannelSnowflake(2), ChannelSnowflake(3)
MODERATORS, ON_CALL, FACILITATORS = RoleSnowflake(10), RoleSnowflake(11), RoleSnowflake(12)
OWNER, MIA, SAM = UserSnowflake(20), UserSnowflake(21), UserSnowflake(22)


class FakeClock:
    """Stands still."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_(self, **duration: float) -> None:
        self.at += timedelta(**duration)


@dataclass
class FakeArchive:
    """Remembers what a test says was written."""

    written: list[PastMessage] = field(default_factory=list[PastMessage])

    async def latest(
        self, guild: GuildSnowflake, channel: ChannelSnowflake, limit: int
    ) -> tuple[PastMessage, ...]:
        assert guild == GUILD
        return tuple(each for each in self.written if each.channel == channel)[:limit]


@dataclass
class FakeSurroundings:
    """Shows a server in which everything is in place, minus what a test takes away."""

    roles_gone: set[int] = field(default_factory=set[int])
    sees: bool = False
    public: set[int] = field(default_factory=lambda: {int(CIRCLE)})

    def owner_of(self, guild: GuildSnowflake) -> UserSnowflake | None:
        return OWNER if guild == GUILD else None

    def has_role(self, guild: GuildSnowflake, role: RoleSnowflake) -> bool:
        return role not in self.roles_gone

    def role_sees(self, guild: GuildSnowflake, role: RoleSnowflake, channel: ChannelSnowflake) -> bool:
        return role not in self.roles_gone

    def person_sees(self, guild: GuildSnowflake, user: UserSnowflake, channel: ChannelSnowflake) -> bool:
        return self.sees

    def everyone_sees(self, guild: GuildSnowflake, channel: ChannelSnowflake) -> bool:
        return channel in self.public

    def lacks_in(
        self, guild: GuildSnowflake, channel: ChannelSnowflake, wanted: tuple[str, ...]
    ) -> tuple[str, ...]:
        return ()

    def can_ping(self, guild: GuildSnowflake, role: RoleSnowflake, channel: ChannelSnowflake) -> bool:
        return True

    def reads_content(self) -> bool:
        return True


@dataclass
class FakeMembership:
    """Says what a test says; None: Discord would not."""

    roles: dict[int, frozenset[RoleSnowflake] | None] = field(
        default_factory=dict[int, frozenset[RoleSnowflake] | None]
    )

    async def roles_of(self, guild: GuildSnowflake, user: UserSnowflake) -> frozenset[RoleSnowflake] | None:
        assert guild == GUILD
        return self.roles.get(user, frozenset())


@dataclass
class FakeFiles:
    """Holds the files a test puts there."""

    texts: dict[str, str] = field(default_factory=dict[str, str])

    async def text_of(self, url: str, largest: int) -> str | None:
        text = self.texts.get(url)
        return text if text is not None and len(text.encode()) <= largest else None


@dataclass
class Rooms:
    """The services of one server, on one store."""

    store: Store
    clock: FakeClock
    surroundings: FakeSurroundings
    membership: FakeMembership
    paging: Paging
    cases: Cases
    signals: Signals
    outgoing: Outgoing
    timekeeping: Timekeeping
    screens: Screens
    tuning: Tuning
    standby: Standby
    archive: "FakeArchive"
    files: FakeFiles
    failures: list[Exception] = field(default_factory=list[Exception])

    async def hear(
        self, number: int, author: UserSnowflake = SAM, words: str = "i want to kill myself"
    ) -> None:
        await self.signals.hear(Heard(GUILD, (CIRCLE,), number, author, words))  # type: ignore[arg-type]

    async def run_due(self) -> int:
        return await self.timekeeping.run_due(lambda _, error: self.failures.append(error))

    async def letters(self) -> list[Letter]:
        """Everything that is due, taken as the courier would."""
        return list(await self.outgoing.claim_due())


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncGenerator[Rooms]:
    store = Store(f"sqlite:///{tmp_path}/rooms.db", Keyring.generate())
    async with store.raw() as connection:
        await connection.run_sync(metadata.create_all)
    clock, surroundings, membership = FakeClock(), FakeSurroundings(), FakeMembership()
    paging = Paging(clock, surroundings)
    intake = Intake(paging, clock, surroundings)
    screens = Screens(read_words(shipped_words(), Path("var/cache")).screens)
    archive = FakeArchive()
    files = FakeFiles()
    signals = Signals(store, clock, intake, screens, membership, files)
    opened = Rooms(
        store,
        clock,
        surroundings,
        membership,
        paging,
        Cases(store, clock, surroundings, membership, paging),
        signals,
        Outgoing(store, clock, surroundings, membership, paging),
        Timekeeping(
            store,
            clock,
            {"case.page": paging.climb, "case.lapse": paging.lapse, "case.follow_up": paging.follow_up},
        ),
        screens,
        Tuning(store, signals, screens, archive),
        Standby(store, clock),
        archive,
        files,
    )
    async with store.writing() as tx:
        await tx.servers.save(
            Server(
                GUILD,
                MODERATORS_CHANNEL,
                SECOND,
                MODERATORS,
                ON_CALL,
                FACILITATORS,
                set_up_at=clock.now(),
            )
        )
        await tx.servers.set_screened(GUILD, (ScreenedChannel(GUILD, CIRCLE, True, clock.now()),))
    await signals.refresh()
    yield opened
    await store.close()


@pytest.fixture
def moderator() -> Actor:
    return Actor(MIA, GUILD, frozenset({MODERATORS}))
