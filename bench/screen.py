"""How fast the screen reads, beside the same patterns in Python's own `re`; and what it flags in a file.

    python bench/screen.py                       throughput on made-up chat
    python bench/screen.py lines.tsv             the same on that file, and how many lines reach T2
    python bench/screen.py lines.tsv --show      and which ones

The file holds one message a line; of a tab-separated line the last column is read.
Every figure is the median of several runs.
"""

import argparse
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.domain.screen import Screen  # noqa: E402
from bot.domain.tier import Tier  # noqa: E402
from bot.runtime.lexicon_files import load_screen  # noqa: E402

RUNS = 5
_MADE_UP = (
    "good morning everyone, how did the interview go?",
    "i'll be ten minutes late, the train stopped again",
    "has anybody tried the new bread recipe from tuesday",
    "not today, work was long and i'm off to bed lol",
    "feeling really low today, but thanks for asking",
    "can someone send me the link to the meeting notes please",
    "i want to die",
    "this commute is killing me",
)


def seconds(work: Callable[[], object]) -> float:
    """The median time of several runs."""
    times: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def baseline(screen: Screen) -> re.Pattern[str]:
    """All rules as one alternation for Python's `re`: no context, no disguises, no typing slips."""
    return re.compile("|".join(f"(?:{rule.source})" for pack in screen.packs for rule in pack.rules))


def throughput(screen: Screen, lines: Sequence[str]) -> None:
    """Print lines a second for the screen and for the baseline."""
    spaced = [f" . {line.lower().replace(chr(39), '')} . " for line in lines]
    pattern = baseline(screen)
    ours = seconds(lambda: [screen.read(line) for line in lines])
    theirs = seconds(lambda: [pattern.search(line) for line in spaced])
    print(f"{len(lines)} lines, median of {RUNS} runs")
    print(f"  Screen.read                {len(lines) / ours:>9,.0f} lines a second")
    print(f"  one `re` alternation       {len(lines) / theirs:>9,.0f} lines a second")


def worst(screen: Screen) -> None:
    """Print how long the longest and most awkward messages take."""
    for name, text in {
        "i want to, over and over": "i want to " * 700,
        "single letters": "k i l l " * 900,
        "a wall of one letter": "a" * 7000,
        "all signs": "@$!*#|_~`<>" * 600,
        "quotation marks": '"“' * 3000,
    }.items():
        print(f"  {name:<26} {seconds(lambda text=text: screen.read(text)) * 1000:>9.1f} ms")


def flagged(screen: Screen, lines: Sequence[str], show: bool) -> None:
    """Print how many lines reach each tier that is brought to people."""
    tiers: Counter[Tier] = Counter()
    for line in lines:
        finding = screen.read(line)
        tiers[finding.tier] += 1
        if show and finding.tier.opens_case:
            print(f"  {finding.tier.name} {line}\n     {', '.join(finding.rules)}")
    count = sum(number for tier, number in tiers.items() if tier.opens_case)
    print(f"T2 or more: {count} of {len(lines)} lines, {1000 * count / max(1, len(lines)):.1f} in 1,000")
    print("  " + ", ".join(f"{tier.name} {tiers[tier]}" for tier in Tier if tiers[tier]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the crisis-language screen.")
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--show", action="store_true", help="print the lines that reach T2")
    parser.add_argument("--languages", default="en")
    args = parser.parse_args()
    screen = load_screen(args.languages.split(","), ROOT / "data" / "lexicon")
    if args.file is None:
        lines = list(_MADE_UP) * 250
    else:
        written = args.file.read_text(encoding="utf-8").splitlines()
        lines = [line.rpartition("\t")[2] for line in written[1 if "\t" in written[0] else 0 :]]
    throughput(screen, lines)
    print("The longest and most awkward messages, each at the limit of what is read")
    worst(screen)
    if args.file is not None:
        flagged(screen, lines, args.show)


if __name__ == "__main__":
    main()
