"""The pretend server as it was before the bot came: people, channels, and what they wrote."""

from datetime import datetime

import discord
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, RoleHandle

from .script import Room, Said, Script

BOT_NAME = "Talking Piece"


class World:
    """Handles for everything in the script, by its key there."""

    def __init__(self, env: Env, script: Script) -> None:
        self.env = env
        self.script = script
        self.roles: dict[str, RoleHandle] = {}
        self.people: dict[str, MemberActor] = {}
        self.rooms: dict[str, ChannelHandle] = {}
        self.guild: GuildHandle = self._build()

    def begin(self, until: datetime) -> None:
        """Let the people write what they wrote before this moment, which it is afterwards."""
        for said in self.script.said:
            if said.at < until:
                self.turn_to(said.at)
                self._say(said)
        self.turn_to(until)

    def ids(self) -> list[int]:
        """The ids of everything in the script, in its order. What was kept fits only the same ids."""
        named = (self.guild, *self.roles.values(), *self.people.values(), *self.rooms.values())
        return [self.env.backend.application_id, *(each.id for each in named)]

    def turn_to(self, moment: datetime) -> None:
        """Set the pretend clock forward. Only while no bot is running: nothing falls due on the way."""
        ahead = (moment - self.env.now()).total_seconds()
        if ahead > 0:
            self.env.backend.advance_clock(ahead)

    def _build(self) -> GuildHandle:
        # Everything that has an id is made here, in the order of the script and at one moment of the
        # pretend clock: the same script on the same day always gives the same ids.
        env, script = self.env, self.script
        env.backend.edit_bot_profile(BOT_NAME)
        users = {each.key: env.create_user(each.key, global_name=each.name) for each in script.people}
        owner = next(each.key for each in script.people if each.owner)
        guild = env.create_guild(
            script.name, owner=users[owner], description=script.description, preferred_locale="en-GB"
        )
        for key, name in script.roles.items():
            rights = discord.Permissions(administrator=True) if key == "admin" else None
            self.roles[key] = guild.create_role(name, permissions=rights, mentionable=key != "admin")
        for each in script.people:
            roles = [self.roles[role] for role in each.roles]
            self.people[each.key] = guild.add_member(users[each.key], roles=roles)
        bot = guild.roles[BOT_NAME]
        shelves: dict[str, ChannelHandle] = {}
        for room in script.rooms:
            if room.under not in shelves:
                shelves[room.under] = guild.create_category(room.under)
            self.rooms[room.key] = self._open(guild, room, shelves[room.under], bot)
        return guild

    def _open(self, guild: GuildHandle, room: Room, shelf: ChannelHandle, bot: RoleHandle) -> ChannelHandle:
        if room.forum:
            forum = guild.create_forum_channel(room.name)
            self.env.backend.get_channel(forum.id).parent_id = shelf.id
            return forum
        only = room.sees or room.writes
        overwrites = dict[RoleHandle, discord.PermissionOverwrite]()
        if only:
            # Whoever may not see a channel is not asked whether they may write in it.
            right = "view_channel" if room.sees else "send_messages"
            overwrites[guild.default_role] = discord.PermissionOverwrite(**{right: False})
            for role in (*(self.roles[key] for key in only), bot):
                overwrites[role] = discord.PermissionOverwrite(**{right: True})
        return guild.create_text_channel(
            room.name, overwrites={**overwrites}, topic=room.topic, category=shelf
        )

    def _say(self, said: Said) -> None:
        backend = self.env.backend
        author = self.people[said.who].id
        room = self.rooms[said.channel]
        if said.opens is not None:
            key, name = said.opens
            thread = backend.create_thread(room.id, name, author, broadcast=False)
            room = self.rooms[key] = ChannelHandle(self.env, self.guild, thread)
        backend.create_message(room.id, author, said.words)
