"""Notices, from outside, when the event loop stands still: then nothing is heard and no alert leaves.

A thread asks the loop twice a second whether it is there, and measures how long the answer takes.
"""

import asyncio
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .frames import stack_of
from .logs import get_logger

ANEW = 3
"""The exit code of a process that ended itself to be started anew. Any but 0 and 2 is started anew."""

REMEMBERED_FOR = 600.0
"""Seconds the longest lag is remembered."""

log = get_logger("loop")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds.

    ask_every: how often the loop is asked. late: an answer that took so long is logged; Discord gives a
    press of a button 3 seconds. stuck: the stacks are logged. end_after: the process is ended. That is as
    long as the lease of a letter, so the next start may send at once what was on its way; and so long that
    nothing which ends by itself, even on a slow machine, is cut off.
    """

    ask_every: float = 0.5
    late: float = 1.0
    stuck: float = 10.0
    end_after: float = 90.0


def end_process() -> None:
    """End at once, without goodbye. Safe: what must be sent is in the database before it is sent."""
    os._exit(ANEW)


class LoopWatch:
    """Made inside the loop it watches. longest_lag: seconds, the longest of the last ten minutes."""

    def __init__(self, limits: Limits | None = None, end: Callable[[], None] = end_process) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._limits = limits or Limits()
        self._end = end
        self._over = threading.Event()
        self._lags: deque[tuple[float, float]] = deque()
        self.longest_lag = 0.0

    def start(self) -> None:
        """Begin to watch. The thread does not keep the process alive."""
        threading.Thread(target=self._watch, name="loop-watch", daemon=True).start()

    def stop(self) -> None:
        """Watch no more; returns at once."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(self._limits.ask_every):
            answered = threading.Event()
            try:
                self._loop.call_soon_threadsafe(answered.set)
            except RuntimeError:
                return  # the loop is closed
            self._wait_for(answered)

    def _wait_for(self, answered: threading.Event) -> None:
        limits = self._limits
        asked_at = time.monotonic()
        # Counted in steps this thread was awake for: when the whole machine slept, the loop is not to blame.
        steps, told = 0, False
        while not answered.wait(limits.ask_every):
            steps += 1
            stood_for = steps * limits.ask_every
            if self._over.is_set():
                return
            if stood_for >= limits.end_after:
                _beside(partial(self._tell, stood_for, at_the_end=True))
                self._end()
                return
            if stood_for >= limits.stuck and not told:
                told = True
                _beside(partial(self._tell, stood_for))
        self._remember(asked_at, time.monotonic() - asked_at)

    def _remember(self, at: float, lag: float) -> None:
        lags = self._lags
        lags.append((at, lag))
        while lags[0][0] < at - REMEMBERED_FOR:
            lags.popleft()
        self.longest_lag = max(each for _, each in lags)
        if lag >= self._limits.late:
            _beside(lambda: log.warning("loop.was_late", late_for=round(lag, 1)))

    def _tell(self, stood_for: float, *, at_the_end: bool = False) -> None:
        frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage] - made for this, Python says
        for number, frame in frames.items():
            if number == self._loop_thread:
                log.error("loop.stands_still", late_for=round(stood_for, 1), frames=stack_of(frame))
            else:
                log.error("loop.other_thread", thread=number, frames=stack_of(frame))
        if at_the_end:
            log.critical("loop.stands_still_so_the_process_ends", code=ANEW)


def _beside(tell: Callable[[], None]) -> None:
    """Log in a thread of its own: the loop may stand still because the log cannot be written."""
    teller = threading.Thread(target=tell, name="loop-teller", daemon=True)
    teller.start()
    teller.join(1.0)
