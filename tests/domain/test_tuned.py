"""A server's own words: listened for, known to be harmless, and never a way to mute what happens now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.screen import OwnWords, PhraseFault, Screen, TunedScreen
from bot.domain.tier import Tier
from tests.domain.test_screen import SCREEN


def tuned(*own: OwnWords) -> TunedScreen:
    return TunedScreen(SCREEN, own)


def test_own_words_are_listened_for_at_the_tier_the_server_gave_them() -> None:
    screen = tuned(OwnWords(7, "(red|blue) bridge", Tier.T4))
    finding = screen.read("i am walking to the RED bridge")
    assert (finding.tier, finding.rules, finding.categories) == (Tier.T4, ("own.7",), ("own",))
    assert screen.read("i am walking to the green bridge").tier is Tier.T0


def test_own_words_stand_beside_those_of_the_lexicon() -> None:
    screen = tuned(OwnWords(1, "red bridge", Tier.T2))
    assert screen.read("i want to die. red bridge").rules == ("en.active.wish", "own.1")


def test_harmless_words_take_the_weight_from_what_stands_on_them() -> None:
    screen = tuned(OwnWords(1, "want to die hard", None))
    finding = screen.read("i want to die hard 2 tonight")
    assert finding.tier is Tier.T0
    assert [each.modifiers for each in finding.ignored] == [("allowed",)]
    assert screen.read("i want to die").tier is Tier.T3
    assert screen.read("want to die hard, then kill myself").rules == ("en.active.kill",)


def test_what_happens_now_cannot_be_muted() -> None:
    screen = tuned(OwnWords(1, "took # pills", None), OwnWords(2, "i took", None))
    assert screen.read("i took 30 pills").tier is Tier.T5


def test_words_that_would_hide_lines_of_the_lexicon_are_named() -> None:
    screen = Screen([*SCREEN.packs])
    assert TunedScreen(screen, [OwnWords(1, "not there", None)]).would_hide(Tier.T3) is None


@pytest.mark.parametrize(
    ("words", "kind"),
    [("", "empty"), ("(one", "partner"), ("{die}", "no_class"), ("~9 x", "gap"), ("to", "broad"),
     ("i have to go", "broad"), ("sui*", "star"), ("~3", "nothing"), ("a,b", "word")],
)  # fmt: skip
def test_words_that_cannot_be_looked_for_are_refused_with_the_kind_of_fault(words: str, kind: str) -> None:
    with pytest.raises(PhraseFault) as fault:
        tuned(OwnWords(1, words, Tier.T3))
    assert fault.value.kind == kind


@given(st.lists(st.text(max_size=30), max_size=6), st.text(max_size=80))
def test_no_words_a_server_allows_ever_hide_what_happens_now(allowed: list[str], around: str) -> None:
    own: list[OwnWords] = []
    for number, words in enumerate([*allowed, "took 30 pills", "i took 30", "30 pills"]):
        try:
            TunedScreen(SCREEN, [OwnWords(number, words, None)])
        except PhraseFault:
            continue
        own.append(OwnWords(number, words, None))
    text = f"{around}. i took 30 pills."
    assert TunedScreen(SCREEN, own).read(text).tier == SCREEN.read(text).tier
