"""Tells systemd how it is (sd_notify): a few lines to the socket that systemd names, none without one."""

import os
import socket
from collections.abc import Mapping

from .logs import get_logger

log = get_logger("systemd")


class Systemd:
    """What systemd said when it started us. ping_every: seconds; None when it wants no sign of life."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        found = os.environ if environ is None else environ
        self._address = found.get("NOTIFY_SOCKET", "")
        self.ping_every = _half_of(found.get("WATCHDOG_USEC", "")) if self._is_for_us(found) else None

    def ready(self) -> None:
        """The process is up and looks after itself, whether or not Discord hears us already."""
        self._say("READY=1")

    def alive(self) -> None:
        """The loop runs."""
        self._say("WATCHDOG=1")

    def status(self, sentence: str) -> None:
        """One sentence for systemctl status."""
        self._say(f"STATUS={sentence}")

    def stopping(self) -> None:
        """The process is about to end."""
        self._say("STOPPING=1")

    def _say(self, line: str) -> None:
        if not self._address:
            return
        # A name that begins with @ is an abstract one, which is written with a zero byte.
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line_to_it:
                line_to_it.setblocking(False)
                line_to_it.sendto(line.encode(), address)
        except OSError as error:
            log.warning("systemd.not_told", exc_info=error)

    def _is_for_us(self, found: Mapping[str, str]) -> bool:
        return bool(self._address) and found.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())


def _half_of(microseconds: str) -> float | None:
    return int(microseconds) / 2_000_000 if microseconds.isdigit() and int(microseconds) > 0 else None
