"""`python -m bot screen`: try the crisis-language screen on a sentence, or on many lines.

It reads what it is given, prints what the screen found, and keeps nothing.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from bot.domain.screen import Finding, LexiconFault, Screen
from bot.domain.tier import Tier
from bot.runtime.lexicon_files import UnknownLanguage

_CANNOT = 2

_ORDER_OF_WORK = {
    Tier.T0: "nothing to bring to anyone",
    Tier.T1: "counted only; nobody is told",
    Tier.T2: "the quiet queue: somebody looks when they can",
    Tier.T3: "a card for the moderators, without a ping",
    Tier.T4: "page the people on call",
    Tier.T5: "page everyone on call until someone takes it",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `python -m bot screen` understands."""
    parser.add_argument("text", nargs="?", help="the sentence to read, in quotation marks")
    parser.add_argument("--languages", default="en", help="lexicons to read with, for example en,es")
    parser.add_argument(
        "--jsonl", action="store_true", help="read lines from standard input, print one JSON object for each"
    )


def run(args: argparse.Namespace, out: TextIO, inp: TextIO, load: Callable[[Sequence[str]], Screen]) -> int:
    """Do what was asked, and return the exit code: 0 when done, 2 when it could not be understood."""
    if args.text is None and not args.jsonl:
        return _refuse("Give a sentence to read, in quotation marks, or use --jsonl to read many lines.")
    languages = [name.strip() for name in str(args.languages).split(",") if name.strip()]
    if not languages:
        return _refuse("Name at least one language, for example --languages en.")
    try:
        screen = load(languages)
    except UnknownLanguage as unknown:
        return _refuse(str(unknown))
    except LexiconFault as broken:
        return _refuse("The lexicon cannot be used:\n" + "\n".join(f"  {fault}" for fault in broken.faults))
    if args.jsonl:
        _print_lines(screen, inp, out)
    else:
        out.write(explain(str(args.text), screen.read(str(args.text))) + "\n")
    out.flush()
    return 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return _CANNOT


def _print_lines(screen: Screen, inp: TextIO, out: TextIO) -> None:
    """One answer for each line. A line is plain text; only its line end is taken off."""
    out.writelines(as_json(screen.read(line.removesuffix("\n").removesuffix("\r"))) + "\n" for line in inp)


def as_json(finding: Finding) -> str:
    """A finding on one line, for other programs."""
    return json.dumps(
        {
            "tier": finding.tier.name,
            "rules": finding.rules,
            "spans": finding.spans,
            "modifiers": finding.modifiers,
        }
    )


def explain(text: str, finding: Finding) -> str:
    """A finding in sentences, for a person."""
    lines = [f"{finding.tier.name}: {_ORDER_OF_WORK[finding.tier]}."]
    if finding.tier > Tier.T0:
        words = ", ".join(f"“{_shown(text[start:end])}”" for start, end in finding.spans)
        lines.append(f"Words: {words}")
        lines.append(f"Rules: {', '.join(finding.rules)}")
        if finding.modifiers:
            lines.append(f"What stands around them changed the reading: {', '.join(finding.modifiers)}")
    lines.append("The tier is an order of work. It says nothing about the person.")
    return "\n".join(lines)


def _shown(words: str) -> str:
    """Words as they can be printed anywhere: on one line, without half characters or control codes."""
    plain = words.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else " " for letter in plain)
