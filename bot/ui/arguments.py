"""Arguments of commands: what is offered while typing, and what typed words mean."""

from discord import app_commands

from bot.domain.group import zones_like
from bot.domain.ids import CaseId
from bot.domain.refusal import Refusal

from .client import Interaction, actor_of, guild_of, house_of

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


CaseArg = app_commands.Transform[CaseId, CaseArgument]
