"""Every button, menu and modal that must answer after a restart; a test compares it with the classes."""

import re

import discord
import structlog

from . import case_buttons, case_modals, case_reasons, group_panel, setup_panel, standby_card, support_panel
from .answering import answering
from .client import Interaction
from .persistent import PersistentItem, PersistentModal, submitted_values

log = structlog.get_logger("registry")

ITEMS: tuple[type[PersistentItem], ...] = (
    *case_buttons.ITEMS,
    *case_reasons.ITEMS,
    *group_panel.ITEMS,
    *setup_panel.ITEMS,
    *standby_card.ITEMS,
    *support_panel.ITEMS,
)

MODALS: tuple[type[PersistentModal], ...] = (
    *case_modals.MODALS,
    *group_panel.MODALS,
    *setup_panel.MODALS,
    *support_panel.MODALS,
)

_MODAL_ID = re.compile(r"v1:(?P<area>[a-z_]+):(?P<verb>[a-z_]+):(?P<row>\d+)")


def register(client: discord.Client) -> None:
    """Make all of them answer."""
    client.add_dynamic_items(*ITEMS)


async def take_submission(interaction: Interaction) -> None:
    """Answer a submitted modal, whether it was opened before or after the last restart."""
    if interaction.type is not discord.InteractionType.modal_submit or interaction.data is None:
        return
    data = dict(interaction.data)
    match = _MODAL_ID.fullmatch(str(data.get("custom_id", "")))
    if match is None:
        return
    for modal in MODALS:
        if (modal.area, modal.verb) == (match["area"], match["verb"]):
            async with answering(interaction) as answer:
                await modal.submitted(interaction, int(match["row"]), submitted_values(data), answer)
            return
    log.warning("registry.unknown_modal")
