"""What moderators press on a case."""

from abc import abstractmethod

import discord

from bot.domain.case import Outcome
from bot.domain.ids import CaseId
from bot.domain.policy import Actor
from bot.services.cases import Cases

from .answering import Answer
from .card import Card
from .case_acting import acting_on
from .case_modals import CloseModal
from .case_reasons import asking_why
from .client import Interaction, house_of, words_of
from .persistent import PersistentButton, PersistentItem
from .texts import Words


class CaseButton(PersistentButton):
    """A button whose row is a case."""

    @property
    def case_id(self) -> CaseId:
        """Which case."""
        return CaseId(self.about)

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Find out who acts, and do it."""
        actor = await acting_on(interaction, self.case_id)
        await self.act(house_of(interaction).services.cases, actor, words_of(interaction), answer)

    @abstractmethod
    async def act(self, cases: Cases, actor: Actor, words: Words, answer: Answer) -> None:
        """What the press does to the case, and what the actor is told."""


class Claim(CaseButton, area="case", verb="claim"):
    """Take the case."""

    text = "case.button.claim"
    style = discord.ButtonStyle.primary

    async def act(self, cases: Cases, actor: Actor, words: Words, answer: Answer) -> None:
        """Whoever is first has it; the second is told who."""
        case = await cases.claim(actor, self.case_id)
        embed = discord.Embed(
            title=words("case.answer.checklist.title"), description=words("case.answer.checklist.body")
        )
        said = words("case.answer.claimed", case=case.case_id, until=case.claimed_until)
        await answer.privately(Card(said, embed))


class Renew(CaseButton, area="case", verb="renew"):
    """Stay with it."""

    text = "case.button.renew"
    style = discord.ButtonStyle.primary

    async def act(self, cases: Cases, actor: Actor, words: Words, answer: Answer) -> None:
        """Another 30 minutes."""
        case = await cases.renew(actor, self.case_id)
        said = words("case.answer.renewed", case=case.case_id, until=case.claimed_until)
        await answer.privately(Card(said))


class Contacted(CaseButton, area="case", verb="contacted"):
    """The person was written to or spoken with."""

    text = "case.button.contacted"

    async def act(self, cases: Cases, actor: Actor, words: Words, answer: Answer) -> None:
        """Noted on the card for everyone."""
        await cases.contacted(actor, self.case_id)
        await answer.privately(Card(words("case.answer.contacted")))


class NotAConcern(CaseButton, area="case", verb="not_a_concern"):
    """Close at once as a false alarm; the closed card can be opened again."""

    text = "case.button.not_a_concern"

    async def act(self, cases: Cases, actor: Actor, words: Words, answer: Answer) -> None:
        """One press, because false alarms are many; nothing is lost by it."""
        case = await cases.close(actor, self.case_id, Outcome.FALSE_ALARM)
        await answer.privately(asking_why(case.case_id, words))


class Close(CaseButton, area="case", verb="close", opens_modal=True):
    """Ask how it ended."""

    text = "case.button.close"

    async def act(self, cases: Cases, actor: Actor, words: Words, answer: Answer) -> None:
        """Refuse early what the modal could not do."""
        await cases.may_close(actor, self.case_id)
        await answer.ask(CloseModal.about_case(self.case_id, words))


class Reopen(CaseButton, area="case", verb="reopen"):
    """Take back a close."""

    text = "case.button.reopen"

    async def act(self, cases: Cases, actor: Actor, words: Words, answer: Answer) -> None:
        """The case is then in the hands of whoever pressed."""
        case = await cases.reopen(actor, self.case_id)
        said = words("case.answer.reopened", case=case.case_id, until=case.claimed_until)
        await answer.privately(Card(said))


class FollowedUp(CaseButton, area="case", verb="followed_up"):
    """Somebody looked in on the person after a day."""

    text = "case.button.followed_up"
    style = discord.ButtonStyle.primary

    async def act(self, cases: Cases, actor: Actor, words: Words, answer: Answer) -> None:
        """Ends the reminders."""
        await cases.followed_up(actor, self.case_id)
        await answer.privately(Card(words("case.answer.followed_up")))


ITEMS: tuple[type[PersistentItem], ...] = (
    Claim,
    Renew,
    Contacted,
    NotAConcern,
    Close,
    Reopen,
    FollowedUp,
)
