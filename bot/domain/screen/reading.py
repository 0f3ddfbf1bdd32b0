"""The screen itself: reads a message with every pack, and says what a human may want to look at."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from bot.domain.screen.context import Hit, Surroundings, hits_of, weigh
from bot.domain.screen.finding import NOTHING, Finding
from bot.domain.screen.normalise import View
from bot.domain.screen.pack import Pack, Rule
from bot.domain.screen.patterns import PatternSet
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views
from bot.domain.tier import Tier

MAX_LENGTH = 6000  # longer than any Discord message; of more, the first and the last part are read
_HEAD = 4000

EVASION = "evasion"  # found only once a disguise was taken off
TOGETHER = "together"  # raised by one: two kinds of serious words in one message


class Screen:
    """Reads messages. Holds no state between them, so one may serve many threads."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs = tuple(packs)
        vocabulary = [word for pack in self._packs for word in pack.vocabulary]
        cared_for = [word for pack in self._packs for word in pack.cared_for]
        endings = [pair for pack in self._packs for pair in pack.endings]
        self._spelling = Spelling(vocabulary, cared_for, endings)
        self._rules: tuple[tuple[Rule, Pack], ...] = tuple(
            (rule, pack) for pack in self._packs for rule in pack.rules
        )
        self._together = PatternSet([rule.source for rule, _ in self._rules])

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs it reads with."""
        return self._packs

    def read(self, text: str) -> Finding:
        """Read one message. Never raises, whatever the text; of a very long one reads head and tail."""
        shown, skipped = text, 0
        if len(text) > MAX_LENGTH:
            tail = MAX_LENGTH - _HEAD
            shown, skipped = text[:_HEAD] + "\n" + text[-tail:], len(text) - MAX_LENGTH - 1
        plain, uncovered = read_views(shown, self._spelling)
        weighed = self._weigh(plain)
        if uncovered is not None:
            open_places = [(each.hit.rule.id, each.span) for each in weighed]
            weighed += [each.hidden() for each in self._weigh(uncovered) if not each.is_among(open_places)]
        return self._combine([each for each in weighed if each.tier > Tier.T0], skipped)

    def _weigh(self, view: View) -> list["_Weighed"]:
        """Every hit in one view, with the tier its surroundings leave it."""
        weighed: list[_Weighed] = []
        around: dict[int, Surroundings] = {}
        for number in self._together.hits(view.encoded):
            rule, pack = self._rules[number]
            if id(pack) not in around:
                around[id(pack)] = Surroundings(view, pack)
            for hit in hits_of(rule, around[id(pack)]):
                tier, changed = weigh(hit, around[id(pack)])
                span = (view.tokens[hit.words[0]].start, view.tokens[hit.words[1] - 1].end)
                weighed.append(_Weighed(hit, span, tier, tuple(changed)))
        return weighed

    def _combine(self, weighed: list["_Weighed"], skipped: int) -> Finding:
        """The highest tier leads; two kinds of words that add up may raise it by one."""
        if not weighed:
            return NOTHING
        tier = max(each.tier for each in weighed)
        names = {name: None for each in weighed for name in each.modifiers}
        if tier == Tier.T3 and self._add_up([each for each in weighed if each.tier == Tier.T3]):
            tier = Tier.T4
            names[TOGETHER] = None
        weighed.sort(key=lambda each: (-each.tier, each.span))
        return Finding(
            tier=tier,
            rules=tuple(dict.fromkeys(each.hit.rule.id for each in weighed)),
            spans=_merged(_shifted(each.span, skipped) for each in weighed),
            modifiers=tuple(names),
            categories=tuple(dict.fromkeys(each.hit.rule.category for each in weighed)),
        )

    def _add_up(self, weighed: list["_Weighed"]) -> bool:
        """Whether two hits on different words are of kinds that a pack says weigh more together."""
        return any(
            frozenset({one.hit.rule.category, other.hit.rule.category}) in pack.raise_together
            for one, other in combinations(weighed, 2)
            if one.span[1] <= other.span[0] or other.span[1] <= one.span[0]
            for pack in self._packs
        )


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A hit, where it stands in the text that was read, and what is left of its tier."""

    hit: Hit
    span: tuple[int, int]
    tier: Tier
    modifiers: tuple[str, ...]

    def hidden(self) -> "_Weighed":
        """The same, marked as seen only once disguises were taken off."""
        return replace(self, modifiers=(EVASION, *self.modifiers))

    def is_among(self, places: list[tuple[str, tuple[int, int]]]) -> bool:
        """Whether the same rule was already found, openly, on some of the same letters."""
        start, end = self.span
        return any(
            rule == self.hit.rule.id and start < last and first < end for rule, (first, last) in places
        )


def _shifted(span: tuple[int, int], skipped: int) -> tuple[int, int]:
    """Offsets in the whole text, for a text whose middle was left out."""
    start, end = span
    return (start + skipped, end + skipped) if skipped and start > _HEAD else span


def _merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order, those that touch made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
