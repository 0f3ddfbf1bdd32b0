"""The REST half of the pretend Discord: keeps messages, remembers every request, misbehaves on demand."""

import asyncio
import contextlib
import json
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.wire import world
from tests.wire.faults import LONGEST_WAIT, Fault
from tests.wire.world import Payload

API = "/api/v10"

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER without lingering: the other side sees "connection reset by peer"."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as it arrived."""

    method: str
    path: str
    body: Any
    at: float


class Rest:
    """Routes under /api/v10, and what the tests ask about them."""

    def __init__(self, gateway_url: Callable[[], str]) -> None:
        self.asked: list[Asked] = []
        self.commands: list[Payload] = []
        self.roles: dict[int, tuple[int, ...]] = {}
        """Which roles a member has; nobody else is a member."""
        self.mentions_ring = True
        """False: Discord takes a mention of a role, and no phone rings."""
        self.threads: dict[int, Payload] = {}
        """Threads that are only found when asked for."""
        self.chance: Callable[[str, str], Fault | None] = lambda _method, _path: None
        """Asked for every request that meets no other fault."""
        self._gateway_url = gateway_url
        self._messages: dict[int, dict[int, Payload]] = {}
        self._nonces: dict[tuple[int, str], int] = {}
        self._dms: dict[int, int] = {}
        self._faults: list[Fault] = []
        self._letting_go = asyncio.Event()

    # What tests use.

    def misbehave(self, method: str, path: str, fault: Fault, times: int = 1) -> Fault:
        """Let the next requests of the route meet this fault. path may hold *; it is without /api/v10."""
        fault.method, fault.path, fault.times = method, path, times
        self._faults.append(fault)
        return fault

    def well_again(self) -> None:
        """No fault any more; what hangs at the moment is cut."""
        self._faults.clear()
        self._letting_go.set()
        self._letting_go = asyncio.Event()

    def posts(self, channel: int) -> list[Asked]:
        """Every attempt to send a message there, whatever became of it."""
        return self.requests("POST", f"/channels/{channel}/messages")

    def requests(self, method: str, path: str) -> list[Asked]:
        """Every request of this method and exact path."""
        return [each for each in self.asked if (each.method, each.path) == (method, path)]

    def messages(self, channel: int) -> list[Payload]:
        """What stands in the channel."""
        return list(self._messages.get(channel, {}).values())

    def delete(self, channel: int, message: Payload) -> None:
        """Somebody removes a message."""
        del self._messages[channel][int(message["id"])]

    def keep(self, said: Payload) -> None:
        """Somebody wrote a message; whether anyone was told of it is another matter."""
        self._messages.setdefault(int(said["channel_id"]), {})[int(said["id"])] = {
            name: value for name, value in said.items() if name not in ("guild_id", "member")
        }

    def forget_nonces(self) -> None:
        """A few minutes have passed: a repeated nonce is a new message."""
        self._nonces.clear()

    def dm_of(self, user: int) -> int:
        """The channel of the private messages with this person."""
        return self._dms.setdefault(user, user + 50)

    def post(self, channel: int, body: Payload) -> Payload | None:
        """Keep a message, or return the first one of the same nonce; None if that one was deleted."""
        nonce = body.get("nonce")
        if nonce is not None and body.get("enforce_nonce"):
            known = self._nonces.get((channel, str(nonce)))
            if known is not None:
                return self._messages[channel].get(known)
        message_id = world.snowflake()
        message = world.message(message_id, channel, world.bot_user(), body)
        if not self.mentions_ring:
            message["mention_roles"] = []
        self._messages.setdefault(channel, {})[message_id] = message
        if nonce is not None:
            self._nonces[channel, str(nonce)] = message_id
        return message

    # What the server uses.

    def add_to(self, app: web.Application) -> None:
        """Put the routes in place."""
        application = f"{API}/applications/{world.BOT}/commands"
        webhook = f"{API}/webhooks/{world.BOT}/{{token}}"
        routes: list[tuple[str, str, Callable[[web.Request, Any], Awaitable[web.Response]]]] = [
            ("GET", f"{API}/users/@me", self._me),
            ("GET", f"{API}/oauth2/applications/@me", self._application),
            ("GET", f"{API}/gateway/bot", self._gateway),
            ("PUT", application, self._put_commands),
            ("GET", application, self._get_commands),
            ("POST", f"{API}/users/@me/channels", self._open_dm),
            ("GET", f"{API}/guilds/{{guild}}/members/{{member}}", self._member),
            ("GET", f"{API}/channels/{{channel}}", self._channel),
            ("GET", f"{API}/guilds/{{guild}}/channels", self._channels),
            ("GET", f"{API}/guilds/{{guild}}/threads/active", self._active_threads),
            ("GET", f"{API}/channels/{{channel}}/threads/archived/public", self._archived_threads),
            ("GET", f"{API}/channels/{{channel}}/users/@me/threads/archived/private", self._no_threads),
            ("GET", f"{API}/channels/{{channel}}/messages", self._history),
            ("POST", f"{API}/channels/{{channel}}/messages", self._post_message),
            ("PATCH", f"{API}/channels/{{channel}}/messages/{{message}}", self._edit_message),
            ("POST", f"{API}/interactions/{{interaction}}/{{token}}/callback", self._callback),
            ("POST", webhook, self._follow_up),
            ("PATCH", f"{webhook}/messages/@original", self._edit_original),
        ]
        for method, path, answer in routes:
            app.router.add_route(method, path, self._faulty(answer))

    def let_go(self) -> None:
        """The server is stopping: whatever hangs ends now."""
        self._letting_go.set()

    def _faulty(
        self, answer: Callable[[web.Request, Any], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            path = request.path.removeprefix(API)
            text = await request.text()
            body = json.loads(text) if text else None
            self.asked.append(Asked(request.method, path, body, time.monotonic()))
            if request.headers.get("Authorization", f"Bot {world.TOKEN}") != f"Bot {world.TOKEN}":
                return _refusal(401, 0)
            fault = next((each for each in self._faults if each.meets(request.method, path)), None)
            fault = fault or self.chance(request.method, path)
            if fault is None:
                return await answer(request, body)
            fault.met += 1
            if fault.carry_out:
                await answer(request, body)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._letting_go.wait(), min(fault.wait, LONGEST_WAIT))
            if fault.lose:
                return _cut(request)
            if fault.status is not None:
                return _json(fault.body, status=fault.status, headers=fault.headers)
            return await answer(request, body)

        return handle

    async def _me(self, _request: web.Request, _body: Any) -> web.Response:
        return _json(world.bot_user())

    async def _application(self, _request: web.Request, _body: Any) -> web.Response:
        return _json(
            {
                "id": str(world.BOT),
                "name": "Talking Piece",
                "description": "",
                "icon": None,
                "bot_public": True,
                "bot_require_code_grant": False,
                "owner": world.user(world.HARBOUR.owner, "owner"),
                "verify_key": "00",
                "flags": 0,
                "team": None,
            }
        )

    async def _gateway(self, _request: web.Request, _body: Any) -> web.Response:
        limits = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return _json({"url": self._gateway_url(), "shards": 1, "session_start_limit": limits})

    async def _put_commands(self, _request: web.Request, body: Any) -> web.Response:
        self.commands = [
            {"description": "", **each, "id": str(world.snowflake()), "application_id": str(world.BOT)}
            for each in body
        ]
        return _json(self.commands)

    async def _get_commands(self, _request: web.Request, _body: Any) -> web.Response:
        return _json(self.commands)

    async def _open_dm(self, _request: web.Request, body: Any) -> web.Response:
        person = int(body["recipient_id"])
        recipients = [world.user(person, "somebody")]
        return _json(
            {"id": str(self.dm_of(person)), "type": 1, "recipients": recipients, "last_message_id": None}
        )

    async def _member(self, request: web.Request, _body: Any) -> web.Response:
        person = int(request.match_info["member"])
        if person not in self.roles:
            return _refusal(404, 10007)
        member = world.member(person, "somebody", self.roles[person])
        return _json({**member, "user": world.user(person, "somebody")})

    async def _channels(self, request: web.Request, _body: Any) -> web.Response:
        worlds = [each for each in world.WORLDS if each.guild == int(request.match_info["guild"])]
        found = [channel for each in worlds for channel in each.created()["channels"]]
        return _json([self._with_last_message(each) for each in found])

    async def _active_threads(self, request: web.Request, _body: Any) -> web.Response:
        threads = [each for each in self.threads.values() if each["guild_id"] == request.match_info["guild"]]
        active = [each for each in threads if not each["thread_metadata"]["archived"]]
        return _json({"threads": [self._with_last_message(each) for each in active], "members": []})

    async def _archived_threads(self, request: web.Request, _body: Any) -> web.Response:
        threads = [
            each for each in self.threads.values() if each["parent_id"] == request.match_info["channel"]
        ]
        done = [self._with_last_message(each) for each in threads if each["thread_metadata"]["archived"]]
        return _json({"threads": done, "members": [], "has_more": False})

    async def _no_threads(self, _request: web.Request, _body: Any) -> web.Response:
        return _json({"threads": [], "members": [], "has_more": False})

    def _with_last_message(self, channel: Payload) -> Payload:
        last = max(self._messages.get(int(channel["id"]), ()), default=None)
        return {**channel, "last_message_id": str(last) if last else None}

    async def _channel(self, request: web.Request, _body: Any) -> web.Response:
        if int(request.match_info["channel"]) in self.threads:
            return _json(self.threads[int(request.match_info["channel"])])
        for each in (world.HARBOUR, world.LANTERN):
            for channel in each.created()["channels"]:
                if channel["id"] == request.match_info["channel"]:
                    return _json(channel)
        return _refusal(404, 10003)

    async def _history(self, request: web.Request, _body: Any) -> web.Response:
        after = int(request.query.get("after", 0))
        limit = int(request.query.get("limit", 50))
        kept = self._messages.get(int(request.match_info["channel"]), {})
        later = [each for number, each in sorted(kept.items()) if number > after]
        chosen = later[:limit] if after else later[-limit:]
        return _json(chosen[::-1])

    async def _post_message(self, request: web.Request, body: Any) -> web.Response:
        message = self.post(int(request.match_info["channel"]), body)
        return _refusal(404, 10008) if message is None else _json(message)

    async def _edit_message(self, request: web.Request, body: Any) -> web.Response:
        kept = self._messages.get(int(request.match_info["channel"]), {})
        message = kept.get(int(request.match_info["message"]))
        if message is None:
            return _refusal(404, 10008)
        changes = {name: value for name, value in body.items() if name in message}
        message.update(changes, edited_timestamp=message["timestamp"])
        return _json(message)

    async def _callback(self, request: web.Request, body: Any) -> web.Response:
        if request.query.get("with_response") not in ("1", "true", "True"):
            return web.Response(status=204)
        shown = {"id": request.match_info["interaction"], "type": 3}
        return _json({"interaction": shown, "resource": {"type": body["type"]}})

    async def _follow_up(self, _request: web.Request, body: Any) -> web.Response:
        return _json(_private(body))

    async def _edit_original(self, _request: web.Request, body: Any) -> web.Response:
        return _json(_private(body))


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Exactly this content type: discord.py takes anything else, a charset included, for plain text.
    named = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=named)


def _private(body: Payload) -> Payload:
    return {
        **world.message(world.snowflake(), world.HARBOUR.circle, world.bot_user(), body),
        "webhook_id": str(world.BOT),
    }


def _refusal(status: int, code: int) -> web.Response:
    return _json({"message": "No", "code": code}, status=status)


def _cut(request: web.Request) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        kernel: socket.socket | None = transport.get_extra_info("socket")
        if kernel is not None:
            kernel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    return web.Response(status=204)  # nobody is there to read it
