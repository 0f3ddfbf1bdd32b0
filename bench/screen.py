"""How fast the screen reads, beside a plain keyword list, and how that grows with the number of rules.

    python -m bench.screen               on made-up chat
    python -m bench.screen CHAT          on a file of ordinary chat, one message a line (the last column of a
                                         tab-separated line)
    python -m bench.screen CHAT --show   and which lines reach T2

Every figure is the median of several runs, next to what a keyword list takes (bench/baselines.py).
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.baselines import automod
from bot.domain.screen import Screen
from bot.domain.screen.pack import sieve_of
from bot.domain.tier import Tier
from bot.runtime.lexicon_files import available_languages, load_screen

ROOT = Path(__file__).resolve().parent.parent
LEXICON = ROOT / "data" / "lexicon"
LINES = ROOT / "tests" / "data" / "lines"
RUNS = 7
_LONG = 60
_TIERS = (Tier.T2, Tier.T3, Tier.T4)
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
_MEASURE_MEMORY = """
import sys
from pathlib import Path
from bot.runtime.lexicon_files import available_languages, load_screen

def megabytes():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6

folder, cache, chat = (Path(given) for given in sys.argv[1:4])
before = megabytes()
screens = {language: load_screen([language], folder, cache) for language in available_languages(folder)}
loaded = megabytes()
for line in chat.read_text(encoding="utf-8").splitlines():
    screens["en"].read(line)
print(loaded - before, megabytes() - before)
"""


def median_of(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median time of several runs, in seconds."""
    times: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def read_chat(path: Path | None) -> list[str]:
    """Messages of a file, or made-up ones."""
    if path is None:
        return list(_MADE_UP) * 250
    written = path.read_text(encoding="utf-8").splitlines()
    return [line.rpartition("\t")[2] for line in written[1 if "\t" in written[0] else 0 :]]


def hostile() -> dict[str, str]:
    """The longest message Discord takes, filled with what is most work."""
    texts = {
        "wanting, over and over": "i want to die and kill myself tonight ",
        "letters spelled out": "k i l l m y s e l f ",
        "a wall of one letter": "a",
        "one long word": "iwanttodiekillmyself",
        "all signs": "@$!*#|_~`<>",
        "quotation marks": '"“',
        "invisible letters": "d\u200bi\u0336e ",
        "numbers in words": "k1ll mys3lf su1c1d3 ",
        "words of every rule": " ".join(dict.fromkeys(_words_of_rules())),
        "a line of every rule": ". ".join(_lines_of_rules()),
        **{f"a line of every {tier.name} rule": ". ".join(_lines_of_rules(tier)) for tier in _TIERS},
    }
    return {name: (text * (4000 // len(text) + 1))[:4000] for name, text in texts.items()}


def _words_of_rules() -> list[str]:
    return [word for line in _lines_of_rules() for word in line.split()]


def _lines_of_rules(tier: Tier | None = None) -> list[str]:
    screen = load_screen(["en"], LEXICON, ROOT / "var" / "cache")
    rules = sorted((rule for pack in screen.packs for rule in pack.rules), key=lambda rule: rule.id)
    return [rule.must_match[0] for rule in rules if tier in (None, rule.tier)]


def speed(screen: Screen, lines: Sequence[str]) -> None:
    """Messages a second, and how long single messages take."""
    for line in lines:
        screen.read(line)  # a running bot has met most words before
    ours = median_of(lambda: [screen.read(line) for line in lines])
    theirs = median_of(lambda: [automod(line) for line in lines])
    singles = sorted(statistics.median(_singly(screen, line) for _ in range(3)) for line in lines)
    print(f"{len(lines)} messages, median of {RUNS} runs")
    print(f"  this screen           {len(lines) / ours:>10,.0f} messages a second")
    print(f"  45 keywords, as `re`  {len(lines) / theirs:>10,.0f} messages a second")
    for name, place in (("half take at most", 0.5), ("99 in 100 at most", 0.99), ("the slowest takes", 1.0)):
        print(f"  {name:<21} {1000 * singles[min(len(singles) - 1, int(place * len(singles)))]:>10.3f} ms")


def _singly(screen: Screen, line: str) -> float:
    began = time.perf_counter()
    screen.read(line)
    return time.perf_counter() - began


def worst(screen: Screen) -> None:
    """How long the most awkward messages of 4,000 characters take."""
    print("The most awkward messages of 4,000 characters")
    for name, text in hostile().items():
        finding = screen.read(text)
        given_up = ", given up: a person reads it" if finding.unfinished else ""
        print(f"  {name:<24} {1000 * median_of(lambda text=text: screen.read(text)):>8.2f} ms{given_up}")


def long_talk(screen: Screen, chat: Sequence[str]) -> None:
    """How long messages take in which people say much, one sentence after another."""
    rows = [
        row.split("\t")
        for path in sorted(LINES.glob("en.dev*.tsv"))
        for row in path.read_text(encoding="utf-8").splitlines()
    ]
    told, quiet = ([text for to_tell, *_, text in rows if to_tell == flag] for flag in "10")
    print(f"Long messages, {_LONG} of each kind: half take at most, and the slowest")
    for name, kinds in (
        ("ordinary talk", [chat]),
        ("half of it for moderators", [chat, told]),
        ("half of it only looks so", [chat, quiet]),
    ):
        times: list[str] = []
        for length in (500, 2000, 4000):
            taken = sorted(
                1000 * median_of(lambda text=text: screen.read(text), 3) for text in _talk(kinds, length)
            )
            times.append(f"{length} characters {taken[_LONG // 2]:>5.1f} and {taken[-1]:>5.1f} ms")
        print(f"  {name:<26} {', '.join(times)}")


def _talk(kinds: Sequence[Sequence[str]], length: int) -> Iterator[str]:
    chance = random.Random(length)
    for _ in range(_LONG):
        text = ""
        while len(text) < length:
            text += chance.choice(chance.choice(kinds)).rstrip(".") + ". "
        yield text[:length]


def loading(lines: Sequence[str]) -> None:
    """How long all lexicons take to load, and what they take of memory."""
    languages = available_languages(LEXICON)
    with tempfile.TemporaryDirectory() as folder:
        cache, chat = Path(folder) / "cache", Path(folder) / "chat"
        chat.write_text("\n".join(lines), encoding="utf-8")
        began = time.perf_counter()
        load_screen(languages, LEXICON, cache)
        first = time.perf_counter() - began
        later = median_of(lambda: [load_screen([language], LEXICON, cache) for language in languages])
        command = [sys.executable, "-c", _MEASURE_MEMORY, str(LEXICON), str(cache), str(chat)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    loaded, after = map(float, done.stdout.split())
    print(f"All lexicons: {', '.join(languages)}")
    print(f"  the first time, with every rule proved on its lines {1000 * first:>7.0f} ms")
    print(f"  every later time                                    {1000 * later:>7.0f} ms")
    print(f"  memory when loaded                                  {loaded:>7.1f} MB")
    print(f"  memory after {len(lines):>6} English messages               {after:>7.1f} MB")


def growth(screen: Screen, lines: Sequence[str]) -> None:
    """The same with more rules: copies of the English ones, so that every copy is looked for as well."""
    (pack,) = screen.packs
    print("English, its rules copied until there are so many")
    for wanted in (500, 2000, 5000):
        copies = [replace(pack.rules[n % len(pack.rules)], id=f"en.copy.{n}") for n in range(wanted)]
        rules = tuple(sorted(copies, key=lambda rule: -rule.tier))
        grown = Screen([replace(pack, rules=rules, sieve=sieve_of(rules, pack.names))])
        for line in lines:
            grown.read(line)
        took = median_of(lambda grown=grown: [grown.read(line) for line in lines], 3)
        print(f"  {wanted:>5} rules  {len(lines) / took:>10,.0f} messages a second")


def flagged(screen: Screen, lines: Sequence[str], show: bool) -> None:
    """How many lines reach each tier that is brought to people."""
    tiers: Counter[Tier] = Counter()
    for line in lines:
        finding = screen.read(line)
        tiers[finding.tier] += 1
        if show and finding.tier.opens_case:
            print(f"  {finding.tier.name} {line}\n     {', '.join(finding.rules)}")
    count = sum(number for tier, number in tiers.items() if tier.opens_case)
    print(f"T2 or more: {count} of {len(lines)} messages")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how fast the screen reads.")
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--show", action="store_true", help="print the lines that reach T2")
    args = parser.parse_args()
    lines = read_chat(args.file)
    screen = load_screen(["en"], LEXICON, ROOT / "var" / "cache")
    speed(screen, lines)
    worst(screen)
    long_talk(screen, lines)
    loading(lines)
    growth(screen, lines)
    if args.file is not None:
        flagged(screen, lines, args.show)


if __name__ == "__main__":
    main()
