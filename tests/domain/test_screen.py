"""The screen on small lexicons of its own: what hits, what the neighbourhood changes, what is refused."""

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.screen import MAX_LENGTH, NOTHING, Chapter, Finding, LexiconFault, Screen, parse_pack
from bot.domain.tier import Tier


def rule(name: str, tier: int, *phrases: str, **more: object) -> dict[str, object]:
    return {
        "id": name,
        "tier": tier,
        "any": list(phrases),
        "must_match": ["one", "two"],
        "must_not_match": ["three", "four"],
        **more,
    }


KILL = rule("a.b", 3, "kill myself")

RAW: dict[str, Any] = {
    "language": "en",
    "reviewed": True,
    "words": {"want": ["want to", "wanna"], "die": ["die", "be dead"], "wish": ["{want} {die}"]},
    "spelling": {"care_for": ["die", "kill", "myself", "want"]},
    "reading": {"gap_stops": ["not", "never"], "clause_words": ["but"]},
    "combine": {"alike": [["active", "selfharm"]]},
    "cue": [
        {"name": "serious", "where": "message", "any": ["not joking"]},
        {"name": "again", "any": ["again"]},
    ],
    "modifier": [
        {"name": "negation", "effect": "ignore", "where": "before", "within": 1, "any": ["(not|never|dont)"]},
        {
            "name": "past",
            "effect": "lower to 1",
            "where": "sentence",
            "unless": ["again"],
            "any": ["years ago"],
        },
        {"name": "idiom", "effect": "ignore", "where": "over", "any": ["die of laughter"]},
        {
            "name": "joke",
            "effect": "lower by 1",
            "where": "message",
            "unless": ["serious"],
            "any": ["(lol|😂)"],
        },
        {"name": "quoted", "effect": "ignore", "where": "quoted", "any": ["lyrics"]},
        {"name": "support", "effect": "ignore", "where": "clause", "any": ["if you"]},
        {"name": "reply", "effect": "lower to 2", "where": "after", "within": 2, "any": ["says he"]},
    ],
    "rule": [
        rule("active.wish", 3, "{wish}", "{want} ~2 {die}"),
        rule("active.kill", 3, "kill myself"),
        rule("passive.tired", 2, "(tired|sick) of living"),
        rule("method.pills", 3, "counting ?my pills"),
        rule("plan.done", 4, "i did it", **{"with": ["(goodbye|sorry)"], "unless": ["exam"]}),
        rule("imminent.all", 5, "took # pills $"),
        rule("selfharm.cut", 3, "(cut|cuts) myself", "scratch* ~1 myself"),
    ],
}


@pytest.fixture(scope="module")
def screen() -> Screen:
    return Screen([parse_pack([Chapter("en.toml", RAW)])])


def tier_of(screen: Screen, text: str) -> int:
    return int(screen.read(text).tier)


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("i want to die", 3),
        ("I WANNA... be dead", 3),
        ("want to just really die", 3),
        ("want to very much really die", 0),  # three words are more than "~2" allows
        ("want to not die", 0),  # a gap never swallows a "not"
        ("i want to. die hard is on", 0),  # nothing reaches over the end of a sentence
        ("sick of living", 2),
        ("counting pills", 3),
        ("counting my pills", 3),
        ("recounting pills", 0),  # a word is a whole word
        ("i took 30 pills", 5),
        ("i took 30 pills, help", 5),
        ("i took 30 pills to the vet", 0),  # "$" is the end of a clause
        ("scratching up myself", 3),
    ],
)
def test_a_rule_finds_its_words(screen: Screen, text: str, tier: int) -> None:
    assert tier_of(screen, text) == tier


def test_a_finding_names_rules_words_and_categories(screen: Screen) -> None:
    text = "honestly, i WANT to die. tired of living"
    finding = screen.read(text)
    assert finding.rules == ("en.active.wish", "en.passive.tired")
    assert finding.categories == ("active", "passive")
    assert [text[start:end] for start, end in finding.spans] == ["WANT to die", "tired of living"]
    assert finding.modifiers == ()


def test_nothing_found_leaves_everything_empty(screen: Screen) -> None:
    assert screen.read("see you tomorrow") == NOTHING == Finding(Tier.T0)


def test_words_without_weight_are_told_apart_from_no_words(screen: Screen) -> None:
    finding = screen.read("never want to die")
    assert (finding.tier, finding.before, finding.rules, finding.spans) == (Tier.T0, Tier.T3, (), ())
    assert [(each.rule, each.modifiers) for each in finding.ignored] == [("en.active.wish", ("negation",))]


def test_a_finding_says_what_each_tier_was_before(screen: Screen) -> None:
    finding = screen.read("want to die lol")
    assert [(each.before, each.tier, each.modifiers) for each in finding.found] == [(3, 2, ("joke",))]


@pytest.mark.parametrize("text", ["i jump", "so i jump now", "i jump. ok", "i jump, ok", "well i jump"])
def test_an_end_that_is_one_of_several_choices_is_seen_where_a_text_ends(text: str) -> None:
    """The loose look thinks pauses anywhere, and so must think one behind the last word."""
    edged = rule("plan.edged", 4, "i jump (?now $|and)", "(^|so) i jump", "i jump .", "i jump (.|$)")
    screen = Screen([parse_pack([Chapter("en.toml", {**RAW, "rule": [edged]})])])
    assert screen.read(text) == screen.read_whole(text)
    assert screen.read(text).rules == ("en.plan.edged",)


def test_a_rule_may_ask_for_words_elsewhere_and_refuse_others(screen: Screen) -> None:
    assert tier_of(screen, "i did it") == 0
    assert tier_of(screen, "i did it. im sorry") == 4
    assert tier_of(screen, "i did it, sorry for the noise! the exam is passed") == 0


@pytest.mark.parametrize(
    ("text", "tier", "modifiers"),
    [
        ("i never want to die", 0, ()),
        ("i never lied, i want to die", 3, ()),  # another clause
        ("never mind but want to die", 3, ()),  # "but" begins a clause
        ("years ago i wanted out, want to die came and went", 1, ("past",)),
        ("years ago i wanted out, want to die again", 3, ()),  # a cue keeps the modifier from working
        ("years ago. now i want to die", 3, ()),  # another sentence
        ("want to die of laughter", 0, ()),
        ("want to die lol", 2, ("joke",)),
        ("😂😂 want to die", 2, ("joke",)),
        ("want to die lol not joking", 3, ()),
        ("sick of living lol", 2, ()),  # steps never lead below T2
        ('the lyrics are "want to die"', 0, ()),
        ("the lyrics are sad and i want to die", 3, ()),  # not inside the quotation
        ("if you want to die call someone", 0, ()),
        ("if you can, come. i want to die", 3, ()),
        ("want to die, says he", 3, ()),
        ("want to die says he", 2, ("reply",)),
        ("i took 30 pills lol", 0, ()),
        ("i took 30 pills, lol", 5, ()),  # modifiers stop at T4 unless they say otherwise
    ],
)
def test_what_stands_around_the_words_changes_the_tier(
    screen: Screen, text: str, tier: int, modifiers: tuple[str, ...]
) -> None:
    finding = screen.read(text)
    assert (int(finding.tier), finding.modifiers) == (tier, modifiers)


def test_one_negated_hit_does_not_hide_another(screen: Screen) -> None:
    finding = screen.read("i never want to die. sick of living")
    assert (finding.tier, finding.rules) == (Tier.T2, ("en.passive.tired",))


def test_two_kinds_of_words_named_together_raise_by_one(screen: Screen) -> None:
    finding = screen.read("i want to die and im counting my pills")
    assert (finding.tier, finding.modifiers) == (Tier.T4, ("together",))
    assert tier_of(screen, "i want to die and cut myself") == 3  # kinds the file says are alike
    assert tier_of(screen, "counting pills, counting my pills") == 3  # one kind twice


@pytest.mark.parametrize(
    "text", ["k1ll mys3lf", "k i l l  m y s e l f", "killmyself", "k*ll myself", "k-i-l-l myself"]
)
def test_words_in_disguise_are_found_and_said_to_be(screen: Screen, text: str) -> None:
    finding = screen.read(text)
    assert (finding.tier, finding.modifiers) == (Tier.T3, ("evasion",))
    assert finding.spans == ((0, len(text)),)


def test_an_open_word_beside_a_disguise_is_no_evasion(screen: Screen) -> None:
    assert screen.read("kill myself, my gr8 friend, k-i-l-o").modifiers == ()


def test_a_negated_word_in_disguise_is_negated_too(screen: Screen) -> None:
    assert screen.read("i never k1ll mys3lf").tier is Tier.T0


def test_a_very_long_text_is_read_at_both_ends(screen: Screen) -> None:
    text = "want to die. " + "la " * MAX_LENGTH + "kill myself"
    finding = screen.read(text)
    assert [text[start:end] for start, end in finding.spans] == ["want to die", "kill myself"]


def test_many_threads_may_read_at_once(screen: Screen) -> None:
    texts = ["i want to die", "see you", "k1ll mys3lf", "sick of living lol"] * 50
    alone = [screen.read(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(screen.read, texts)) == alone


def test_a_screen_without_packs_finds_nothing() -> None:
    assert Screen([]).read("i want to die") == NOTHING


def test_two_packs_are_read_together(screen: Screen) -> None:
    german = {"language": "de", "reviewed": False, "rule": [rule("active.nie", 3, "nie wieder")]}
    other = parse_pack([Chapter("de.toml", german)])
    both = Screen([*screen.packs, other])
    assert both.read("want to die, nie wieder").rules == ("en.active.wish", "de.active.nie")


PIECES = st.sampled_from(
    ["i ", "want to ", "die ", "kill ", "myself", "k1ll ", "k i l l ", "never ", "lol ", "years ago ", ". ",
     ", ", "took 30 pills", '"', "`", "||", "\u200b", "іе", "😂", "\ud800", "\n> ", "i did it ",
     "sorry ", "  "]
)  # fmt: skip


@given(st.text(st.characters(), max_size=300) | st.lists(PIECES, max_size=40).map("".join))
def test_reading_never_raises_and_spans_lie_in_the_text_in_order(text: str) -> None:
    finding = SCREEN.read(text)
    places = [place for span in finding.spans for place in span]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
    assert all(start < end for start, end in finding.spans)
    assert finding.before >= finding.tier
    assert finding.found or finding.tier is Tier.T0
    assert bool(finding.rules) == bool(finding.spans) == (finding.tier > Tier.T0)


SCREEN = Screen([parse_pack([Chapter("en.toml", RAW)])])


def broken(**changes: object) -> list[str]:
    raw = {**copy.deepcopy(RAW), **changes}
    with pytest.raises(LexiconFault) as fault:
        parse_pack([Chapter("xx.toml", raw)])
    return fault.value.faults


@pytest.mark.parametrize(
    ("phrase", "complaint"),
    [
        ("{nobody} dies", 'uses the word class "nobody", which is not there'),
        ("(want to die", 'has a "(" without its ")"'),
        ("want to) die", 'has a ")" without its partner'),
        ("{want die", 'has a "{" without its "}"'),
        ("want} die", 'has a "}" without its "{"'),
        ("want ~ die", 'needs a number from 1 to 8 behind "~"'),
        ("want ~9 die", 'needs a number from 1 to 8 behind "~"'),
        ("want ~22 die", 'needs a number from 1 to 8 behind "~"'),
        ("want ? die", 'has a "?" with nothing behind it'),
        ("(want|) die", "has an empty choice"),
        ("", "is empty"),
        ("~2", "asks for no word at all"),
        ("?want ?die", "asks for no word at all"),
        ("sui* thing", "at least four letters are needed"),
        ("want, die", "is not one word"),
        ("i", "too broad"),
        ("(want|to)", "too broad"),
        ("to ~2", "too broad"),
    ],
)
def test_a_phrase_that_cannot_work_is_refused_with_the_reason(phrase: str, complaint: str) -> None:
    faults = broken(rule=[rule("active.wrong", 3, phrase)])
    assert len(faults) == 1
    assert faults[0].startswith("xx.toml: rule active.wrong: ")
    assert complaint in faults[0]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"language": ""}, 'language = "en"'),
        ({"reviewed": "yes"}, "reviewed = true"),
        ({"rule": []}, "has no rule"),
        ({"rules": []}, '"rules" means nothing here'),
        ({"words": {"want": []}, "rule": [KILL], "cue": [], "modifier": []}, "is empty"),
        ({"rule": [rule("a.b", 6, "kill myself")]}, '"tier" must be a number from 1 to 5'),
        ({"rule": [rule("a.b", True, "kill myself")]}, '"tier" must be a number from 1 to 5'),
        ({"rule": [rule("nodot", 3, "kill myself")]}, "its id must read like"),
        ({"rule": [KILL, KILL]}, "rule a.b: is there twice"),
        ({"rule": [rule("a.b", 3)]}, '"any" needs at least one phrase'),
        ({"rule": [rule("a.b", 3, "kill myself", must_match=["one"])]}, '"must_match" needs at least two'),
        ({"rule": [rule("a.b", 3, "kill myself", must_not_match=[])]}, '"must_not_match" needs at least two'),
        ({"rule": [rule("a.b", 3, "kill myself", extra=1)]}, '"extra" means nothing here'),
        ({"rule": [rule("a.b", 3, "kill myself", unless="text")]}, '"unless" must be a list of texts'),
        ({"modifier": [{"name": "m", "effect": "forgive", "any": ["why"]}]}, '"effect" must be'),
        (
            {"modifier": [{"name": "m", "effect": "ignore", "where": "near", "any": ["why"]}]},
            "must be one of",
        ),
        ({"modifier": [{"name": "m", "effect": "ignore", "any": ["why"], "unless": ["x"]}]}, 'the cue "x"'),
        ({"modifier": [{"name": "m", "effect": "ignore"}]}, '"any" needs at least one phrase'),
        ({"combine": {"alike": ["one"]}}, "must be a list of lists"),
        ({"spelling": {"endings": ["in"]}}, "must be a list of lists"),
        ({"spelling": {"endings": [["in"]]}}, "must be a list of pairs"),
        (
            {
                "words": {"a": ["{b}"], "b": ["{a}"]},
                "rule": [rule("a.b", 3, "kill {a}")],
                "cue": [],
                "modifier": [],
            },
            "which uses itself",
        ),
    ],
)
def test_a_file_that_cannot_work_is_refused_with_the_reason(
    changes: dict[str, object], complaint: str
) -> None:
    assert any(complaint in fault for fault in broken(**changes))


def test_all_faults_are_told_together() -> None:
    faults = broken(
        rule=[rule("a.b", 9, "kill {nobody}"), rule("c.d", 3, "~1", must_match=[])], reviewed=None
    )
    assert len(faults) == 5, faults
