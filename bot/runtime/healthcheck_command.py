"""healthcheck: ask the running bot, on this machine, whether it is ready."""

import http.client
import json
from argparse import Namespace
from typing import Any

from .settings import HEALTH_HOST, Settings

ANSWER_WITHIN = 10.0
"""Seconds."""


def healthcheck(settings: Settings, _args: Namespace) -> int:
    """Say in one sentence whether the bot is ready. 0: it is. 1: it is not, or could not be asked."""
    port = settings.health_port
    if port is None:
        print("The bot cannot be asked: set HEALTH_PORT, for it and for this command.")
        return 1
    try:
        told = _ask(port)
        well, because = told["well"], " ".join(told["because"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        print(f"No bot answers on port {port} of this machine.")
        return 1
    if well:
        print(f"The bot is ready. {because}".rstrip())
        return 0
    print(f"The bot is not ready: {because}")
    return 1


def _ask(port: int) -> dict[str, Any]:
    connection = http.client.HTTPConnection(HEALTH_HOST, port, timeout=ANSWER_WITHIN)
    try:
        connection.request("GET", "/readyz")
        return json.loads(connection.getresponse().read(10_000))
    finally:
        connection.close()
