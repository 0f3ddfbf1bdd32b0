"""How far a server has been read, while messages come in faster than they are taken care of.

A message counts as read once what it says is safe in the database, not when it arrives. So the mark of a
channel never passes a message that is still in hand; and while messages may be missing before those that come
in now (after a restart, or a session that could not be resumed), it does not move until the gap is read.
"""

from collections import defaultdict

from .ids import ChannelSnowflake, MessageSnowflake


class Tide:
    """The marks of one server. Not current until the first gap has been read."""

    __slots__ = ("_changed", "_heard_to", "_in_hand", "_read_to", "gap", "is_current")

    def __init__(self) -> None:
        self.is_current = False
        self.gap = 0
        """Grows with every break; whoever reads a gap compares, so that a new one is not taken for read."""
        self._read_to: dict[ChannelSnowflake, int] = {}
        self._heard_to: dict[ChannelSnowflake, int] = {}
        self._in_hand: defaultdict[ChannelSnowflake, set[int]] = defaultdict(set)
        self._changed: set[ChannelSnowflake] = set()

    def remember(self, channel: ChannelSnowflake, message: MessageSnowflake) -> None:
        """What was kept before the start."""
        self._read_to[channel] = message

    def take_in_hand(self, channel: ChannelSnowflake, message: MessageSnowflake) -> None:
        """A message has arrived."""
        self._in_hand[channel].add(message)

    def done(self, channel: ChannelSnowflake, message: MessageSnowflake) -> None:
        """What it says is safe."""
        self._in_hand[channel].discard(message)
        if not self._in_hand[channel]:
            del self._in_hand[channel]
        self._heard_to[channel] = max(self._heard_to.get(channel, 0), message)
        if self.is_current:
            self._advance(channel)

    def break_off(self) -> None:
        """From now on messages may be missing."""
        self.is_current = False
        self.gap += 1
        self._heard_to.clear()

    def resume(self, gap: int) -> None:
        """Nothing was missed after all, unless there was another break since."""
        if gap == self.gap:
            self.is_current = True
            for channel in list(self._heard_to):
                self._advance(channel)

    def read(self, channel: ChannelSnowflake, message: MessageSnowflake) -> None:
        """Everything up to this message has been read once more."""
        if message > self._read_to.get(channel, 0):
            self._read_to[channel] = message
            self._changed.add(channel)

    def read_to(self, channel: ChannelSnowflake) -> MessageSnowflake | None:
        """The last message of the channel that is safe with all before it; None if nothing is known."""
        mark = self._read_to.get(channel)
        in_hand = self._in_hand.get(channel)
        if mark is None or not in_hand:
            return MessageSnowflake(mark) if mark is not None else None
        return MessageSnowflake(min(mark, min(in_hand) - 1))

    def changed(self) -> dict[ChannelSnowflake, MessageSnowflake]:
        """The marks that moved since this was last asked."""
        moved = {channel: mark for channel in self._changed if (mark := self.read_to(channel)) is not None}
        self._changed = {channel for channel in self._changed if channel in self._in_hand}
        return moved

    def _advance(self, channel: ChannelSnowflake) -> None:
        self.read(channel, MessageSnowflake(self._heard_to[channel]))
