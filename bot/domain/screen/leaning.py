"""What the signs of each language say of a message, and of each part of it.

A long message says many things. So words that a rule answers to lose their weight only if the signs around
them speak against it, whatever is said elsewhere in the message.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from bot.domain.screen.finding import EVASION, Found, Span, Weighed
from bot.domain.screen.normalise import View
from bot.domain.screen.signs import NEVER_AGAINST, RULE, SIGNS, Signs, Weighing
from bot.domain.tier import Tier


class Leaning:
    """One message, weighed by the signs of every language that has them."""

    def __init__(self, plain: View, uncovered: View | None, signs: Iterable[tuple[str, Signs]]) -> None:
        self._plain = plain
        self._uncovered = uncovered
        self._tokens = [token for token in (uncovered or plain).tokens if not token.is_break]
        self._starts = [token.start for token in self._tokens]
        self._ends = [token.end for token in self._tokens]
        self._words = [token.word for token in self._tokens]
        self._signs = dict(signs) if self._words else {}
        self._weighings: dict[str, Weighing] = {}

    def against(self, language: str, tier: Tier, span: Span) -> bool:
        """Whether what stands around some letters takes the weight from a rule of this tier there."""
        if tier >= NEVER_AGAINST or language not in self._signs:
            return False
        first = bisect_right(self._ends, span[0])
        last = bisect_left(self._starts, span[1])
        told = self._weighing(language).told_around(first, max(last, first + 1))
        return told < self._signs[language].measures.against

    def _weighing(self, language: str) -> Weighing:
        """What the signs of a language say; put together when it is first asked for."""
        if language not in self._weighings:
            self._weighings[language] = self._signs[language].weighing(self._words)
        return self._weighings[language]

    def add_to(self, weighed: Weighed, *, spare: bool) -> None:
        """Add what signs have found, where they say more than the rules of their language.

        spare: keep apart what they have found where these say as much.
        """
        for language in self._signs:
            self._add(weighed, language, spare)

    def _add(self, weighed: Weighed, language: str, spare: bool) -> None:
        mine, signs = f"{language}.", self._signs[language]
        standing = max((each.tier for each in weighed.found if each.rule.startswith(mine)), default=Tier.T0)
        if standing >= Tier.T4 and not spare:
            return  # they say no more than that
        measures, weighing = signs.measures, self._weighing(language)
        told = weighing.told
        if told < measures.enough and not standing.opens_case:
            return
        pressing = standing >= Tier.T4 or signs.urgent(self._words) >= measures.pressing
        tier = Tier.T4 if pressing else Tier.T3
        spoken_already = standing >= tier or (standing.opens_case and tier < Tier.T4)
        if spoken_already and (told < measures.enough or not spare):
            return  # by themselves they would say nothing, or nobody asks for it
        first, last = weighing.strongest()
        span = (self._tokens[first].start, self._tokens[last - 1].end)
        hidden = (EVASION,) if told >= measures.enough and self._is_hidden(signs) else ()
        into = weighed.spare if spoken_already else weighed.found
        into.append(Found(f"{mine}{RULE}", SIGNS, span, tier, tier, hidden))

    def _is_hidden(self, signs: Signs) -> bool:
        """Whether signs say enough only once a disguise is taken off."""
        if self._uncovered is None:
            return False
        openly = signs.told([token.word for token in self._plain.tokens if not token.is_break])
        return openly < signs.measures.enough
