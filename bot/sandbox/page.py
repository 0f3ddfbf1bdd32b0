"""Our page around simcord's: who looks, at what, and when."""

import asyncio
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from aiohttp import web
from simcord import SetupError

from . import guarding, window
from .stage import Stage
from .window import Window

_STATIC = Path(__file__).parent / "static"
_FILES = {
    "/": ("shell.html", "text/html"),
    "/sandbox/shell.css": ("shell.css", "text/css"),
    "/sandbox/shell.js": ("shell.js", "text/javascript"),
    "/sandbox/view.css": ("view.css", "text/css"),
    "/sandbox/view.js": ("view.js", "text/javascript"),
    "/favicon.ico": ("piece.svg", "image/svg+xml"),
}

SKIPS = {"5 minutes": 300, "1 hour": 3600, "1 day": 86400, "1 week": 604800}


class Page:
    """Answers what the page asks. Short orders are done at once; skipping and restarting go on beside it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._window = Window(stage)
        self._work: asyncio.Task[None] | None = None
        self._trouble = ""

    def application(self, port: int) -> web.Application:
        """The web application, ready to be served on this port."""
        app = web.Application(
            middlewares=[guarding.only_this_machine], client_max_size=window.application_limits()
        )
        app[guarding.PORT] = port
        for path in _FILES:
            app.router.add_get(path, self._file)
        app.router.add_get("/sandbox/state", self._state)
        app.router.add_get("/sandbox/names", self._names)
        app.router.add_post("/sandbox/look", self._look)
        app.router.add_post("/sandbox/skip", self._skip)
        app.router.add_post("/sandbox/stop", self._stop)
        app.router.add_post("/sandbox/restart", self._restart)
        app.router.add_get("/view", self._window.index)
        app.router.add_route("*", window.PATHS, self._window.part)
        return app

    async def close(self) -> None:
        """End what is still going on."""
        if self._work is not None and not self._work.done():
            self._work.cancel()
            await asyncio.wait([self._work])
        await self._window.close()

    def state(self) -> dict[str, Any]:
        """Everything the page shows around the window."""
        stage = self._stage
        rooms, script = stage.rooms, stage.world.script
        return {
            "server": script.name,
            "zone": script.zone,
            "now": stage.now.isoformat(),
            "doing": stage.doing or ("skip" if self._working() else None),
            "trouble": self._trouble,
            "person": stage.person,
            "channel": str(stage.channel),
            "view": self._window.address(),
            "people": [
                {"key": each.key, "name": each.name, "about": each.look}
                for each in script.people
                if each.look
            ],
            "shelves": [
                {
                    "name": shelf.name,
                    # Ids are too long for numbers in a browser.
                    "channels": [asdict(each) | {"channel": str(each.channel)} for each in shelf.listed],
                }
                for shelf in rooms.shelves(stage.person)
            ],
            "waiting": {
                each.key: any(line.new for shelf in rooms.shelves(each.key) for line in shelf.listed)
                for each in script.people
                if each.look
            },
            "skips": SKIPS,
        }

    async def _file(self, request: web.Request) -> web.Response:
        name, kind = _FILES[request.path]
        body = (_STATIC / name).read_text(encoding="utf-8")
        return web.Response(text=body, content_type=kind, headers=guarding.OWN_HEADERS)

    async def _state(self, _request: web.Request) -> web.Response:
        if not self._working():
            try:
                await self._stage.catch_up()
            except (TimeoutError, SetupError):
                self._trouble = "The bot is taking its time. The page will catch up."
        return self._answer()

    async def _names(self, _request: web.Request) -> web.Response:
        names = self._stage.rooms.names(self._stage.person)
        return web.json_response(names, headers=guarding.OWN_HEADERS)

    async def _look(self, request: web.Request) -> web.Response:
        asked = await _asked(request)
        stage = self._stage
        person = str(asked.get("person", stage.person))
        if person not in {each.key for each in stage.world.script.people if each.look}:
            raise web.HTTPNotFound(text="There is nobody of that name.")
        channel = _number(asked.get("channel", stage.channel))
        message = _number(asked["message"]) if asked.get("message") else None
        try:
            stage.rooms.handle(person, channel)
        except LookupError:
            if "channel" in asked:
                raise web.HTTPNotFound(text="They cannot see that channel.") from None
            channel = stage.rooms.first(person)
        if self._working():
            return self._answer(status=409)
        await stage.look(person, channel, message)
        return self._answer()

    async def _skip(self, request: web.Request) -> web.Response:
        wished = (await _asked(request)).get("seconds")
        seconds = next((each for each in SKIPS.values() if each == wished), None)
        if seconds is None:
            raise web.HTTPBadRequest(text="Please choose one of the steps on the page.")
        return self._begin(self._stage.skip(seconds))

    async def _stop(self, _request: web.Request) -> web.Response:
        self._stage.stop_skipping()
        return self._answer()

    async def _restart(self, request: web.Request) -> web.Response:
        await _asked(request)
        return self._begin(self._stage.restart())

    def _begin(self, work: Coroutine[Any, Any, None]) -> web.Response:
        if self._working():
            work.close()
            return self._answer(status=409)
        self._trouble = ""
        self._work = asyncio.get_running_loop().create_task(self._see_through(work))
        return self._answer(status=202)

    async def _see_through(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (TimeoutError, SetupError):
            self._trouble = "That took longer than expected and stopped half-way. You can try again."

    def _working(self) -> bool:
        return self._work is not None and not self._work.done()

    def _answer(self, status: int = 200) -> web.Response:
        return web.json_response(self.state(), status=status, headers=guarding.OWN_HEADERS)


async def _asked(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Please send JSON.")
    try:
        asked = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="That is not JSON.") from None
    if not isinstance(asked, dict):
        raise web.HTTPBadRequest(text="Please send an object.")
    return cast(dict[str, Any], asked)


def _number(value: object) -> int:
    if isinstance(value, str | int) and str(value).isdecimal():
        return int(value)
    raise web.HTTPBadRequest(text="That is not an id.")
