"""A checked pack as plain data, and back: so that reading it again takes a moment.

Reading a lexicon means parsing thousands of phrases and letting every rule prove itself on its own lines.
That is done once for each version of the files; what comes out of it is kept as plain lists and texts, and
the phrases themselves are only made when they are first looked for.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias

from bot.domain.screen.matching import Made, Maker, Phrase, Ways
from bot.domain.screen.pack import Cue, Effect, Modifier, Pack, Rule, Where, firm_phrases
from bot.domain.screen.phrase import PhraseReader
from bot.domain.screen.sieve import Sieve
from bot.domain.screen.signs import Signs
from bot.domain.tier import Tier

Plain: TypeAlias = Mapping[str, Any]
PlainPhrases: TypeAlias = tuple[int, list[str], list[int]]  # by which reader, as written, and which cross


def to_plain(pack: Pack) -> Plain:
    """Everything in a pack as lists, texts and numbers, fit for JSON."""
    return _Writer().pack(pack)


def from_plain(plain: Plain) -> Pack:
    """The pack again. The data must come from `to_plain` of the same version of this program."""
    return _Reader(plain).pack()


class _Writer:
    def __init__(self) -> None:
        self._readers: dict[int, int] = {}
        self._settings: list[str] = []

    def pack(self, pack: Pack) -> Plain:
        rules = [self._rule(rule) for rule in pack.rules]
        cues = {cue.name: cue for modifier in pack.modifiers for cue in modifier.unless}
        return {
            "language": pack.language,
            "reviewed": pack.reviewed,
            "rules": rules,
            "cues": [[cue.name, cue.where.value, self._phrases(cue.phrases)] for cue in cues.values()],
            "modifiers": [self._modifier(modifier) for modifier in pack.modifiers],
            "names": list(pack.names),
            "cared_for": sorted(pack.cared_for),
            "endings": [list(pair) for pair in pack.endings],
            "typed": {short: list(meant) for short, meant in pack.typed.items()},
            "clause_words": sorted(pack.clause_words),
            "alike": [sorted(kinds) for kinds in pack.alike],
            "sieve": pack.sieve.to_plain(),
            "around": pack.around.to_plain(),
            "signs": pack.signs and pack.signs.to_plain(),
            "readers": self._settings,
        }

    def _rule(self, rule: Rule) -> list[Any]:
        return [
            rule.id,
            int(rule.tier),
            rule.category,
            self._phrases(rule.phrases),
            self._phrases(rule.together_with),
            self._phrases(rule.unless),
            rule.place,
            list(rule.must_match),
            list(rule.must_not_match),
        ]

    def _modifier(self, modifier: Modifier) -> list[Any]:
        return [
            modifier.name,
            None if modifier.effect.at_most is None else int(modifier.effect.at_most),
            modifier.effect.steps,
            modifier.where.value,
            modifier.within,
            self._phrases(modifier.phrases),
            [cue.name for cue in modifier.unless],
            sorted(modifier.only_for),
            sorted(modifier.not_for),
            int(modifier.up_to),
        ]

    def _phrases(self, phrases: tuple[Phrase, ...]) -> PlainPhrases | None:
        """The phrases of one entry, which all have the same reader."""
        if not phrases:
            return None
        return (
            self._reader(phrases[0].maker),
            [phrase.written for phrase in phrases],
            [place for place, phrase in enumerate(phrases) if phrase.crosses],
        )

    def _reader(self, maker: Maker) -> int:
        assert isinstance(maker, PhraseReader)  # noqa: S101 - packs from files have no other
        if maker.base is not None:
            self._reader(maker.base)  # it comes first
        if id(maker) not in self._readers:
            self._readers[id(maker)] = len(self._settings)
            self._settings.append(json.dumps(maker.settings(), ensure_ascii=False))
        return self._readers[id(maker)]


class _Later:
    """Makes the phrases of one chapter ready; its word classes are only read when the first is asked for."""

    def __init__(self, settings: str, main: "_Later | None") -> None:
        self._settings = settings
        self._main = main
        self._reader = cache(self._read)

    def _read(self, asking: bool) -> PhraseReader:
        base = self._main and self._main._reader(asking)
        return PhraseReader.from_settings(json.loads(self._settings), base, asking=asking)

    def make(self, phrase: str) -> Made:
        """The phrase as a part."""
        return self._reader(asking=False).make(phrase)

    def ways_of(self, phrase: str) -> Ways:
        """What must be there for the phrase to stand."""
        return self._reader(asking=True).ways_of(phrase)


class _Reader:
    def __init__(self, plain: Plain) -> None:
        self._plain = plain
        self._makers: list[_Later] = []
        for settings in plain["readers"]:
            self._makers.append(_Later(settings, self._makers[0] if self._makers else None))

    def pack(self) -> Pack:
        plain = self._plain
        cues = {
            name: Cue(name, Where(where), self._phrases(written)) for name, where, written in plain["cues"]
        }
        rules = tuple(self._rule(each) for each in plain["rules"])
        names = tuple(plain["names"])
        return Pack(
            language=plain["language"],
            reviewed=plain["reviewed"],
            rules=rules,
            modifiers=tuple(self._modifier(each, cues) for each in plain["modifiers"]),
            names=names,
            cared_for=frozenset(plain["cared_for"]),
            endings=tuple((one, other) for one, other in plain["endings"]),
            typed={short: tuple(meant) for short, meant in plain["typed"].items()},
            clause_words=frozenset(plain["clause_words"]),
            alike=tuple(frozenset(kinds) for kinds in plain["alike"]),
            sieve=Sieve.from_plain(plain["sieve"], names, firm_phrases(rules)),
            around=Sieve.from_plain(plain["around"], names),
            signs=plain["signs"] and Signs.from_plain(plain["signs"]),
        )

    def _rule(self, each: list[Any]) -> Rule:
        rule_id, tier, category, phrases, together, unless, place, must, must_not = each
        return Rule(
            rule_id,
            Tier(tier),
            category,
            self._phrases(phrases),
            self._phrases(together),
            self._phrases(unless),
            place,
            tuple(must),
            tuple(must_not),
        )

    def _modifier(self, each: list[Any], cues: Mapping[str, Cue]) -> Modifier:
        name, at_most, steps, where, within, phrases, unless, only_for, not_for, up_to = each
        return Modifier(
            name,
            Effect(None if at_most is None else Tier(at_most), steps),
            Where(where),
            within,
            self._phrases(phrases),
            tuple(cues[cue] for cue in unless),
            frozenset(only_for),
            frozenset(not_for),
            Tier(up_to),
        )

    def _phrases(self, written: PlainPhrases | None) -> tuple[Phrase, ...]:
        if written is None:
            return ()
        reader, phrases, crossing = written
        maker = self._makers[reader]
        return tuple([Phrase(phrase, maker, place in crossing) for place, phrase in enumerate(phrases)])
