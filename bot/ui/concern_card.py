"""Thanks to somebody who looks out for another, and a hand for them too."""

from bot.services.signals import Taken

from .card import Card
from .persistent import persistent_view
from .support_panel import NeedSomeone
from .texts import Words


def thanks_for_looking(taken: Taken, words: Words) -> Card:
    """After "Ask a moderator to look"."""
    return _thanks(words("signal.answer.look" if taken.case else "signal.answer.already"), words)


def thanks_for_worrying(taken: Taken, person: int, words: Words) -> Card:
    """After "I'm worried about this person"."""
    said = words("signal.answer.worry", person=person) if taken.case else words("signal.answer.already")
    return _thanks(said, words)


def _thanks(said: str, words: Words) -> Card:
    you_too = words("signal.answer.you_too")
    return Card(f"{said}\n{you_too}", view=persistent_view(NeedSomeone.about_row(0, words)))
