"""What the ui expects of the running bot."""

from typing import Protocol, cast

import discord

from bot.domain.ids import GuildSnowflake, RoleSnowflake, UserSnowflake
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.services.house import Services

from .texts import Texts, Words

Interaction = discord.Interaction[discord.Client]


class House(Protocol):
    """The bot, as buttons, panels and cogs see it."""

    @property
    def services(self) -> Services:
        """What people can do."""
        ...

    @property
    def texts(self) -> Texts:
        """What the bot says."""
        ...


def house_of(interaction: Interaction) -> House:
    """The bot an interaction came to."""
    return cast(House, interaction.client)


def words_of(interaction: Interaction) -> Words:
    """The texts in the language of whoever acts."""
    return house_of(interaction).texts.of(interaction.locale.value)


def user_of(interaction: Interaction) -> UserSnowflake:
    """Who acts."""
    return UserSnowflake(interaction.user.id)


def guild_of(interaction: Interaction) -> GuildSnowflake | None:
    """On which server; None in private messages."""
    return GuildSnowflake(interaction.guild_id) if interaction.guild_id is not None else None


def actor_of(interaction: Interaction) -> Actor:
    """Who acts, with what Discord says about them now. Refused outside a server."""
    guild = guild_of(interaction)
    if guild is None:
        raise Refusal("answer.refusal.server_only")
    return Actor(
        user_of(interaction),
        guild,
        frozenset(roles_of(interaction.user)),
        manages_server=interaction.permissions.manage_guild or interaction.permissions.administrator,
        owns_server=interaction.guild is not None and interaction.guild.owner_id == interaction.user.id,
    )


def roles_of(user: discord.abc.User) -> tuple[RoleSnowflake, ...]:
    """The roles a member holds; none for somebody who is not, or no longer, a member."""
    if not isinstance(user, discord.Member):
        return ()
    # The ids as they came: member.roles drops those the cache does not know, and fails for an unknown server.
    return tuple(RoleSnowflake(role) for role in user._roles)  # pyright: ignore[reportPrivateUsage]
