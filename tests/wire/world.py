"""The pretend servers of these tests, and the payloads Discord would send about them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import discord

Payload = dict[str, Any]

TOKEN = "wire.test.token"
BOT = 900_000_000_000_000_001

T3_WORDS = "i want to kill myself"
T4_WORDS = "i am going to kill myself tonight"
T5_WORDS = "i just took all my pills"

_TEXT, _THREAD = 0, 11
_BUTTON_PRESS, _BUTTON = 3, 2
_VIEW, _SEND, _EMBED, _HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 16
_EVERYDAY = _VIEW | _SEND | _EMBED | _HISTORY

_running = count(1)


def snowflake() -> int:
    """A new id of this very moment, as Discord makes them; later ones are greater."""
    return discord.utils.time_snowflake(datetime.now(UTC)) + next(_running)


def user(user_id: int, name: str, *, bot: bool = False) -> Payload:
    """A user."""
    return {
        "id": str(user_id),
        "username": name,
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": bot,
    }


def bot_user() -> Payload:
    """The bot itself."""
    return user(BOT, "talking-piece", bot=True)


def member(user_id: int, name: str, roles: tuple[int, ...] = ()) -> Payload:
    """A member of a server, without the user inside (as it comes with messages)."""
    return {
        "roles": [str(role) for role in roles],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
        "avatar": None,
        "premium_since": None,
    }


@dataclass(frozen=True, slots=True)
class World:
    """One server: a circle people talk in, a moderators' channel, a second channel, an owner."""

    guild: int
    name: str

    @property
    def owner(self) -> int:
        """Owns the server."""
        return self.guild + 1

    @property
    def moderators_role(self) -> int:
        """Receives alerts."""
        return self.guild + 2

    @property
    def circle(self) -> int:
        """The screened channel."""
        return self.guild + 3

    @property
    def moderators(self) -> int:
        """The moderators' channel."""
        return self.guild + 4

    @property
    def second(self) -> int:
        """Where alerts go when the moderators' channel will not have them."""
        return self.guild + 5

    @property
    def thread(self) -> int:
        """A thread in the circle."""
        return self.guild + 6

    def person(self, number: int = 0) -> int:
        """An ordinary member."""
        return self.guild + 100 + number

    def created(self) -> Payload:
        """GUILD_CREATE."""
        hidden = [
            {"id": str(self.guild), "type": 0, "allow": "0", "deny": str(_VIEW)},
            {"id": str(self.moderators_role), "type": 0, "allow": str(_VIEW), "deny": "0"},
            {"id": str(BOT), "type": 1, "allow": str(_EVERYDAY), "deny": "0"},
        ]
        return {
            "id": str(self.guild),
            "name": self.name,
            "owner_id": str(self.owner),
            "unavailable": False,
            "member_count": 12,
            "large": False,
            "features": [],
            "roles": [
                self._role(self.guild, "@everyone", 0),
                self._role(self.moderators_role, "Moderators", 1, mentionable=True),
            ],
            "channels": [
                self._channel(self.circle, "circle", []),
                self._channel(self.moderators, "moderators", hidden),
                self._channel(self.second, "second", hidden),
            ],
            "threads": [
                {
                    "id": str(self.thread),
                    "guild_id": str(self.guild),
                    "parent_id": str(self.circle),
                    "owner_id": str(self.owner),
                    "name": "a thread",
                    "type": _THREAD,
                    "message_count": 0,
                    "member_count": 1,
                    "rate_limit_per_user": 0,
                    "flags": 0,
                    "last_message_id": None,
                    "thread_metadata": {
                        "archived": False,
                        "auto_archive_duration": 1440,
                        "archive_timestamp": "2024-01-01T00:00:00+00:00",
                        "locked": False,
                    },
                }
            ],
            "members": [{**member(BOT, "talking-piece"), "user": bot_user()}],
            "voice_states": [],
            "presences": [],
            "emojis": [],
            "stickers": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def said(
        self,
        words: str,
        *,
        by: int | None = None,
        channel: int | None = None,
        roles: tuple[int, ...] = (),
    ) -> Payload:
        """MESSAGE_CREATE: somebody says this in the circle."""
        author = self.person() if by is None else by
        return {
            **message(snowflake(), channel or self.circle, user(author, "sam"), {"content": words}),
            "guild_id": str(self.guild),
            "member": member(author, "sam", roles),
        }

    def thread_named(self, name: str, *, by: int, thread: int | None = None) -> Payload:
        """THREAD_CREATE or THREAD_UPDATE: a thread or forum post of the circle has this name now."""
        return {
            **self.created()["threads"][0],
            "id": str(thread or snowflake()),
            "owner_id": str(by),
            "name": name,
            "newly_created": thread is None,
        }

    def held_back(self, words: str, *, by: int, message: int | None = None) -> Payload:
        """AUTO_MODERATION_ACTION_EXECUTION: a rule caught a message; without its id, it was blocked."""
        return {
            "guild_id": str(self.guild),
            "action": {"type": 1, "metadata": {}},
            "rule_id": str(self.guild + 900),
            "rule_trigger_type": 1,
            "user_id": str(by),
            "channel_id": str(self.circle),
            **({"message_id": str(message)} if message else {}),
            "content": words,
            "matched_keyword": "word",
            "matched_content": "word",
        }

    def pressed(self, custom_id: str, *, by: int | None = None) -> Payload:
        """INTERACTION_CREATE: somebody presses the button with this id, in the circle."""
        person = self.person() if by is None else by
        button = {"type": _BUTTON, "style": 1, "label": "A button", "custom_id": custom_id}
        shown = {"content": "A panel", "components": [{"type": 1, "components": [button]}]}
        return {
            "id": str(snowflake()),
            "application_id": str(BOT),
            "type": _BUTTON_PRESS,
            "version": 1,
            "token": f"token-of-{snowflake()}",
            "guild_id": str(self.guild),
            "guild": {"id": str(self.guild), "features": [], "locale": "en-US"},
            "channel": self._channel(self.circle, "circle", []),
            "channel_id": str(self.circle),
            "member": {
                **member(person, "sam"),
                "user": user(person, "sam"),
                "permissions": str(_EVERYDAY),
            },
            "message": message(snowflake(), self.circle, bot_user(), shown),
            "data": {"custom_id": custom_id, "component_type": _BUTTON},
            "locale": "en-US",
            "guild_locale": "en-US",
            "app_permissions": str(_EVERYDAY),
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(self.guild)},
            "context": 0,
            "attachment_size_limit": 10_000_000,
        }

    def _channel(self, channel: int, name: str, overwrites: list[Payload]) -> Payload:
        return {
            "id": str(channel),
            "guild_id": str(self.guild),
            "type": _TEXT,
            "name": name,
            "position": 0,
            "permission_overwrites": overwrites,
            "nsfw": False,
            "topic": None,
            "rate_limit_per_user": 0,
            "parent_id": None,
            "last_message_id": None,
            "flags": 0,
        }

    def _role(self, role: int, name: str, position: int, *, mentionable: bool = False) -> Payload:
        return {
            "id": str(role),
            "name": name,
            "permissions": str(_EVERYDAY),
            "position": position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": mentionable,
            "flags": 0,
        }


def message(message_id: int, channel: int, author: Payload, body: Payload) -> Payload:
    """A message as Discord describes it; body is what was asked for when it was sent."""
    allowed = body.get("allowed_mentions") or {}
    return {
        "id": str(message_id),
        "channel_id": str(channel),
        "type": 0,
        "author": author,
        "content": body.get("content") or "",
        "timestamp": datetime.now(UTC).isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [str(role) for role in allowed.get("roles", [])],
        "attachments": [],
        "embeds": body.get("embeds") or [],
        "components": body.get("components") or [],
        "pinned": False,
        "flags": body.get("flags") or 0,
        "nonce": body.get("nonce"),
    }


HARBOUR = World(800_000_000_000_001_000, "Harbour")
LANTERN = World(800_000_000_000_002_000, "Lantern")
WORLDS = (HARBOUR, LANTERN)
