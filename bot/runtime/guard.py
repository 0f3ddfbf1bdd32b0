"""Keeps one malformed event from ending the whole bot (an exception in discord.py's parsers would)."""

from collections.abc import Callable
from typing import Any

import discord

from .logs import get_logger

log = get_logger("guard")

Listener = Callable[[str, Any], None]


class ParserGuard:
    """Wraps every parser of the gateway.

    faults: how many events were caught since the start. messages: how many messages came.
    """

    def __init__(self, listener: Listener) -> None:
        """`listener`: gets every event first, as Discord sent it, and raises nothing."""
        self.faults = 0
        self.messages = 0
        self._listener = listener

    def stand_before(self, client: discord.Client) -> None:
        """Wrap the parsers in place; discord.py keeps a reference to the very dictionary."""
        parsers: dict[str, Any] = client._connection.parsers  # pyright: ignore[reportPrivateUsage] - there is no other way
        for event, parse in list(parsers.items()):
            parsers[event] = self._guarded(event, parse)

    def _guarded(self, event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        def parse_safely(data: Any) -> None:
            self.messages += event == "MESSAGE_CREATE"
            self._listener(event, data)  # so whatever the parser stumbles over, the words were heard
            try:
                parse(data)
            except Exception as error:
                self.faults += 1
                log.error("guard.caught", kind=event, exc_info=error)

        return parse_safely
