"""Why a case was not a concern: asked once it is closed, so that nothing waits for the answer."""

from bot.domain.ids import CaseId
from bot.domain.screening import REASONS, Verdict

from .answering import Answer
from .card import Card
from .case_acting import acting_on
from .client import Interaction, house_of, words_of
from .persistent import PersistentButton, PersistentItem, persistent_view
from .texts import Words


class ReasonButton(PersistentButton):
    """One of the reasons."""

    reason: Verdict

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Keep the reason, and say thank you in place of the question."""
        case_id = CaseId(self.about)
        actor = await acting_on(interaction, case_id)
        await house_of(interaction).services.cases.explain(actor, case_id, self.reason)
        await answer.instead(Card(words_of(interaction)("case.answer.explained"), view=None))


class Figure(ReasonButton, area="case", verb="figure"):
    """A joke, a saying, a game, a song."""

    text = "case.reason.figure"
    reason = Verdict.FIGURE


class Safe(ReasonButton, area="case", verb="safe"):
    """About the past, or somebody who is safe."""

    text = "case.reason.safe"
    reason = Verdict.SAFE


class Misread(ReasonButton, area="case", verb="misread"):
    """The words mean something else."""

    text = "case.reason.misread"
    reason = Verdict.MISREAD


ITEMS: tuple[type[PersistentItem], ...] = (Figure, Safe, Misread)
_BUTTONS: dict[Verdict, type[ReasonButton]] = {each.reason: each for each in (Figure, Safe, Misread)}


def asking_why(case_id: CaseId, words: Words) -> Card:
    """It is closed; would you say why it was not a concern?"""
    view = persistent_view(*(_BUTTONS[reason].about_row(case_id, words) for reason in REASONS))
    return Card(words("case.answer.not_a_concern", case=case_id), view=view)
