"""What systemd is told, on a real socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog.testing

from bot.runtime.systemd import Systemd


@pytest.fixture(params=["a file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """The listening end, and its address as systemd writes it."""
    name = str(tmp_path / "s") if request.param == "a file" else f"@talkingpiece-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        listening.settimeout(2)
        yield listening, name


def test_everything_is_told_to_the_socket(manager: tuple[socket.socket, str]) -> None:
    listening, name = manager
    told = Systemd({"NOTIFY_SOCKET": name})
    told.ready()
    told.alive()
    told.status("All is well.")
    told.stopping()
    heard = [listening.recv(100).decode() for _ in range(4)]
    assert heard == ["READY=1", "WATCHDOG=1", "STATUS=All is well.", "STOPPING=1"]


def test_the_watchdog_is_told_twice_in_its_time_and_only_when_it_asks_us() -> None:
    asked = {"NOTIFY_SOCKET": "/s", "WATCHDOG_USEC": "60000000"}
    assert Systemd(asked).ping_every == 30
    assert Systemd(asked | {"WATCHDOG_PID": str(os.getpid())}).ping_every == 30
    assert Systemd(asked | {"WATCHDOG_PID": "1"}).ping_every is None
    assert Systemd({"NOTIFY_SOCKET": "/s"}).ping_every is None


def test_without_systemd_nothing_is_told() -> None:
    with structlog.testing.capture_logs() as lines:
        Systemd({}).ready()
    assert lines == []


def test_a_systemd_that_does_not_listen_is_no_reason_to_fail(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as lines:
        Systemd({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()
    assert [line["event"] for line in lines] == ["systemd.not_told"]
