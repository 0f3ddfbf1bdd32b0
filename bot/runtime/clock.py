"""The time."""

from datetime import datetime

import discord


class SystemClock:
    """Discord's own idea of now: the machine's clock in UTC, and in a pretend Discord the pretended time."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        return discord.utils.utcnow()
