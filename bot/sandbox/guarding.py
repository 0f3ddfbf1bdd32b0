"""Who may talk to the page: only a browser on this machine, and only from the page itself."""

from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE_METHODS = {"GET", "HEAD"}

OWN_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
        " frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
"""For everything that is not simcord's."""


@web.middleware
async def only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other names for this address (DNS rebinding), and orders given by other web sites."""
    port = request.app[PORT]
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    if request.host not in hosts:
        raise web.HTTPForbidden(text="Please open the address the terminal shows.")
    if request.method not in SAFE_METHODS and request.headers.get("Origin") != f"http://{request.host}":
        raise web.HTTPForbidden(text="This can only be done from the page itself.")
    return await handler(request)


PORT: web.AppKey[int] = web.AppKey("port", int)
