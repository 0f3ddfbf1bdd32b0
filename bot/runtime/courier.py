"""The outbox worker: takes letters that are due and has them delivered, many at once, one per subject."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from weakref import WeakValueDictionary

from bot.domain.ids import OutboxId
from bot.domain.letter import Letter, LetterKind, Urgency
from bot.services.outgoing import Outgoing
from bot.ui.messenger import Messenger
from bot.ui.posting import Undeliverable

from .logs import get_logger

AT_ONCE = 8
"""How many letters of one server are on their way at the same time."""

log = get_logger("courier")


async def finish(tasks: Collection[asyncio.Task[None]], seconds: float) -> None:
    """Give tasks so many seconds; then cancel them, and let them let go of what they hold."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=2)


class Courier:
    """Started when there is something to deliver; ends when there is nothing (no idle worker).

    sent, failed: how many letters left, and how many attempts failed, since the start of the process.
    """

    def __init__(
        self, outgoing: Outgoing, messenger: Messenger, on_door: Callable[[], Awaitable[None]]
    ) -> None:
        self._outgoing = outgoing
        self._messenger = messenger
        self._on_door = on_door
        self._rooms: WeakValueDictionary[tuple[int, bool], asyncio.Semaphore] = WeakValueDictionary()
        self._lanes: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()
        self._on_the_way: set[asyncio.Task[None]] = set()
        self._in_hand: set[OutboxId] = set()
        self.sent: Counter[LetterKind] = Counter()
        self.failed: Counter[LetterKind] = Counter()

    async def send_due(self) -> None:
        """Take everything that is due and set it on its way."""
        while letters := await self._outgoing.claim_due():
            for letter in letters:
                if letter.outbox_id in self._in_hand:
                    continue  # it waited for its turn longer than its lease; once is enough
                self._in_hand.add(letter.outbox_id)
                task = asyncio.create_task(self._deliver(letter), name=f"letter-{letter.outbox_id}")
                self._on_the_way.add(task)
                task.add_done_callback(self._on_the_way.discard)

    async def drain(self, seconds: float) -> None:
        """Wait for what is on its way, at most so long; the rest is let go and sent after the restart."""
        await finish(self._on_the_way, seconds)

    async def _deliver(self, letter: Letter) -> None:
        try:
            await self._deliver_in_turn(letter)
        finally:
            self._in_hand.discard(letter.outbox_id)

    async def _deliver_in_turn(self, letter: Letter) -> None:
        # One case, one lane: its card is posted before anything changes it.
        lane = self._lanes.setdefault(
            (
                "door" if letter.kind in (LetterKind.DOOR, LetterKind.DOOR_SHUT) else "case",
                letter.subject_id or 0,
            ),
            asyncio.Lock(),
        )
        # Each server has room of its own: letters stuck in one hold up no other server's.
        # Alerts have one that nothing else fills.
        room = self._rooms.setdefault(
            (letter.guild or 0, letter.urgency is Urgency.ALERT), asyncio.Semaphore(AT_ONCE)
        )
        async with lane, room:
            if not await self._outgoing.turn_has_come(letter):
                return
            try:
                delivery = await self._messenger.deliver(letter)
            except Undeliverable as reason:
                self.failed[letter.kind] += 1
                log.warning(
                    "letter.undelivered",
                    kind=letter.kind,
                    outbox_id=letter.outbox_id,
                    guild_snowflake=letter.guild,
                    failure=reason.failure,
                    attempts=letter.attempts,
                    place=letter.place,
                )
                await self._outgoing.failed(
                    letter,
                    reason.failure,
                    step_down=reason.step_down,
                    places=reason.places,
                    cards=reason.cards,
                )
            except Exception as error:
                self.failed[letter.kind] += 1
                log.error("letter.fault", kind=letter.kind, outbox_id=letter.outbox_id, exc_info=error)
                await self._outgoing.failed(letter, type(error).__name__, step_down=False, places=1)
            else:
                self.sent[letter.kind] += 1
                await self._outgoing.delivered(letter, delivery)
                if letter.kind is LetterKind.DOOR:
                    await self._on_door()
