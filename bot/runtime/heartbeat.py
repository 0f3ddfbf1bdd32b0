"""A sign of life to an address of the operator's choice. When it stops, somebody outside rings the bell."""

import aiohttp

from bot import __version__

from .logs import get_logger

EVERY = 60.0
"""Seconds between two signs of life."""

ANSWER_WITHIN = 10.0
"""Seconds."""

log = get_logger("heartbeat")


async def send_heartbeat(address: str) -> bool:
    """Fetch the address; says whether it answered with 2xx. Sends nothing but the request itself.

    Redirects are not followed, nothing is remembered from one to the next, and no proxy or password of the
    environment is used.
    """
    try:
        async with (
            aiohttp.ClientSession(
                headers={"User-Agent": f"TalkingPiece/{__version__}"},
                timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN),
                trust_env=False,
            ) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        # The kind alone: the address may be a secret.
        log.warning("heartbeat.not_heard", error=type(error).__name__)
        return False
    if 200 <= status < 300:
        return True
    log.warning("heartbeat.refused", status=status)
    return False
