"""A screen with a server's own words: what its people also listen for, and what they know to be harmless."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain.screen.combining import combine
from bot.domain.screen.finding import Finding, Found
from bot.domain.screen.lexicon import too_broad, too_light
from bot.domain.screen.pack import Pack, Rule, sieve_around, sieve_of
from bot.domain.screen.phrase import PhraseFault, PhraseReader
from bot.domain.screen.reading import Screen
from bot.domain.screen.signs import SIGNS
from bot.domain.tier import Tier

OWN = "own"
"""The kind of words, and the first part of the rule id, of a server's own phrases."""
ALLOWED = "allowed"
"""The name of what takes the weight from words a server knows to be harmless."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """One phrase of a server. number: part of the rule id. tier: None for words that are harmless here."""

    number: int
    words: str
    tier: Tier | None


class TunedScreen:
    """Reads with a screen and with a server's own phrases.

    Harmless words take the weight from what is found on the same letters, but never from T5: what may be
    happening now cannot be muted.
    """

    __slots__ = ("_allowed", "_own", "_screen")

    def __init__(self, screen: Screen, own: Iterable[OwnWords] = ()) -> None:
        """Raises PhraseFault for words that cannot be looked for."""
        self._screen = screen
        everything = tuple(own)
        self._own = _screen_of(screen, [each for each in everything if each.tier is not None])
        self._allowed = _screen_of(screen, [each for each in everything if each.tier is None])

    @property
    def screen(self) -> Screen:
        """The screen without the server's own phrases."""
        return self._screen

    def read(self, text: str) -> Finding:
        """Read one message. Never raises, whatever the text."""
        weighed = self._screen.weigh(text, to_the_end=self._allowed is not None)
        if weighed.found and self._allowed is not None:
            allowed = self._allowed.weigh(text).found
            if allowed:
                # Without these words, do signs still speak for telling a person?
                rest = self._screen.weigh(_without(text, allowed), spare=True)
                weighed.found = [_as_allowed(each, allowed) for each in weighed.found]
                weighed.found += [each for each in (*rest.found, *rest.spare) if each.category == SIGNS]
        if self._own is not None:
            own = self._own.weigh(text)
            weighed.found += own.found
            weighed.unfinished |= own.unfinished
        return combine(weighed, self._screen.alike)

    def would_hide(self, at_least: Tier) -> str | None:
        """An example line of the lexicon, of this tier or above, that the harmless words would hide."""
        if self._allowed is None:
            return None
        for pack in self._screen.packs:
            for rule in pack.rules:
                for line in rule.must_match if rule.tier >= at_least else ():
                    if self._allowed.weigh(line).found and self.read(line).tier < at_least:
                        return line
        return None


def _screen_of(screen: Screen, own: Sequence[OwnWords]) -> Screen | None:
    if not own:
        return None
    typed = {short: meant for pack in screen.packs for short, meant in pack.typed.items()}
    reader = PhraseReader({}, typed=typed)
    rules = sorted((_rule(each, reader) for each in own), key=lambda rule: -rule.tier)
    pack = Pack(
        language=OWN,
        reviewed=True,
        rules=tuple(rules),
        modifiers=(),
        names=tuple(sorted(reader.names)),
        cared_for=frozenset(),
        endings=tuple(pair for pack in screen.packs for pair in pack.endings),
        typed=typed,
        clause_words=frozenset(),
        alike=(),
        sieve=sieve_of(rules, reader.names),
        around=sieve_around((), reader.names),
    )
    return Screen([pack])


def _rule(own: OwnWords, reader: PhraseReader) -> Rule:
    phrase = reader.compile(own.words)
    if too_light(own.words, reader) or too_broad(phrase):
        raise PhraseFault("broad", "is too broad: it would answer to ordinary sentences")
    return Rule(
        id=f"{OWN}.{own.number}",
        tier=own.tier or Tier.T2,  # of harmless words, only where they stand matters
        category=OWN,
        phrases=(phrase,),
        together_with=(),
        unless=(),
        place="",
        must_match=(),
        must_not_match=(),
    )


def _without(text: str, allowed: Iterable[Found]) -> str:
    """The text with spaces in place of some words, so that all offsets stay the same."""
    for start, end in (each.span for each in allowed):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _as_allowed(found: Found, allowed: list[Found]) -> Found:
    start, end = found.span
    if found.tier >= Tier.T5 or not any(each.span[0] < end and start < each.span[1] for each in allowed):
        return found
    return replace(found, tier=Tier.T0, modifiers=(*found.modifiers, ALLOWED))
