"""A loop that stands still delivers nothing: it is noticed from outside, shown, and in the end ended."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog.testing

from bot.runtime.loop_watch import ANEW, Limits, LoopWatch

QUICK = Limits(ask_every=0.01, late=0.2, stuck=0.1, end_after=0.3)
NEVER = 1000.0


@pytest.fixture
def lines() -> Iterator[list[dict[str, object]]]:
    with structlog.testing.capture_logs() as lines:
        yield lines  # type: ignore[misc]


async def met(condition: object, limit: float = 5) -> None:
    async with asyncio.timeout(limit):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.005)


async def test_a_standstill_is_logged_and_remembered(lines: list[dict[str, object]]) -> None:
    watch = LoopWatch(Limits(ask_every=0.01, late=0.2, stuck=NEVER, end_after=NEVER))
    watch.start()
    await asyncio.sleep(0.05)
    before = watch.longest_lag
    time.sleep(0.4)  # noqa: ASYNC251 - this is the standstill
    await met(lambda: watch.longest_lag >= 0.3)
    await met(lambda: [line["event"] for line in lines] == ["loop.was_late"])
    watch.stop()
    assert before < 0.2
    assert lines[0]["late_for"] >= 0.3  # type: ignore[operator]


async def test_a_loop_that_turns_is_no_matter(lines: list[dict[str, object]]) -> None:
    ended: list[int] = []
    watch = LoopWatch(Limits(ask_every=0.01, late=1.0, stuck=1.0, end_after=1.0), lambda: ended.append(1))
    watch.start()
    await asyncio.sleep(0.2)
    watch.stop()
    assert (lines, ended) == ([], [])
    assert 0 < watch.longest_lag < 1


def stand_still_here(until: threading.Event) -> None:
    assert until.wait(10)


async def test_a_loop_that_does_not_come_back_is_shown_and_the_process_ended(
    lines: list[dict[str, object]],
) -> None:
    ended = threading.Event()
    LoopWatch(QUICK, ended.set).start()
    stand_still_here(ended)  # were it not ended, this would fail
    shown = [line for line in lines if line["event"] == "loop.stands_still"]
    assert len(shown) == 2  # once when it was stuck, once more at the end
    for line in shown:
        assert any("test_loop_watch" in each and "stand_still_here" in each for each in line["frames"])  # type: ignore[attr-defined]
    assert lines[-1]["event"] == "loop.stands_still_so_the_process_ends"


async def test_a_log_that_cannot_be_written_does_not_keep_the_process_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Standard error may be what everything waits for."""
    ended, blocked = threading.Event(), threading.Event()
    watch = LoopWatch(QUICK, ended.set)
    monkeypatch.setattr(watch, "_tell", lambda *_args, **_kwargs: blocked.wait(10))
    watch.start()
    stand_still_here(ended)
    blocked.set()


async def test_after_the_stop_nobody_is_ended() -> None:
    ended = threading.Event()
    watch = LoopWatch(QUICK, ended.set)
    watch.start()
    await asyncio.sleep(0.02)
    watch.stop()
    time.sleep(0.5)  # noqa: ASYNC251 - this is the standstill
    assert not ended.is_set()


SCRIPT = """
import asyncio, time
from bot.runtime.logs import configure_logs
from bot.runtime.loop_watch import Limits, LoopWatch

async def main():
    LoopWatch(Limits(ask_every=0.02, late=1, stuck=0.1, end_after=0.3)).start()
    canary = "words nobody may read"
    await asyncio.sleep(0.05)
    time.sleep(30)

configure_logs("INFO", "json")
asyncio.run(main())
"""


def test_a_whole_process_whose_loop_hangs_ends_with_the_code_for_anew() -> None:
    """P7: what it writes before is where it hangs, and no value."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert (done.returncode, time.monotonic() - began < 15) == (ANEW, True), done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert any("main" in line["frames"][-1] for line in lines if line["event"] == "loop.stands_still")
    assert "nobody may read" not in done.stderr
