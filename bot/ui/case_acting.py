"""Who acts on a case: on the server, or the owner from an alert that reached them privately."""

from bot.domain.ids import CaseId
from bot.domain.policy import Actor

from .client import Interaction, actor_of, house_of, user_of


async def acting_on(interaction: Interaction, case_id: CaseId) -> Actor:
    """The actor; outside the server only its owner may act."""
    if interaction.guild_id is not None:
        return actor_of(interaction)
    return await house_of(interaction).services.cases.owner_acting(user_of(interaction), case_id)
