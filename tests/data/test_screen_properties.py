"""What must hold for any text there is, tried with the lexicons as they are shipped."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.screen import hostile
from bot.domain.screen import Finding, Found
from bot.domain.screen.matching import MOST_STEPS
from bot.domain.tier import Tier
from bot.runtime.lexicon_files import load_screen

LEXICON = Path(__file__).resolve().parents[2] / "data" / "lexicon"
ENGLISH = load_screen(["en"], LEXICON, Path("var/cache"))
LINES = [
    row.split("\t")[3]
    for row in (Path(__file__).with_name("lines") / "en.regression.tsv").read_text("utf-8").splitlines()
]
EXAMPLES = [line for pack in ENGLISH.packs for rule in pack.rules for line in rule.must_match]
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u0336\u0301\ufe0f\u202e"

lines = st.sampled_from([*LINES, *EXAMPLES])
noise = st.text(st.sampled_from("ikldesx1!3$*_-. |`<@:>/~'\"\n\u200bіе😂é\ud800,?"), max_size=30)
texts = st.lists(lines | noise, min_size=1, max_size=4).map(" ".join)


def brought(finding: Finding) -> tuple[Tier, tuple[Found, ...], bool]:
    """What of a finding is brought to people.

    Words that signs speak against may not have been looked for; nor, in a message that takes long to read,
    what could change nothing any more.
    """
    found = tuple(each for each in finding.found if each.tier.opens_case)
    return max(finding.tier, Tier.T1), () if finding.tier >= Tier.T4 else found, finding.unfinished


@given(texts)
@settings(max_examples=200, deadline=None)
def test_the_glance_holds_nothing_back(text: str) -> None:
    assert brought(ENGLISH.read(text)) == brought(ENGLISH.read_whole(text))


@pytest.mark.parametrize(
    "text",
    [
        "SIashed my wrists",
        "going to SIice my wrists open",
        "i want to ki\u200bII myself",
        "i want to wwW.a.com die",
        "`\u200b`` foo ``` i want to kill myself `",
    ],
)
def test_no_disguise_slips_past_the_glance(text: str) -> None:
    assert brought(ENGLISH.read(text)) == brought(ENGLISH.read_whole(text))
    assert ENGLISH.read(text).tier.opens_case


def test_what_one_language_found_early_does_not_end_the_reading_of_another() -> None:
    both = load_screen(["en", "es"], LEXICON, Path("var/cache"))
    rows = (Path(__file__).with_name("lines") / "es.learning_1.tsv").read_text("utf-8").splitlines()
    quiet = [row.split("\t")[3] for row in rows if row.startswith("0\t0")]
    said = "llevo la cuchilla en la mochila y no paro de pensar en usarla"
    heard = 0
    for start in range(0, 300, 5):
        text = ". ".join(["logging off forever (until 9am)", *quiet[start : start + 10], said])
        if any(each.tier.opens_case for each in both.weigh(text, to_the_end=True).found):
            heard += 1
            assert both.read(text).tier.opens_case
    assert heard > 3


@given(texts | st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_it_never_raises_and_points_only_into_the_text(text: str) -> None:
    finding = ENGLISH.read(text)
    assert all(0 <= each.span[0] < each.span[1] <= len(text) for each in (*finding.found, *finding.ignored))
    assert finding.tier <= Tier.T5
    assert finding.tier >= max((each.tier for each in finding.found), default=Tier.T0)


@given(lines, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_what_cannot_be_seen_changes_nothing(line: str, chance: random.Random) -> None:
    dressed = "".join(
        letter + "".join(chance.choices(INVISIBLE, k=chance.choice((0, 0, 1, 3)))) for letter in line
    )
    plain, hidden = ENGLISH.read(line), ENGLISH.read(dressed)
    assert (hidden.tier, hidden.rules, hidden.modifiers) == (plain.tier, plain.rules, plain.modifiers)


@pytest.mark.parametrize("name", hostile())
def test_no_message_takes_more_steps_than_one_may(name: str) -> None:
    weighed = ENGLISH.weigh(hostile()[name])
    assert weighed.steps <= 2 * (MOST_STEPS + 5_000)  # two views, and the last phrase begun is finished


@pytest.mark.parametrize(
    "text",
    ["i,want,to,die,and,kill,myself,tonight," * 100, "die.kill.myself.i.want.to." * 150, "kms-" * 1000],
)
def test_few_long_pieces_are_read_as_any_other_message(text: str) -> None:
    """A message without a space must not end the reading at the first glance."""
    assert ENGLISH.read(text).tier >= Tier.T3 or ENGLISH.read(text).unfinished


@given(st.lists(lines, min_size=20, max_size=60).map(". ".join))
@settings(max_examples=30, deadline=None)
def test_even_what_is_given_up_shows_the_gravest_words(text: str) -> None:
    text = f"{text[:3500]}. ok. well. i just swallowed the whole bottle of pills"
    assert ENGLISH.read(text).tier is Tier.T5
