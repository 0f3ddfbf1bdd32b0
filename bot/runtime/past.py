"""What was written before, read from Discord as raw payloads: nothing discord.py could stumble over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import structlog

from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake
from bot.services.ports import Clock, PastPlace, PastUnavailable, Written
from bot.ui.events import Events
from bot.ui.written import Raw, list_in, number_in, part_of, text_in

_WITH_MESSAGES = (
    0,
    2,
    5,
    13,
)  # text, voice, announcement, stage ("Channel Types" in Discord's documentation)
_WITH_THREADS = (0, 5, 15, 16)  # text, announcement, forum, media
_A_DAY = timedelta(hours=24)
_AT_ONCE = 100  # the most Discord gives in one answer

log = structlog.get_logger("past")


class DiscordPast:
    """The Past port, on a running client."""

    def __init__(self, client: discord.Client, events: Events, clock: Clock) -> None:
        self._client = client
        self._events = events
        self._clock = clock

    async def places(
        self, guild: GuildSnowflake, screened: frozenset[ChannelSnowflake], *, thoroughly: bool
    ) -> tuple[PastPlace, ...]:
        """These channels and their threads, those with the latest words first."""
        http = self._client.http
        channels = [
            each for each in await self._ask(http.get_all_guild_channels(guild)) if _id(each) in screened
        ]
        found = [
            PastPlace(ChannelSnowflake(_id(each)), ChannelSnowflake(_id(each)), _last(each))
            for each in channels
            if each.get("type") in _WITH_MESSAGES
        ]
        threads = list_in(await self._ask(http.get_active_threads(guild)), "threads")
        if thoroughly:
            for each in channels:
                if each.get("type") in _WITH_THREADS:
                    threads += await self._archived(_id(each))
        known = {_id(each): each for each in threads}
        found += [
            PastPlace(
                ChannelSnowflake(number),
                ChannelSnowflake(parent),
                _last(each),
                self._events.title(each) if self._is_new(number) else None,
            )
            for number, each in known.items()
            if (parent := number_in(each.get("parent_id"))) in screened and parent is not None
        ]
        return tuple(sorted(found, key=lambda place: -(place.last_message or 0)))

    async def after(
        self, guild: GuildSnowflake, place: PastPlace, message: MessageSnowflake
    ) -> tuple[Written, ...]:
        """The next messages after this one, the oldest first."""
        answer = await self._ask(
            self._client.http.logs_from(place.channel, _AT_ONCE, after=message)  # pyright: ignore[reportArgumentType]
        )
        return tuple(sorted(self._written(guild, place, answer), key=lambda each: each.message))

    def _written(self, guild: int, place: PastPlace, messages: list[Raw]) -> Iterator[Written]:
        for raw in messages:
            number = number_in(raw.get("id"))
            if number is None:
                continue
            heard = self._events.message({**raw, "channel_id": str(place.channel)}, known_guild=guild)
            if heard is not None:
                edited_at = _moment(text_in(raw, "edited_timestamp"))
                places = tuple(dict.fromkeys((place.channel, place.screened)))
                # The roles of whoever wrote do not come with messages of the past.
                heard = replace(
                    heard.at(places),
                    author_roles=None,
                    written_at=edited_at or discord.utils.snowflake_time(number),
                )
            yield Written(MessageSnowflake(number), bool(raw.get("edited_timestamp")), heard)

    async def _archived(self, channel: int) -> list[Raw]:
        """Threads of the channel that were archived within the last day."""
        http, found = self._client.http, list[Raw]()
        for asked in (http.get_public_archived_threads, http.get_joined_private_archived_threads):
            try:
                answer = await self._ask(asked(channel, limit=_AT_ONCE))  # pyright: ignore[reportArgumentType]
            except PastUnavailable as reason:
                if not reason.closed:
                    raise
                continue
            found += [each for each in list_in(answer, "threads") if self._is_recent(each)]
        return found

    def _is_recent(self, thread: Raw) -> bool:
        archived_at = _moment(text_in(part_of(thread, "thread_metadata"), "archive_timestamp"))
        return archived_at is None or archived_at > self._clock.now() - _A_DAY

    def _is_new(self, thread: int) -> bool:
        return discord.utils.snowflake_time(thread) > self._clock.now() - _A_DAY

    async def _ask(self, request: Any) -> Any:
        try:
            return await request
        except (discord.Forbidden, discord.NotFound) as error:
            log.warning("past.closed", code=error.code)
            raise PastUnavailable(closed=True) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("past.not_now", code=getattr(error, "code", None))
            raise PastUnavailable(closed=False) from error


def _id(raw: Raw) -> int:
    return number_in(raw.get("id")) or 0


def _last(raw: Raw) -> MessageSnowflake | None:
    number = number_in(raw.get("last_message_id"))
    return MessageSnowflake(number) if number is not None else None


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except ValueError:
        return None
