"""The gateway half of the pretend Discord: one shard, plain JSON, sessions that can be resumed."""

import contextlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.wire import world
from tests.wire.world import Payload, World

_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME = 0, 1, 2, 6
_RECONNECT, _INVALID_SESSION, _HELLO, _HEARTBEAT_ACK = 7, 9, 10, 11


@dataclass(slots=True)
class _Session:
    name: str
    events: list[Payload] = field(default_factory=list)


class Gateway:
    """Sends events, and keeps them for a connection that resumes."""

    def __init__(self) -> None:
        self.worlds: tuple[World, ...] = (world.HARBOUR,)
        self.url = ""
        """Where it is; told in READY, for resuming."""
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0
        self.heartbeat_every = 41.25
        self.queries: list[dict[str, str]] = []
        self.resumes_refused = 0
        """How many of the next attempts to resume are answered with "invalid session"."""
        self.closed_to_newcomers = False
        """Refuse every new connection, as an outage does."""
        self.spoilt_guilds: dict[int, Payload] = {}
        """GUILD_CREATE payloads to send instead of the right ones, by server."""
        self._session: _Session | None = None
        self._socket: web.WebSocketResponse | None = None
        self._request: web.Request | None = None

    @property
    def is_connected(self) -> bool:
        """Whether a bot is listening now."""
        return self._socket is not None and not self._socket.closed

    @property
    def has_session(self) -> bool:
        """Whether events are sent, or kept for a bot that resumes."""
        return self._session is not None

    def add_to(self, app: web.Application) -> None:
        """Put the route in place."""
        app.router.add_get("/", self._serve)

    async def dispatch(self, event: str, data: Any) -> None:
        """Something happened. Without a listener it is kept, and replayed when the session is resumed."""
        if self._session is None:
            raise RuntimeError("nobody has identified yet")
        payload = {"op": _DISPATCH, "t": event, "s": len(self._session.events) + 1, "d": data}
        self._session.events.append(payload)
        await self._send(payload)

    async def invalidate(self, *, resumable: bool) -> None:
        """Op 9. The session is gone unless it is said to be resumable."""
        await self._send({"op": _INVALID_SESSION, "d": resumable})
        if not resumable:
            self._session = None
        await self._gone()

    async def ask_to_reconnect(self) -> None:
        """Op 7; the session can be resumed."""
        await self._send({"op": _RECONNECT, "d": None})
        await self._gone()

    async def close(self, code: int) -> None:
        """Close the connection with this code; 1006 is what a connection that just breaks off looks like."""
        socket, request = self._socket, self._request
        if socket is None or request is None:
            return
        self._socket = None
        if code == 1006:
            if request.transport is not None:
                request.transport.abort()
        else:
            await socket.close(code=code)

    async def _gone(self) -> None:
        # The bot hangs up by itself; what happens from now on belongs to its next connection.
        self._socket = None

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.queries.append(dict(request.query))
        if self.closed_to_newcomers:
            return web.Response(status=503)
        socket = web.WebSocketResponse(autoping=True, heartbeat=None)
        await socket.prepare(request)
        # The query asks for compression; it is only an offer, and text frames are taken as they are.
        await socket.send_json({"op": _HELLO, "d": {"heartbeat_interval": int(self.heartbeat_every * 1000)}})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            await self._take(json.loads(frame.data), socket, request)
        if self._socket is socket:
            self._socket = None
        return socket

    async def _take(self, asked: Payload, socket: web.WebSocketResponse, request: web.Request) -> None:
        if asked["op"] == _HEARTBEAT:
            self.heartbeats += 1
            await socket.send_json({"op": _HEARTBEAT_ACK, "d": None})
        elif asked["op"] == _IDENTIFY:
            self.identified += 1
            self._socket, self._request = socket, request
            await self._welcome(asked["d"])
        elif asked["op"] == _RESUME:
            known = self._session is not None and self._session.name == asked["d"]["session_id"]
            if self.resumes_refused or not known:
                self.resumes_refused = max(self.resumes_refused - 1, 0)
                self._session = None
                await socket.send_json({"op": _INVALID_SESSION, "d": False})
                return
            self.resumed += 1
            await self._replay(socket, int(asked["d"]["seq"]))
            self._socket, self._request = socket, request
            await self.dispatch("RESUMED", {})

    async def _welcome(self, asked: Payload) -> None:
        self._session = _Session(secrets.token_hex(8))
        await self.dispatch(
            "READY",
            {
                "v": 10,
                "user": world.bot_user(),
                "guilds": [{"id": str(each.guild), "unavailable": True} for each in self.worlds],
                "session_id": self._session.name,
                "resume_gateway_url": self.url,
                "shard": asked.get("shard", [0, 1]),
                "application": {"id": str(world.BOT), "flags": 0},
            },
        )
        for each in self.worlds:
            await self.dispatch("GUILD_CREATE", self.spoilt_guilds.get(each.guild, each.created()))

    async def _replay(self, socket: web.WebSocketResponse, seen: int) -> None:
        assert self._session is not None
        for payload in self._session.events[seen:]:
            await socket.send_json(payload)

    async def _send(self, payload: Payload) -> None:
        if self._socket is not None:
            # A bot that was just killed is no reason for the test to stop.
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self._socket.send_json(payload)
