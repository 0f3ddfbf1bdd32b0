"""How well the screen does: on lines the rules were written with, and on lines nobody looked at.

    make eval                            English and every other language
    python -m bench.eval --languages en --misses   and what is missed or wrongly flagged in the lines that
                                         may be looked at

Every figure stands with its count and its 95 % interval (Wilson). The lines are under tests/data/lines:
the regression lines were in view when the rules were written, so they only say whether something got worse;
the development lines were read while rules were written, and signs are learned from them and from those
called "learning"; the unseen ones were neither read by whoever wrote rules nor learned from, and are those
that count. Keep it so: --misses never shows them. "Short" and "plain" lines say it rather directly, as most
people do; the others are roundabout on purpose. What signs do to lines of writers they were not learned from,
`make learn` prints.
"""

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.baselines import BASELINES
from bot.domain.screen import Screen
from bot.domain.screening import wilson
from bot.domain.tier import Tier
from bot.runtime.lexicon_files import available_languages, load_screen

ROOT = Path(__file__).resolve().parent.parent
LINES = ROOT / "tests" / "data" / "lines"
LEXICON = ROOT / "data" / "lexicon"
CHAT = ROOT.parent / "shared" / "crisis" / "ordinary_chat.tsv"

KINDS = ("unseen_short", "unseen_plain", "unseen", "development_plain", "development", "regression")

ASIDE = ("negation", "recovery", "support", "grief")
"""Hard negatives in which somebody is plainly not in danger, and which word lists flag most."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: whether a human should be told, how soon, what kind of words."""

    told: bool
    tier: int
    category: str
    text: str


def read_lines(path: Path) -> list[Line]:
    """The lines of one file."""
    rows = (row.split("\t") for row in path.read_text(encoding="utf-8").splitlines())
    return [Line(row[0] == "1", int(row[1]), row[2], row[3]) for row in rows if row[0] in "01"]


def share(hits: int, total: int, per: int = 100) -> str:
    """A share with its count and its interval: 61.0 % of 200 (54.1 to 67.5)."""
    if not total:
        return "no lines"
    low, high = (per * each for each in wilson(hits, total))
    unit = " %" if per == 100 else f" in {per:,}"
    return f"{per * hits / total:.1f}{unit} of {total} ({low:.1f} to {high:.1f})"


def count(lines: Iterable[Line], reads: Callable[[str], bool]) -> tuple[int, int]:
    """How many of the lines are flagged, and how many there are."""
    found = [reads(line.text) for line in lines]
    return sum(found), len(found)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows as a table, the first of them as its head."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def compare(name: str, screen: Screen, lines: Sequence[Line], *, baselines: bool) -> None:
    """The table of one set of lines: recall by tier, false alarms, and what word lists would do."""
    readers: dict[str, Callable[[str], bool]] = {
        "this screen": lambda text: screen.read(text).tier.opens_case
    }
    if baselines:
        readers |= BASELINES
    told = [line for line in lines if line.told]
    quiet = [line for line in lines if not line.told]
    aside = [line for line in quiet if line.category in ASIDE]
    rows = [["", *readers]]
    groups = [("found, T2 and above", told, 100), ("found, T4 and T5", [x for x in told if x.tier >= 4], 100)]
    groups += [(f"found, T{tier}", [x for x in told if x.tier == tier], 100) for tier in (2, 3, 4, 5)]
    groups += [
        ("false alarms, hard negatives", quiet, 1000),
        ("false alarms, " + ", ".join(ASIDE), aside, 100),
    ]
    for label, group, per in groups:
        if group:
            rows.append([label, *(share(*count(group, reads), per) for reads in readers.values())])
    urgent = [line for line in told if line.tier >= 4]
    if urgent:
        high = sum(screen.read(line.text).tier >= Tier.T4 for line in urgent)
        rows.append(["T4 and T5 read as T4 or T5", share(high, len(urgent)), *([""] * (len(readers) - 1))])
    print(f"\n## {name}: {len(told)} to be told, {len(quiet)} not\n")
    table(rows)


def by_category(screen: Screen, lines: Sequence[Line]) -> None:
    """What is found of each kind of words, and what is wrongly flagged of each kind of hard negative."""
    kinds: dict[tuple[bool, str], list[Line]] = defaultdict(list)
    for line in lines:
        kinds[line.told, line.category].append(line)
    rows = [["kind of line", "found", "kind of hard negative", "false alarms"]]
    flagged = {
        key: share(*count(group, lambda text: screen.read(text).tier.opens_case))
        for key, group in sorted(kinds.items())
    }
    found = [(kind, said) for (told, kind), said in flagged.items() if told]
    false = [(kind, said) for (told, kind), said in flagged.items() if not told]
    for number in range(max(len(found), len(false))):
        left = found[number] if number < len(found) else ("", "")
        right = false[number] if number < len(false) else ("", "")
        rows.append([*left, *right])
    print()
    table(rows)


def by_modifier(screen: Screen, lines: Sequence[Line]) -> None:
    """How often each modifier took the weight from a hard negative, and from a line somebody should see."""
    kept: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for line in lines:
        finding = screen.read(line.text)
        if finding.before.opens_case and not finding.tier.opens_case:
            names = {name for each in (*finding.found, *finding.ignored) for name in each.modifiers}
            (lost if line.told else kept).update(names)
    rows = [["modifier", "hard negatives it kept quiet", "lines it hid that somebody should see"]]
    rows += [[name, str(kept[name]), str(lost[name])] for name in sorted(kept | lost)]
    print()
    table(rows)


def ordinary(screen: Screen, path: Path) -> None:
    """False alarms on ordinary chat, which is not part of the project."""
    if not path.exists():
        print(f"\n## Ordinary chat: not measured, {path.name} is not there")
        return
    rows = path.read_text(encoding="utf-8").splitlines()
    lines = [Line(False, 0, "", row.rpartition("\t")[2]) for row in rows[1 if "\t" in rows[0] else 0 :]]
    readers = {"this screen": lambda text: screen.read(text).tier.opens_case, **BASELINES}
    print(f"\n## Ordinary chat: {len(lines)} lines\n")
    table([["", *readers], ["flagged", *(share(*count(lines, reads), 1000) for reads in readers.values())]])


def amid(screen: Screen, lines: Sequence[Line], path: Path) -> None:
    """The same lines somewhere in a longer message, with ordinary chat before and behind them."""
    if not path.exists():
        return
    chat = [row.rpartition("\t")[2] for row in path.read_text(encoding="utf-8").splitlines()[1:]]
    rows = [["lines of ordinary chat around it", "found, T2 and above", "false alarms, hard negatives"]]
    for around in (0, 2, 6, 12):
        chance = random.Random(around)
        longer: list[Line] = []
        for line in lines:
            texts = chance.sample(chat, around)
            texts.insert(chance.randint(0, around), line.text)
            longer.append(replace(line, text=". ".join(texts)[:4000]))
        shares = [
            share(
                *count([line for line in longer if line.told is told], lambda text: brings(screen, text)), per
            )
            for told, per in ((True, 100), (False, 1000))
        ]
        rows.append([str(around), *shares])
    print("\n## The short unseen lines in longer messages\n")
    table(rows)


def brings(screen: Screen, text: str) -> bool:
    """Whether the screen brings a text to people."""
    return screen.read(text).tier.opens_case


def misses(screen: Screen, lines: Sequence[Line]) -> None:
    """Print what is missed, put too low, or wrongly flagged."""
    for line in lines:
        finding = screen.read(line.text)
        why = ", ".join((*finding.rules, *finding.modifiers))
        if line.told and not finding.tier.opens_case:
            print(f"missed T{line.tier} {line.category}: {line.text} [{why}]")
        elif line.told and line.tier >= 4 > finding.tier:
            print(f"low {finding.tier.name} for T{line.tier} {line.category}: {line.text} [{why}]")
        elif not line.told and finding.tier.opens_case:
            print(f"false {finding.tier.name} {line.category}: {line.text} [{why}]")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how well the screen does.")
    parser.add_argument("--languages", help="for example en,es; all there are without it")
    parser.add_argument("--chat", type=Path, default=CHAT, help="a file of ordinary chat, one message a line")
    parser.add_argument("--misses", action="store_true", help="show wrong lines, never of the unseen set")
    args = parser.parse_args()
    wanted = args.languages.split(",") if args.languages else available_languages(LEXICON)
    for language in sorted(wanted, key=lambda each: (each != "en", each)):
        screen = load_screen([language], LEXICON)
        rules = sum(len(pack.rules) for pack in screen.packs)
        signs = sum(len(pack.signs) for pack in screen.packs if pack.signs is not None)
        print(f"\n# {language}: {rules} rules, {signs:,} signs")
        for kind in KINDS:
            path = LINES / f"{language}.{kind}.tsv"
            if not path.exists():
                continue
            lines = read_lines(path)
            compare(kind, screen, lines, baselines=language == "en")
            if language == "en" and kind == "unseen_short":
                by_category(screen, lines)
                by_modifier(screen, lines)
            if args.misses and not kind.startswith("unseen"):
                misses(screen, lines)
        if language == "en":
            ordinary(screen, args.chat)
            amid(screen, read_lines(LINES / "en.unseen_short.tsv"), args.chat)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
