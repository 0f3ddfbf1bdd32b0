"""Who acts on a case: on the server, or from an alert that reached them privately."""

from bot.domain.ids import CaseId
from bot.domain.policy import Actor

from .client import Interaction, actor_of, house_of, user_of


async def acting_on(interaction: Interaction, case_id: CaseId) -> Actor:
    """The actor; outside the server Discord is asked who they are on it."""
    if interaction.guild_id is not None:
        return actor_of(interaction)
    return await house_of(interaction).services.cases.acting_privately(user_of(interaction), case_id)
