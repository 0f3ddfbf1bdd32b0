"""The panel of /setup: every choice is kept at once, nothing is in force before Save."""

from typing import Any, ClassVar

import discord

from bot.domain.refusal import Refusal
from bot.services.setup import Problem, SetupView

from .answering import Answer
from .card import Card
from .choosing import channel_menu, role_menu
from .client import Interaction, actor_of, house_of, words_of
from .countries import countries_meant
from .layout import Box
from .persistent import PersistentButton, PersistentItem, PersistentModal
from .texts import Words

MOST_CHANNELS = 25
GROUPS_NAMED = 5
# A panel holds 4,000 characters in all; this much is left for what is missing.
FINDINGS_LIMIT = 1600


def panel(view: SetupView, words: Words) -> Card:
    """What is chosen, what is missing, and how to give it."""
    server = view.server
    box = Box()
    box.say(f"## {words('setup.panel.title')}\n{words('setup.panel.intro')}")
    box.line()
    box.menu(
        words("setup.panel.moderators_channel"), ModeratorsChannel.showing(server.moderators_channel, words)
    )
    box.menu(words("setup.panel.moderators_role"), ModeratorsRole.showing(server.moderators_role, words))
    box.menu(words("setup.panel.on_call_role"), OnCallRole.showing(server.on_call_role, words))
    box.menu(
        words("setup.panel.facilitators_role"), FacilitatorsRole.showing(server.facilitators_role, words)
    )
    channels = words("setup.panel.channels_more" if view.groups else "setup.panel.channels_first")
    if view.groups:
        named = [words.plain(group.name) for group in view.groups[:GROUPS_NAMED]]
        names = words.listed([*named, *(["…"] if len(view.groups) > GROUPS_NAMED else [])])
        channels = f"{channels}\n-# {words('setup.panel.groups', groups=names)}"
    box.menu(channels, Channels.showing(view.channels, words))
    box.menu(words("setup.panel.second_channel"), SecondChannel.showing(server.second_channel, words))
    country = words.country(server.country) if server.country else words("setup.panel.place_unset")
    languages = words.listed(words.language_name(code) for code in server.languages)
    box.say(words("setup.panel.place", country=country, languages=languages, zone=server.zone))
    box.line()
    box.say("\n".join(_findings(view, words)))
    box.row(Save.about_row(0, words), PlaceButton.about_row(0, words))
    return box.card()


def problem_sentence(problem: Problem, words: Words) -> str:
    """What stands in the way, and how to mend it."""
    facts = dict(problem.facts)
    if "permissions" in facts:
        facts["permissions"] = words.listed(
            words(f"setup.permission.{name}") for name in facts["permissions"]
        )
    return words(problem.key, **facts)


def _findings(view: SetupView, words: Words) -> list[str]:
    needed = {
        "moderators_channel": words("setup.problem.no_channel"),
        "moderators_role": words("setup.problem.no_role"),
    }
    lines = [f"⛔ {words('setup.panel.blocking', problem=needed[name])}" for name in view.server.missing()]
    for problem in view.problems:
        sentence = words.lines([problem_sentence(problem, words)])
        if problem.blocking:
            lines.append(f"⛔ {words('setup.panel.blocking', problem=sentence)}")
        else:
            lines.append(f"⚠️ {words('setup.panel.problem', problem=sentence)}")
    if not lines:
        lines.append(f"✅ {words('setup.panel.ready')}")
    while len(lines) > 1 and sum(map(len, lines)) > FINDINGS_LIMIT:
        lines.pop()
    if view.unsaved:
        standing = words("setup.panel.unsaved")
    else:
        standing = words("setup.panel.saved" if view.server.is_set_up else "setup.panel.nothing_yet")
    lines.append(f"-# {standing}")
    return lines


class Choice(PersistentItem):
    """A menu of the panel. choice: the name of the setting it changes."""

    choice: ClassVar[str] = ""

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Keep the choice and show the panel anew."""
        chosen = [each.id for each in self.chosen]
        value: Any = chosen if self.choice == "channels" else (chosen[0] if chosen else None)
        words = words_of(interaction)
        setup = house_of(interaction).services.setup
        try:
            view = await setup.choose(actor_of(interaction), **{self.choice: value})
        except Refusal:
            # The menu on screen still shows the refused choice; put back what holds.
            await answer.instead(panel(await setup.view(actor_of(interaction)), words))
            raise
        await answer.instead(panel(view, words))


class ChannelChoice(Choice):
    """One channel."""

    @classmethod
    def showing(cls, chosen: int | None, words: Words) -> "ChannelChoice":
        """The menu as it is shown."""
        placeholder = str(words(f"setup.menu.{cls.choice}"))
        return cls(0, channel_menu(cls.id_for(0), placeholder, [chosen] if chosen else []))


class RoleChoice(Choice):
    """One role."""

    @classmethod
    def showing(cls, chosen: int | None, words: Words) -> "RoleChoice":
        """The menu as it is shown."""
        return cls(0, role_menu(cls.id_for(0), str(words(f"setup.menu.{cls.choice}")), chosen))


class ModeratorsChannel(ChannelChoice, area="setup", verb="moderators_channel"):
    """Where alerts arrive."""

    choice = "moderators_channel"


class SecondChannel(ChannelChoice, area="setup", verb="second_channel"):
    """Where they arrive when the first place fails."""

    choice = "second_channel"


class ModeratorsRole(RoleChoice, area="setup", verb="moderators_role"):
    """Who may take cases."""

    choice = "moderators_role"


class OnCallRole(RoleChoice, area="setup", verb="on_call_role"):
    """Who is called first."""

    choice = "on_call_role"


class FacilitatorsRole(RoleChoice, area="setup", verb="facilitators_role"):
    """Who is called third."""

    choice = "facilitators_role"


class Channels(Choice, area="setup", verb="channels"):
    """Which channels are screened."""

    choice = "channels"

    @classmethod
    def showing(cls, chosen: tuple[int, ...], words: Words) -> "Channels":
        """The menu as it is shown."""
        placeholder = str(words("setup.menu.channels"))
        return cls(0, channel_menu(cls.id_for(0), placeholder, chosen, most=MOST_CHANNELS))


class Save(PersistentButton, area="setup", verb="save"):
    """Put the choices in force."""

    text = "setup.button.save"
    style = discord.ButtonStyle.success

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Doors are posted after this."""
        words = words_of(interaction)
        name = interaction.guild.name if interaction.guild else ""
        setup = house_of(interaction).services.setup
        try:
            view = await setup.save(actor_of(interaction), name)
        except Refusal as refusal:
            # Names of permissions are words of ours and need the language.
            raise Refusal(refusal.key, **_named(refusal.facts, words)) from None
        await answer.instead(panel(view, words))
        await answer.privately(Card(words("setup.answer.saved")))


class PlaceButton(PersistentButton, area="setup", verb="place", opens_modal=True):
    """Ask for country, languages and time zone."""

    text = "setup.button.place"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Open the modal with what is chosen already."""
        view = await house_of(interaction).services.setup.view(actor_of(interaction))
        await answer.ask(PlaceModal.showing(view, words_of(interaction)))


class PlaceModal(PersistentModal, area="setup", verb="place"):
    """Country, languages, time zone."""

    @classmethod
    def showing(cls, view: SetupView, words: Words) -> "PlaceModal":
        """The modal as it is shown."""
        server = view.server
        modal = cls(0, str(words("setup.modal.title")))
        known = ", ".join(view.known_languages)
        hints = {"languages": str(words("setup.modal.languages_hint", known=known))}
        for name, value in (
            ("country", f"{words.country(server.country)} ({server.country})" if server.country else ""),
            ("languages", ", ".join(server.languages)),
            ("zone", server.zone),
        ):
            modal.add_item(
                discord.ui.Label(
                    text=str(words(f"setup.modal.{name}")),
                    description=hints.get(name),
                    component=discord.ui.TextInput(
                        custom_id=name, default=value, required=name != "country", max_length=64
                    ),
                )
            )
        return modal

    @classmethod
    async def submitted(
        cls, interaction: Interaction, row: int, values: dict[str, list[str]], answer: Answer
    ) -> None:
        """Keep the choices and show the panel anew."""
        words = words_of(interaction)
        typed = "".join(values.get("country", [])).strip()
        meant = countries_meant(typed, words) if typed else ()
        if typed and len(meant) != 1:
            raise Refusal("setup.refusal.country")
        languages = [each.strip().casefold() for each in "".join(values.get("languages", [])).split(",")]
        view = await house_of(interaction).services.setup.choose(
            actor_of(interaction),
            country=meant[0] if meant else None,
            languages=[each for each in languages if each],
            zone="".join(values.get("zone", [])),
        )
        await answer.instead(panel(view, words))


def _named(facts: dict[str, Any], words: Words) -> dict[str, Any]:
    if "permissions" not in facts:
        return facts
    named = words.listed(words(f"setup.permission.{name}") for name in facts["permissions"])
    return facts | {"permissions": named}


ITEMS: tuple[type[PersistentItem], ...] = (
    ModeratorsChannel,
    SecondChannel,
    ModeratorsRole,
    OnCallRole,
    FacilitatorsRole,
    Channels,
    Save,
    PlaceButton,
)
MODALS: tuple[type[PersistentModal], ...] = (PlaceModal,)
