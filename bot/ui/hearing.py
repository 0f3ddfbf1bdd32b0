"""What of a message is looked at. What counts as seen, and what does not, is written in docs/safety.md."""

from collections.abc import Iterator

import aiohttp
import discord

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, RoleSnowflake, UserSnowflake
from bot.services.signals import Heard, Person

from .client import roles_of


def heard_in(message: discord.Message, me: discord.ClientUser | None) -> Iterator[Heard]:
    """The message as the screen wants it; nothing for our own messages and for private ones.

    Bots are heard too: an app may speak for a person.
    """
    # A server Discord has not told us about (yet) is None; the message itself still names it.
    guild = message.guild.id if message.guild else getattr(message.channel, "guild_id", None)
    if guild is None or message.author == me:
        return
    yield Heard(
        GuildSnowflake(guild),
        places_of(message.channel),
        MessageSnowflake(message.id),
        UserSnowflake(message.author.id),
        message.content,
        roles_of(message.author),
        via_app=message.author.bot,
    )


def places_of(channel: object) -> tuple[ChannelSnowflake, ...]:
    """The channel and, for a thread, its parent."""
    own = ChannelSnowflake(getattr(channel, "id", 0))
    parent = getattr(channel, "parent_id", None)
    return (own, ChannelSnowflake(parent)) if isinstance(parent, int) else (own,)


async def person_in(user: discord.Member | discord.User, guild: discord.Guild | None) -> Person:
    """Somebody another member points at.

    The menu on a message does not say which roles its author holds, so Discord is asked: a concern about a
    moderator must not be brought to that moderator (S6).
    """
    roles: tuple[RoleSnowflake, ...] | None = roles_of(user)
    if guild is not None and not isinstance(user, discord.Member) and not user.bot:
        try:
            roles = roles_of(await guild.fetch_member(user.id))
        except discord.NotFound:
            pass  # they left: no roles
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            roles = None
    return Person(UserSnowflake(user.id), roles, is_bot=user.bot)
