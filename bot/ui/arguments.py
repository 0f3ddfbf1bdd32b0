"""Arguments of commands: what is offered while typing, and what typed words mean."""

from typing import ClassVar

from discord import app_commands

from bot.domain.group import zones_like
from bot.domain.ids import CaseId
from bot.domain.refusal import Refusal
from bot.domain.screening import OWN_TIERS
from bot.domain.tier import Tier

from .client import Interaction, actor_of, guild_of, house_of, words_of
from .texts import Words

Choice = app_commands.Choice[str]


class CaseArgument(app_commands.Transformer):
    """A case by its number; offers the open ones, to moderators only."""

    async def transform(self, _: Interaction, value: str, /) -> CaseId:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The number, whether a suggestion was taken or "12" or "case 12" typed."""
        digits = value.casefold().removeprefix("case").strip().removeprefix("#")
        return (
            CaseId(int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 16 else CaseId(0)
        )

    async def autocomplete(self, interaction: Interaction, value: str, /) -> list[Choice]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Open cases; nothing for anybody else."""
        try:
            cases = await house_of(interaction).services.cases.list_open(actor_of(interaction))
        except Refusal:
            return []
        numbers = [str(case.case_id) for case in cases if value.strip() in str(case.case_id)]
        return [app_commands.Choice(name=number, value=number) for number in numbers[:25]]


async def suggest_groups(interaction: Interaction, typed: str) -> list[Choice]:
    """Groups whose name contains what was typed."""
    guild = guild_of(interaction)
    groups = await house_of(interaction).services.groups.list(guild) if guild else ()
    needle = typed.strip().casefold()
    return [
        app_commands.Choice(name=group.name, value=group.name)
        for group in groups
        if needle in group.name.casefold()
    ][:25]


async def suggest_zones(_: Interaction, typed: str) -> list[Choice]:
    """Time zones that contain what was typed."""
    return [app_commands.Choice(name=zone, value=zone) for zone in zones_like(typed)]


class OrderArgument(app_commands.Transformer):
    """How soon somebody should look, in the words of the cards."""

    harmless: ClassVar[bool] = False

    async def transform(self, interaction: Interaction, value: str, /) -> Tier | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The tier, whether a suggestion was taken or its words typed; None for harmless words."""
        for offered in self._offered(words_of(interaction)):
            if value.strip() in (offered.value, offered.name):
                return Tier(int(offered.value)) if offered.value != _HARMLESS else None
        # Refused in the service, where a sentence can be given.
        return Tier.T0

    async def autocomplete(self, interaction: Interaction, value: str, /) -> list[Choice]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The choices that contain what was typed."""
        needle = value.strip().casefold()
        return [each for each in self._offered(words_of(interaction)) if needle in each.name.casefold()]

    def _offered(self, words: Words) -> list[Choice]:
        offered = [
            app_commands.Choice(name=self._name(tier, words), value=str(int(tier))) for tier in OWN_TIERS
        ]
        if self.harmless:
            offered.append(app_commands.Choice(name=str(words("screening.harmless")), value=_HARMLESS))
        return offered

    def _name(self, tier: Tier, words: Words) -> str:
        return str(words(f"case.order.t{int(tier)}"))


class HarmlessOrOrderArgument(OrderArgument):
    """The same, or that words are harmless here."""

    harmless = True


class FloorArgument(OrderArgument):
    """What is brought to people from a channel."""

    def _name(self, tier: Tier, words: Words) -> str:
        return str(words(f"screening.floor.t{int(tier)}"))


_HARMLESS = "0"


async def suggest_phrases(interaction: Interaction, typed: str) -> list[Choice]:
    """The server's own phrases that contain what was typed; nothing for who may not see them."""
    try:
        own = await house_of(interaction).services.tuning.phrases(actor_of(interaction))
    except Refusal:
        return []
    needle = typed.strip().casefold()
    found = [each.words for each in own if needle in each.words.casefold() and len(each.words) <= 100]
    return [app_commands.Choice(name=words, value=words) for words in found[:25]]


OrderArg = app_commands.Transform[Tier, OrderArgument]
HarmlessOrOrderArg = app_commands.Transform[Tier | None, HarmlessOrOrderArgument]
FloorArg = app_commands.Transform[Tier, FloorArgument]
CaseArg = app_commands.Transform[CaseId, CaseArgument]
