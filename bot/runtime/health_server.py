"""/healthz, /readyz and /metrics on 127.0.0.1, for whoever looks after the machine."""

import contextlib

from aiohttp import web

from .checkup import OVERDUE, Checkup, Health
from .logs import get_logger
from .metrics import CONTENT_TYPE, metrics_of
from .settings import HEALTH_HOST

log = get_logger("health")


class HealthServer:
    """Answers as long as the loop runs; the rest is in the answer. No ids, no people, no content (P7)."""

    def __init__(self, checkup: Checkup, port: int) -> None:
        self._checkup = checkup
        self._port = port
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def start(self) -> None:
        """Listen. A port that is taken is logged and no more: alerts matter more than being asked."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HEALTH_HOST, self._port).start()
        except OSError as error:
            log.error("health.cannot_listen", port=self._port, exc_info=error)
        else:
            log.info("health.listens", port=self._port)

    async def stop(self) -> None:
        """Free the port."""
        with contextlib.suppress(OSError):
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        health = await self._checkup.look()
        return _answer(health, health.why_not_alive)

    async def _readyz(self, _request: web.Request) -> web.Response:
        health = await self._checkup.look()
        return _answer(health, health.why_not_ready)

    async def _metrics(self, _request: web.Request) -> web.Response:
        health = await self._checkup.look()
        body = metrics_of(self._checkup.bot, health)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})


def _answer(health: Health, faults: list[str]) -> web.Response:
    """200 when nothing is wrong, else 503. An overdue alert is told, but a new start does not help it."""
    told = {
        "well": not faults,
        "because": [*faults, *([OVERDUE] if health.overdue else [])],
        "connected": health.connected,
        "alerts_overdue": health.overdue,
        "oldest_unsent_alert_seconds": round(health.oldest_for.total_seconds()),
        "longest_loop_lag_seconds": round(health.longest_lag, 3),
    }
    return web.json_response(told, status=503 if faults else 200)
