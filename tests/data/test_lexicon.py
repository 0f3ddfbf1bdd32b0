"""Every lexicon that is shipped keeps its own promises, and does well on lines written for the project."""

import argparse
import io
import json
from pathlib import Path

import pytest

from bot.domain.screen import Finding, Found, LexiconFault, Screen
from bot.domain.tier import Tier
from bot.runtime import screen_command
from bot.runtime.lexicon_files import UnknownLanguage, available_languages, load_screen

FOLDER = Path(__file__).resolve().parents[2] / "data" / "lexicon"
LANGUAGES = available_languages(FOLDER)
LINES = Path(__file__).with_name("lines")

SCREENS = {language: load_screen([language], FOLDER, Path("var/cache")) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_a_shipped_lexicon_finds_its_lines_and_no_others(language: str, tmp_path: Path) -> None:
    """Read anew, so that every rule proves itself on its own lines; and what is remembered reads the same."""
    proved = load_screen([language], FOLDER, tmp_path)
    remembered = load_screen([language], FOLDER, tmp_path)
    for rule in proved.packs[0].rules:
        for line in rule.must_match[:1] + rule.must_not_match[:1]:
            assert remembered.read(line) == proved.read(line)


def test_english_covers_every_tier_and_enough_of_what_people_say() -> None:
    rules = SCREENS["en"].packs[0].rules
    assert len(rules) >= 80
    assert {rule.tier for rule in rules} == {Tier.T1, Tier.T2, Tier.T3, Tier.T4, Tier.T5}
    assert {rule.category for rule in rules} >= {
        "passive", "active", "method", "plan", "imminent", "selfharm", "overdose", "abuse", "violence",
        "third", "algospeak", "grief", "recovery", "distress",
    }  # fmt: skip


def lines_of(language: str, kind: str) -> list[tuple[int, int, str]]:
    rows = (LINES / f"{language}.{kind}.tsv").read_text(encoding="utf-8").splitlines()
    return [(int(label), int(tier), text) for label, tier, _, text in (row.split("\t") for row in rows)]


def test_the_projects_own_lines_do_not_get_worse() -> None:
    """A floor, not a measure: the lexicon was written with these lines in view."""
    found = [
        (label, tier, SCREENS["en"].read(text).tier) for label, tier, text in lines_of("en", "regression")
    ]
    told = [(tier, read) for label, tier, read in found if label]
    other = [read for label, _, read in found if not label]
    assert sum(read.opens_case for _, read in told) / len(told) >= 0.97
    assert (
        sum(read >= Tier.T4 for tier, read in told if tier >= 4) / sum(tier >= 4 for tier, _ in told) >= 0.9
    )
    assert sum(read.opens_case for read in other) / len(other) <= 0.02


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("i want to kill myself", "i dont want to kill myself, promise"),
        ("i attempted last week", "i attempted ten years ago and i am glad it failed"),
        ("i have been suicidal all week", "if you have been suicidal all week please call a helpline"),
        ("i want to die", 'the lyrics go "i want to die"'),
        ("i want to die", "i want to die of embarrassment"),
        ("i keep thinking about killing myself", "are you thinking about killing yourself?"),
        ("i cut myself again", "i cut myself again while shaving"),
    ],
)
def test_english_hears_the_difference(one: str, other: str) -> None:
    assert SCREENS["en"].read(one).tier >= Tier.T3
    assert SCREENS["en"].read(other).tier <= Tier.T1


@pytest.mark.parametrize(
    "line",
    [
        "i said i wasn't suicidal but i lied",
        "i can't promise i won't kill myself",
        "i attempted years ago and tonight i want to do it again",
        "lol i want to die, not joking",
        "my boss is killing me and i actually want to kill myself",
        "i'm not going to do anything but i don't want to be alive",
    ],
)
def test_english_is_not_talked_out_of_it(line: str) -> None:
    assert SCREENS["en"].read(line).tier >= Tier.T2


# ------------------------------------------------------------------------------------ files and their faults


def written(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


GOOD = """
language = "{language}"
reviewed = false
[[rule]]
id = "active.word"
tier = 3
any = ["{word} now"]
must_match = ["{word} now", "the {word} now"]
must_not_match = ["three", "four"]
"""


def test_languages_are_the_files_there_are(tmp_path: Path) -> None:
    assert available_languages(tmp_path) == ()
    written(tmp_path, "es.toml", "")
    written(tmp_path, "de.toml", "")
    written(tmp_path, "notes.txt", "")
    assert available_languages(tmp_path) == ("de", "es")


def test_a_screen_reads_with_the_languages_asked_for_and_no_others(tmp_path: Path) -> None:
    written(tmp_path, "aa.toml", GOOD.format(language="aa", word="alpha"))
    written(tmp_path, "bb.toml", GOOD.format(language="bb", word="beta"))
    assert load_screen(["aa"], tmp_path).read("alpha now beta now").rules == ("aa.active.word",)
    both = load_screen(["bb", "aa", "bb"], tmp_path)
    assert both.read("alpha now beta now").rules == ("aa.active.word", "bb.active.word")


def test_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    written(tmp_path, "aa.toml", GOOD.format(language="aa", word="{nobody}"))
    written(tmp_path, "bb.toml", "language = ")
    written(tmp_path, "cc.toml", GOOD.format(language="dd", word="gamma"))
    with pytest.raises(LexiconFault) as broken:
        load_screen(["aa", "bb", "cc"], tmp_path)
    assert [fault.partition(":")[0] for fault in broken.value.faults] == ["aa.toml", "bb.toml", "cc.toml"]


def test_an_unknown_language_is_refused_naming_those_there_are(tmp_path: Path) -> None:
    written(tmp_path, "aa.toml", GOOD.format(language="aa", word="alpha"))
    with pytest.raises(UnknownLanguage, match=r"^There is no lexicon for xx\. Languages there are: aa\.$"):
        load_screen(["aa", "xx"], tmp_path)


# ---------------------------------------------------------------------------------------------- the command


def command(*arguments: str, given: str = "", folder: Path = FOLDER) -> tuple[int, str]:
    parser = argparse.ArgumentParser()
    screen_command.add_arguments(parser)
    out = io.StringIO()
    code = screen_command.run(
        parser.parse_args(arguments),
        out,
        io.StringIO(given),
        lambda languages: load_screen(languages, folder),
    )
    return code, out.getvalue()


def test_the_command_explains_a_sentence() -> None:
    code, said = command("honestly i want to k1ll myself")
    assert code == 0
    assert said.startswith("T3: a card for the moderators, without a ping.\n")
    assert "k1ll myself”" in said
    assert "Rules: en.active." in said
    assert "evasion" in said
    assert "nothing about the person" in said


def test_the_command_says_so_when_there_is_nothing() -> None:
    assert command("see you tomorrow")[1].startswith("T0: nothing to bring to anyone.\n")


def test_the_command_prints_words_that_cannot_be_printed() -> None:
    code, said = command("i want to\u0007 die \ud800")
    assert code == 0
    assert said.isprintable() or all(line.isprintable() for line in said.splitlines())


def test_the_command_answers_each_line_with_one_object() -> None:
    given = 'i want to die\nsee you\n\n{"text": "i want to die"}\r\nlast line without an end'
    code, said = command("--jsonl", given=given)
    answers = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    assert len(answers) == 5
    assert list(answers[0]) == ["tier", "rules", "spans", "modifiers"]
    assert (answers[0]["tier"], answers[0]["spans"]) == ("T3", [[0, 13]])
    assert answers[1] == answers[2] == {"tier": "T0", "rules": [], "spans": [], "modifiers": []}
    assert answers[3]["spans"] == [[10, 23]]  # a line is plain text, whatever it looks like


def test_each_line_is_answered_before_the_next_is_read() -> None:
    """A program that waits for an answer before it sends the next line must not wait for ever."""
    out = io.StringIO()

    class OneByOne(io.StringIO):
        def __next__(self) -> str:
            assert out.getvalue().count("\n") == self.sent
            self.sent += 1
            return super().__next__()

        sent = 0

    parser = argparse.ArgumentParser()
    screen_command.add_arguments(parser)
    lines = OneByOne("one\ntwo\nthree\n")
    screen_command.run(parser.parse_args(["--jsonl"]), out, lines, lambda _: Screen([]))
    assert out.getvalue().count("\n") == 3


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "Give a sentence to read"),
        (["hello", "--languages", "xx"], "There is no lexicon for xx. Languages there are: de, en"),
        (["hello", "--languages", ","], "Name at least one language"),
    ],
)
def test_the_command_says_in_one_sentence_what_it_needs(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = command(*arguments)
    assert (code, said) == (2, "")
    assert complaint in capsys.readouterr().err


def test_the_command_lists_what_is_wrong_with_a_lexicon(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, "en.toml", "language = 3")
    code, _ = command("hello", folder=tmp_path)
    assert code == 2
    assert "en.toml: " in capsys.readouterr().err


def test_a_finding_is_written_as_other_programs_expect_it() -> None:
    finding = Finding(Tier.T3, (Found("en.a", "active", (0, 9), Tier.T4, Tier.T3, ("joke",)),))
    assert screen_command.as_json(finding) == (
        '{"tier": "T3", "rules": ["en.a"], "spans": [[0, 9]], "modifiers": ["joke"]}'
    )


# --------------------------------------------------------------------------- proved once, and then remembered

BROKEN_RULE = """
[[rule]]
id = "active.other"
tier = 3
any = ["beta now"]
must_match = ["beta now", "gamma now"]
must_not_match = ["three", "oh beta now"]
"""


def test_a_rule_that_does_not_prove_itself_is_refused_with_file_line_and_reason(tmp_path: Path) -> None:
    written(tmp_path, "aa.toml", GOOD.format(language="aa", word="alpha") + BROKEN_RULE)
    with pytest.raises(LexiconFault) as broken:
        load_screen(["aa"], tmp_path)
    assert broken.value.faults == [
        'aa.toml:12: rule active.other: does not find "gamma now", which it must match',
        'aa.toml:12: rule active.other: "oh beta now", which it must not match, is read as T3 '
        "(aa.active.other)",
    ]


def test_a_fault_in_a_chapter_is_told_with_its_place(tmp_path: Path) -> None:
    written(tmp_path, "aa.toml", GOOD.format(language="aa", word="alpha"))
    (tmp_path / "aa").mkdir()
    written(tmp_path / "aa", "more.toml", BROKEN_RULE.replace('"beta now"]', '"beta now",\n  "(beta"]'))
    with pytest.raises(LexiconFault) as broken:
        load_screen(["aa"], tmp_path)
    assert broken.value.faults == ['aa/more.toml:6: rule active.other: "(beta" has a "(" without its ")"']


def test_word_classes_of_a_chapter_are_its_own_and_those_of_the_first_file_are_for_all(
    tmp_path: Path,
) -> None:
    written(
        tmp_path, "aa.toml", GOOD.format(language="aa", word="alpha") + '[words]\nnow = ["now", "soon"]\n'
    )
    (tmp_path / "aa").mkdir()
    chapter = '[words]\nmore_beta = ["beta"]\n' + BROKEN_RULE.replace(
        "beta now", "{more_beta} {now}"
    ).replace('"{more_beta} {now}", "gamma now"', '"beta now", "beta soon"').replace(
        "oh {more_beta} {now}", "beta"
    )
    written(tmp_path / "aa", "more.toml", chapter)
    assert load_screen(["aa"], tmp_path).read("beta soon").rules == ("aa.active.other",)
    written(
        tmp_path / "aa", "other.toml", BROKEN_RULE.replace("beta now", "{more_beta} x").replace("other", "x")
    )
    with pytest.raises(LexiconFault) as broken:
        load_screen(["aa"], tmp_path)
    assert "other.toml" in broken.value.faults[0]
    assert 'uses the word class "more_beta", which is not there' in broken.value.faults[0]


def test_what_was_proved_is_remembered_and_what_was_changed_is_proved_anew(tmp_path: Path) -> None:
    lexicons, cache = tmp_path / "lexicons", tmp_path / "cache"
    lexicons.mkdir()
    written(lexicons, "aa.toml", GOOD.format(language="aa", word="alpha"))
    first = load_screen(["aa"], lexicons, cache)
    (kept,) = cache.iterdir()
    again = load_screen(["aa"], lexicons, cache)
    assert again.packs[0].rules[0].phrases[0].made is None  # made when it is first looked for
    assert again.read("alpha now") == first.read("alpha now")

    written(lexicons, "aa.toml", GOOD.format(language="aa", word="beta"))
    assert load_screen(["aa"], lexicons, cache).read("beta now").rules == ("aa.active.word",)
    (newer,) = cache.iterdir()
    assert newer != kept

    for damage in (b"", b"{}", b"[1]", newer.read_bytes()[:90]):
        newer.write_bytes(damage)
        assert load_screen(["aa"], lexicons, cache).read("beta now").rules == ("aa.active.word",)


def test_a_cache_that_cannot_be_written_is_no_hindrance(tmp_path: Path) -> None:
    written(tmp_path, "aa.toml", GOOD.format(language="aa", word="alpha"))
    (tmp_path / "cache").write_text("a file where a folder should be")
    assert load_screen(["aa"], tmp_path, tmp_path / "cache").read("alpha now").tier is Tier.T3
