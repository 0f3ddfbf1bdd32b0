"""The sign of life: nothing is sent with it, nothing is followed, and a failure is only logged."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import structlog.testing
from aiohttp import web

from bot.runtime import heartbeat
from bot.runtime.heartbeat import send_heartbeat


class Switch:
    """A dead man's switch that remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((request.method, request.path_qs, await request.read(), {**request.headers}))
        match request.path:
            case "/away":
                raise web.HTTPFound("/elsewhere")
            case "/broken":
                raise web.HTTPInternalServerError
            case "/slow":
                await asyncio.sleep(1)
            case _:
                pass
        answer = web.Response()
        answer.set_cookie("remember", "me")
        return answer


@pytest.fixture
async def switch() -> AsyncGenerator[Switch]:
    switch = Switch()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", switch.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    switch.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield switch
    await runner.cleanup()


async def test_the_address_is_fetched_as_it_is_and_nothing_is_sent_with_it(switch: Switch) -> None:
    for _ in range(2):
        assert await send_heartbeat(f"{switch.url}/ping/me?x=1")
    for method, path, body, headers in switch.heard:
        assert (method, path, body) == ("GET", "/ping/me?x=1", b"")
        assert set(headers) <= {"Host", "User-Agent", "Accept", "Accept-Encoding"}
    assert len(switch.heard) == 2


async def test_a_redirect_is_not_followed(switch: Switch) -> None:
    with structlog.testing.capture_logs() as lines:
        assert not await send_heartbeat(f"{switch.url}/away")
    assert [path for _, path, _, _ in switch.heard] == ["/away"]
    assert [(line["event"], line["status"]) for line in lines] == [("heartbeat.refused", 302)]


async def test_a_failure_is_logged_without_the_address(
    switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "ANSWER_WITHIN", 0.1)
    with structlog.testing.capture_logs() as lines:
        assert not await send_heartbeat(f"{switch.url}/broken")
        assert not await send_heartbeat(f"{switch.url}/slow")
        assert not await send_heartbeat("http://127.0.0.1:1/nobody")
    assert [line["event"] for line in lines] == ["heartbeat.refused", *["heartbeat.not_heard"] * 2]
    assert "127.0.0.1" not in str(lines)
