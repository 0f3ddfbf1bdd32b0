"""The people, places and shortcuts the journeys share. Everything goes through what people can really do."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import discord
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, RoleHandle
from simcord.results import InteractionResult, ResponseMessage

from bot.runtime.app import TalkingPiece, build_bot
from bot.runtime.clock import SystemClock
from bot.runtime.settings import Settings
from bot.sandbox.files import PretendFiles

HIDDEN = discord.PermissionOverwrite(view_channel=False)
SHOWN = discord.PermissionOverwrite(
    view_channel=True, send_messages=True, embed_links=True, read_message_history=True
)

# Words of the lexicon's own examples, one for each tier that leads to a case.
WORDS = {
    2: "everyone would be better off without me",
    3: "i want to kill myself",
    4: "i have a plan to kill myself tonight",
    5: "i just swallowed the whole bottle",
}


class PatientClock(SystemClock):
    """The pretended time, and a way to let weeks pass in one step."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


class Harbour:
    """roles: moderators, on_call, facilitators. people: owner, mia and max moderate, fay facilitates,
    sam and rio are members, nell is new. places: circle (a group meets there), lounge, moderators, second.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.settings = Settings(
            database_url=f"sqlite:///{folder}/harbour.db",
            keyring_file=folder / "keyring.txt",
            backup_dir=folder / "backups",
            **settings,
        )
        self.clock = PatientClock()
        self.bot = build_bot(self.settings, clock=self.clock)
        self.env = simcord.Env(self.bot, shard_count=1)
        self.bot.files = PretendFiles(self.env)

    async def __aenter__(self) -> Self:
        env = self.env
        await env.start()
        self.guild = guild = env.create_guild("Harbour")
        self.moderators_role = guild.create_role("Moderators", mentionable=True)
        self.on_call_role = guild.create_role("On call", mentionable=True)
        self.facilitators_role = guild.create_role("Facilitators", mentionable=True)
        self.owner = MemberActor(env, guild, guild.owner)
        self.mia = self._member("mia", self.moderators_role, self.on_call_role)
        self.max = self._member("max", self.moderators_role)
        self.fay = self._member("fay", self.facilitators_role)
        self.sam = self._member("sam")
        self.rio = self._member("rio")
        self.nell = self._member("nell")
        self.circle = guild.create_text_channel("evening-circle")
        self.lounge = guild.create_text_channel("lounge")
        self.moderators = self._private(
            "moderators", self.moderators_role, self.on_call_role, self.facilitators_role
        )
        self.second = self._private("second", self.moderators_role)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.bot.close()
        await self.env.shutdown()
        # What the bot swallowed is a failure too, unless the test failed already.
        if kind is None and (swallowed := self.env.errors):
            raise BaseExceptionGroup("the bot swallowed errors", swallowed)

    async def later(self, **duration: float) -> None:
        """Let time pass: minute by minute up to a day, in one leap beyond."""
        passed = timedelta(**duration)
        if passed > timedelta(days=1):
            self.clock.ahead += passed
            passed = timedelta(minutes=2)
        await self.env.advance_time(passed.total_seconds())

    async def restart(self) -> None:
        """End the bot and start it anew on the same database, in the same world."""
        await self.bot.close()
        self.bot = build_bot(self.settings, clock=self.clock)
        self.bot.files = PretendFiles(self.env)
        await self.env.restart_bot(self.bot)

    async def set_up(self, **choices: Any) -> ResponseMessage:
        """The owner goes through /setup and saves; choices replace what is chosen by default."""
        panel = await self.open_setup()
        wanted = {
            "moderators_channel": self.moderators,
            "moderators_role": self.moderators_role,
            "on_call_role": self.on_call_role,
            "facilitators_role": self.facilitators_role,
            "channels": self.circle,
            **choices,
        }
        for menu, chosen in wanted.items():
            if chosen is not None:
                await self.choose(panel, menu, chosen)
        await self.owner.click(panel, custom_id="v1:setup:save:0")
        return panel

    async def open_setup(self) -> ResponseMessage:
        """The owner's panel."""
        opened = await self.owner.slash(self.circle, "setup")
        assert opened.response is not None
        return opened.response

    async def choose(
        self, panel: ResponseMessage, menu: str, *chosen: ChannelHandle | RoleHandle
    ) -> InteractionResult:
        """Pick something in a menu of the panel."""
        return await self.owner.select(panel, chosen, custom_id=f"v1:setup:{menu}:0")

    def alerts(self, channel: ChannelHandle | None = None) -> list[discord.Message]:
        """The cards of cases in a channel, oldest first."""
        history = (channel or self.moderators).history()
        return [message for message in history if message.embeds and _is_case(message.embeds[0])]

    def pages(self, channel: ChannelHandle | None = None) -> list[str]:
        """The texts of messages in the moderators' channel that are no cards, oldest first."""
        history = (channel or self.moderators).history()
        return [message.content for message in history if not message.embeds]

    async def desperate(self, tier: int = 4, who: MemberActor | None = None) -> discord.Message:
        """A member writes words of this tier in the circle; returns the card that follows."""
        before = len(self.alerts())
        await (who or self.sam).send(self.circle, WORDS[tier])
        after = self.alerts()
        assert len(after) == before + 1
        return after[-1]

    def fresh(self, card: discord.Message) -> discord.Message:
        """The card as it looks now."""
        return next(message for message in self.alerts() if message.id == card.id)

    def seen_by(self, who: MemberActor, channel: ChannelHandle) -> list[discord.Message]:
        """What somebody sees in a channel they can open."""
        return channel.history(viewer=who)

    def database_bytes(self) -> bytes:
        """Everything that lies on the disk."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())

    def _member(self, name: str, *roles: RoleHandle) -> MemberActor:
        return self.guild.add_member(self.env.create_user(name), roles=list(roles))

    def _private(self, name: str, *roles: RoleHandle) -> ChannelHandle:
        assert self.bot.user is not None
        return self.guild.create_text_channel(
            name,
            overwrites={
                self.guild.default_role: HIDDEN,
                self.bot.user: SHOWN,
                **dict.fromkeys(roles, SHOWN),
            },
        )


def told(result: InteractionResult) -> str:
    """Everything somebody was told privately after acting, as one text; nothing may follow in public."""
    # A press answers under the message it came from, which may be public; what follows must not be.
    assert all(message.ephemeral for message in result.followups)
    answered = [result.response] if result.response and result.response.ephemeral else []
    return "\n".join(words_in(message) for message in (*answered, *result.followups))


def words_in(message: discord.Message | ResponseMessage) -> str:
    """All texts of a message: content, embeds, and the texts of a panel."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or ""]
        parts += [f"{field.name}: {field.value}" for field in embed.fields]
        parts.append(embed.footer.text or "")
    components = message.components
    if components and isinstance(components[0], dict):
        parts += [each["content"] for each in walk(components) if "content" in each]
    return "\n".join(part for part in parts if part)


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, however deep."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])


def labels(message: discord.Message | ResponseMessage) -> list[str]:
    """The labels of a message's buttons, in order."""
    found: list[str] = []
    for component in message.components:
        raw = component if isinstance(component, dict) else component.to_dict()
        found += [each["label"] for each in walk([raw]) if each.get("label")]
    return found


def field(card: discord.Message, name: str) -> str:
    """One field of a card."""
    return next(each.value or "" for each in card.embeds[0].fields if each.name == name)


def state(card: discord.Message) -> str:
    """What a card says about how things stand now."""
    return field(card, "Now")


async def at_once(*acts: Any) -> list[Any]:
    """Several things in one moment; simcord takes one action at a time, so these go below it."""
    return await asyncio.gather(*acts)


def _is_case(embed: discord.Embed) -> bool:
    return (embed.title or "").startswith("Case ")


def sentence(harbour: Harbour, key: str, **facts: Any) -> str:
    """What the bot says under this key, in English."""
    return str(harbour.bot.texts.of("en")(key, **facts))


def doors(harbour: Harbour, channel: ChannelHandle) -> list[discord.Message]:
    """The open doors in a channel."""
    title = sentence(harbour, "support.door.title")
    return [each for each in channel.history() if each.embeds and each.embeds[0].title == title]


async def crowd(harbour: Harbour, count: int, words: str) -> list[MemberActor]:
    """So many new members write in the circle in one moment, before the bot has handled the first."""
    guild, env = harbour.guild, harbour.env
    people = [guild.add_member(env.create_user(f"person{number}")) for number in range(count)]
    for person in people:
        env.backend.create_message(harbour.circle.id, person.id, words)
    await env.settle(timeout=25)
    return people


def letters_to(who: MemberActor) -> list[discord.Message]:
    """Private messages between the bot and somebody; looking opens no channel that was not there."""
    opened = who._env.backend.dm_channels
    return who.user.dm_channel.history() if who.id in opened else []


def planted(harbour: Harbour, channel: ChannelHandle, custom_id: str) -> discord.Message:
    """A message of the bot with a button of this id: an old one, or one that belongs elsewhere."""
    backend = harbour.env.backend
    button = {"type": 2, "style": 2, "label": "planted", "custom_id": custom_id}
    row = {"type": 1, "components": [button]}
    made = backend.create_message(channel.id, backend.bot_user.id, "planted", components=[row])
    return next(each for each in channel.history() if each.id == made.id)


__all__ = [
    "WORDS",
    "Harbour",
    "TalkingPiece",
    "at_once",
    "crowd",
    "doors",
    "field",
    "labels",
    "letters_to",
    "planted",
    "sentence",
    "state",
    "told",
    "walk",
    "words_in",
]
