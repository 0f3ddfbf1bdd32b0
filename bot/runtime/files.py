"""Files that came with messages, fetched from where Discord keeps them and from nowhere else."""

import aiohttp
import structlog
from yarl import URL

HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""Where Discord keeps attachments. An address anywhere else is somebody else's."""

FETCH_FOR = 10.0
"""Seconds one attempt may take."""

_ATTEMPTS = 2

log = structlog.get_logger("files")


class CdnFiles:
    """The Files port. Follows no redirects, says nothing of who asks, and reads no more than it may."""

    def __init__(self, hosts: frozenset[str] = HOSTS, scheme: str = "https") -> None:
        self._hosts = hosts
        self._scheme = scheme

    async def text_of(self, url: str, largest: int) -> str | None:
        """The text, read as UTF-8; None when it could not be had, is larger, or lies elsewhere."""
        address = _address(url)
        if address is None or address.scheme != self._scheme or address.authority not in self._hosts:
            log.warning("file.elsewhere")
            return None
        for _ in range(_ATTEMPTS):
            try:
                return await self._fetch(address, largest)
            except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                log.warning("file.not_fetched", exc_info=error)
        return None

    async def _fetch(self, address: URL, largest: int) -> str | None:
        wait = aiohttp.ClientTimeout(total=FETCH_FOR)
        async with (
            aiohttp.ClientSession(timeout=wait) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                log.warning("file.refused", code=answer.status)
                return None
            content = await answer.content.read(largest + 1)
            while len(content) <= largest and (more := await answer.content.read(largest + 1 - len(content))):
                content += more
        return content.decode("utf-8", "replace") if len(content) <= largest else None


def _address(url: str) -> URL | None:
    try:
        return URL(url)
    except ValueError:
        return None
