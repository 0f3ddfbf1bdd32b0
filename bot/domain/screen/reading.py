"""The screen itself: reads a message with every pack, and says what a human may want to look at."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.screen.combining import combine
from bot.domain.screen.context import Hit, Surroundings, hits_of, weigh
from bot.domain.screen.finding import EVASION, NOTHING, Finding, Found, Span
from bot.domain.screen.glance import Candidates, Glance
from bot.domain.screen.matching import Row, Vocabulary
from bot.domain.screen.normalise import View
from bot.domain.screen.pack import Pack, Rule
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views
from bot.domain.tier import Tier

MAX_LENGTH = 6000  # longer than any Discord message; of more, the first and the last part are read
_HEAD = 4000


class Screen:
    """Reads messages. Holds nothing of what it read, so one may serve many threads."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs = tuple(packs)
        names = frozenset[str]().union(*(pack.names for pack in self._packs))
        self._spelling = Spelling(
            [name.strip("*") for name in names],
            [word for pack in self._packs for word in pack.cared_for],
            [pair for pack in self._packs for pair in pack.endings],
            {short: meant for pack in self._packs for short, meant in pack.typed.items()},
        )
        self._vocabulary = Vocabulary(names)
        rules = [(rule, pack) for pack in self._packs for rule in pack.rules]
        # The gravest first, so that they have been read if a message must be given up.
        self._rules: tuple[tuple[Rule, Pack], ...] = tuple(sorted(rules, key=lambda each: -each[0].tier))
        self._glance = Glance(self._spelling, self._vocabulary, [rule for rule, _ in self._rules])

    @property
    def alike(self) -> tuple[frozenset[str], ...]:
        """Kinds of words that say the same, by any pack."""
        return tuple(kinds for pack in self._packs for kinds in pack.alike)

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs it reads with."""
        return self._packs

    def read(self, text: str) -> Finding:
        """Read one message; of a very long one, head and tail.

        Raises TooMuchToRead for a message made to take long. Whatever else the text, it never raises.
        """
        weighed = self.weigh(text)
        return combine(weighed, self.alike) if weighed else NOTHING

    def weigh(self, text: str) -> list[Found]:
        """Everything found in a message, each with the tier its surroundings leave it. Raises as `read`."""
        shown, skipped = text, 0
        if len(text) > MAX_LENGTH:
            tail = MAX_LENGTH - _HEAD
            shown, skipped = text[:_HEAD] + "\n" + text[-tail:], len(text) - MAX_LENGTH - 1
        candidates, disguised = self._glance.at(shown)
        if not candidates:
            return []
        found = self._weigh_closely(shown, candidates, disguised)
        return [replace(each, span=_shifted(each.span, skipped)) for each in found] if skipped else found

    def read_whole(self, text: str) -> Finding:
        """The same with every rule and without a first glance: slow, and a check on the glance."""
        return combine(self._weigh_closely(text, self._glance.everything(), disguised=True), self.alike)

    def _weigh_closely(self, text: str, candidates: Candidates, disguised: bool) -> list[Found]:
        plain, uncovered = read_views(text, self._spelling, disguised=disguised)
        found = self._weigh(plain, candidates)
        if uncovered is None:
            return found
        openly = [(each.rule, each.span) for each in found]
        hidden = [each for each in self._weigh(uncovered, candidates) if not _is_among(each, openly)]
        return found + [replace(each, modifiers=(EVASION, *each.modifiers)) for each in hidden]

    def _weigh(self, view: View, candidates: Candidates) -> list[Found]:
        """Every hit in one view, with the tier its surroundings leave it."""
        found: list[Found] = []
        row = Row(view.tokens, self._vocabulary.names_of)
        around: dict[int, Surroundings] = {}
        for number in sorted(candidates):
            rule, pack = self._rules[number]
            if id(pack) not in around:
                around[id(pack)] = Surroundings(view, row, pack)
            for hit in hits_of(rule, candidates[number], around[id(pack)]):
                tier, changed = weigh(hit, around[id(pack)])
                found.append(_found(hit, view, tier, changed))
        return found


def _found(hit: Hit, view: View, tier: Tier, changed: list[str]) -> Found:
    first, last = hit.words
    span = (view.tokens[first].start, view.tokens[last - 1].end)
    return Found(hit.rule.id, hit.rule.category, span, hit.rule.tier, tier, tuple(changed))


def _is_among(found: Found, openly: list[tuple[str, Span]]) -> bool:
    """Whether the same rule was already found, openly, on some of the same letters."""
    start, end = found.span
    return any(rule == found.rule and start < last and first < end for rule, (first, last) in openly)


def _shifted(span: Span, skipped: int) -> Span:
    """Offsets in the whole text, for a text whose middle was left out."""
    start, end = span
    return (start + skipped, end + skipped) if start > _HEAD else span
