"""Ways in which the pretend Discord can misbehave on one route; each a bounded number of times."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.wire.world import Payload

LONGEST_WAIT = 20.0
"""Seconds; nothing here ever waits longer."""


@dataclass(slots=True)
class Fault:
    """What happens to the next requests of a route instead of (or after) the right thing.

    wait: seconds before anything else. carry_out: do what was asked first. lose: cut the connection
    instead of answering. status: answer this; None together with lose=False is the right answer, late.
    """

    wait: float = 0.0
    carry_out: bool = False
    lose: bool = False
    status: int | None = None
    body: Payload = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    method: str = ""
    path: str = ""
    times: int = 0
    met: int = 0
    """How many requests have met this fault so far."""

    def meets(self, method: str, path: str) -> bool:
        """Whether this request is to be met by the fault."""
        return self.met < self.times and method == self.method and fnmatchcase(path, self.path)


def refusing(status: int, code: int = 0) -> Fault:
    """Discord says no, with one of its codes."""
    return Fault(status=status, body={"message": "No", "code": code})


def failing(status: int) -> Fault:
    """Discord is not well: 500, 502, 503."""
    return Fault(status=status, body={"message": "Oh no", "code": 0})


def limited(retry_after: float) -> Fault:
    """An ordinary rate limit. Via marks it as Discord's own; without it discord.py thinks of a ban."""
    return Fault(
        status=429,
        body={"message": "Slow down", "retry_after": retry_after, "global": False},
        headers={"Via": "1.1 google", "Retry-After": str(retry_after)},
    )


def banned() -> Fault:
    """A 429 from the edge of the network, which no retry_after comes with."""
    return Fault(status=429, body={"message": "You are being blocked"})


def lost_before() -> Fault:
    """The connection is cut before anything was done."""
    return Fault(lose=True)


def lost_answer() -> Fault:
    """It was done; the answer never arrives."""
    return Fault(carry_out=True, lose=True)


def hanging(seconds: float = LONGEST_WAIT) -> Fault:
    """Nothing happens for so long, then the connection is cut; nothing was done."""
    return Fault(wait=seconds, lose=True)


def hanging_answer(seconds: float = LONGEST_WAIT) -> Fault:
    """It is done at once; the answer hangs for so long and is then lost."""
    return Fault(wait=seconds, carry_out=True, lose=True)


def slow(seconds: float) -> Fault:
    """The right answer, late."""
    return Fault(wait=seconds)
