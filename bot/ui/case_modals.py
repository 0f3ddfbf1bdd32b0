"""How a case ended, asked in a modal."""

import discord

from bot.domain.case import Outcome
from bot.domain.ids import CaseId
from bot.domain.refusal import Refusal
from bot.services.cases import NOTE_LIMIT

from .answering import Answer
from .card import Card
from .case_acting import acting_on
from .case_reasons import asking_why
from .client import Interaction, house_of, words_of
from .persistent import PersistentModal
from .texts import Words


class CloseModal(PersistentModal, area="case", verb="close"):
    """Outcome, and a note if one is wished."""

    @classmethod
    def about_case(cls, case_id: CaseId, words: Words) -> "CloseModal":
        """The modal as it is shown."""
        modal = cls(case_id, str(words("case.close.title", case=case_id)))
        modal.add_item(
            discord.ui.Label(
                text=str(words("case.close.outcome")),
                component=discord.ui.RadioGroup(
                    custom_id="outcome",
                    options=[
                        discord.RadioGroupOption(label=str(words(f"case.close.{outcome}")), value=outcome)
                        for outcome in Outcome
                    ],
                ),
            )
        )
        modal.add_item(
            discord.ui.Label(
                text=str(words("case.close.note")),
                description=str(words("case.close.note_hint")),
                component=discord.ui.TextInput(
                    custom_id="note",
                    style=discord.TextStyle.paragraph,
                    required=False,
                    max_length=NOTE_LIMIT,
                ),
            )
        )
        return modal

    @classmethod
    async def submitted(
        cls, interaction: Interaction, row: int, values: dict[str, list[str]], answer: Answer
    ) -> None:
        """Close the case."""
        words = words_of(interaction)
        chosen = "".join(values.get("outcome", []))
        if chosen not in set(Outcome):
            raise Refusal("case.refusal.outcome")
        outcome = Outcome(chosen)
        note = "".join(values.get("note", []))
        cases = house_of(interaction).services.cases
        actor = await acting_on(interaction, CaseId(row))
        case = await cases.close(actor, CaseId(row), outcome, note)
        if outcome.needs_follow_up:
            await answer.privately(Card(words("case.answer.closed_follow_up", case=case.case_id)))
        else:
            await answer.privately(asking_why(case.case_id, words))


MODALS = (CloseModal,)
