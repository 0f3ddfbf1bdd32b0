"""What server managers choose, with a live look at what is missing."""

from dataclasses import dataclass, fields
from typing import Any

from bot.domain import policy
from bot.domain.group import Group, GroupKind, checked_zone
from bot.domain.helpline import COUNTRY_CODES
from bot.domain.ids import ChannelSnowflake, GroupId, GuildSnowflake
from bot.domain.letter import LetterKind
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.server import Server
from bot.store.engine import Store
from bot.store.transaction import Transaction

from .ports import Clock, Surroundings
from .screening import Screening
from .signals import Signals

ALERT_PERMISSIONS = ("view_channel", "send_messages", "embed_links", "read_message_history")
DOOR_PERMISSIONS = ALERT_PERMISSIONS

CHOICES = frozenset(each.name for each in fields(Server)) - {"guild_snowflake", "set_up_at", "last_alert_at"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that stands in the way of an alert; key of a sentence with its facts.

    blocking: set-up cannot be saved like this.
    """

    key: str
    facts: dict[str, Any]
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class SetupView:
    """The panel: what is chosen (saved or not yet), and what is missing for it to work.

    channels: those to screen, of the first group to be, or besides those of the groups.
    known_languages: packs of the screen that can be chosen.
    """

    server: Server
    channels: tuple[ChannelSnowflake, ...]
    groups: tuple[Group, ...]
    problems: tuple[Problem, ...]
    unsaved: bool
    known_languages: tuple[str, ...]


class Setup:
    """Choices are kept as a draft until saved, so a restart in the middle loses nothing."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        surroundings: Surroundings,
        screening: Screening,
        signals: Signals,
        languages: tuple[str, ...],
    ) -> None:
        self._store = store
        self._clock = clock
        self._surroundings = surroundings
        self._screening = screening
        self._signals = signals
        self._languages = languages

    async def view(self, actor: Actor) -> SetupView:
        """The panel as it stands."""
        policy.require_manager(actor)
        async with self._store.reading() as tx:
            return await self._view(tx, actor.guild_snowflake)

    async def choose(self, actor: Actor, **choices: Any) -> SetupView:
        """Keep choices in the draft. Refused: a private channel everyone can read, @everyone as a role."""
        policy.require_manager(actor)
        guild = actor.guild_snowflake
        # Discord gives the role @everyone the id of its server.
        if guild in (choices.get(name) for name in ("moderators_role", "on_call_role", "facilitators_role")):
            raise Refusal("setup.refusal.everyone_role")
        for name in ("moderators_channel", "second_channel"):
            channel = choices.get(name)
            if channel is not None and self._surroundings.everyone_sees(guild, channel):
                raise Refusal("setup.refusal.public_channel", channel=channel)
        if choices.get("zone") is not None:
            choices["zone"] = checked_zone(choices["zone"])
        if choices.get("country") is not None and choices["country"] not in COUNTRY_CODES:
            raise Refusal("setup.refusal.country")
        if "languages" in choices:
            choices["languages"] = list(self._checked_languages(choices["languages"]))
        if "channels" in choices:
            choices["channels"] = list(choices["channels"])
        async with self._store.writing() as tx:
            draft = (await tx.servers.draft(guild) or {}) | choices
            await tx.servers.keep_draft(guild, draft)
            return await self._view(tx, guild)

    async def save(self, actor: Actor, server_name: str) -> SetupView:
        """Put the draft in force: the first group is made, doors are posted, screening begins after each.

        Refused while something needed is missing or an alert could not be delivered.
        """
        policy.require_manager(actor)
        guild = actor.guild_snowflake
        now = self._clock.now()
        async with self._store.writing() as tx:
            view = await self._view(tx, guild)
            if missing := view.server.missing():
                raise Refusal(f"setup.refusal.missing_{missing[0]}")
            for problem in view.problems:
                if problem.blocking:
                    raise Refusal(problem.key, **problem.facts)
            await tx.servers.save(view.server.with_choices(set_up_at=view.server.set_up_at or now))
            chosen = view.channels
            if not view.groups and chosen:
                await tx.groups.add(
                    Group(
                        GroupId(0),
                        guild,
                        _group_name(server_name),
                        GroupKind.OPEN,
                        view.server.zone,
                        channels=chosen,
                    )
                )
                chosen = ()
            await tx.servers.keep_draft(guild, None)
            await self._screening.apply(tx, guild, chosen)
            saved = await self._view(tx, guild)
        await self._signals.refresh()
        return saved

    async def problems(self, guild: GuildSnowflake) -> tuple[Problem, ...]:
        """What stands in the way of alerts with the settings in force."""
        async with self._store.reading() as tx:
            server = await tx.servers.load(guild)
            screened = await tx.servers.screened(guild)
            refused = await tx.outbox.struggling(guild, LetterKind.DOOR)
        return self._problems(server, tuple(each.channel_snowflake for each in screened), refused)

    async def _view(self, tx: Transaction, guild: GuildSnowflake) -> SetupView:
        server = await tx.servers.load(guild)
        groups = await tx.groups.of_server(guild)
        draft = await tx.servers.draft(guild)
        channels = tuple(each.channel_snowflake for each in await tx.servers.screened(guild) if each.chosen)
        if draft is not None:
            values = {name: value for name, value in draft.items() if name in CHOICES}
            if "languages" in values:
                values["languages"] = tuple(values["languages"])
            server = server.with_choices(**values)
            channels = tuple(ChannelSnowflake(each) for each in draft.get("channels", channels))
        refused = await tx.outbox.struggling(guild, LetterKind.DOOR)
        meeting = (each for group in groups for each in group.channels)
        problems = self._problems(server, (*channels, *meeting), refused)
        return SetupView(server, channels, groups, problems, draft is not None, self._languages)

    def _problems(
        self, server: Server, channels: tuple[ChannelSnowflake, ...], refused: frozenset[int]
    ) -> tuple[Problem, ...]:
        guild, found = server.guild_snowflake, list[Problem]()
        alert_places = [each for each in (server.moderators_channel, server.second_channel) if each]
        for channel in alert_places:
            if lacking := self._surroundings.lacks_in(guild, channel, ALERT_PERMISSIONS):
                found.append(_lacking(channel, lacking, blocking=channel == server.moderators_channel))
            elif self._surroundings.everyone_sees(guild, channel):
                found.append(Problem("setup.refusal.public_channel", {"channel": channel}, blocking=True))
        for channel in dict.fromkeys(channels):
            if lacking := self._surroundings.lacks_in(guild, channel, DOOR_PERMISSIONS):
                found.append(_lacking(channel, lacking, blocking=False))
            elif channel in refused:
                found.append(Problem("setup.problem.no_door", {"channel": channel}))
        if server.moderators_channel:
            for role in (server.moderators_role, server.on_call_role, server.facilitators_role):
                if role is None:
                    continue
                facts = {"role": role, "channel": server.moderators_channel}
                if not self._surroundings.has_role(guild, role):
                    found.append(Problem("setup.problem.role_gone", {}))
                elif not self._surroundings.role_sees(guild, role, server.moderators_channel):
                    found.append(Problem("setup.problem.role_cannot_see", facts))
                elif not self._surroundings.can_ping(guild, role, server.moderators_channel):
                    found.append(Problem("setup.problem.silent_role", facts))
        if not self._surroundings.reads_content():
            found.append(Problem("setup.problem.no_content", {}))
        return tuple(found)

    def _checked_languages(self, languages: list[str] | tuple[str, ...]) -> tuple[str, ...]:
        unknown = [each for each in languages if each not in self._languages]
        if unknown or not languages:
            raise Refusal("setup.refusal.languages", known=", ".join(self._languages))
        return tuple(dict.fromkeys(languages))


def _lacking(channel: ChannelSnowflake, lacking: tuple[str, ...], *, blocking: bool) -> Problem:
    if lacking == ("gone",):
        return Problem("setup.problem.channel_gone", {"channel": channel}, blocking)
    return Problem("setup.problem.permissions", {"channel": channel, "permissions": lacking}, blocking)


def _group_name(server_name: str) -> str:
    return " ".join(server_name.split())[:60] or "Our group"
