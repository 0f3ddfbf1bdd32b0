"""The command: what it refuses, what it prints, how it ends."""

import signal
import socket
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from bot.sandbox import serve


@pytest.mark.parametrize("name", ["DISCORD_TOKEN", "DISCORD_TOKEN_FILE"])
def test_refuses_beside_a_real_token(name, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, "canary-secret")
    assert serve.serve(0, None) == 2
    said = capsys.readouterr()
    assert name in said.err
    assert "canary" not in said.err + said.out


def test_refuses_beside_a_token_in_the_env_file(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    (tmp_path / ".env").write_text("\ufeffDISCORD_TOKEN=canary-secret\n", encoding="utf-8")
    assert serve.serve(0, None) == 2
    assert "canary" not in capsys.readouterr().err


def test_an_empty_token_is_none(tmp_path):
    (tmp_path / ".env").write_text("DISCORD_TOKEN=\n")
    assert serve.token_in({"DISCORD_TOKEN": " "}, tmp_path / ".env") is None


def test_says_how_to_install_simcord(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    monkeypatch.setattr(serve.importlib.util, "find_spec", lambda _name: None)
    assert serve.serve(0, None) == 1
    assert "make sandbox" in capsys.readouterr().err


def test_a_port_that_is_taken(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("--port", str(taken.getsockname()[1]))
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert "port" in err.casefold()
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for other processes")
def test_prints_its_address_and_ends_quietly(start, tmp_path):
    pretend = tmp_path / "tmp"
    pretend.mkdir()
    process = start("--port", "0", TMPDIR=str(pretend))
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(address, timeout=5) as page:
        assert b"Talking Piece" in page.read()
    assert list(pretend.iterdir())
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - begun < 5
    assert (process.returncode, out, err) == (0, "", "")
    assert not list(pretend.iterdir())
    assert Path(tempfile.gettempdir()).is_dir()
