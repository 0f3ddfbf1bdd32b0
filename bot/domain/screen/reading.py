"""The screen itself: reads a message with every pack, and says what a human may want to look at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from bot.domain.screen.combining import combine
from bot.domain.screen.context import Hit, Stretch, Surroundings, hits_of, sieve_of, stretches_of, weigh
from bot.domain.screen.finding import EVASION, Finding, Found, Span, Weighed
from bot.domain.screen.glance import Candidates, Glance
from bot.domain.screen.matching import MOST_STEPS, Phrase, Row, TooMuchToRead, Vocabulary, Words, row_of
from bot.domain.screen.normalise import View
from bot.domain.screen.pack import Pack, Rule
from bot.domain.screen.signs import AGAINST, NEVER_AGAINST, RULE, SIGNS, Signs
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views
from bot.domain.tier import Tier

MAX_LENGTH = 6000  # longer than any Discord message; of more, the first and the last part are read
_HEAD = 4000
_LONG = 300  # steps; more than nearly any message takes


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
        self._around = {id(pack): sieve_of(pack) for pack in self._packs}
        self._signs = [(pack.language, pack.signs) for pack in self._packs if pack.signs is not None]
        self._glance = Glance(
            self._spelling,
            self._vocabulary,
            [rule for rule, _ in self._rules],
            [signs for _, signs in self._signs],
            everywhere=len(self._signs) == len(self._packs),
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
        return combine(self.weigh(text), self.alike)

    def weigh(self, text: str, *, to_the_end: bool = False) -> Weighed:
        """Everything found in a message, each with the tier its surroundings leave it.

        to_the_end: look for less pressing words too, though more pressing ones were found in a long message.
        """
        shown, skipped = text, 0
        if len(text) > MAX_LENGTH:
            tail = MAX_LENGTH - _HEAD
            shown, skipped = text[:_HEAD] + "\n" + text[-tail:], len(text) - MAX_LENGTH - 1
        glanced = self._glance.at(shown)
        if not glanced.candidates and not glanced.told:
            return Weighed()
        weighed = self._weigh_closely(shown, glanced.candidates, glanced.disguised, to_the_end)
        if skipped:
            weighed.found = [replace(each, span=_shifted(each.span, skipped)) for each in weighed.found]
            weighed.spare = [replace(each, span=_shifted(each.span, skipped)) for each in weighed.spare]
        return weighed

    def read_whole(self, text: str) -> Finding:
        """The same with every rule and without a first glance: slow, and a check on the glance."""
        return combine(self._weigh_closely(text, self._glance.everything(), disguised=True), self.alike)

    def words(self, text: str) -> list[str]:
        """The words of a message without its pauses and with its disguises taken off, as signs see them."""
        plain, uncovered = read_views(text, self._spelling)
        return [token.word for token in (uncovered or plain).tokens if not token.is_break]

    def _weigh_closely(
        self, text: str, candidates: Candidates, disguised: bool, to_the_end: bool = False
    ) -> Weighed:
        plain, uncovered = read_views(text, self._spelling, disguised=disguised)
        weighed = self._weigh(plain, candidates, to_the_end)
        if uncovered is not None:
            openly = [(each.rule, each.span) for each in weighed.found]
            hidden = self._weigh(uncovered, candidates, to_the_end)
            weighed.unfinished |= hidden.unfinished
            weighed.steps += hidden.steps
            weighed.found += [
                replace(each, modifiers=(EVASION, *each.modifiers))
                for each in hidden.found
                if not _is_among(each, openly)
            ]
        for language, signs in self._signs:
            _add_signs(weighed, language, signs, plain, uncovered)
        return weighed

    def _weigh(self, view: View, candidates: Candidates, to_the_end: bool) -> Weighed:
        """Every hit in one view; as many as could be found when the view takes too many steps."""
        weighed = Weighed()
        # The gravest of each pack that nothing adds up with any more. After it, only less pressing words can
        # follow, and they would change nothing; if signs take its weight, they take theirs as well.
        gravest: dict[int, Tier] = {}

        def changes_nothing(number: int) -> bool:
            rule, pack = self._rules[number]
            long = weighed.steps > _LONG and not to_the_end
            return long and rule.tier <= gravest.get(id(pack), Tier.T0)

        stretches = stretches_of(view, self._vocabulary.names_of)
        whole = stretches[0].row if len(stretches) == 1 else row_of(view.tokens, self._vocabulary.names_of)
        around = {
            id(pack): Surroundings(view, stretches, whole, pack, self._around[id(pack)])
            for pack in self._packs
        }
        try:
            for number, places in self._places(candidates, stretches, around, changes_nothing):
                rule, pack = self._rules[number]
                for hit in hits_of(rule, places, around[id(pack)]):
                    tier, changed = weigh(hit, around[id(pack)])
                    weighed.found.append(_found(hit, view, tier, changed))
                    if tier >= Tier.T4:
                        gravest[id(pack)] = max(gravest.get(id(pack), tier), tier)
                weighed.steps = _steps(stretches, whole)
                if weighed.steps > MOST_STEPS:
                    raise TooMuchToRead
        except TooMuchToRead:
            weighed.unfinished = True
        weighed.steps = _steps(stretches, whole)
        return weighed

    def _places(
        self,
        candidates: Candidates,
        stretches: list[Stretch],
        around: Mapping[int, Surroundings],
        passed_over: Callable[[int], bool],
    ) -> Iterator[tuple[int, list[Words]]]:
        """For each rule, by its number, where its phrases stand; the gravest rules first."""
        if len(stretches) == 1:
            for number in sorted(candidates):
                if passed_over(number):
                    continue
                surroundings = around[id(self._rules[number][1])]
                if places := surroundings.find_in(candidates[number], 0):
                    yield number, places
            return
        # In a long message a phrase is looked for only in those sentences in which all its words are; one
        # that reaches into the next sentence, in the whole.
        wanted: dict[int, list[tuple[int, list[Phrase]]]] = {}
        for number, phrases in candidates.items():
            crossing = [phrase for phrase in phrases if phrase.crosses]
            if crossing:
                wanted.setdefault(number, []).append((-1, crossing))
        for place, stretch in enumerate(stretches):
            for number, phrases in self._glance.among(stretch.row.present).items():
                if number in candidates:
                    within = [phrase for phrase in phrases if not phrase.crosses]
                    wanted.setdefault(number, []).append((place, within))
        for number in sorted(wanted):
            if passed_over(number):
                continue
            surroundings = around[id(self._rules[number][1])]
            places = [
                words for place, phrases in wanted[number] for words in surroundings.find_in(phrases, place)
            ]
            if places:
                yield number, list(dict.fromkeys(places))


def _steps(stretches: list[Stretch], whole: Row) -> int:
    return sum(stretch.row.steps for stretch in stretches) + (whole.steps if len(stretches) > 1 else 0)


def _found(hit: Hit, view: View, tier: Tier, changed: list[str]) -> Found:
    first, last = hit.words
    span = (view.tokens[first].start, view.tokens[last - 1].end)
    return Found(hit.rule.id, hit.rule.category, span, hit.rule.tier, tier, tuple(changed))


def _add_signs(weighed: Weighed, language: str, signs: Signs, plain: View, uncovered: View | None) -> None:
    """Let the signs of a language speak for a message, or against what its rules found."""
    view = uncovered or plain
    tokens = [token for token in view.tokens if not token.is_break]
    words = [token.word for token in tokens]
    if not words:
        return
    measures, told = signs.measures, signs.told(words)
    mine = f"{language}."
    if told < measures.against:
        weighed.found = [
            replace(each, tier=Tier.T1, modifiers=(*each.modifiers, AGAINST))
            if each.rule.startswith(mine) and each.tier.opens_case and each.before < NEVER_AGAINST
            else each
            for each in weighed.found
        ]
    standing = max((each.tier for each in weighed.found if each.rule.startswith(mine)), default=Tier.T0)
    if told < measures.enough and not standing.opens_case:
        return
    tier = Tier.T4 if signs.urgent(words) >= measures.pressing else Tier.T3
    spoken_already = standing >= tier or (standing.opens_case and tier < Tier.T4)
    if spoken_already and told < measures.enough:
        return  # by themselves they would say nothing
    openly = uncovered is None or signs.told([each.word for each in plain.tokens if not each.is_break])
    hidden = uncovered is not None and openly < measures.enough
    first, last = signs.strongest(words)
    span = (tokens[first].start, tokens[last - 1].end)
    into = weighed.spare if spoken_already else weighed.found
    into.append(Found(f"{mine}{RULE}", SIGNS, span, tier, tier, (EVASION,) if hidden else ()))


def _is_among(found: Found, openly: list[tuple[str, Span]]) -> bool:
    """Whether the same rule was already found, openly, on some of the same letters."""
    start, end = found.span
    return any(rule == found.rule and start < last and first < end for rule, (first, last) in openly)


def _shifted(span: Span, skipped: int) -> Span:
    """Offsets in the whole text, for a text whose middle was left out."""
    start, end = span
    return (start + skipped, end + skipped) if start > _HEAD else span
