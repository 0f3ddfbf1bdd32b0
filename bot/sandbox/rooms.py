"""Which channels somebody can see, and which hold something new for them."""

from dataclasses import dataclass

from simcord import ChannelHandle, MemberActor
from simcord.backend.access import can_access_channel
from simcord.backend.models import Channel
from simcord.enums import ChannelType

from .world import World

_WITH_MESSAGES = {ChannelType.TEXT, ChannelType.NEWS, ChannelType.VOICE}


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the channel list. opens: there is something to look at (a forum only holds its posts)."""

    channel: int
    name: str
    kind: str
    opens: bool
    new: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """Channels that stand together."""

    name: str
    listed: tuple[Listed, ...]


class Rooms:
    """Made when the doors open: what was there before is not new."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._backend = world.env.backend
        self._seen: dict[tuple[str, int], int] = {}
        for person in world.people:
            for channel in self._backend.channels:
                self.seen(person, channel)

    def shelves(self, person: str) -> tuple[Shelf, ...]:
        """What this person can see, in the order of the server; private messages last."""
        backend, guild = self._backend, self._world.guild
        ids = backend.get_guild(guild.id).channel_ids
        channels = [backend.channels[each] for each in ids]
        names = {each.id: each.name or "" for each in channels if each.type == ChannelType.CATEGORY}
        found: dict[str, list[Listed]] = {name: [] for name in names.values()}
        for channel in channels:
            if channel.id in names or not self._sees(person, channel.id):
                continue
            lines = self._lines(person, channel)
            found.setdefault(names.get(channel.parent_id or 0, ""), []).extend(lines)
        private = self._private(person)
        if private is not None:
            found["Private messages"] = [self._line(person, private, self._backend.bot_user.name, "private")]
        return tuple(Shelf(name, tuple(listed)) for name, listed in found.items() if listed)

    def names(self, person: str) -> dict[str, str]:
        """What is shown for the numbers of people, roles, and the channels this person can see."""
        backend, guild = self._backend, self._backend.get_guild(self._world.guild.id)
        people = {str(each.id): each.global_name or each.name for each in backend.users.values()}
        roles = {str(each.id): each.name for each in guild.roles.values()}
        channels = {
            str(each.id): each.name or ""
            for each in list(backend.channels.values())
            if self._sees(person, each.id)
        }
        return people | roles | channels

    def handle(self, person: str, channel: int) -> ChannelHandle:
        """The channel, if the person can see it; otherwise a LookupError."""
        for shelf in self.shelves(person):
            for each in shelf.listed:
                if each.channel == channel and each.opens:
                    model = self._backend.channels[channel]
                    guild = self._world.guild if model.guild_id is not None else None
                    return ChannelHandle(self._world.env, guild, model)
        raise LookupError(channel)

    def first(self, person: str) -> int:
        """Where to begin to look."""
        return next(each.channel for shelf in self.shelves(person) for each in shelf.listed if each.opens)

    def seen(self, person: str, channel: int) -> None:
        """This person has seen everything in the channel."""
        self._seen[person, channel] = self._newest(person, channel)

    def fingerprint(self, channel: int) -> tuple[object, ...]:
        """Changes whenever anything in the channel does."""
        return tuple(
            (
                each.id,
                each.edited_timestamp,
                each.content,
                repr((each.embeds, each.components, each.reactions)),
            )
            for each in self._backend.messages.get(channel, {}).values()
        )

    def everything(self) -> tuple[object, ...]:
        """Changes whenever anything anywhere does."""
        now = self._world.env.now()
        return (now, *(self.fingerprint(channel) for channel in self._backend.channels))

    def _lines(self, person: str, channel: Channel) -> list[Listed]:
        lines: list[Listed] = []
        forum = channel.type == ChannelType.FORUM
        if forum:
            lines.append(Listed(channel.id, channel.name or "", "forum", opens=False, new=False))
        elif channel.type in _WITH_MESSAGES:
            kind = "private" if not self._everyone_sees(channel.id) else "channel"
            lines.append(self._line(person, channel, channel.name or "", kind))
        for thread in list(self._backend.channels.values()):
            if thread.is_thread and thread.parent_id == channel.id and self._sees(person, thread.id):
                lines.append(self._line(person, thread, thread.name or "", "post" if forum else "thread"))
        return lines

    def _line(self, person: str, channel: Channel, name: str, kind: str) -> Listed:
        new = self._newest(person, channel.id) > self._seen.get((person, channel.id), 0)
        return Listed(channel.id, name, kind, opens=True, new=new)

    def _private(self, person: str) -> Channel | None:
        channel = self._backend.dm_channels.get(self._world.people[person].id)
        if channel is None or not self._backend.messages.get(channel):
            return None
        return self._backend.channels[channel]

    def _newest(self, person: str, channel: int) -> int:
        viewer = self._world.people[person].id
        messages = self._backend.messages.get(channel, {}).values()
        return max((each.id for each in messages if each.visible_to(viewer)), default=0)

    def _sees(self, person: str, channel: int) -> bool:
        viewer: MemberActor = self._world.people[person]
        return can_access_channel(self._world.env, channel, viewer, history=True)

    def _everyone_sees(self, channel: int) -> bool:
        return all(self._sees(person, channel) for person in self._world.people)
