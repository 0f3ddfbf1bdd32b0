"""The screen itself: reads a message with every pack, and says what a human may want to look at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.domain.screen.combining import combine
from bot.domain.screen.context import Around, Hit, Stretch, Surroundings, hits_of, stretches_of, weigh
from bot.domain.screen.finding import EVASION, NOTHING, Finding, Found, Span, Weighed
from bot.domain.screen.glance import NOTHING_STANDS, Candidates, Glance, Glanced
from bot.domain.screen.leaning import Leaning
from bot.domain.screen.matching import Phrase, TooMuchToRead, row_of
from bot.domain.screen.normalise import View
from bot.domain.screen.pack import Pack, Rule
from bot.domain.screen.signs import AGAINST
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views
from bot.domain.screen.vocabulary import Vocabulary
from bot.domain.tier import Tier

MAX_LENGTH = 6000  # longer than any Discord message; of more, the first and the last part are read
_HEAD = 4000
_WITHOUT_END = 1_000_000_000  # steps


class Screen:
    """Reads messages, one at a time. Holds nothing of what it read but single words."""

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
        self._around = {id(pack): Around(pack) for pack in self._packs}
        self._signs = [(pack.language, pack.signs) for pack in self._packs if pack.signs is not None]
        self._glance = Glance(
            self._spelling,
            self._vocabulary,
            self._packs,
            [rule for rule, _ in self._rules],
        )

    @property
    def alike(self) -> tuple[frozenset[str], ...]:
        """Kinds of words that say the same, by any pack."""
        return tuple(kinds for pack in self._packs for kinds in pack.alike)

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs it reads with."""
        return self._packs

    def read(self, text: str) -> Finding:
        """Read one message; of a very long one, head and tail. Never raises, whatever the text."""
        shown = text if len(text) <= MAX_LENGTH else _shown(text)
        glanced = self._glance.at(shown)
        if glanced is NOTHING_STANDS:
            return NOTHING
        return combine(self._weigh_closely(shown, glanced, len(text) - len(shown)), self.alike)

    def weigh(self, text: str, *, to_the_end: bool = False, spare: bool = False) -> Weighed:
        """Everything found in a message, each with the tier its surroundings leave it.

        to_the_end: look for less pressing words too, though more pressing ones were found in a long message.
        spare: see `Weighed`; without it nothing is spared.
        """
        shown = text if len(text) <= MAX_LENGTH else _shown(text)
        glanced = self._glance.at(shown)
        if glanced is NOTHING_STANDS:
            return Weighed()
        return self._weigh_closely(shown, glanced, len(text) - len(shown), to_the_end=to_the_end, spare=spare)

    def read_whole(self, text: str) -> Finding:
        """The same with every rule and without a first glance: slow, and a check on the glance."""
        weighed = self._weigh_closely(text, self._glance.everything(), most_steps=_WITHOUT_END)
        return combine(weighed, self.alike)

    def words(self, text: str) -> list[str]:
        """The words of a message without its pauses and with its disguises taken off, as signs see them."""
        plain, uncovered = read_views(text, self._spelling)
        return [token.word for token in (uncovered or plain).tokens if not token.is_break]

    def _weigh_closely(
        self,
        text: str,
        glanced: Glanced,
        skipped: int = 0,
        *,
        to_the_end: bool = False,
        spare: bool = False,
        most_steps: int | None = None,
    ) -> Weighed:
        """`skipped`: how many characters were left out in the middle of a very long text."""
        plain, uncovered = glanced.views or read_views(text, self._spelling, disguised=glanced.disguised)
        leaning = Leaning(plain, uncovered, self._signs)
        # In a long message only what could still change its tier is looked for, the gravest first.
        settled: dict[int, Tier] | None = {} if glanced.left and not to_the_end else None
        weighed = self._weigh(plain, glanced, leaning, settled, most_steps)
        if uncovered is not None:
            openly = [(each.rule, each.span) for each in weighed.found]
            hidden = self._weigh(uncovered, glanced, leaning, settled, most_steps)
            weighed.unfinished |= hidden.unfinished
            weighed.steps += hidden.steps
            weighed.found += [
                replace(each, modifiers=(EVASION, *each.modifiers))
                for each in hidden.found
                if not _is_among(each, openly)
            ]
        leaning.add_to(weighed, spare=spare)
        if skipped:
            weighed.found = [replace(each, span=_shifted(each.span, skipped)) for each in weighed.found]
            weighed.spare = [replace(each, span=_shifted(each.span, skipped)) for each in weighed.spare]
        return weighed

    def _weigh(
        self,
        view: View,
        glanced: Glanced,
        leaning: Leaning,
        settled: dict[int, Tier] | None,
        most_steps: int | None,
    ) -> Weighed:
        """Every hit in one view; as many as could be found when the view takes too many steps.

        settled: by pack, up to which tier nothing need be looked for any more, if so.
        """
        weighed = Weighed()
        names_of = self._vocabulary.names_of
        row, stretches = row_of(view.tokens, names_of, most_steps), stretches_of(view, names_of)
        around = {
            id(pack): Surroundings(view, stretches, row, pack, self._around[id(pack)]) for pack in self._packs
        }
        try:
            for number, phrases in self._wanted(
                glanced, view, stretches, leaning, {} if settled is None else settled
            ):
                rule, pack = self._rules[number]
                if settled is not None and rule.tier <= settled.get(id(pack), Tier.T0):
                    continue
                surroundings = around[id(pack)]
                places = dict.fromkeys(surroundings.places_of(phrases))
                for hit in hits_of(rule, places, surroundings):
                    found = _found(hit, view, *weigh(hit, surroundings))
                    if found.tier.opens_case and leaning.against(pack.language, rule.tier, found.span):
                        found = replace(found, tier=Tier.T1, modifiers=(*found.modifiers, AGAINST))
                    weighed.found.append(found)
                    if settled is None:
                        continue
                    settled[id(pack)] = max(settled.get(id(pack), Tier.T0), self._settled_by(weighed))
                    if found.tier is rule.tier:
                        break  # the same words once more would change nothing
        except TooMuchToRead:
            weighed.unfinished = True
        weighed.steps = row.steps
        return weighed

    def _settled_by(self, weighed: Weighed) -> Tier:
        """The tier up to which further words of one kind or another would change nothing."""
        reached = combine(weighed, self.alike).tier
        return reached if reached >= Tier.T4 else Tier(max(reached - 1, 0))

    def _wanted(
        self,
        glanced: Glanced,
        view: View,
        stretches: list[Stretch],
        leaning: Leaning,
        settled: Mapping[int, Tier],
    ) -> Iterator[tuple[int, list[Phrase]]]:
        """For each rule, by its number, the phrases that may stand in a view; the gravest rules first."""
        if not glanced.left:
            yield from sorted(glanced.candidates.items())
            return
        firm: Candidates = {}
        for language, _ in glanced.left:
            language.add_among([each.names for each in stretches], firm, firmly=True)
        yield from sorted(firm.items())
        others: Candidates = {}
        for language, firmly in glanced.left:
            if firmly or settled.get(id(language.pack), Tier.T0) >= Tier.T4:
                continue
            heard = [
                stretch.names
                for stretch in stretches
                if not leaning.against(language.pack.language, Tier.T2, _letters(view, stretch))
            ]
            language.add_among(heard, others, firmly=False)
        yield from sorted(others.items())


def _letters(view: View, stretch: Stretch) -> Span:
    """Where a stretch stands in the text."""
    return view.tokens[stretch.first].start, view.tokens[stretch.last].end


def _shown(text: str) -> str:
    """What is read of a text: of a very long one, head and tail."""
    return text if len(text) <= MAX_LENGTH else text[:_HEAD] + "\n" + text[_HEAD - MAX_LENGTH :]


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
