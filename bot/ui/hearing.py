"""What of a message is looked at. What counts as seen, and what does not, is written in docs/safety.md."""

import contextlib
from collections.abc import Iterator

import discord

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, UserSnowflake
from bot.services.signals import Heard, Person

from .client import roles_of


def heard_in(message: discord.Message, me: int | None) -> Iterator[Heard]:
    """The message as the screen wants it; nothing for our own messages and for private ones.

    Bots are heard too: an app may speak for a person.
    """
    # A server Discord has not told us about (yet) is None; the message itself still names it.
    guild = message.guild.id if message.guild else getattr(message.channel, "guild_id", None)
    if guild is None or message.author.id == me:
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
    if guild is not None and not isinstance(user, discord.Member) and not user.bot:
        with contextlib.suppress(discord.NotFound):
            user = await guild.fetch_member(user.id)
    return Person(UserSnowflake(user.id), roles_of(user), is_bot=user.bot)
