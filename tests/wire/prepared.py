"""The bot's database before and after: a server that is set up, and what became of its cases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from bot.domain.case import Case
from bot.domain.ids import ChannelSnowflake, GuildSnowflake, RoleSnowflake, UserSnowflake
from bot.domain.server import ScreenedChannel, Server
from bot.runtime.settings import Settings
from bot.store.engine import Store
from bot.store.keyring import Keyring
from bot.store.schema import outbox
from bot.store.transaction import Transaction
from bot.store.upkeep import open_store
from tests.wire.world import TOKEN, World


@dataclass(frozen=True, slots=True)
class Household:
    """One installation in one folder."""

    folder: Path

    @property
    def settings(self) -> Settings:
        """The settings the bot runs with."""
        return Settings(
            discord_token=SecretStr(TOKEN),
            database_url=f"sqlite:///{self.folder / 'talkingpiece.db'}",
            keyring_file=self.folder / "keyring.txt",
            backup_dir=self.folder / "backups",
        )

    def environment(self) -> dict[str, str]:
        """The same settings, for a process of its own."""
        settings = self.settings
        return {
            "DISCORD_TOKEN": TOKEN,
            "DATABASE_URL": settings.database_url,
            "KEYRING_FILE": str(settings.keyring_file),
            "BACKUP_DIR": str(settings.backup_dir),
            "LOG_FORMAT": "json",
        }

    async def set_up(self, *worlds: World) -> None:
        """Write what /setup would have written, doors included."""
        now = datetime.now(UTC)
        settings = self.settings
        store = await open_store(settings.database_url, settings.keyring_file, settings.backup_dir, 1)
        try:
            async with store.writing() as tx:
                for world in worlds:
                    guild = GuildSnowflake(world.guild)
                    await tx.servers.save(
                        Server(
                            guild,
                            moderators_channel=ChannelSnowflake(world.moderators),
                            second_channel=ChannelSnowflake(world.second),
                            moderators_role=RoleSnowflake(world.moderators_role),
                            set_up_at=now,
                        )
                    )
                    circle = ScreenedChannel(guild, ChannelSnowflake(world.circle), True, now)
                    await tx.servers.set_screened(guild, (circle,))
        finally:
            await store.close()

    async def announced_at(self, world: World, at: datetime) -> None:
        """The notice in the circle was posted then."""
        async with self.opened() as store, store.writing() as tx:
            await tx.servers.announced(ChannelSnowflake(world.circle), at)

    async def stand_by(self, world: World, *people: int) -> None:
        """These people chose to get alerts privately."""
        async with self.opened() as store, store.writing() as tx:
            for person in people:
                await tx.standbys.begin(GuildSnowflake(world.guild), UserSnowflake(person), datetime.now(UTC))

    async def open_cases(self, world: World) -> tuple[Case, ...]:
        """The cases of a server nobody has closed."""
        async with self._looking() as tx:
            return await tx.cases.list_open(GuildSnowflake(world.guild))

    async def has_unsent(self, world: World) -> bool:
        """Whether a letter of the server has yet to leave."""
        async with self._looking() as tx:
            unsent = select(outbox.c.outbox_id).where(
                outbox.c.guild_snowflake == world.guild, outbox.c.done_at.is_(None)
            )
            return (await tx.connection.execute(unsent)).first() is not None

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[Transaction]:
        async with self.opened() as store, store.reading() as tx:
            yield tx

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Store]:
        """The same database, beside the bot's own look at it."""
        store = Store(self.settings.database_url, Keyring.load(self.settings.keyring_file))
        try:
            yield store
        finally:
            await store.close()

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[Transaction]:
        async with self.opened() as store, store.reading() as tx:
            yield tx
