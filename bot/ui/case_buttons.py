"""What moderators press on a case."""

import discord

from bot.domain.case import Outcome
from bot.domain.ids import CaseId
from bot.domain.policy import Actor

from .answering import Answer
from .card import Card
from .case_modals import CloseModal
from .client import Interaction, actor_of, house_of, user_of, words_of
from .persistent import PersistentButton, PersistentItem


class CaseButton(PersistentButton):
    """A button whose row is a case."""

    @property
    def case_id(self) -> CaseId:
        """Which case."""
        return CaseId(self.about)

    async def actor(self, interaction: Interaction) -> Actor:
        """Who presses. An alert that reached the owner privately can be answered from there."""
        if interaction.guild_id is not None:
            return actor_of(interaction)
        cases = house_of(interaction).services.cases
        return await cases.owner_acting(user_of(interaction), self.case_id)


class Claim(CaseButton, area="case", verb="claim"):
    """Take the case."""

    text = "case.button.claim"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Whoever is first has it; the second is told who."""
        words = words_of(interaction)
        case = await house_of(interaction).services.cases.claim(await self.actor(interaction), self.case_id)
        embed = discord.Embed(
            title=words("case.answer.checklist.title"), description=words("case.answer.checklist.body")
        )
        said = words("case.answer.claimed", case=case.case_id, until=case.claimed_until)
        await answer.privately(Card(said, embed))


class Renew(CaseButton, area="case", verb="renew"):
    """Stay with it."""

    text = "case.button.renew"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Another 30 minutes."""
        case = await house_of(interaction).services.cases.renew(await self.actor(interaction), self.case_id)
        words = words_of(interaction)
        await answer.privately(
            Card(words("case.answer.renewed", case=case.case_id, until=case.claimed_until))
        )


class Contacted(CaseButton, area="case", verb="contacted"):
    """The person was written to or spoken with."""

    text = "case.button.contacted"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Noted on the card for everyone."""
        await house_of(interaction).services.cases.contacted(await self.actor(interaction), self.case_id)
        await answer.privately(Card(words_of(interaction)("case.answer.contacted")))


class NotAConcern(CaseButton, area="case", verb="not_a_concern"):
    """Close at once as a false alarm; the closed card can be opened again."""

    text = "case.button.not_a_concern"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """One press, because false alarms are many; nothing is lost by it."""
        cases = house_of(interaction).services.cases
        case = await cases.close(await self.actor(interaction), self.case_id, Outcome.FALSE_ALARM)
        await answer.privately(Card(words_of(interaction)("case.answer.closed", case=case.case_id)))


class Close(CaseButton, area="case", verb="close", opens_modal=True):
    """Ask how it ended."""

    text = "case.button.close"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Refuse early what the modal could not do."""
        await house_of(interaction).services.cases.may_close(await self.actor(interaction), self.case_id)
        await answer.ask(CloseModal.about_case(self.case_id, words_of(interaction)))


class Reopen(CaseButton, area="case", verb="reopen"):
    """Take back a close."""

    text = "case.button.reopen"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """The case is then in the hands of whoever pressed."""
        case = await house_of(interaction).services.cases.reopen(await self.actor(interaction), self.case_id)
        words = words_of(interaction)
        await answer.privately(
            Card(words("case.answer.reopened", case=case.case_id, until=case.claimed_until))
        )


class FollowedUp(CaseButton, area="case", verb="followed_up"):
    """Somebody looked in on the person after a day."""

    text = "case.button.followed_up"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Ends the reminders."""
        await house_of(interaction).services.cases.followed_up(await self.actor(interaction), self.case_id)
        await answer.privately(Card(words_of(interaction)("case.answer.followed_up")))


ITEMS: tuple[type[PersistentItem], ...] = (
    Claim,
    Renew,
    Contacted,
    NotAConcern,
    Close,
    Reopen,
    FollowedUp,
)
