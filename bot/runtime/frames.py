"""Where an exception came from, told without anything that could hold somebody's words (P7)."""

from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import cast

FRAMES = 40
"""The innermost frames are kept, also of an endless recursion."""


def frames_of(error: BaseException) -> list[str]:
    """Where an exception came from, outermost first: "module:line function", with those that led to it.

    No values, no source lines and no messages: those could hold somebody's words.
    """
    lines: list[str] = []
    seen: set[int] = set()
    for link in _chain(error, seen):
        if lines:
            lines.append(f"after {type_name(link)}")
        lines += _frames(link.__traceback__)
    return lines


def type_name(error: BaseException) -> str:
    """The class of the exception, with its module."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def position(frame: FrameType, line: int) -> str:
    """module:line"""
    return f"{frame.f_globals.get('__name__', '?')}:{line}"


def stack_of(frame: FrameType) -> list[str]:
    """Where a thread is at the moment, outermost first: "module:line function", and nothing else."""
    lines: list[str] = []
    at: FrameType | None = frame
    while at is not None and len(lines) < FRAMES:
        lines.append(f"{position(at, at.f_lineno)} {at.f_code.co_qualname}")
        at = at.f_back
    return lines[::-1]


def _chain(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    """The exception, then what it came from, then the members of a group."""
    if id(error) in seen:
        return
    seen.add(id(error))
    yield error
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before, seen)
    if isinstance(error, BaseExceptionGroup):
        for member in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _chain(member, seen)


def _frames(traceback: TracebackType | None) -> list[str]:
    lines: list[str] = []
    while traceback is not None:
        frame = traceback.tb_frame
        lines.append(f"{position(frame, traceback.tb_lineno)} {frame.f_code.co_qualname}")
        traceback = traceback.tb_next
    return lines[-FRAMES:]
