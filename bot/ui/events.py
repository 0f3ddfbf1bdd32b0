"""Words read out of events, as Discord sends them.

What counts as seen, and what does not, is written in docs/safety.md.
"""

from collections.abc import Callable, Mapping
from typing import cast

import discord

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, RoleSnowflake, UserSnowflake
from bot.services.heard import Heard

from .written import Raw, list_in, number_in, part_of, text_files_in, text_in, written_in

_MOST_PLACES = 5_000  # threads the cache does not know, with the channel each is in
_COMMAND, _SUBMISSION = 2, 5  # "Interaction Type" in Discord's documentation
_ALERT_OF_AUTOMOD = 24  # "Message Types": Discord shows moderators what a rule of theirs caught
_TEXT_OPTION, _TEXT_INPUT = 3, 4
_MODERATORS_WORDS = ("case", "screening", "setup")
"""Commands and forms of these areas are for people who look after others: what they write is no signal."""


class Events:
    """Knows of each kind of event where its words stand."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._parents: dict[int, int | None] = {}
        self._readers: Mapping[str, Callable[[Raw], Heard | None]] = {
            "MESSAGE_CREATE": self.message,
            "MESSAGE_UPDATE": self._edit,
            "THREAD_CREATE": self.title,
            "THREAD_UPDATE": self.title,
            "AUTO_MODERATION_ACTION_EXECUTION": self._held_back,
            "INTERACTION_CREATE": self._given,
        }

    def read(self, event: str, data: object) -> Heard | None:
        """What somebody wrote in this event; None where nobody did, or we did."""
        read = self._readers.get(event)
        if read is None or not isinstance(data, dict):
            return None
        return read(cast(Raw, data))

    def is_unknown(self, heard: Heard) -> bool:
        """Whether it came from a place Discord has not told us about: a thread of we do not know what."""
        channel = heard.places[0]
        server = self._client.get_guild(heard.guild)
        if len(heard.places) > 1 or channel in self._parents or server is None:
            return False
        return server.get_channel_or_thread(channel) is None

    def learn(self, thread: int, parent: int | None) -> None:
        """Discord told which channel a thread is in."""
        if len(self._parents) >= _MOST_PLACES:
            self._parents.clear()
        self._parents[thread] = parent

    def places(self, guild: int, channel: int) -> tuple[ChannelSnowflake, ...]:
        """The channel and, for a thread, its parent."""
        parent = self._parents.get(channel)
        if parent is None:
            server = self._client.get_guild(guild)
            known = server.get_thread(channel) if server else None
            parent = known.parent_id if known else None
        own = ChannelSnowflake(channel)
        return (own, ChannelSnowflake(parent)) if parent is not None else (own,)

    def message(self, data: Raw, known_guild: int | None = None) -> Heard | None:
        """A message, as the gateway or a look at the past shows it; nothing for our own."""
        channel, number = number_in(data.get("channel_id")), number_in(data.get("id"))
        if channel is None or data.get("type") == _ALERT_OF_AUTOMOD:
            return None
        guild = known_guild or self._guild_of(data, channel)
        if guild is None:
            return None
        author = part_of(data, "author")
        if self._is_me(number_in(author.get("id"))):
            return None  # also where it answers a member's command
        by_app = bool(author.get("bot")) or "webhook_id" in data or not author
        behind = number_in(part_of(part_of(data, "interaction_metadata"), "user").get("id"))
        roles: tuple[RoleSnowflake, ...] | None = _roles_in(data)
        if behind is not None:
            roles = None  # an app spoke for a member; what they are here, Discord does not say
        texts = written_in(data, by_app=by_app)
        files = text_files_in(data)
        if not texts and not files:
            return None
        return Heard(
            GuildSnowflake(guild),
            self.places(guild, channel),
            MessageSnowflake(number) if number is not None else None,
            UserSnowflake(behind or number_in(author.get("id")) or 0),
            texts[0] if texts else "",
            roles,
            via_app=by_app and behind is None,
            beside=texts[1:],
            files=files,
        )

    def _edit(self, data: Raw) -> Heard | None:
        # Discord also says "updated" when it adds the preview of a link; then nothing was edited.
        return self.message(data) if data.get("edited_timestamp") else None

    def title(self, data: Raw) -> Heard | None:
        """The name of a thread or forum post; of whoever began it, as Discord does not say who renamed it."""
        thread, guild = number_in(data.get("id")), number_in(data.get("guild_id"))
        parent, name = number_in(data.get("parent_id")), text_in(data, "name")
        if parent is not None and thread is not None:
            self.learn(thread, parent)
        if (
            thread is None
            or guild is None
            or not name.strip()
            or self._is_me(number_in(data.get("owner_id")))
        ):
            return None
        places = (thread, parent) if parent is not None else (thread,)
        return Heard(
            GuildSnowflake(guild),
            tuple(map(ChannelSnowflake, places)),
            MessageSnowflake(thread),
            UserSnowflake(number_in(data.get("owner_id")) or 0),
            name,
            origin=f"title:{thread}",
        )

    def _held_back(self, data: Raw) -> Heard | None:
        """What a rule of Discord's AutoMod caught. A message it blocked is told of nowhere else."""
        guild, channel = number_in(data.get("guild_id")), number_in(data.get("channel_id"))
        author, number = number_in(data.get("user_id")), number_in(data.get("message_id"))
        words = text_in(data, "content") or text_in(data, "matched_content")
        if guild is None or channel is None or author is None or not words or self._is_me(author):
            return None
        return Heard(
            GuildSnowflake(guild),
            self.places(guild, channel),
            MessageSnowflake(number) if number is not None else None,
            UserSnowflake(author),
            words,
            None,
        )

    def _given(self, data: Raw) -> Heard | None:
        """What a member wrote into a form or a command of ours."""
        guild, channel = number_in(data.get("guild_id")), number_in(data.get("channel_id"))
        given, member = part_of(data, "data"), part_of(data, "member")
        author, number = number_in(part_of(member, "user").get("id")), number_in(data.get("id"))
        area = (text_in(given, "name") or text_in(given, "custom_id").removeprefix("v1:")).partition(":")[0]
        if guild is None or channel is None or author is None or area in _MODERATORS_WORDS:
            return None
        if data.get("type") == _COMMAND:
            texts = tuple(_options(given))
        elif data.get("type") == _SUBMISSION:
            texts = tuple(_inputs(list_in(given, "components")))
        else:
            return None
        if not texts:
            return None
        return Heard(
            GuildSnowflake(guild),
            self.places(guild, channel),
            None,
            UserSnowflake(author),
            texts[0],
            _roles_in(data),
            beside=texts[1:],
            origin=f"given:{number}",
            private=True,
        )

    def _is_me(self, author: int | None) -> bool:
        return self._client.user is not None and author == self._client.user.id

    def _guild_of(self, data: Raw, channel: int) -> int | None:
        guild = number_in(data.get("guild_id"))
        if guild is None:  # left out, or a private message
            known = self._client.get_channel(channel)
            guild = getattr(getattr(known, "guild", None), "id", None)
        return guild


def _roles_in(data: Raw) -> tuple[RoleSnowflake, ...]:
    """The roles of whoever wrote, as they came with the event; an app has none."""
    roles = part_of(data, "member").get("roles")
    found = map(number_in, cast(list[object], roles)) if isinstance(roles, list) else ()
    return tuple(RoleSnowflake(role) for role in found if role is not None)


def _options(given: Raw) -> list[str]:
    """The texts given with a command, its groups' included."""
    texts: list[str] = []
    for option in list_in(given, "options"):
        if option.get("type") == _TEXT_OPTION and (text := text_in(option, "value")):
            texts.append(text)
        texts += _options(option)
    return texts


def _inputs(components: list[Raw]) -> list[str]:
    """The texts written into a form."""
    texts: list[str] = []
    for component in components:
        if component.get("type") == _TEXT_INPUT and (text := text_in(component, "value")):
            texts.append(text)
        inner = part_of(component, "component")
        texts += _inputs([*list_in(component, "components"), *([inner] if inner else [])])
    return texts
