"""The tables of signs as they are shipped, and how they are learned."""

from pathlib import Path

import pytest

from bot.domain.screen import LexiconFault, Screen
from bot.domain.screen.signs import NEVER_AGAINST, Measures, Signs
from bot.domain.tier import Tier
from bot.runtime.lexicon_files import available_languages, load_screen
from tests import CACHE
from tools import learn

FOLDER = Path(__file__).resolve().parents[2] / "data" / "lexicon"
LANGUAGES = available_languages(FOLDER)
SCREENS = {language: load_screen([language], FOLDER, CACHE) for language in LANGUAGES}


def signs_of(language: str) -> Signs:
    signs = SCREENS[language].packs[0].signs
    assert signs is not None
    return signs


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_signs_that_can_speak_both_ways(language: str) -> None:
    signs = signs_of(language)
    assert len(signs) > 5_000
    assert signs.measures.told < signs.measures.against < 0 < signs.measures.enough


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rules_of_a_language_are_seldom_talked_down_on_their_own_lines(language: str) -> None:
    """Of what the rules must find, signs may take the weight from very little, and from nothing at T5."""
    told = lost = 0
    for rule in SCREENS[language].packs[0].rules:
        for line in rule.must_match if rule.tier.opens_case else ():
            told += 1
            finding = SCREENS[language].read(line)
            lost += not finding.tier.opens_case
            assert finding.tier.opens_case or rule.tier < NEVER_AGAINST, line
            assert finding.tier >= rule.tier or rule.tier < Tier.T4, line
    assert lost / told < 0.01


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_nobody_learned_from_do_not_get_worse(language: str) -> None:
    """A floor well below what `make eval` measures, so that no new table or rule goes far wrong unnoticed."""
    rows = (learn.LINES / f"{language}.unseen_short.tsv").read_text(encoding="utf-8").splitlines()
    told, quiet = [], []
    for label, _, _, text in (row.split("\t") for row in rows):
        (told if label == "1" else quiet).append(SCREENS[language].read(text).tier.opens_case)
    assert sum(told) / len(told) >= 0.65
    assert sum(quiet) / len(quiet) <= 0.1


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_message_and_unknown_words_say_nothing(language: str) -> None:
    for text in ("", "   ", "qwxz vbnq jkqx", "😀 😀", "12 34"):
        assert SCREENS[language].read(text).tier is Tier.T0


def test_signs_are_read_only_where_they_are_wanted() -> None:
    bare = load_screen(["en"], FOLDER, CACHE, signs=False)
    assert bare.packs[0].signs is None


def test_a_broken_table_is_refused_with_its_name_and_line(tmp_path: Path) -> None:
    (tmp_path / "aa.toml").write_text(
        'language = "aa"\nreviewed = false\n[[rule]]\nid = "active.word"\ntier = 3\nany = ["alpha now"]\n'
        'must_match = ["alpha now", "the alpha now"]\nmust_not_match = ["three", "four"]\n'
    )
    (tmp_path / "aa.signs.tsv").write_text("=\ttold\t-100\nword\n")
    with pytest.raises(LexiconFault) as broken:
        load_screen(["aa"], tmp_path)
    assert broken.value.faults == [
        "aa.signs.tsv: line 2: must be a sign and two whole numbers up to 10,000, with tabs between"
    ]


# ------------------------------------------------------------------------------------------------- learning

TOLD = ("the rope is tied", "tied the rope in the barn", "rope in the barn is ready", "i tied a rope for me")
QUIET = ("the boat is tied", "tied the boat at the pier", "boat at the pier is ready", "i tied a bow for her")


def lines() -> list[learn.Line]:
    rows = [(3 + number % 2, text) for number, text in enumerate(TOLD)] + [(0, text) for text in QUIET]
    return [
        learn.Line(f"writer {number % 2}", tier, "method" if tier else "chat", tuple(text.split()), 0)
        for number, (tier, text) in enumerate(rows * 3)
    ]


def test_what_only_told_lines_say_speaks_for_telling_and_the_other_way_round() -> None:
    signs, weights = learn.signs_of(lines())
    assert weights["rope"][0] > 0 > weights["boat"][0]
    assert abs(weights.get("tied", (0, 0))[0]) < weights["rope"][0]
    assert signs.told(["a", "rope"]) > signs.told(["a", "boat"])
    assert all(abs(one) <= 500 for one, _ in weights.values())


def test_a_triple_is_only_learned_together_with_its_last_pair() -> None:
    _, weights = learn.signs_of(lines())
    triples = [sign for sign in weights if sign.count(" ") == 2]
    assert triples
    assert all(sign.partition(" ")[2] in weights for sign in triples)


def test_every_line_is_weighed_by_signs_its_writer_had_no_part_in() -> None:
    own = [learn.Line("one", 3, "method", ("swordfish",) * 4, 0)] * 5
    weighed = learn.kept_aside([*own, *lines()], [])
    assert len(weighed) == len(own) + len(lines())
    assert {told for line, told, _ in weighed if line.source == "one"} == {
        learn.signs_of(lines())[0].told(["swordfish"] * 4)
    }


def test_what_a_grave_rule_is_proved_on_never_loses_its_weight() -> None:
    _, weights = learn.signs_of(lines())
    eager = Measures(told=0, urgent=0, enough=200, pressing=0, against=150)
    grave, other, long = (
        learn.Line("rules", tier, "method", words, tier)
        for tier, words in ((4, ("boat", "boat")), (3, ("boat", "tied")), (5, ("rope", "boat") * 20))
    )
    heeded = Signs.of(eager, learn.heeding(weights, eager, [grave, other, long]))
    assert heeded.told(grave.words) >= 150 > Signs.of(eager, weights).told(grave.words)
    assert heeded.told(long.words) >= 150
    assert heeded.told(other.words) < 150
    assert learn.heeding(weights, eager, [other]) == weights


def test_lines_called_unseen_are_never_learned_from() -> None:
    screen = Screen([])
    read = learn.read_lines("de", screen)
    unseen = {
        tuple(screen.words(row.split("\t")[3]))
        for row in (learn.LINES / "de.unseen.tsv").read_text(encoding="utf-8").splitlines()
    }
    assert read
    assert not any("unseen" in line.source for line in read)
    assert unseen.isdisjoint(line.words for line in read)
