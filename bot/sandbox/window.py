"""Passes simcord's own page through, so that it can be shown inside ours at the same address.

simcord forbids framing because its page can act as anybody. Here only our own page may frame it, at the
same origin, and every request is checked before it is passed on.
"""

import re
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from .guarding import SAFE_METHODS
from .stage import Stage

PATHS = r"/{path:(?:[a-z-]+\.(?:js|json|css)|vendor/[\w./-]+|fonts/[\w.-]+|api/[\w./-]+)}"
"""Everything simcord's page asks for. Whether it is there is for simcord to say."""

_PASSED_ON = ("Content-Type", "X-Simcord-Capability", "X-Simcord-Context")
_PASSED_BACK = re.compile(
    r"content-(type|disposition)|x-(display|media|simcord)-.*|referrer-policy", re.IGNORECASE
)
_LASTING = ("/vendor/", "/fonts/")
_ADDED = (
    b'<link rel="stylesheet" href="/sandbox/view.css"><script src="/sandbox/view.js" defer></script></head>'
)
_LARGEST = 32 * 1024 * 1024


class Window:
    """One for the whole run; which preview it shows, the stage decides."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._client: aiohttp.ClientSession | None = None

    def address(self) -> str:
        """Where the page inside is to be found; the part after # is what lets it in."""
        preview = self._stage.preview
        return f"/view?n={self._stage.views}#{urlsplit(preview.url).fragment}" if preview else ""

    async def index(self, request: web.Request) -> web.StreamResponse:
        """simcord's page itself, with our style on top."""
        return await self._pass(request, "/")

    async def part(self, request: web.Request) -> web.StreamResponse:
        """Anything the page asks for. What acts on the pretend Discord waits for its turn."""
        if request.path == "/api/action":
            async with self._stage.alone():
                current = self._stage.shows_everything()
                answer = await self._pass(request, request.path)
                if current:
                    # What the press changed, the page shows already.
                    self._stage.mark_published()
                return answer
        answer = await self._pass(request, request.path)
        if request.method == "DELETE" and answer.status >= 400:
            # A page says goodbye to a window that has been shut: that is as good as done.
            return web.Response(status=204)
        return answer

    async def close(self) -> None:
        """Let go of open connections."""
        if self._client is not None:
            await self._client.close()

    async def _pass(self, request: web.Request, path: str) -> web.StreamResponse:
        preview = self._stage.preview
        if preview is None:
            return _away()
        if self._client is None:
            # Each request has a connection of its own: a window may be shut at any time.
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True), timeout=aiohttp.ClientTimeout(total=None)
            )
        inside = urlsplit(preview.url)
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        try:
            body = None if request.method in SAFE_METHODS else await request.read()
            async with self._client.request(
                request.method,
                f"http://{inside.netloc}{path}",
                params=request.query,
                headers=headers,
                data=body,
                allow_redirects=False,
            ) as answer:
                said = await answer.read()
                return self._answer(request, path, answer, said, inside.fragment)
        except (aiohttp.ClientError, ConnectionResetError):
            return _away()

    def _answer(
        self,
        request: web.Request,
        path: str,
        answer: aiohttp.ClientResponse,
        said: bytes,
        capability: str,
    ) -> web.Response:
        if answer.status == 410 and request.headers.get("X-Simcord-Capability") == capability:
            self._stage.window_lost()
        headers = {name: value for name, value in answer.headers.items() if _PASSED_BACK.fullmatch(name)}
        lasting = path.startswith(_LASTING) and answer.status == 200
        headers["Cache-Control"] = "max-age=86400" if lasting else "no-store"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "SAMEORIGIN"
        policy = answer.headers.get("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        headers["Content-Security-Policy"] = policy.replace(
            "frame-ancestors 'none'", "frame-ancestors 'self'"
        )
        if path == "/":
            said = said.replace(b"</head>", _ADDED, 1)
        return web.Response(status=answer.status, body=said, headers=headers)


def _away() -> web.Response:
    return web.json_response({"error": {"code": "busy"}}, status=503, headers={"Cache-Control": "no-store"})


def application_limits() -> int:
    """The largest request that is taken in; simcord allows attachments of 25 MB."""
    return _LARGEST
