"""From lexicon files to a `Pack`; or to a list of everything wrong with them.

A lexicon is one file, and chapters if it has grown long: more files with more rules. Word classes of the
first file are for all chapters; those of a chapter are its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar, cast

from bot.domain.screen.chapter import Chapter, LexiconFault
from bot.domain.screen.folding import fold_word
from bot.domain.screen.matching import Phrase, Row
from bot.domain.screen.pack import Cue, Effect, Modifier, Pack, Rule, Where, sieve_around, sieve_of
from bot.domain.screen.phrase import PhraseFault, PhraseReader, Typed
from bot.domain.screen.vocabulary import Vocabulary
from bot.domain.tier import Tier

_TOP = {"language", "reviewed", "words", "spelling", "reading", "combine", "cue", "modifier", "rule"}
_CHAPTER = {"words", "cue", "modifier", "rule"}
_RULE = {"id", "tier", "category", "any", "with", "unless", "must_match", "must_not_match"}
_MODIFIER = {"name", "effect", "where", "within", "any", "unless", "only_for", "not_for", "up_to"}
_CUE = {"name", "where", "any"}
Part = TypeVar("Part")

_LIGHTEST = 3  # fewer letters than this are in almost every line
_EXAMPLES = 2

# A rule that finds something in one of these finds something nearly everywhere.
_EVERYDAY = (
    ". i have to go now , see you all tomorrow .",
    ". that is what i was going to say to you .",
    ". it is not the same and we do not know why .",
    ". can you help me with this , it does not work for me .",
    ". do you want to come with us at the end of the day .",
)


def parse_pack(chapters: Sequence[Chapter]) -> Pack:
    """Put one language together. Raises LexiconFault naming every fault in it, not only the first."""
    return _Parser(chapters).pack()


class _Parser:
    def __init__(self, chapters: Sequence[Chapter]) -> None:
        self._main = chapters[0]
        self._chapters = chapters
        self._chapter = self._main
        self._faults: list[str] = []
        self._names: set[str] = set()
        self._seen: set[tuple[str, str]] = set()

    def pack(self) -> Pack:
        raw = self._main.raw
        language, reviewed = raw.get("language"), raw.get("reviewed")
        if not isinstance(language, str) or not language:
            self._fault("", 'needs a line like: language = "en"')
        if not isinstance(reviewed, bool):
            self._fault("", "needs a line saying whether a speaker checked it: reviewed = true (or false)")
        spelling, reading = self._table("spelling"), self._table("reading")
        typed = self._typed(spelling)
        stops = self._words(reading, "gap_stops", "reading")
        everyday = [fold_word(word) for word in self._texts(reading, "everyday", "[reading]")]
        shared = self._classes()
        readers: list[PhraseReader] = []
        for chapter in self._chapters:
            self._chapter = chapter
            self._only(chapter.raw, _TOP if chapter is self._main else _CHAPTER, "")
            own = {} if chapter is self._main else self._classes()
            for name in own.keys() & shared.keys():
                self._fault(f"word class {name}", "is there twice: the main file has one of that name", name)
            readers.append(
                readers[0].for_chapter(own) if readers else PhraseReader(shared, stops, typed, everyday)
            )
        everywhere = list(zip(self._chapters, readers, strict=True))
        cues = {cue.name: cue for cue in self._all(everywhere, "cue", "name", self._cue)}
        modifiers = self._all(everywhere, "modifier", "name", lambda e, name: self._modifier(e, name, cues))
        rules = self._all(everywhere, "rule", "id", lambda e, name: self._rule(e, name, str(language)))
        self._chapter = self._main
        if not any(chapter.raw.get("rule") for chapter in self._chapters):
            self._fault("", "has no rule")
        rules.sort(key=lambda rule: -rule.tier)
        names = sorted({name for reader in readers for name in reader.names})
        pack = Pack(
            language=str(language),
            reviewed=reviewed is True,
            rules=tuple(rules),
            modifiers=tuple(modifiers),
            names=tuple(names),
            cared_for=self._words(spelling, "care_for", "spelling"),
            endings=tuple((one, other) for one, other in self._pairs(spelling, "endings", "[spelling]")),
            typed=typed,
            clause_words=self._words(reading, "clause_words", "reading"),
            alike=tuple(frozenset(kinds) for kinds in self._lists(self._table("combine"), "alike")),
            sieve=sieve_of(rules, names),
            around=sieve_around(modifiers, names),
        )
        if self._faults:
            raise LexiconFault(self._faults)
        return pack

    def _fault(self, what: str, message: str, entry: str = "", phrase: str = "") -> None:
        place = self._chapter.place_of(entry, phrase)
        self._faults.append(f"{place}: {what + ': ' if what else ''}{message}")

    def _only(self, entry: Mapping[str, object], known: set[str], what: str, name: str = "") -> None:
        for key in sorted(set(entry) - known):
            self._fault(what, f'"{key}" means nothing here; known are {", ".join(sorted(known))}', name)

    def _table(self, name: str) -> Mapping[str, object]:
        table = self._chapter.raw.get(name, {})
        if isinstance(table, dict):
            return cast("dict[str, object]", table)
        self._fault("", f"[{name}] must be a table")
        return {}

    def _texts(self, entry: Mapping[str, object], key: str, what: str, name: str = "") -> tuple[str, ...]:
        value = entry.get(key, [])
        if isinstance(value, list):
            items = cast("list[object]", value)
            if all(isinstance(item, str) for item in items):
                return tuple(cast("list[str]", items))
        self._fault(what, f'"{key}" must be a list of texts in quotation marks', name)
        return ()

    def _words(self, table: Mapping[str, object], key: str, what: str) -> frozenset[str]:
        return frozenset(fold_word(word) for word in self._texts(table, key, f"[{what}]"))

    def _typed(self, spelling: Mapping[str, object]) -> Typed:
        table = spelling.get("typed", {})
        if isinstance(table, dict):
            pairs = cast("dict[str, object]", table)
            if all(isinstance(meant, str) and meant for meant in pairs.values()):
                return {
                    fold_word(short): tuple(fold_word(word) for word in str(meant).split())
                    for short, meant in pairs.items()
                }
        self._fault("[spelling]", '"typed" must be a table of short forms: wanna = "want to"')
        return {}

    def _classes(self) -> dict[str, tuple[str, ...]]:
        classes: dict[str, tuple[str, ...]] = {}
        table = self._table("words")
        for name in table:
            entries = self._texts(table, name, f"word class {name}", name)
            if not entries:
                self._fault(f"word class {name}", "is empty", name)
            classes[name] = entries
        return classes

    def _all(
        self,
        everywhere: Iterable[tuple[Chapter, PhraseReader]],
        table: str,
        key: str,
        read: Callable[[Mapping[str, object], str], Part | None],
    ) -> list[Part]:
        """Read every [[table]] entry of every chapter; entries with faults are reported and left out."""
        parts: list[Part] = []
        for self._chapter, self._reader in everywhere:
            entries = self._chapter.raw.get(table, [])
            if not isinstance(entries, list):
                self._fault("", f"[[{table}]] must be written with two brackets")
                continue
            for number, entry in enumerate(cast("list[object]", entries), start=1):
                part = self._one(entry, table, key, number, read)
                if part is not None:
                    parts.append(part)
        return parts

    def _one(
        self,
        entry: object,
        table: str,
        key: str,
        number: int,
        read: Callable[[Mapping[str, object], str], Part | None],
    ) -> Part | None:
        if not isinstance(entry, dict):
            self._fault(f"{table} {number}", "must be a table")
            return None
        fields = cast("dict[str, object]", entry)
        name = fields.get(key)
        if not isinstance(name, str) or not name:
            self._fault(f"{table} {number}", f'needs "{key}"')
            return None
        if (table, name) in self._seen:
            self._fault(f"{table} {name}", "is there twice", name)
        self._seen.add((table, name))
        return read(fields, name)

    def _phrases(self, entry: Mapping[str, object], key: str, what: str, name: str) -> tuple[Phrase, ...]:
        """The phrases under a key that can be understood; the others are reported."""
        phrases: list[Phrase] = []
        for phrase in self._texts(entry, key, what, name):
            try:
                phrases.append(self._reader.compile(phrase))
            except PhraseFault as fault:
                self._fault(what, f'"{phrase}" {fault}', name, phrase)
        return tuple(phrases)

    def _tier(
        self, entry: Mapping[str, object], key: str, what: str, name: str, default: int | None = None
    ) -> Tier | None:
        value = entry.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5:
            return Tier(value)
        self._fault(what, f'"{key}" must be a number from 1 to 5', name)
        return None

    def _where(self, entry: Mapping[str, object], what: str, name: str, default: str) -> Where | None:
        try:
            return Where(entry.get("where", default))
        except ValueError:
            self._fault(what, f'"where" must be one of {", ".join(each.value for each in Where)}', name)
            return None

    def _rule(self, entry: Mapping[str, object], name: str, language: str) -> Rule | None:
        what = f"rule {name}"
        self._only(entry, _RULE, what, name)
        category = entry.get("category", name.partition(".")[0])
        tier = self._tier(entry, "tier", what, name)
        phrases = self._phrases(entry, "any", what, name)
        together = self._phrases(entry, "with", what, name)
        unless = self._phrases(entry, "unless", what, name)
        examples = {key: self._texts(entry, key, what, name) for key in ("must_match", "must_not_match")}
        for key, lines in examples.items():
            if len(lines) < _EXAMPLES:
                self._fault(what, f'"{key}" needs at least two lines', name)
        if not entry.get("any"):
            self._fault(what, '"any" needs at least one phrase', name)
        if "." not in name or not isinstance(category, str):
            self._fault(what, 'its id must read like "category.short_name"', name)
        for phrase in phrases:
            light = too_light(phrase.written, self._reader)
            if light or (not together and too_broad(phrase)):
                self._fault(
                    what,
                    f'"{phrase.written}" is too broad: it would answer to ordinary sentences',
                    name,
                    phrase.written,
                )
        if not phrases or tier is None:
            return None
        return Rule(
            id=f"{language}.{name}",
            tier=tier,
            category=str(category),
            phrases=phrases,
            together_with=together,
            unless=unless,
            place=self._chapter.place_of(name),
            must_match=examples["must_match"],
            must_not_match=examples["must_not_match"],
        )

    def _cue(self, entry: Mapping[str, object], name: str) -> Cue | None:
        what = f"cue {name}"
        self._only(entry, _CUE, what, name)
        where = self._where(entry, what, name, "sentence")
        phrases = self._phrases(entry, "any", what, name)
        if not entry.get("any"):
            self._fault(what, '"any" needs at least one phrase', name)
        return Cue(name, where, phrases) if where and phrases else None

    def _modifier(self, entry: Mapping[str, object], name: str, cues: Mapping[str, Cue]) -> Modifier | None:
        what = f"modifier {name}"
        self._only(entry, _MODIFIER, what, name)
        effect = self._effect(entry, what, name)
        where = self._where(entry, what, name, "clause")
        up_to = self._tier(entry, "up_to", what, name, default=4)
        within = entry.get("within", 0)
        if not isinstance(within, int):
            self._fault(what, '"within" must be a number of words', name)
            within = 0
        wanted = self._texts(entry, "unless", what, name)
        for missing in [cue for cue in wanted if cue not in cues]:
            self._fault(what, f'"unless" names the cue "{missing}", which is not there', name)
        phrases = self._phrases(entry, "any", what, name)
        if not entry.get("any"):
            self._fault(what, '"any" needs at least one phrase', name)
        if effect is None or where is None or up_to is None or not phrases:
            return None
        return Modifier(
            name=name,
            effect=effect,
            where=where,
            within=within,
            phrases=phrases,
            unless=tuple(cues[cue] for cue in wanted if cue in cues),
            only_for=frozenset(self._texts(entry, "only_for", what, name)),
            not_for=frozenset(self._texts(entry, "not_for", what, name)),
            up_to=up_to,
        )

    def _effect(self, entry: Mapping[str, object], what: str, name: str) -> Effect | None:
        match str(entry.get("effect", "")).split():
            case ["ignore"]:
                return Effect(at_most=Tier.T0)
            case ["lower", "to", ("1" | "2" | "3" | "4") as tier]:
                return Effect(at_most=Tier(int(tier)))
            case ["lower", "by", ("1" | "2") as steps]:
                return Effect(steps=int(steps))
            case _:
                self._fault(
                    what, '"effect" must be "ignore", "lower to 1" … "lower to 4", or "lower by 1"', name
                )
                return None

    def _pairs(self, table: Mapping[str, object], key: str, what: str) -> list[tuple[str, str]]:
        pairs = self._lists(table, key)
        if all(len(pair) == 2 for pair in pairs):
            return [(pair[0], pair[1]) for pair in pairs]
        self._fault(what, f'"{key}" must be a list of pairs of texts')
        return []

    def _lists(self, table: Mapping[str, object], key: str) -> list[list[str]]:
        value = table.get(key, [])
        if isinstance(value, list):
            lists = [
                cast("list[object]", each) for each in cast("list[object]", value) if isinstance(each, list)
            ]
            texts = [[str(item) for item in each if isinstance(item, str)] for each in lists]
            if len(lists) == len(cast("list[object]", value)) and list(map(len, lists)) == list(
                map(len, texts)
            ):
                return texts
        self._fault("", f'"{key}" must be a list of lists of texts')
        return []


_MANNERS = Vocabulary(word for line in _EVERYDAY for word in line.split())


def too_broad(phrase: Phrase) -> bool:
    """Whether a phrase asks for so little that it would answer to ordinary sentences."""
    return any(
        phrase.stands_in(Row(words, map(_MANNERS.names_of, words))) for words in map(str.split, _EVERYDAY)
    )


def too_light(phrase: str, reader: PhraseReader) -> bool:
    """Whether a phrase has so few letters that they are in almost every line."""
    return reader.weight_of(phrase) < _LIGHTEST
