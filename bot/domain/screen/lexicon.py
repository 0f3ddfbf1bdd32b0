"""From a lexicon file, already read as TOML, to a `Pack`; or to a list of everything wrong with it."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast

from bot.domain.screen.folding import fold_word
from bot.domain.screen.pack import Cue, Effect, Modifier, Pack, Rule, Where
from bot.domain.screen.patterns import BadPattern, Pattern
from bot.domain.screen.phrase import Compiled, PhraseFault, PhraseReader
from bot.domain.tier import Tier

_TOP = {"language", "reviewed", "words", "spelling", "reading", "combine", "cue", "modifier", "rule"}
_RULE = {"id", "tier", "category", "any", "with", "unless", "must_match", "must_not_match"}
_MODIFIER = {"name", "effect", "where", "within", "any", "unless", "only_for", "not_for", "up_to"}
_CUE = {"name", "where", "any"}
Part = TypeVar("Part")

_LIGHTEST = 3  # fewer letters than this are in almost every line
_EXAMPLES = 2

# A rule that finds something in one of these finds something nearly everywhere.
_EVERYDAY = (
    " . i have to go now , see you all tomorrow . ",
    " . that is what i was going to say to you . ",
    " . it is not the same and we do not know why . ",
    " . can you help me with this , it does not work for me . ",
    " . do you want to come with us at the end of the day . ",
)


class LexiconFault(Exception):
    """One or more lexicon files cannot be used. `faults` holds one sentence for each thing to mend."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


def parse_pack(raw: Mapping[str, object], filename: str) -> Pack:
    """Compile one file. Raises LexiconFault naming every fault in it, not only the first."""
    return _Parser(raw, filename).pack()


class _Parser:
    def __init__(self, raw: Mapping[str, object], filename: str) -> None:
        self._raw = raw
        self._filename = filename
        self._faults: list[str] = []
        self._vocabulary: set[str] = set()
        self._reader = PhraseReader(self._classes())

    def pack(self) -> Pack:
        language = self._raw.get("language")
        reviewed = self._raw.get("reviewed")
        if not isinstance(language, str) or not language:
            self._fault("", 'needs a line like: language = "en"')
        if not isinstance(reviewed, bool):
            self._fault("", "needs a line saying whether a speaker checked it: reviewed = true (or false)")
        self._only(self._raw, _TOP, "")
        spelling, reading = self._table("spelling"), self._table("reading")
        cues = {cue.name: cue for cue in self._each("cue", "name", self._cue)}
        modifiers = self._each("modifier", "name", lambda entry, name: self._modifier(entry, name, cues))
        rules = self._each("rule", "id", lambda entry, name: self._rule(entry, name, str(language)))
        if not self._raw.get("rule"):
            self._fault("", "has no rule")
        pack = Pack(
            language=str(language),
            reviewed=reviewed is True,
            rules=tuple(rules),
            modifiers=tuple(modifiers),
            vocabulary=frozenset(self._vocabulary),
            cared_for=self._words(spelling, "care_for", "spelling"),
            endings=tuple((one, other) for one, other in self._pairs(spelling, "endings", "[spelling]")),
            gap_stops=self._words(reading, "gap_stops", "reading"),
            clause_words=self._words(reading, "clause_words", "reading"),
            raise_together=tuple(
                frozenset(pair) for pair in self._pairs(self._table("combine"), "raise_together", "[combine]")
            ),
        )
        if self._faults:
            raise LexiconFault(self._faults)
        return pack

    def _fault(self, what: str, message: str) -> None:
        self._faults.append(f"{self._filename}: {what + ': ' if what else ''}{message}")

    def _only(self, entry: Mapping[str, object], known: set[str], what: str) -> None:
        for key in sorted(set(entry) - known):
            self._fault(what, f'"{key}" means nothing here; known are {", ".join(sorted(known))}')

    def _table(self, name: str) -> Mapping[str, object]:
        table = self._raw.get(name, {})
        if isinstance(table, dict):
            return cast("dict[str, object]", table)
        self._fault("", f"[{name}] must be a table")
        return {}

    def _texts(self, entry: Mapping[str, object], key: str, what: str) -> tuple[str, ...]:
        value = entry.get(key, [])
        if isinstance(value, list):
            items = cast("list[object]", value)
            if all(isinstance(item, str) for item in items):
                return tuple(cast("list[str]", items))
        self._fault(what, f'"{key}" must be a list of texts in quotation marks')
        return ()

    def _words(self, table: Mapping[str, object], key: str, what: str) -> frozenset[str]:
        return frozenset(fold_word(word) for word in self._texts(table, key, f"[{what}]"))

    def _classes(self) -> dict[str, tuple[str, ...]]:
        classes: dict[str, tuple[str, ...]] = {}
        table = self._table("words")
        for name in table:
            entries = self._texts(table, name, f"word class {name}")
            if not entries:
                self._fault(f"word class {name}", "is empty")
            classes[name] = entries
        return classes

    def _each(
        self, table: str, key: str, read: Callable[[Mapping[str, object], str], Part | None]
    ) -> list[Part]:
        """Read every [[table]] entry; entries with faults are reported and left out."""
        entries = self._raw.get(table, [])
        if not isinstance(entries, list):
            self._fault("", f"[[{table}]] must be written with two brackets")
            return []
        parts: list[Part] = []
        seen: set[str] = set()
        for number, entry in enumerate(cast("list[object]", entries), start=1):
            if not isinstance(entry, dict):
                self._fault(f"{table} {number}", "must be a table")
                continue
            fields = cast("dict[str, object]", entry)
            name = fields.get(key)
            if not isinstance(name, str) or not name:
                self._fault(f"{table} {number}", f'needs "{key}"')
                continue
            if name in seen:
                self._fault(f"{table} {name}", "is there twice")
            seen.add(name)
            part = read(fields, name)
            if part is not None:
                parts.append(part)
        return parts

    def _phrases(self, entry: Mapping[str, object], key: str, what: str) -> list[Compiled]:
        """The phrases under a key that can be understood; the others are reported."""
        compiled: list[Compiled] = []
        for phrase in self._texts(entry, key, what):
            try:
                compiled.append(self._reader.compile(phrase))
            except PhraseFault as fault:
                self._fault(what, f'"{phrase}" {fault}')
        self._vocabulary.update(*(each.words for each in compiled))
        return compiled

    def _patterns(self, entry: Mapping[str, object], what: str) -> tuple[Pattern, ...]:
        """The phrases of a cue or modifier, each as a pattern of its own."""
        compiled = self._phrases(entry, "any", what)
        if not compiled:
            self._fault(what, '"any" needs at least one phrase')
        return tuple(Pattern(each.source) for each in compiled)

    def _pattern(self, entry: Mapping[str, object], key: str, what: str) -> tuple[Pattern, str, int] | None:
        """All phrases under a key as one pattern, with its source and the least it asks for."""
        compiled = self._phrases(entry, key, what)
        if not compiled:
            return None
        source = "|".join(f"(?:{each.source})" for each in compiled)
        try:
            return Pattern(source), source, min(each.weight for each in compiled)
        except BadPattern as fault:
            self._fault(what, f'"{key}" cannot be compiled: {fault}')
            return None

    def _tier(
        self, entry: Mapping[str, object], key: str, what: str, default: int | None = None
    ) -> Tier | None:
        value = entry.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5:
            return Tier(value)
        self._fault(what, f'"{key}" must be a number from 1 to 5')
        return None

    def _where(self, entry: Mapping[str, object], what: str, default: str) -> Where | None:
        try:
            return Where(entry.get("where", default))
        except ValueError:
            self._fault(what, f'"where" must be one of {", ".join(each.value for each in Where)}')
            return None

    def _rule(self, entry: Mapping[str, object], name: str, language: str) -> Rule | None:
        what = f"rule {name}"
        self._only(entry, _RULE, what)
        category = entry.get("category", name.partition(".")[0])
        tier = self._tier(entry, "tier", what)
        found = self._pattern(entry, "any", what)
        together = self._pattern(entry, "with", what)
        unless = self._pattern(entry, "unless", what)
        examples = {key: self._texts(entry, key, what) for key in ("must_match", "must_not_match")}
        for key, lines in examples.items():
            if len(lines) < _EXAMPLES:
                self._fault(what, f'"{key}" needs at least two lines')
        if not entry.get("any"):
            self._fault(what, '"any" needs at least one phrase')
        if "." not in name or not isinstance(category, str):
            self._fault(what, 'its id must read like "category.short_name"')
        if found is None or tier is None:
            return None
        pattern, source, weight = found
        if weight < _LIGHTEST or (
            together is None and any(pattern.find(line.encode()) is not None for line in _EVERYDAY)
        ):
            self._fault(what, "is too broad: it would answer to ordinary sentences")
        return Rule(
            id=f"{language}.{name}",
            tier=tier,
            category=str(category),
            pattern=pattern,
            source=source,
            together_with=together and together[0],
            unless=unless and unless[0],
            must_match=examples["must_match"],
            must_not_match=examples["must_not_match"],
        )

    def _cue(self, entry: Mapping[str, object], name: str) -> Cue | None:
        what = f"cue {name}"
        self._only(entry, _CUE, what)
        where = self._where(entry, what, "sentence")
        patterns = self._patterns(entry, what)
        return Cue(name, where, patterns) if where and patterns else None

    def _modifier(self, entry: Mapping[str, object], name: str, cues: Mapping[str, Cue]) -> Modifier | None:
        what = f"modifier {name}"
        self._only(entry, _MODIFIER, what)
        effect = self._effect(entry, what)
        where = self._where(entry, what, "clause")
        up_to = self._tier(entry, "up_to", what, default=4)
        within = entry.get("within", 0)
        if not isinstance(within, int):
            self._fault(what, '"within" must be a number of words')
            within = 0
        wanted = self._texts(entry, "unless", what)
        for missing in [cue for cue in wanted if cue not in cues]:
            self._fault(what, f'"unless" names the cue "{missing}", which is not there')
        patterns = self._patterns(entry, what)
        if effect is None or where is None or up_to is None or not patterns:
            return None
        return Modifier(
            name=name,
            effect=effect,
            where=where,
            within=within,
            patterns=patterns,
            unless=tuple(cues[cue] for cue in wanted if cue in cues),
            only_for=frozenset(self._texts(entry, "only_for", what)),
            not_for=frozenset(self._texts(entry, "not_for", what)),
            up_to=up_to,
        )

    def _effect(self, entry: Mapping[str, object], what: str) -> Effect | None:
        match str(entry.get("effect", "")).split():
            case ["ignore"]:
                return Effect(at_most=Tier.T0)
            case ["lower", "to", ("1" | "2" | "3" | "4") as tier]:
                return Effect(at_most=Tier(int(tier)))
            case ["lower", "by", ("1" | "2") as steps]:
                return Effect(steps=int(steps))
            case _:
                self._fault(what, '"effect" must be "ignore", "lower to 1" … "lower to 4", or "lower by 1"')
                return None

    def _pairs(self, table: Mapping[str, object], key: str, what: str) -> list[tuple[str, str]]:
        """A list of pairs of texts, such as [["one", "other"]]."""
        value = table.get(key, [])
        pairs = cast("list[object]", value) if isinstance(value, list) else [None]
        if all(_is_pair(pair) for pair in pairs):
            return [(pair[0], pair[1]) for pair in cast("list[list[str]]", pairs)]
        self._fault(what, f'"{key}" must be a list of pairs of texts')
        return []


def _is_pair(value: object) -> bool:
    if not isinstance(value, list):
        return False
    items = cast("list[object]", value)
    return len(items) == 2 and all(isinstance(item, str) for item in items)
