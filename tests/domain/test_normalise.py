"""Words are read as they were meant, and each still knows where it stands in what was typed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.screen.normalise import Token, tokenise
from bot.domain.screen.spelling import Spelling
from bot.domain.screen.views import read_views

SPELLING = Spelling(
    vocabulary=["i", "want", "to", "die", "so", "much", "kill", "myself", "self", "my", "is", "all"],
    cared_for=["want", "die", "kill", "myself", "suicidal", "suicide", "live", "unalive"],
)


def words(text: str) -> list[str]:
    return [token.word for token in tokenise(text)]


def plain(text: str) -> list[str]:
    return [token.word for token in read_views(text, SPELLING)[0].tokens if not token.is_break]


def uncovered(text: str) -> list[str] | None:
    view = read_views(text, SPELLING)[1]
    return None if view is None else [token.word for token in view.tokens if not token.is_break]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("I'm", ["im"]),
        ("I’m CAN'T", ["im", "cant"]),
        ("café Žižek", ["cafe", "zizek"]),
        ("𝓲 𝔀𝓪𝓷𝓽", ["i", "want"]),
        ("ᴅɪᴇ 🅳🅸🅴", ["die", "die"]),
        ("ki\u200bll", ["kill"]),
        ("ki\u0336ll", ["kill"]),
        ("*kill* **my**self", ["kill", "myself"]),
        ("||hidden||", ["hidden"]),
        ("dіе", ["die"]),  # a Latin d with a Cyrillic i and e
        ("я умру", ["я", "умру"]),  # all Cyrillic: nothing is turned Latin
        ("one 😂 two", ["one", "😂", "two"]),
        ("👍🏽", ["👍"]),
        ("self-harm", ["self", "harm"]),
        ("ohne Straße", ["ohne", "strasse"]),
        ("死にたい", ["死にたい"]),
        ("मरना", ["मरना"]),
    ],
)
def test_a_word_is_read_however_it_is_dressed(typed: str, read: list[str]) -> None:
    assert words(typed) == read


@pytest.mark.parametrize(
    "blanked",
    [
        "`kill`",
        "```\nkill -9\n```",
        "https://example.org/kill?x=die",
        "www.example.org/kill",
        "<@123456789012345678>",
        "<@&123456789012345678>",
        "<#123456789012345678>",
        "<:kill:123456789012345678>",
        "<a:kill_me:123456789012345678>",
        "<t:1700000000:R>",
    ],
)
def test_code_addresses_mentions_and_emoji_are_not_words(blanked: str) -> None:
    assert words(f"one {blanked} two") == ["one", "two"]


def test_sentences_end_with_a_point_and_clauses_with_a_comma() -> None:
    assert words("no. yes, but - well... ok!\nso") == [
        "no", ".", "yes", ",", "but", ",", "well", ",", "ok", ".", "so",
    ]  # fmt: skip


def test_words_in_quotation_marks_and_quoted_lines_are_marked() -> None:
    quoted = [token.word for token in tokenise('he said "not me" then\n> older line\nnew') if token.quoted]
    assert quoted == ["not", "me", "older", "line"]


def test_a_quotation_mark_that_is_never_closed_quotes_nothing() -> None:
    assert not any(token.quoted for token in tokenise('5" of snow and nobody came'))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("diiiieeee", ["die"]),
        ("killll", ["kill"]),
        ("wnat", ["want"]),
        ("siucidal", ["suicidal"]),
        ("suicdal", ["suicidal"]),
        ("suiccidal", ["suicidal"]),
        ("kil", ["kill"]),
    ],
)
def test_drawn_out_and_mistyped_words_are_put_right(typed: str, meant: list[str]) -> None:
    assert plain(typed) == meant


def test_a_shortened_ending_is_made_whole_only_into_a_known_word() -> None:
    spelling = Spelling(vocabulary=["thinking"], cared_for=[], endings=[("in", "ing")])
    assert [spelling.settle(word) for word in ("thinkin", "cabin", "in")] == ["thinking", "cabin", "in"]


@pytest.mark.parametrize("ordinary", ["diet", "skill", "weekend", "went", "level", "all", "free", "tattoo"])
def test_ordinary_words_stay_as_they_are(ordinary: str) -> None:
    assert plain(ordinary) == [ordinary]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k i l l", ["kill"]),
        ("k i l l  m y s e l f", ["kill", "myself"]),
        ("s-u-i-c-i-d-a-l", ["suicidal"]),
        ("k.i.l.l", ["kill"]),
        ("w a n t  t o  d i e", ["want", "to", "die"]),
        ("k1ll mys3lf", ["kill", "myself"]),
        ("k!ll", ["kill"]),
        ("su!c1dal", ["suicidal"]),
        ("k*ll", ["kill"]),
        ("su#cide", ["suicide"]),
        ("un-alive", ["unalive"]),
        ("sui.cide", ["suicide"]),
        ("$uicide", ["suicide"]),
        ("kiII myseIf", ["kill", "myself"]),
        ("iwanttodie", ["i", "want", "to", "die"]),
        ("i_want_to_die", ["i", "want", "to", "die"]),
    ],
)
def test_disguises_come_off_in_the_second_view(typed: str, meant: list[str]) -> None:
    assert uncovered(typed) == meant
    assert plain(typed) != meant


@pytest.mark.parametrize(
    "ordinary", ["see you at 8", "a b testing", "well-known e-mail", "v2.0 of l3", "100% yes!"]
)
def test_ordinary_text_has_no_second_view(ordinary: str) -> None:
    assert uncovered(ordinary) is None


def test_sentences_of_one_word_run_on_in_the_second_view() -> None:
    plain_view, second = read_views("Kill. My. Self. Not joking. Ok.", SPELLING)
    assert [token.word for token in plain_view.tokens][1:5] == ["kill", ".", "my", "."]
    assert second is not None
    assert [token.word for token in second.tokens][1:5] == ["kill", "my", "self", "not"]


@pytest.mark.parametrize("ordinary", ["No. Really not. Ok.", "Yes. No."])
def test_a_few_short_sentences_stay_sentences(ordinary: str) -> None:
    assert uncovered(ordinary) is None


def test_a_split_word_points_at_its_own_letters() -> None:
    typed = "ok iwanttodie now"
    view = read_views(typed, SPELLING)[1]
    assert view is not None
    assert [typed[token.start : token.end] for token in view.tokens if token.word == "die"] == ["die"]


def test_a_word_points_at_all_that_was_typed_for_it() -> None:
    typed = "i ki\u200bll my**self**"
    assert [typed[token.start : token.end] for token in tokenise(typed)] == ["i", "ki\u200bll", "my**self"]


def assert_in_order(tokens: list[Token] | tuple[Token, ...], length: int) -> None:
    for token in tokens:
        assert 0 <= token.start <= token.end <= length
    for one, other in pairwise(tokens):
        assert one.start <= other.start
        assert one.end <= other.end or other.is_break


any_text = st.text(st.characters(), max_size=200)
noisy_text = st.text(st.sampled_from("ikldesx1!3$*_-. |`<@:>/~'\"\n\u200bіе😂é\ud800"), max_size=60)


@given(any_text | noisy_text)
def test_offsets_never_go_back(text: str) -> None:
    tokens = tokenise(text)
    assert_in_order(tokens, len(text))
    for view in read_views(text, SPELLING):
        if view is not None:
            assert_in_order(view.tokens, len(text))


@given(any_text)
def test_a_text_without_letters_or_signs_gives_no_words_but_its_own(text: str) -> None:
    for token in tokenise(text):
        assert token.word
        assert " " not in token.word
