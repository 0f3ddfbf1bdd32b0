"""Learn the signs of a language from labelled lines, and write data/lexicon/<language>.signs.tsv.

    make learn                           every language that has lines to learn from
    python -m tools.learn en --dry       only say what would come of it

The lines are under tests/data/lines; never those called "unseen". Each file is by one writer. To find the
measures, every file in turn is kept aside: signs are learned from the others and tried on it, so each line
is weighed by signs that its writer had no part in. A rule's lines (must_match) are learned from as well.

What speaks for a person being told is found by logistic regression (scikit-learn): for each sign one weight,
and nothing that could not be looked up in the table afterwards.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.domain.screen import Screen
from bot.domain.screen.signs import Measures, Signs, signs_in, spread, write_signs
from bot.runtime.lexicon_files import available_languages, load_screen

ROOT = Path(__file__).resolve().parent.parent
LINES = ROOT / "tests" / "data" / "lines"
LEXICON = ROOT / "data" / "lexicon"

_LEAST_LINES = {0: 2, 10_000: 4}  # by how many lines there are; a sign that stands in fewer is chance
_STRENGTH = 10.0  # how closely weights follow the lines (the C of logistic regression)
_HEAVIEST = 500  # hundredths; no word alone may say so much that nothing else counts
_LIGHTEST = 15  # hundredths; a sign that counts less both ways is left out
_OTHERS = 3000  # harmless lines of other languages, so that those are not taken for this one
_SEED = 20
_LARGE = 0.2  # of all lines

# What the measures are chosen for, on lines that were kept aside:
_FALSE_AMONG_HARD = 0.012  # harmless lines brought to people by signs alone; they are hard on purpose
_FALSE_AMONG_CHAT = 0.001  # the same of ordinary chat
_LOST = 0.10  # told lines that rules have found and signs may take the weight from
_PRESSED = 0.10  # lines at T2 or T3 that signs may bring at once


@dataclass(frozen=True, slots=True)
class Line:
    """One line, by the file it is from; rule_tier: what the rules alone say of it."""

    source: str
    tier: int
    category: str
    words: tuple[str, ...]
    rule_tier: int


def words_of(screen: Screen, text: str) -> tuple[str, ...]:
    """The words of a message, with its disguises taken off, as signs see them."""
    return tuple(screen.words(text))


def read_lines(language: str, screen: Screen) -> list[Line]:
    """Every line that may be learned from, each text once."""
    lines: list[Line] = []
    seen = {
        row.split("\t")[3].casefold()
        for path in LINES.glob(f"{language}.unseen*.tsv")
        for row in path.read_text(encoding="utf-8").splitlines()
    }
    for path in sorted(LINES.glob(f"{language}.*.tsv")):
        if ".unseen" in path.name:
            continue
        for row in path.read_text(encoding="utf-8").splitlines():
            _, tier, category, text = row.split("\t")
            if text.casefold() not in seen:
                seen.add(text.casefold())
                words = words_of(screen, text)
                lines.append(Line(path.stem, int(tier), category, words, int(screen.read(text).tier)))
    return lines


def rule_lines(screen: Screen) -> list[Line]:
    """What the rules must find."""
    return [
        Line("rules", int(rule.tier), rule.category, words_of(screen, text), int(rule.tier))
        for pack in screen.packs
        for rule in pack.rules
        if rule.tier >= 2
        for text in rule.must_match
    ]


def other_lines(language: str, screen: Screen) -> list[Line]:
    """Harmless lines in other languages."""
    texts = [
        row.split("\t")[3]
        for path in sorted(LINES.glob("*.tsv"))
        if not path.name.startswith(f"{language}.") and ".unseen" not in path.name
        for row in path.read_text(encoding="utf-8").splitlines()
        if row.startswith("0\t0\t")
    ]
    chosen = random.Random(_SEED).sample(texts, min(_OTHERS, len(texts)))
    return [Line("others", 0, "other", words_of(screen, text), 0) for text in chosen]


def learn(lines: Sequence[Line]) -> tuple[tuple[int, int], dict[str, tuple[int, int]]]:
    """What sums begin with, and the weights of every sign: for telling a person, and for doing so at once."""
    least = next(few for many, few in sorted(_LEAST_LINES.items(), reverse=True) if len(lines) >= many)
    counts = Counter(sign for line in lines for sign in set(signs_in(line.words)))
    names = sorted(sign for sign, count in counts.items() if count >= least)
    number_of = {sign: number for number, sign in enumerate(names)}
    rows, columns, values = [], [], []
    for row, line in enumerate(lines):
        for sign in signs_in(line.words):
            if sign in number_of:
                rows.append(row)
                columns.append(number_of[sign])
                values.append(1 / spread(len(line.words)))
    table = csr_matrix((values, (rows, columns)), shape=(len(lines), len(names)))
    told, told_start = _weights(table, [line.tier >= 2 for line in lines])
    urgent, urgent_start = _weights(table, [line.tier >= 4 for line in lines])
    weights = {
        sign: (one, two)
        for sign, one, two in zip(names, told, urgent, strict=True)
        if max(abs(one), abs(two)) >= _LIGHTEST
    }
    # A triple is only looked up where its last two words are a sign.
    for sign in [sign for sign in weights if sign.count(" ") == 2]:
        pair = sign.partition(" ")[2]
        weights.setdefault(pair, (told[number_of[pair]], urgent[number_of[pair]]))
    return (told_start, urgent_start), weights


def _weights(table: Any, answers: Sequence[bool]) -> tuple[list[int], int]:
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=3000, random_state=_SEED)
    model.fit(table, np.array(answers, dtype=int))
    weights = np.clip(np.rint(100 * model.coef_[0]), -_HEAVIEST, _HEAVIEST)
    return [int(weight) for weight in weights], round(100 * model.intercept_[0])


def signs_of(lines: Sequence[Line]) -> tuple[Signs, dict[str, tuple[int, int]]]:
    """Signs learned from these lines, with measures that say nothing yet."""
    (told, urgent), weights = learn(lines)
    measures = Measures(told, urgent, 0, 0, 0)
    return Signs.of(measures, weights), weights


def kept_aside(lines: Sequence[Line], always: Sequence[Line]) -> list[tuple[Line, float, float]]:
    """Every line with its two sums, by signs learned from all other files."""
    weighed: list[tuple[Line, float, float]] = []
    for aside in _parts(lines):
        chosen = {id(line) for line in aside}
        signs, _ = signs_of([*always, *(line for line in lines if id(line) not in chosen)])
        weighed += [(line, signs.told(line.words), signs.urgent(line.words)) for line in aside]
    return weighed


def _parts(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines by file; where few people have written, a large file in fifths instead."""
    parts: list[list[Line]] = []
    for source in sorted({line.source for line in lines}):
        part = [line for line in lines if line.source == source]
        if len(part) <= _LARGE * len(lines):
            parts.append(part)
            continue
        random.Random(_SEED).shuffle(part)
        parts += [part[number::5] for number in range(5)]
    return parts


def below(values: Iterable[float], part: float) -> float:
    """The value that so large a part of the values lies below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def measures_for(weighed: Sequence[tuple[Line, float, float]], starts: Measures) -> Measures:
    """The measures that keep what was set down at the head of this file."""
    quiet = [(line, told) for line, told, _ in weighed if line.tier < 2]
    chat = [told for line, told in quiet if line.category in {"chat", "other"}]
    enough = max(
        below((told for _, told in quiet), 1 - _FALSE_AMONG_HARD), below(chat, 1 - _FALSE_AMONG_CHAT)
    )
    against = below((told for line, told, _ in weighed if line.tier >= 2 and 2 <= line.rule_tier < 5), _LOST)
    pressing = below((urgent for line, _, urgent in weighed if 2 <= line.tier < 4), 1 - _PRESSED)
    return Measures(starts.told, starts.urgent, *(round(each) for each in (enough, pressing, against)))


def heeding(
    weights: Mapping[str, tuple[int, int]], measures: Measures, rules: Iterable[Line]
) -> dict[str, tuple[int, int]]:
    """The same weights, but never so that a line that a T4 or T5 rule is proved on would lose its weight.

    What such a line lacks is added to its own triples of words, which stand in hardly any other.
    """
    heeded = dict(weights)
    signs = Signs.of(measures, heeded)
    for line in rules:
        if line.tier < 4 or signs.told(line.words) >= measures.against:
            continue
        while (lacking := measures.against - signs.told(line.words)) > 0:
            triples = [sign for sign in signs_in(line.words) if sign.count(" ") == 2]
            more = ceil(lacking * spread(len(line.words)) / len(triples))
            for sign in dict.fromkeys(triples):
                told, urgent = heeded.get(sign, (0, 0))
                heeded[sign] = told + more, urgent
                heeded.setdefault(sign.partition(" ")[2], (0, 0))  # or the triple is not looked up
            signs = Signs.of(measures, heeded)
    return heeded


def report(weighed: Sequence[tuple[Line, float, float]], measures: Measures) -> None:
    """What these measures would do to the lines that were kept aside, file by file."""
    print(f"{measures}")
    for source in [*sorted({line.source for line, _, _ in weighed}), ""]:
        part = [each for each in weighed if source in {"", each[0].source}]
        told = [is_told(line, one, measures) for line, one, _ in part if line.tier >= 2]
        urgent = [is_told(line, one, measures) for line, one, _ in part if line.tier >= 4]
        quiet = [is_told(line, one, measures) for line, one, _ in part if line.tier < 2]
        rules = [line.rule_tier >= 2 for line, _, _ in part if line.tier >= 2]
        wrong = [line.rule_tier >= 2 for line, _, _ in part if line.tier < 2]
        at_once = [
            is_told(line, one, measures) and (line.rule_tier >= 4 or two >= measures.pressing)
            for line, one, two in part
            if line.tier >= 4
        ]
        print(
            f"{source or 'all':24} told {_share(told)} (rules {_share(rules)}), T4 and T5 {_share(urgent)}, "
            f"at once {_share(at_once)}; wrong {_share(quiet)} (rules {_share(wrong)}) of {len(quiet)}"
        )


def is_told(line: Line, told: float, measures: Measures) -> bool:
    """Whether the screen would bring this line to people."""
    if told >= measures.enough or line.rule_tier == 5:
        return True
    return line.rule_tier >= 2 and told >= measures.against


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits) / len(hits):.3f}" if hits else "  -  "


def main() -> None:
    """Learn, say what would come of it, write."""
    parser = argparse.ArgumentParser(description="Learn the signs of a language from labelled lines.")
    parser.add_argument("languages", nargs="*", help="all that have a lexicon, without it")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    args = parser.parse_args()
    for language in args.languages or available_languages(LEXICON):
        screen = load_screen([language], LEXICON, signs=False)
        lines = read_lines(language, screen)
        rules = rule_lines(screen)
        always = [*rules, *other_lines(language, screen)]
        print(f"\n# {language}: {len(lines)} lines of {len({line.source for line in lines})} writers")
        weighed = kept_aside(lines, always)
        signs, weights = signs_of([*always, *lines])
        measures = measures_for(weighed, signs.measures)
        weights = heeding(weights, measures, rules)
        report(weighed, measures)
        print(f"{len(weights)} signs")
        if not args.dry:
            heading = (
                "Signs: words, pairs and triples that speak for telling a person (first number), and for",
                "doing so at once (second), or against it (below zero); in hundredths. Learned by `make",
                "learn` from the lines under tests/data/lines, not edited by hand. See docs/lexicon.md.",
            )
            path = LEXICON / f"{language}.signs.tsv"
            path.write_text(write_signs(measures, weights, heading), encoding="utf-8")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
