"""Words that say little alone, weighed together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.screen import (
    Chapter,
    OwnWords,
    Pack,
    Screen,
    SignsFault,
    TunedScreen,
    parse_pack,
    parse_signs,
)
from bot.domain.screen.signs import Measures, Signs, signs_in, write_signs
from bot.domain.tier import Tier

MEASURES = Measures(told=-200, urgent=-300, enough=100, pressing=100, against=-350)
WEIGHTS = (
    ("counted", 400, 200),
    ("them twice", 500, 900),
    ("nobody will feed", 700, 0),
    ("will feed", 0, 0),
    ("invoice", -900, -100),
    ("monday", 20, 20),
)
TABLE = write_signs(MEASURES, {sign: (one, two) for sign, one, two in WEIGHTS}, ["a heading", "and more"])

RAW = {
    "language": "en",
    "reviewed": False,
    "spelling": {"care_for": ["counted"]},
    "rule": [
        {
            "id": f"{name}.word",
            "tier": tier,
            "any": [f"{name} words"],
            "must_match": [f"{name} words", f"the {name} words"],
            "must_not_match": ["three", "four"],
        }
        for name, tier in (("quiet", 2), ("grave", 4), ("gravest", 5))
    ],
}


def pack(signs: Signs | None) -> Pack:
    bare = parse_pack([Chapter("en.toml", RAW)])
    return Pack(**{name: getattr(bare, name) for name in Pack.__slots__ if name != "signs"}, signs=signs)


@pytest.fixture(scope="module")
def screen() -> Screen:
    return Screen([pack(parse_signs(TABLE))])


def test_a_table_is_read_as_it_was_written() -> None:
    signs = parse_signs(TABLE)
    assert signs.measures == MEASURES
    assert len(signs) == len(WEIGHTS)
    assert TABLE.startswith("# a heading\n# and more\n=\ttold\t-200\n")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (TABLE + "counted\tmany\t1\n", "line 14"),
        (TABLE + "counted 400 200\n", "line 14"),
        (TABLE + "too heavy\t10001\t0\n", "line 14"),
        (TABLE.replace("=\tenough\t100\n", ""), "enough"),
        (TABLE + "=\tmood\t3\n", "told, urgent, enough, pressing, against"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(SignsFault, match=complaint):
        parse_signs(text)


def test_weights_are_added_up_and_spread_over_the_words() -> None:
    signs = parse_signs(TABLE)
    words = ["i", "counted", "them", "twice"]
    assert signs.told(words) == -200 + (400 + 500) / 2
    assert signs.urgent(words) == -300 + (200 + 900) / 2
    assert signs.told(["counted"]) == -200 + 400 / 2  # as if there were four words
    assert signs.told(["on", "the", "nine", "words", "of", "this", "line", "counted", "i"]) == -200 + 400 / 3
    assert signs.told([]) == -200


def test_a_pair_stands_only_where_its_words_are_neighbours() -> None:
    signs = parse_signs(TABLE)
    assert signs.told(["them", "i", "twice"]) == -200
    assert signs.told(["nobody", "will", "feed"]) == -200 + 700 / 2
    assert signs.told(["nobody", "ever", "will", "feed"]) == -200


def test_a_sign_in_a_long_message_weighs_as_much_as_in_a_part_of_it() -> None:
    signs = parse_signs(TABLE)
    filler = ["word"] * 400
    said = ["i", "counted", "them", "twice", "nobody", "will", "feed"]
    short = signs.told(["word"] * 10 + said + ["word"] * 13)
    for place in (0, 7, 133, 399):
        long = [*filler[:place], *said, *filler[place:]]
        assert signs.told(long) == pytest.approx(short, abs=1)


def test_every_sign_of_a_message_can_be_learned() -> None:
    assert sorted(signs_in(["a", "b"])) == sorted(["<", "a", "b", ">", "< a", "a b", "b >", "< a b", "a b >"])


def test_words_that_say_little_alone_are_brought_together(screen: Screen) -> None:
    text = "tidied up. counted them twice, so nobody will feed ok"
    finding = screen.read(text)
    assert (finding.tier, finding.rules, finding.categories) == (
        Tier.T3,
        ("en.signs.small_things_together",),
        ("signs",),
    )
    ((start, end),) = finding.spans
    assert text[start:end] == "counted them twice, so nobody will feed"
    assert screen.read("tidied up. counted").tier is Tier.T0


def test_what_presses_is_brought_at_once(screen: Screen) -> None:
    assert screen.read("counted them twice").tier is Tier.T4
    assert screen.read("quiet words. them twice counted them twice").tier is Tier.T4


def test_signs_never_say_that_it_is_happening_now(screen: Screen) -> None:
    assert screen.read("counted them twice " * 40).tier is Tier.T4


@pytest.mark.parametrize(("words", "tier"), [("quiet", 1), ("grave", 1), ("gravest", 5)])
def test_signs_take_the_weight_from_a_rule_but_never_from_the_gravest(
    screen: Screen, words: str, tier: int
) -> None:
    alone, beside = screen.read(f"{words} words"), screen.read_whole(f"{words} words in the invoice")
    assert alone.tier is alone.before
    assert beside.tier == tier
    assert beside.modifiers == (("signs_against",) if tier == 1 else ())
    assert screen.read(f"{words} words in the invoice").tier.opens_case == (tier > 1)


def test_two_kinds_of_words_do_not_add_up_with_signs(screen: Screen) -> None:
    """The signs have weighed the words of the rule already."""
    finding = screen.read("nobody will feed counted grave words")
    assert finding.tier is Tier.T4
    assert not finding.raised


def test_what_shows_only_once_a_disguise_is_off_is_marked(screen: Screen) -> None:
    finding = screen.read("c0unted them twice")
    assert (finding.tier, finding.modifiers) == (Tier.T4, ("evasion",))
    assert screen.read("them twice").tier is Tier.T0


def test_code_and_links_are_no_words(screen: Screen) -> None:
    assert screen.read("`counted them twice` https://counted.them/twice").tier is Tier.T0
    assert screen.read("counted https://example.org them twice").tier is Tier.T4


def test_words_a_server_calls_harmless_quiet_the_signs_they_stand_in(screen: Screen) -> None:
    tuned = TunedScreen(screen, [OwnWords(1, "counted them", None)])
    assert tuned.read("counted them twice").tier is Tier.T0
    assert screen.read("counted them twice").tier is Tier.T4


def test_signs_beside_harmless_words_and_a_rule_they_quiet_still_count(screen: Screen) -> None:
    """A server's own "harmless" must not hide what the rest of the message says."""
    text = "quiet words. nobody will feed, counted"
    assert (screen.read(text).tier, screen.read(text).rules) == (Tier.T2, ("en.quiet.word",))
    tuned = TunedScreen(screen, [OwnWords(1, "quiet words", None)])
    assert (tuned.read(text).tier, tuned.read(text).rules) == (Tier.T3, ("en.signs.small_things_together",))
    assert tuned.read("quiet words").tier is Tier.T0


def test_signs_too_weak_to_speak_alone_do_not_press_a_rule_beside_harmless_words(screen: Screen) -> None:
    tuned = TunedScreen(screen, [OwnWords(1, "grave words", None)])
    finding = tuned.read("grave words. quiet words, counted")
    assert (finding.tier, finding.rules) == (Tier.T2, ("en.quiet.word",))


def test_nothing_but_signs_and_pauses_is_no_message() -> None:
    eager = parse_signs(TABLE.replace("=\ttold\t-200", "=\ttold\t200"))
    eager_screen = Screen([pack(eager)])
    for text in ("", " ", "...", "`code`", "\u200b", "?!"):
        assert eager_screen.read(text).tier is Tier.T0
        assert eager_screen.read_whole(text).tier is Tier.T0


def test_signs_speak_though_another_language_has_none() -> None:
    other = parse_pack([Chapter("xx.toml", {**RAW, "language": "xx"})])
    both = Screen([pack(parse_signs(TABLE)), other])
    assert both.read("counted them twice").tier is Tier.T4


def test_a_table_without_signs_is_refused() -> None:
    with pytest.raises(SignsFault):
        parse_signs("\n".join(line for line in TABLE.splitlines() if line.startswith("=")))


def test_a_language_without_signs_reads_by_its_rules_alone() -> None:
    other = parse_pack([Chapter("xx.toml", {**RAW, "language": "xx"})])
    both = Screen([pack(parse_signs(TABLE)), other])
    finding = both.read("quiet words in the invoice")
    assert [(each.rule, each.tier) for each in finding.found] == [("xx.quiet.word", Tier.T2)]


QUIETLY = "the invoice came today and it looks right to me so far. "


def test_in_a_long_message_signs_speak_for_and_against_part_by_part(screen: Screen) -> None:
    loud = "he counted them twice and nobody will feed the cat then. "
    ending = f"{QUIETLY * 8}invoice and grave words in an invoice"
    heard = screen.read(f"{loud * 8}{ending}")
    assert [each.rule for each in heard.found if each.tier.opens_case] == ["en.signs.small_things_together"]
    assert [each.rule for each in screen.read(f"{loud * 8}and grave words").found] == ["en.grave.word"]
    assert not screen.read(ending).tier.opens_case


def test_what_is_happening_now_is_heard_in_any_part_of_a_long_message(screen: Screen) -> None:
    assert screen.read(f"{QUIETLY * 20}gravest words. {QUIETLY * 20}").tier is Tier.T5


words_of_a_message = st.lists(st.sampled_from([*TABLE.split(), "other", "a"]), max_size=80)


@given(words_of_a_message)
def test_the_quick_verdict_is_the_same_as_weighing(words: list[str]) -> None:
    signs = parse_signs(TABLE)
    weighing = signs.weighing(words)
    around = weighing.told_around(0, max(1, len(words)))
    verdict = (weighing.told >= MEASURES.enough) - (around < MEASURES.against)
    assert signs.verdict(signs.framed(words)) == verdict
    assert weighing.told == pytest.approx(signs.told(words))
    assert weighing.told <= around + 1e-6


def test_harmless_words_all_around_hide_nothing(screen: Screen) -> None:
    padding = "invoice " * 40
    assert (
        screen.read(f"{padding}and so in the end we have grave words to say here today {padding}").tier
        is Tier.T4
    )
    assert not screen.read(f"{padding}grave words {padding}").tier.opens_case
