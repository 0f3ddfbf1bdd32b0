"""What is heard: every event as Discord sends it, before anything else can stumble over it.

What counts as seen, and what does not, is written in docs/safety.md.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

import aiohttp
import discord
import structlog

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, RoleSnowflake, UserSnowflake
from bot.services.signals import Heard, Person, Signals

from .client import roles_of
from .written import Raw, list_in, number_in, part_of, text_files_in, text_in, written_in

log = structlog.get_logger("hearing")

_MOST_PLACES = 5_000  # threads the cache does not know, with the channel each is in
_COMMAND, _SUBMISSION = 2, 5  # "Interaction Type" in Discord's documentation
_ALERT_OF_AUTOMOD = 24  # "Message Types": Discord shows moderators what a rule of theirs caught
_TEXT_OPTION, _TEXT_INPUT = 3, 4
_MODERATORS_WORDS = ("case", "screening", "setup")
"""Commands and forms of these areas are for people who look after others: what they write is no signal."""


class Hearing:
    """Reads words out of events and hands them to the screen."""

    def __init__(self, client: discord.Client, signals: Signals) -> None:
        self._client = client
        self._signals = signals
        self._parents: dict[int, int | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._readers: dict[str, Callable[[Raw], Heard | None]] = {
            "MESSAGE_CREATE": self.message,
            "MESSAGE_UPDATE": self._edit,
            "THREAD_CREATE": self._title,
            "THREAD_UPDATE": self._title,
            "AUTO_MODERATION_ACTION_EXECUTION": self._held_back,
            "INTERACTION_CREATE": self._given,
        }

    def take(self, event: str, data: Any) -> None:
        """One event of the gateway. Returns at once; whatever is in it, nothing is raised."""
        read = self._readers.get(event)
        if read is None or not isinstance(data, dict):
            return
        try:
            heard = read(cast(Raw, data))
        except Exception as error:
            log.error("hearing.fault", kind=event, exc_info=error)
            return
        if heard is None or heard.author == (self._client.user and self._client.user.id):
            return
        if self._signals.watches(heard.places):
            self._start(self._hear(heard))
        elif len(heard.places) == 1 and self._signals.watches_in(heard.guild) and self._is_unknown(heard):
            self._start(self._hear_in_unknown(heard))

    async def finish(self, seconds: float) -> None:
        """Wait until everything heard is stored, at most so long."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def message(self, data: Raw, known_guild: int | None = None) -> Heard | None:
        """A message, as the gateway or a look at the past shows it."""
        channel, number = number_in(data.get("channel_id")), number_in(data.get("id"))
        if channel is None or data.get("type") == _ALERT_OF_AUTOMOD:
            return None
        guild = known_guild or self._guild_of(data, channel)
        if guild is None:
            return None
        author = part_of(data, "author")
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
            self._places(guild, channel),
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

    def _title(self, data: Raw) -> Heard | None:
        """The name of a thread or forum post; of whoever began it, as Discord does not say who renamed it."""
        thread, guild = number_in(data.get("id")), number_in(data.get("guild_id"))
        parent, name = number_in(data.get("parent_id")), text_in(data, "name")
        if thread is None or guild is None or not name.strip():
            return None
        self._remember(thread, parent)
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
        if guild is None or channel is None or author is None or not words:
            return None
        return Heard(
            GuildSnowflake(guild),
            self._places(guild, channel),
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
            self._places(guild, channel),
            None,
            UserSnowflake(author),
            texts[0],
            _roles_in(data),
            beside=texts[1:],
            origin=f"given:{number}",
            private=True,
        )

    async def _hear(self, heard: Heard) -> None:
        try:
            await self._signals.hear(heard)
        except Exception as error:
            log.error("hearing.fault", kind="signal", exc_info=error)

    async def _hear_in_unknown(self, heard: Heard) -> None:
        """Words in a thread Discord has not told us about: ask which channel it is in."""
        channel = heard.places[0]
        try:
            found = await self._client.fetch_channel(channel)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("hearing.unknown_place", guild_snowflake=heard.guild, exc_info=error)
            return
        self._remember(channel, getattr(found, "parent_id", None))
        heard = heard.at(self._places(heard.guild, channel))
        if self._signals.watches(heard.places):
            await self._hear(heard)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name="heard")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _guild_of(self, data: Raw, channel: int) -> int | None:
        guild = number_in(data.get("guild_id"))
        if guild is None:  # left out, or a private message
            known = self._client.get_channel(channel)
            guild = getattr(getattr(known, "guild", None), "id", None)
        return guild

    def _places(self, guild: int, channel: int) -> tuple[ChannelSnowflake, ...]:
        """The channel and, for a thread, its parent."""
        parent = self._parents.get(channel)
        if parent is None:
            server = self._client.get_guild(guild)
            known = server.get_thread(channel) if server else None
            parent = known.parent_id if known else None
        own = ChannelSnowflake(channel)
        return (own, ChannelSnowflake(parent)) if parent is not None else (own,)

    def _is_unknown(self, heard: Heard) -> bool:
        channel = heard.places[0]
        server = self._client.get_guild(heard.guild)
        if channel in self._parents or server is None:
            return False
        return server.get_channel_or_thread(channel) is None

    def _remember(self, thread: int, parent: int | None) -> None:
        if len(self._parents) >= _MOST_PLACES:
            self._parents.clear()
        self._parents[thread] = parent


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
