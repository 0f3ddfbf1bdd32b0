"""What a person in need is offered: the door in a channel, and the panel only they can see (S8)."""

import discord

from bot.domain.helpline import Helpline
from bot.domain.refusal import Refusal
from bot.services.screening import ScreeningView
from bot.services.support import SupportView, Told

from .answering import Answer
from .card import Card
from .client import Interaction, actor_of, guild_of, house_of, user_of, words_of
from .countries import countries_meant
from .persistent import PersistentButton, PersistentItem, PersistentModal, persistent_view
from .texts import Markup, Words

CALM = discord.Colour.from_str("#0f766e")

# Of the countries we know lines for, those offered without typing.
_OFTEN = ("US", "GB", "CA", "AU", "IE", "NZ", "DE", "FR", "ES", "IN", "NL", "BR", "MX", "PT", "AT", "CH")


def door(view: ScreeningView, words: Words) -> Card:
    """The notice that stands in a screened channel (S11)."""
    languages = words.listed(words.language_name(code) for code in view.server.languages)
    embed = discord.Embed(
        title=words("support.door.title"), description=words("support.door.body"), colour=CALM
    )
    embed.set_footer(text=words("support.door.languages", languages=languages))
    return Card(embed=embed, view=persistent_view(NeedSomeone.about_row(0, words)))


def door_shut(words: Words) -> Card:
    """The same notice, once screening has ended."""
    embed = discord.Embed(description=words("support.door_shut.body"), colour=CALM)
    return Card(embed=embed)


def panel(view: SupportView, words: Words, offered: tuple[str, ...] = ()) -> Card:
    """Numbers to call and a way to a human. Only ever shown privately.

    offered: countries the person may have meant, put first in the menu.
    """
    embed = discord.Embed(title=words("support.panel.title"), description=_body(view, words), colour=CALM)
    embed.set_footer(text=words("support.panel.limits"))
    items: list[PersistentItem] = []
    if view.guild is not None:
        items.append(AskModerator.about_row(0, words))
    items.append(CountryMenu.offering(view, words, offered))
    if view.person.messages_allowed_at is None:
        items.append(AllowMessages.about_row(0, words))
    else:
        items.append(StopMessages.about_row(0, words))
    return Card(embed=embed, view=persistent_view(*items))


def private_message(view: SupportView, server_name: str, words: Words) -> Card:
    """The same, sent to somebody who welcomes private messages; one tap stops them (P8)."""
    embed = discord.Embed(
        title=words("support.panel.title"),
        description=_body(view, words, privately=True),
        colour=CALM,
    )
    items: list[PersistentItem] = [
        CountryMenu.offering(view, words, ()),
        StopMessages.about_row(0, words),
    ]
    said = words("support.private.intro", server=server_name)
    return Card(said, embed, persistent_view(*items))


def _body(view: SupportView, words: Words, *, privately: bool = False) -> str:
    options = view.options
    parts: list[str] = [words("support.panel.intro"), ""]
    if options.emergency:
        parts.append(words("support.panel.emergency", number=Markup(options.emergency)))
    else:
        parts.append(words("support.panel.emergency_unknown"))
    parts += [_line(line, words) for line in options.lines]
    if options.country is None:
        parts.append(words("support.panel.country_unknown"))
    else:
        country = words.country(options.country)
        if not options.lines:
            parts.append(words("support.panel.no_lines", country=country))
        parts.append(words("support.panel.country", country=country))
    parts.append(words("support.panel.directory", site=Markup(options.directory)))
    if privately:
        parts += ["", words("support.private.ask")]
    elif view.guild is not None:
        key = "support.panel.ask" if view.moderators_reachable else "support.panel.ask_unreachable"
        parts += ["", words(key)]
    key = "support.panel.messages_on" if view.person.messages_allowed_at else "support.panel.messages_off"
    parts += ["", words(key)]
    return "\n".join(parts)


def _line(line: Helpline, words: Words) -> str:
    # The number is shown as code: exactly as published, a star stays a star, and phones copy it at a touch.
    parts = [words("support.panel.line", name=line.name, dial=Markup(f"`{line.dial}`"))]
    named = (
        ("support.panel.line_how", "how", line.how),
        ("support.panel.also", "also", line.also),
        ("support.panel.line_hours", "hours", line.hours),
        ("support.panel.line_cost", "cost", line.cost),
        ("support.panel.line_for", "audience", line.for_whom or line.area),
    )
    parts += [words(key, **{name: value}) for key, name, value in named if value]
    if line.languages:
        languages = words.listed(words.language_name(code) for code in line.languages)
        parts.append(words("support.panel.line_languages", languages=languages))
    if line.site:
        parts.append(words("support.panel.line_site", site=Markup(line.site)))
    return " · ".join(parts)


class NeedSomeone(PersistentButton, area="support", verb="door"):
    """The button on the door."""

    text = "support.button.door"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Open the panel, for this person's eyes only."""
        view = await house_of(interaction).services.support.view(user_of(interaction), guild_of(interaction))
        await answer.privately(panel(view, words_of(interaction)))


class AskModerator(PersistentButton, area="support", verb="ask"):
    """Ask a moderator to reach me."""

    text = "support.button.ask"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """The case is kept before anything is said."""
        words = words_of(interaction)
        support = house_of(interaction).services.support
        asked = await support.ask(actor_of(interaction), str(interaction.id))
        again = asked.joined and asked.told is Told.MODERATORS
        said = words("support.answer.asked_again" if again else f"support.answer.asked_{asked.told}")
        await answer.privately(Card(said))


class CountryMenu(PersistentItem, area="support", verb="country", opens_modal=True):
    """Choose one's country: often chosen ones in the menu, every other one by typing."""

    @classmethod
    def offering(cls, view: SupportView, words: Words, offered: tuple[str, ...]) -> "CountryMenu":
        """The menu as it is shown; the server's own country stands among the first but is not assumed."""
        first = [code for code in (*offered, view.options.country, view.server_country) if code]
        codes = list(dict.fromkeys([*first, *_OFTEN]))[:24]
        options = [discord.SelectOption(label=str(words.country(code)), value=code) for code in codes]
        options.append(discord.SelectOption(label=str(words("support.button.other_country")), value="other"))
        return cls(
            0,
            discord.ui.Select(
                custom_id=cls.id_for(0), placeholder=str(words("support.button.country")), options=options
            ),
        )

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Show the numbers of the country, or ask which one it is."""
        words = words_of(interaction)
        chosen = str(self.chosen[0])
        if chosen == "other":
            await answer.ask(CountryModal.opened(words))
            return
        await answer.acknowledge()
        support = house_of(interaction).services.support
        view = await support.view(user_of(interaction), guild_of(interaction), chosen)
        await answer.instead(panel(view, words))


class CountryModal(PersistentModal, area="support", verb="country"):
    """Which country, in one's own words."""

    @classmethod
    def opened(cls, words: Words) -> "CountryModal":
        """The modal as it is shown."""
        modal = cls(0, str(words("support.country_modal.title")))
        modal.add_item(
            discord.ui.Label(
                text=str(words("support.country_modal.label")),
                description=str(words("support.country_modal.hint")),
                component=discord.ui.TextInput(custom_id="country", max_length=60),
            )
        )
        return modal

    @classmethod
    async def submitted(
        cls, interaction: Interaction, row: int, values: dict[str, list[str]], answer: Answer
    ) -> None:
        """Show its numbers; where the words could mean several countries, ask which."""
        words = words_of(interaction)
        support = house_of(interaction).services.support
        found = countries_meant("".join(values.get("country", [])), words)
        if not found:
            raise Refusal("support.refusal.country")
        country, *others = found
        if others:
            shown = await support.view(user_of(interaction), guild_of(interaction))
            await answer.instead(panel(shown, words, offered=found))
            names = words.listed(words.country(code) for code in found)
            raise Refusal("support.answer.which_country", countries=names)
        view = await support.view(user_of(interaction), guild_of(interaction), country)
        await answer.instead(panel(view, words))


class AllowMessages(PersistentButton, area="support", verb="allow"):
    """Welcome private messages (P8)."""

    text = "support.button.allow"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """From now on."""
        words = words_of(interaction)
        support = house_of(interaction).services.support
        view = await support.allow_messages(user_of(interaction), guild_of(interaction))
        await answer.instead(panel(view, words))
        await answer.privately(Card(words("support.answer.allowed")))


class StopMessages(PersistentButton, area="support", verb="stop"):
    """One tap stops private messages."""

    text = "support.button.stop"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """At once, also from within a private message."""
        words = words_of(interaction)
        support = house_of(interaction).services.support
        view = await support.stop_messages(user_of(interaction), guild_of(interaction))
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await answer.instead(panel(view, words))
        await answer.privately(Card(words("support.answer.stopped")))


ITEMS: tuple[type[PersistentItem], ...] = (
    NeedSomeone,
    AskModerator,
    CountryMenu,
    AllowMessages,
    StopMessages,
)
MODALS: tuple[type[PersistentModal], ...] = (CountryModal,)
