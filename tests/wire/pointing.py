"""Points discord.py, inside a test's process, at the pretend Discord. No setting of the bot can do that."""

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.wire.rest import API


def point_at(port: int) -> None:
    """Requests and new sessions go to this port of 127.0.0.1."""
    Route.BASE = f"http://127.0.0.1:{port}{API}"
    # gateway/bot names the address of the first session; every later one goes to the default.
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/")


def wait_less_for_discord(client: discord.Client) -> None:
    """Two fixed pauses of discord.py prove nothing here: for late servers, and before identifying anew."""
    client._connection.guild_ready_timeout = 0.2

    async def at_once(_client: discord.Client, _shard: int | None, *, initial: bool = False) -> None:
        pass

    # The pause is discord.py's own; what the bot does before it identifies stays as it is.
    discord.Client.before_identify_hook = at_once
