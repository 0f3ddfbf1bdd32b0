"""What the pretend Discord remembers from one time to the next, with --keep.

The server itself is built anew each time and gets the same ids. Kept are the messages, threads and private
channels on it, so that the cards the database points to are still there.
"""

import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from simcord import Env
from simcord.backend.models import AllowedMentions, Channel, Message, Reaction
from simcord.backend.models.channel import ThreadMetadata

_FORM = 1
_LEFT_OUT = {"poll", "stickers", "system_metadata", "attachments", "allowed_mentions", "reactions"}
"""Parts of a message that are not kept, or kept in another form."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """played_on: the day the script was played; now: the pretend time when it was left."""

    played_on: date
    now: datetime
    ids: list[int]
    channels: list[dict[str, Any]]
    messages: list[dict[str, Any]]


class DoesNotFit(Exception):
    """What was kept cannot be used with this server."""


def remember(file: Path, env: Env, played_on: date, ids: list[int]) -> None:
    """Write down everything said. Private answers are left out: Discord forgets those too."""
    backend = env.backend
    text = json.dumps(
        {
            "form": _FORM,
            "played_on": played_on.isoformat(),
            "now": env.now().isoformat(),
            "ids": ids,
            "channels": [
                asdict(each) for each in backend.channels.values() if each.is_thread or each.guild_id is None
            ],
            "messages": [
                _written(message)
                for messages in backend.messages.values()
                for message in messages.values()
                if not message.is_ephemeral
            ],
        }
    )
    # Written beside and moved: whoever pulls the plug finds either the old state or the new one.
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, file)


def recall(file: Path) -> Remembered | None:
    """What was written down, or None if nothing was. Raises DoesNotFit."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["form"] != _FORM:
            raise DoesNotFit
        return Remembered(
            date.fromisoformat(kept["played_on"]),
            datetime.fromisoformat(kept["now"]),
            kept["ids"],
            kept["channels"],
            kept["messages"],
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DoesNotFit from error


def restore(kept: Remembered, env: Env, ids: list[int]) -> None:
    """Put everything said back in its place. Raises DoesNotFit if this is another server."""
    if kept.ids != ids:
        raise DoesNotFit
    backend = env.backend
    try:
        channels = [_channel(each) for each in kept.channels]
        messages = [_message(each) for each in kept.messages]
    except (TypeError, KeyError, ValueError) as error:
        raise DoesNotFit from error
    for channel in channels:
        if channel.id not in backend.channels:
            backend.reserve_id(channel.id)
            backend.channels[channel.id] = channel
            if channel.guild_id is not None:
                backend.get_guild(channel.guild_id).thread_ids.append(channel.id)
        for person in channel.recipient_ids:
            backend.dm_channels[person] = channel.id
    for channel_id in backend.channels:
        backend.messages[channel_id] = {}
    for message in messages:
        if message.channel_id in backend.channels:
            backend.messages[message.channel_id][message.id] = message
            backend.channels[message.channel_id].last_message_id = message.id


def _written(message: Message) -> dict[str, Any]:
    plain = {each.name: getattr(message, each.name) for each in fields(message) if each.name not in _LEFT_OUT}
    plain["reactions"] = [asdict(each) for each in message.reactions]
    allowed = message.allowed_mentions
    plain["allowed_mentions"] = {
        "everyone": allowed.everyone,
        "users": None if allowed.users is None else sorted(allowed.users),
        "roles": None if allowed.roles is None else sorted(allowed.roles),
        "replied_user": allowed.replied_user,
    }
    return plain


def _message(plain: dict[str, Any]) -> Message:
    allowed = plain["allowed_mentions"]
    parts: dict[str, Any] = plain | {
        "reactions": [Reaction(**each) for each in plain["reactions"]],
        "allowed_mentions": AllowedMentions(
            allowed["everyone"], _frozen(allowed["users"]), _frozen(allowed["roles"]), allowed["replied_user"]
        ),
    }
    return Message(**parts)


def _channel(plain: dict[str, Any]) -> Channel:
    thread = plain["thread_metadata"]
    parts: dict[str, Any] = plain | {
        "thread_metadata": ThreadMetadata(**thread) if thread else None,
        # JSON turns the numbers of people into text.
        "thread_members": {int(person): at for person, at in plain["thread_members"].items()},
        "overwrites": [],
    }
    return Channel(**parts)


def _frozen(numbers: list[int] | None) -> frozenset[int] | None:
    return None if numbers is None else frozenset(numbers)
