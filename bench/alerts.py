"""From a heard message to a durable case with its alert in the outbox, beside a bare insert and commit."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite

from bot.domain.ids import (
    ChannelSnowflake,
    GuildSnowflake,
    MessageSnowflake,
    RoleSnowflake,
    UserSnowflake,
)
from bot.domain.server import ScreenedChannel, Server
from bot.runtime.furnishing import read_words
from bot.runtime.settings import shipped_words
from bot.services.heard import Heard
from bot.services.intake import Intake
from bot.services.paging import Paging
from bot.services.screens import Screens
from bot.services.signals import Signals
from bot.store.engine import Store
from bot.store.keyring import Keyring
from bot.store.schema import metadata

ROUNDS = 5
EACH = 300
GUILD, CIRCLE = GuildSnowflake(1), ChannelSnowflake(2)


class StillClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Now."""
        return datetime.now(UTC)


class Everyone:
    """A server in which everybody can be reached."""

    def owner_of(self, _guild: GuildSnowflake) -> UserSnowflake:
        """Somebody."""
        return UserSnowflake(9)

    def role_sees(self, *_: object) -> bool:
        """Yes."""
        return True


async def main() -> None:
    """Print medians of several rounds, and their spread."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/bench.db", Keyring.generate())
        async with store.raw() as connection:
            await connection.run_sync(metadata.create_all)
        clock, everyone = StillClock(), Everyone()
        signals = Signals(
            store,
            clock,
            Intake(Paging(clock, everyone), clock, everyone),  # type: ignore[arg-type]
            Screens(read_words(shipped_words(), Path("var/cache")).screens),
            everyone,  # type: ignore[arg-type]
            everyone,  # type: ignore[arg-type]
        )
        async with store.writing() as tx:
            await tx.servers.save(
                Server(GUILD, ChannelSnowflake(3), moderators_role=RoleSnowflake(4), set_up_at=clock.now())
            )
            await tx.servers.set_screened(GUILD, (ScreenedChannel(GUILD, CIRCLE, True, clock.now()),))
        await signals.refresh()
        number = 0

        async def hear(words: str) -> None:
            nonlocal number
            number += 1
            await signals.hear(
                Heard(GUILD, (CIRCLE,), MessageSnowflake(number), UserSnowflake(10_000 + number), words)
            )

        bare = await aiosqlite.connect(Path(folder) / "bare.db")
        await bare.execute("PRAGMA journal_mode=WAL")
        await bare.execute("PRAGMA synchronous=FULL")
        await bare.execute("CREATE TABLE bare (number INTEGER PRIMARY KEY, words TEXT)")

        async def insert() -> None:
            await bare.execute("INSERT INTO bare (words) VALUES ('x')")
            await bare.commit()

        # One after the other within a round, so that a busy moment of the machine hits all alike.
        tried: dict[str, Callable[[], Awaitable[None]]] = {
            "baseline: one insert and commit": insert,
            "an alarming message, stored": lambda: hear("i have a plan to kill myself tonight"),
            "an ordinary message": lambda: hear("good evening everyone, how was your day"),
        }
        measured: dict[str, list[float]] = {name: [] for name in tried}
        for _ in range(ROUNDS):
            for name, act in tried.items():
                start = time.perf_counter()
                for _ in range(EACH):
                    await act()
                measured[name].append((time.perf_counter() - start) / EACH * 1000)
        await bare.close()
        await store.close()
    for name, times in measured.items():
        spread = f"{min(times):.3f} to {max(times):.3f}"
        print(f"{name:34} {statistics.median(times):8.3f} ms  ({spread}, {ROUNDS} rounds of {EACH})")


if __name__ == "__main__":
    asyncio.run(main())
