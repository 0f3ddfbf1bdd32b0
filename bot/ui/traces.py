"""Finding a message of ours again, long after Discord has forgotten its nonce.

Every message carries a mark made from its letter, in the number of its first component: Discord keeps that
number and shows it to nobody. Together with who wrote it and when, it is exact. A message without components
is known by its words.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import discord
import structlog

from bot.domain.ids import ChannelSnowflake, MessageSnowflake
from bot.domain.letter import Letter

from .card import Card

log = structlog.get_logger("traces")

LOOKED_FOR = 5.0
"""Seconds; looking must not hold up an alert."""

CLOCKS_DIFFER_BY = timedelta(minutes=1)
_AT_A_TIME, _PAGES = 100, 5
# Discord numbers components itself, from 1 on; 40 fit into a message.
_LOWEST_MARK = 1 << 16


@dataclass(frozen=True, slots=True)
class Trace:
    """A message that was found. rang: the roles whose phones it made ring."""

    message: MessageSnowflake
    rang: frozenset[int]


def mark_of(letter: Letter) -> int:
    """The same letter always has the same mark: a number of 31 bits."""
    number = int.from_bytes(hashlib.sha256(letter.key.encode()).digest()[:4])
    return _LOWEST_MARK + number % ((1 << 31) - _LOWEST_MARK)


def marked(card: Card, mark: int) -> Card:
    """The card, with the mark on its first component."""
    if isinstance(card.view, discord.ui.View) and card.view.children:
        first = card.view.children[0]
        if isinstance(first, discord.ui.DynamicItem):
            first = cast("discord.ui.DynamicItem[discord.ui.Item[Any]]", first).item
        first.id = mark
    return card


async def trace_of(
    client: discord.Client, letter: Letter, channel: ChannelSnowflake, words: str | None
) -> Trace | None:
    """Our message of this letter in the channel, if it stands there.

    Only messages since the letter was written count. When Discord will not show them, the letter is sent:
    an alert twice beats none.
    """
    try:
        async with asyncio.timeout(LOOKED_FOR):
            return await _look(client, letter, channel, words)
    except Exception as error:  # whatever it is: looking must never stop an alert
        log.warning("traces.not_shown", kind=letter.kind, code=getattr(error, "code", None))
        return None


async def _look(
    client: discord.Client, letter: Letter, channel: ChannelSnowflake, words: str | None
) -> Trace | None:
    assert letter.created_at is not None  # noqa: S101 - every letter from the outbox has it
    mark, since = mark_of(letter), discord.utils.time_snowflake(letter.created_at - CLOCKS_DIFFER_BY)
    for _ in range(_PAGES):
        # Raw: one message that discord.py could not read would hide all the others.
        shown = cast("list[dict[str, Any]]", await client.http.logs_from(channel, _AT_A_TIME, after=since))
        for message in shown:
            if client.user is not None and int(message["author"]["id"]) == client.user.id:
                marks = list(_numbers(message))
                if mark in marks or (not marks and words is not None and message["content"] == words):
                    rang = frozenset(int(role) for role in message.get("mention_roles", ()))
                    return Trace(MessageSnowflake(int(message["id"])), rang)
        if len(shown) < _AT_A_TIME:
            return None
        since = max(int(message["id"]) for message in shown)
    return None


def _numbers(part: Mapping[str, Any]) -> Iterator[int]:
    """The numbers of a message's components, however deep."""
    for component in part.get("components") or ():
        if "id" in component:
            yield int(component["id"])
        yield from _numbers(component)
