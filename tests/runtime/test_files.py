"""Files come from where Discord keeps them, whole, or not at all."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.runtime import files
from bot.runtime.files import CdnFiles


@pytest.fixture
async def place(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, list[str]]]:
    """A small server in place of Discord's, and the paths it was asked for."""
    asked: list[str] = []
    monkeypatch.setattr(files, "FETCH_FOR", 0.3)

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        if request.path == "/moved":
            raise web.HTTPFound("/here")
        if request.path == "/gone":
            raise web.HTTPNotFound
        if request.path == "/endless":
            endless = web.StreamResponse()
            await endless.prepare(request)
            while True:
                await endless.write(b"a" * 1000)
        if request.path == "/torn" and len(asked) == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(body="i can’t go on".encode() + b"\xff")

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host = f"127.0.0.1:{runner.addresses[0][1]}"
    yield host, asked
    await runner.cleanup()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/here", "i can’t go on\ufffd"),
        ("/torn", "i can’t go on\ufffd"),  # once more, and it is there
        ("/moved", None),
        ("/gone", None),
        ("/endless", None),
    ],
)
async def test_a_file_is_read_as_far_as_it_may_be(
    path: str, text: str | None, place: tuple[str, list[str]]
) -> None:
    host, asked = place
    assert await CdnFiles(frozenset({host}), "http").text_of(f"http://{host}{path}", 1000) == text
    assert set(asked) == {path}


@pytest.mark.parametrize(
    "url",
    ["https://{host}/here", "http://cdn.discordapp.com@{host}/here", "http://[", "", "file:///etc/hosts"],
)
async def test_nothing_is_fetched_from_anywhere_else(url: str, place: tuple[str, list[str]]) -> None:
    host, asked = place
    assert await CdnFiles().text_of(url.format(host=host), 1000) is None
    assert asked == []
