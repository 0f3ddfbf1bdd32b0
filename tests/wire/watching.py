"""What stands around the bot: whoever started it, and what an earlier life left in its database."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.ids import GuildSnowflake
from bot.domain.letter import Letter, LetterKind, Urgency
from tests.wire.prepared import Household
from tests.wire.world import HARBOUR


class Listener:
    """systemd's end of the line."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self.told: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.setblocking(False)

    def heard(self, line: str) -> bool:
        while True:
            try:
                self.told.append(self._socket.recv(500).decode())
            except BlockingIOError:
                return line in self.told

    def close(self) -> None:
        self._socket.close()


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def alert_from(household: Household, minutes: float) -> None:
    """An alert that should have left so many minutes ago."""
    now = datetime.now(UTC)
    written = now - timedelta(minutes=minutes)
    letter = Letter(
        LetterKind.CASE_ALERT,
        "case:1:alert",
        written,
        guild=GuildSnowflake(HARBOUR.guild),
        subject_id=1,
        urgency=Urgency.ALERT,
    )
    async with household.opened() as store, store.writing() as tx:
        await tx.outbox.put(letter, written)
        [claimed] = await tx.outbox.claim_due(now)
        # It was tried in vain, and will be again in a while.
        await tx.outbox.again(claimed, now + timedelta(minutes=1), 0, "http_503_0")


async def logged_in_lately(household: Household, count: int) -> None:
    """So many logins within the last seconds."""
    now = datetime.now(UTC)
    async with household.opened() as store, store.writing() as tx:
        for each in range(count):
            at = now - timedelta(seconds=each)
            await tx.installation.write(f"identify:0:{int(at.timestamp() * 1000)}", "")
