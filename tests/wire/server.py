"""A pretend Discord on loopback sockets: enough of the gateway and of REST for one bot with one shard."""

from aiohttp import web

from tests.wire.gateway import Gateway
from tests.wire.rest import API, Rest
from tests.wire.world import TOKEN, Payload

__all__ = ["TOKEN", "LoopbackDiscord"]


class LoopbackDiscord:
    """Started on 127.0.0.1 with a port of its own. Remembers everything; see rest and gateway."""

    def __init__(self) -> None:
        self.gateway = Gateway()
        self.rest = Rest(lambda: self.gateway_url)
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """Where REST is."""
        return f"http://127.0.0.1:{self.port}{API}"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return f"ws://127.0.0.1:{self.port}/"

    async def start(self) -> None:
        """Listen."""
        app = web.Application()
        self.rest.add_to(app)
        self.gateway.add_to(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = self.gateway_url

    async def stop(self) -> None:
        """Cut every connection and free the port."""
        self.rest.let_go()
        await self.gateway.close(1006)
        if self._runner is not None:
            await self._runner.cleanup()

    async def say(self, message: Payload) -> None:
        """Somebody says something (see World.said)."""
        await self.gateway.dispatch("MESSAGE_CREATE", message)
