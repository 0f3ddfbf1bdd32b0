"""Every promise of safety and privacy that this version makes is held by a test that names it.

S and P are the invariants docs/safety.md and PRIVACY.md put into words.
"""

import re
from pathlib import Path

from sqlalchemy import BigInteger

from bot.domain.case import Case, Outcome
from bot.runtime.files import HOSTS
from bot.runtime.furnishing import read_words
from bot.runtime.settings import shipped_words
from bot.store.schema import metadata

TESTS = Path(__file__).parent

HELD = {
    "S1": "a person is reached fast",
    "S2": "nobody is punished",
    "S3": "no alert is lost",
    "S4": "later is not lesser",
    "S5": "acknowledged is not done",
    "S6": "conflict of interest",
    "S7": "point, do not copy",
    "S8": "the person is told, privately",
    "S9": "no machine verdicts",
    "S10": "no automatic contact",
    "S11": "screening is visible",
    "S12": "helplines have a source",
    "S13": "kind words only",
    "P1": "minimum",
    "P2": "encrypted at rest",
    "P4": "retention",
    "P5": "others cannot look",
    "P7": "logs hold no content",
    "P8": "opt-in contact",
    "P10": "names are safe",
}
NOT_YET = {
    "P3": "show, export and erase come with their own commands; the columns are marked for it already",
    "P6": "there are no group figures yet",
    "P9": "erasing a server that removed the bot comes with erasing in general",
}


def test_each_promise_is_named_by_a_test() -> None:
    own = (
        test_no_word_for_a_verdict,
        test_nothing_but_discord_is_ever_contacted,
        test_no_column_for_anything_clinical,
    )
    words = [str(test.__doc__) for test in own]
    words += [path.read_text("utf-8") for path in TESTS.rglob("*.py") if path != Path(__file__)]
    named = set(re.findall(r"\b[SP]\d{1,2}\b", " ".join(words)))
    assert sorted(HELD.keys() - named) == []
    every = {*(f"S{number}" for number in range(1, 14)), *(f"P{number}" for number in range(1, 11))}
    assert HELD.keys() | NOT_YET.keys() == every


def test_what_is_not_there_yet_is_said_to_people() -> None:
    assert "Not there yet in this version" in (TESTS.parent / "PRIVACY.md").read_text("utf-8")


def test_no_word_for_a_verdict() -> None:
    """S9: what staff see is an order of work; no text speaks of risk, severity or a score."""
    verdict = re.compile(r"\b(risk|severe|severity|score|level|tier|suicid\w+|patient)\b", re.IGNORECASE)
    english = read_words(shipped_words(), Path("var/cache")).texts.of("en")
    for key in english.known():
        entry = english.entry(key)
        for form in [entry] if isinstance(entry, str) else entry.values():
            assert verdict.search(form) is None, key
    assert not any("history_of" in name or "score" in name for name in Case.__dataclass_fields__)


def test_nothing_but_discord_is_ever_contacted() -> None:
    """S10: no code opens a connection of its own, but to the files people attach, which Discord keeps.

    There is no way to police, family or anyone outside. For the operator there is a sign of life without any
    data, and two connections that do not leave the machine.
    """
    for_the_operator = {"heartbeat.py", "healthcheck_command.py", "systemd.py"}
    code = [path for path in (TESTS.parent / "bot").rglob("*.py") if "sandbox" not in path.parts]
    code = [path for path in code if path.name not in for_the_operator]
    ways = re.compile(r"ClientSession|urlopen|urllib\.request|http\.client|smtplib|socket\.|requests\.")
    assert [path.name for path in code if ways.search(path.read_text("utf-8"))] == ["files.py"]
    assert {"cdn.discordapp.com", "media.discordapp.net"} == HOSTS
    assert {*Outcome} == {"reached", "declined", "false_alarm", "handed_on", "not_reached"}


def test_no_column_for_anything_clinical() -> None:
    """P1: the database has no place for diagnoses, medication or what somebody wrote."""
    tables = metadata.tables.values()
    names = {f"{table.name}.{column.name}" for table in tables for column in table.columns}
    wrong = re.compile(r"diagnos|medicat|treat|symptom|content|text|words|excerpt|score")
    assert [name for name in names if wrong.search(name)] == []


def test_every_column_that_can_hold_a_person_is_marked() -> None:
    """So that showing, exporting and erasing can be checked against the schema."""
    unmarked = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, BigInteger)
        and re.search(r"user|person|_by$|actor|reporter|owner", column.name)
        and not column.info.get("person")
    ]
    assert unmarked == []
