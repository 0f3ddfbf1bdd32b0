"""What Discord shows right now, read from discord.py's cache."""

import discord

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, RoleSnowflake, UserSnowflake


class DiscordSurroundings:
    """The Surroundings port, on a running client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def owner_of(self, guild: GuildSnowflake) -> UserSnowflake | None:
        """The owner, if the server is known at the moment."""
        found = self._client.get_guild(guild)
        return UserSnowflake(found.owner_id) if found is not None and found.owner_id is not None else None

    def has_role(self, guild: GuildSnowflake, role: RoleSnowflake) -> bool:
        """Whether the role is still there."""
        return self._role(guild, role) is not None

    def role_sees(self, guild: GuildSnowflake, role: RoleSnowflake, channel: ChannelSnowflake) -> bool:
        """Whether people of the role can read the channel."""
        place, found = self._channel(guild, channel), self._role(guild, role)
        return place is not None and found is not None and place.permissions_for(found).view_channel

    def person_sees(self, guild: GuildSnowflake, user: UserSnowflake, channel: ChannelSnowflake) -> bool:
        """Whether the person can read the channel; yes when we do not know them well enough to say no."""
        server, place = self._client.get_guild(guild), self._channel(guild, channel)
        member = server.get_member(user) if server else None
        return place is None or member is None or place.permissions_for(member).view_channel

    def everyone_sees(self, guild: GuildSnowflake, channel: ChannelSnowflake) -> bool:
        """Whether the channel is open to @everyone."""
        place = self._channel(guild, channel)
        return place is not None and place.permissions_for(place.guild.default_role).view_channel

    def lacks_in(
        self, guild: GuildSnowflake, channel: ChannelSnowflake, wanted: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The permissions the bot lacks there."""
        place = self._channel(guild, channel)
        if place is None:
            return ("gone",)
        held = place.permissions_for(place.guild.me)
        return tuple(name for name in wanted if not getattr(held, name))

    def can_ping(self, guild: GuildSnowflake, role: RoleSnowflake, channel: ChannelSnowflake) -> bool:
        """Whether mentioning the role rings."""
        place, found = self._channel(guild, channel), self._role(guild, role)
        if place is None or found is None:
            return False
        return found.mentionable or place.permissions_for(place.guild.me).mention_everyone

    def reads_content(self) -> bool:
        """Whether the bot asked Discord for what people write."""
        return self._client.intents.message_content

    def _channel(self, guild: GuildSnowflake, channel: ChannelSnowflake) -> discord.abc.GuildChannel | None:
        server = self._client.get_guild(guild)
        return server.get_channel(channel) if server else None

    def _role(self, guild: GuildSnowflake, role: RoleSnowflake) -> discord.Role | None:
        server = self._client.get_guild(guild)
        return server.get_role(role) if server else None
