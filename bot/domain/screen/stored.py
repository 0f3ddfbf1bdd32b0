"""A checked pack as plain data, and back: so that reading it again takes a moment.

Reading a lexicon means parsing thousands of phrases and letting every rule prove itself on its own lines.
That is done once for each version of the files; what comes out of it is kept as plain lists and texts, and
the phrases themselves are only made when they are first looked for.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from bot.domain.screen.matching import Names, Phrase
from bot.domain.screen.pack import Cue, Effect, Modifier, Pack, Rule, Where
from bot.domain.screen.phrase import PhraseReader
from bot.domain.screen.signs import Signs
from bot.domain.tier import Tier

Plain: TypeAlias = Mapping[str, Any]
PlainPhrase: TypeAlias = tuple[str, int, int, list[list[int]], int, int, bool]


def to_plain(pack: Pack) -> Plain:
    """Everything in a pack as lists, texts and numbers, fit for JSON."""
    return _Writer().pack(pack)


def from_plain(plain: Plain) -> Pack:
    """The pack again. The data must come from `to_plain` of the same version of this program."""
    return _Reader(plain).pack()


class _Writer:
    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._sets: dict[Names, int] = {}
        self._readers: dict[int, int] = {}
        self._compilers: list[PhraseReader] = []

    def pack(self, pack: Pack) -> Plain:
        for reader in pack.readers:
            self._compiler(reader)
        rules = [self._rule(rule) for rule in pack.rules]
        cues = {cue.name: cue for modifier in pack.modifiers for cue in modifier.unless}
        plain_cues = [[cue.name, cue.where.value, self._phrases(cue.phrases)] for cue in cues.values()]
        modifiers = [self._modifier(modifier) for modifier in pack.modifiers]
        return {
            "language": pack.language,
            "reviewed": pack.reviewed,
            "rules": rules,
            "cues": plain_cues,
            "modifiers": modifiers,
            "all_names": sorted(pack.names),
            "cared_for": sorted(pack.cared_for),
            "endings": [list(pair) for pair in pack.endings],
            "typed": {short: list(meant) for short, meant in pack.typed.items()},
            "clause_words": sorted(pack.clause_words),
            "alike": [sorted(kinds) for kinds in pack.alike],
            "signs": pack.signs and pack.signs.to_plain(),
            "readers": [reader.settings() for reader in self._compilers],
            "names": list(self._names),
            "sets": [[self._names[name] for name in names] for names in self._sets],
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

    def _phrases(self, phrases: Iterable[Phrase]) -> list[PlainPhrase]:
        return [
            (
                phrase.written,
                -1 if phrase.first is None else self._set(tuple(sorted(phrase.first))),
                self._set(phrase.needs),
                [[self._set(names) for names in way] for way in phrase.ways],
                phrase.weight,
                self._compiler(phrase.compiler),
                phrase.crosses,
            )
            for phrase in phrases
        ]

    def _compiler(self, compiler: object) -> int:
        assert isinstance(compiler, PhraseReader)  # noqa: S101 - packs from files have no other
        if id(compiler) not in self._readers:
            self._readers[id(compiler)] = len(self._compilers)
            self._compilers.append(compiler)
        return self._readers[id(compiler)]

    def _set(self, names: Names) -> int:
        for name in names:
            self._names.setdefault(name, len(self._names))
        return self._sets.setdefault(names, len(self._sets))


class _Reader:
    def __init__(self, plain: Plain) -> None:
        self._plain = plain
        names: list[str] = plain["names"]
        sets: list[list[int]] = plain["sets"]
        self._sets = [tuple([names[number] for number in numbers]) for numbers in sets]
        self._firsts: dict[int, frozenset[str]] = {}
        self._readers: list[PhraseReader] = []
        for settings in plain["readers"]:
            base = self._readers[0] if self._readers else None
            self._readers.append(PhraseReader.from_settings(settings, base))

    def pack(self) -> Pack:
        plain = self._plain
        cues = {
            name: Cue(name, Where(where), self._phrases(written)) for name, where, written in plain["cues"]
        }
        return Pack(
            language=plain["language"],
            reviewed=plain["reviewed"],
            rules=tuple(self._rule(each) for each in plain["rules"]),
            modifiers=tuple(self._modifier(each, cues) for each in plain["modifiers"]),
            names=frozenset(plain["all_names"]),
            cared_for=frozenset(plain["cared_for"]),
            endings=tuple((one, other) for one, other in plain["endings"]),
            typed={short: tuple(meant) for short, meant in plain["typed"].items()},
            clause_words=frozenset(plain["clause_words"]),
            alike=tuple(frozenset(kinds) for kinds in plain["alike"]),
            readers=tuple(self._readers),
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

    def _first(self, number: int) -> frozenset[str]:
        if number not in self._firsts:
            self._firsts[number] = frozenset(self._sets[number])
        return self._firsts[number]

    def _phrases(self, written: list[PlainPhrase]) -> tuple[Phrase, ...]:
        sets, readers = self._sets, self._readers
        return tuple(
            [
                Phrase(
                    phrase,
                    self._first(first) if first >= 0 else None,
                    sets[needs],
                    tuple([tuple([sets[number] for number in way]) for way in ways]),
                    weight,
                    readers[reader],
                    crosses,
                )
                for phrase, first, needs, ways, weight, reader, crosses in written
            ]
        )
