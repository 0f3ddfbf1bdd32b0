"""Moderators tune the screening; nothing they do can silence what may be happening now."""

import pytest

from bot.domain.case import UNREAD, Outcome
from bot.domain.ids import CaseId, ChannelSnowflake, GuildSnowflake, MessageSnowflake
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.screen import Screen
from bot.domain.screening import MOST_PHRASES, Verdict
from bot.domain.tier import Tier
from bot.services.ports import PastMessage
from bot.services.tuning import Change

from .conftest import CIRCLE, GUILD, MIA, MODERATORS, SAM, SECOND, Rooms

MODERATOR = Actor(MIA, GUILD, frozenset({MODERATORS}))
MANAGER = Actor(MIA, GUILD, manages_server=True)
MEMBER = Actor(SAM, GUILD)

QUIET = "everyone would be better off without me"
ACTIVE = "i want to kill myself"
PLAN = "i have a plan to kill myself tonight"
NOW = "i just swallowed the whole bottle"


async def tiers(rooms: Rooms) -> list[int]:
    async with rooms.store.reading() as tx:
        cases = await tx.cases.list_open(GUILD)
        return [int(signal.tier) for case in cases for signal in await tx.cases.signals(case.case_id)]


async def refused(asked: object) -> str:
    with pytest.raises(Refusal) as refusal:
        await asked  # type: ignore[misc]
    return refusal.value.key


async def test_only_those_who_receive_alerts_or_manage_the_server_may_tune(rooms: Rooms) -> None:
    for asked in (
        rooms.tuning.set_floor(MEMBER, CIRCLE, Tier.T4),
        rooms.tuning.keep_phrase(MEMBER, "old bridge", Tier.T3),
        rooms.tuning.forget_phrase(MEMBER, "old bridge"),
        rooms.tuning.phrases(MEMBER),
        rooms.tuning.records(MEMBER),
        rooms.tuning.try_out(MEMBER, Change()),
    ):
        assert await refused(asked) == "policy.refusal.tuner"
    for actor in (MODERATOR, MANAGER):
        assert await rooms.tuning.phrases(actor) == ()


async def test_below_the_floor_of_a_channel_nothing_is_brought_to_people(rooms: Rooms) -> None:
    await rooms.tuning.set_floor(MODERATOR, CIRCLE, Tier.T4)
    await rooms.hear(1, words=QUIET)
    await rooms.hear(2, words=ACTIVE)
    assert await tiers(rooms) == []
    await rooms.hear(3, words=PLAN)
    assert await tiers(rooms) == [4]


@pytest.mark.parametrize("floor", [Tier.T2, Tier.T3, Tier.T4, Tier.T5])
async def test_no_floor_mutes_what_may_be_happening_now(rooms: Rooms, floor: Tier) -> None:
    await rooms.tuning.set_floor(MODERATOR, CIRCLE, floor)
    await rooms.hear(1, words=NOW)
    assert await tiers(rooms) == [5]


async def test_there_is_no_floor_above_what_may_be_happening_now(rooms: Rooms) -> None:
    for floor in (Tier.T0, Tier.T1):
        assert await refused(rooms.tuning.set_floor(MODERATOR, CIRCLE, floor)) == "screening.refusal.floor"
    assert await refused(rooms.tuning.set_floor(MODERATOR, SECOND, Tier.T4)) == (
        "screening.refusal.not_screened"
    )


async def test_a_servers_own_words_bring_a_message_to_people_at_once(rooms: Rooms) -> None:
    await rooms.hear(1, words="meet me at the old bridge")
    assert await tiers(rooms) == []
    assert await rooms.tuning.keep_phrase(MODERATOR, "  old   bridge ", Tier.T4) == "old bridge"
    await rooms.hear(2, words="meet me at the OLD bridge")
    assert await tiers(rooms) == [4]
    await rooms.tuning.forget_phrase(MODERATOR, "old bridge")
    assert await rooms.tuning.phrases(MODERATOR) == ()


async def test_the_words_of_one_server_are_nothing_to_another(rooms: Rooms) -> None:
    await rooms.tuning.keep_phrase(MODERATOR, "old bridge", Tier.T4)
    other = GuildSnowflake(999)
    assert rooms.screens.of(other).read("the old bridge").tier is Tier.T0
    elsewhere = Actor(MIA, other, manages_server=True)
    assert await rooms.tuning.phrases(elsewhere) == ()
    assert await refused(rooms.tuning.forget_phrase(elsewhere, "old bridge")) == (
        "screening.refusal.no_phrase"
    )


async def test_harmless_words_are_passed_over(rooms: Rooms) -> None:
    words = "i want to kill myself says the parrot"
    await rooms.tuning.keep_phrase(MODERATOR, words, None)
    await rooms.hear(1, words=words)
    assert await tiers(rooms) == []
    await rooms.hear(2, words=ACTIVE)
    assert await tiers(rooms) == [3]


async def test_harmless_words_that_would_hide_grave_lines_are_refused_with_one_of_them(rooms: Rooms) -> None:
    with pytest.raises(Refusal) as refusal:
        await rooms.tuning.keep_phrase(MODERATOR, "tonight", None)
    assert refusal.value.key == "screening.refusal.hides"
    line = str(refusal.value.facts["line"])
    assert "tonight" in line.casefold()
    assert rooms.screens.of(GUILD).read(line).tier >= Tier.T4


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("", "screening.phrase_fault.empty"),
        ("(old bridge", "screening.phrase_fault.partner"),
        ("{die} bridge", "screening.phrase_fault.no_class"),
        ("old ~9 bridge", "screening.phrase_fault.gap"),
        ("have to go", "screening.phrase_fault.broad"),
        ("a" * 121, "screening.refusal.long"),
    ],
)
async def test_words_that_cannot_work_are_refused_with_the_reason(rooms: Rooms, words: str, key: str) -> None:
    assert await refused(rooms.tuning.keep_phrase(MODERATOR, words, Tier.T3)) == key
    assert await rooms.tuning.phrases(MODERATOR) == ()


async def test_there_is_an_end_to_a_servers_own_words(rooms: Rooms) -> None:
    for number in range(MOST_PHRASES):
        await rooms.tuning.keep_phrase(MODERATOR, f"bridge number{number}", Tier.T3)
    assert await refused(rooms.tuning.keep_phrase(MODERATOR, "one more bridge", Tier.T3)) == (
        "screening.refusal.most"
    )
    # The same words again are a change, not one more.
    await rooms.tuning.keep_phrase(MODERATOR, "bridge number7", None)
    own = await rooms.tuning.phrases(MODERATOR)
    assert len(own) == MOST_PHRASES
    assert [each.tier for each in own if each.words == "bridge number7"] == [None]


async def test_an_order_that_is_not_offered_is_refused(rooms: Rooms) -> None:
    assert await refused(rooms.tuning.keep_phrase(MODERATOR, "old bridge", Tier.T0)) == (
        "screening.refusal.tier"
    )


# ---------------------------------------------------------------------------------------------- tried out


def past(number: int, words: str, channel: ChannelSnowflake = CIRCLE) -> PastMessage:
    return PastMessage(channel, MessageSnowflake(number), words)


async def test_a_change_is_tried_on_what_was_written_and_changes_nothing(rooms: Rooms) -> None:
    rooms.archive.written = [
        past(1, "hello"), past(2, "at the old bridge"), past(3, QUIET), past(4, NOW), past(5, "x", SECOND)
    ]  # fmt: skip
    tried = await rooms.tuning.try_out(MODERATOR, Change("old bridge", Tier.T4, CIRCLE, Tier.T3))
    assert (tried.channels, tried.messages) == (1, 4)
    assert tried.before == {Tier.T2: 1, Tier.T5: 1}
    assert tried.after == {Tier.T4: 1, Tier.T5: 1}
    assert [(each.message, each.before, each.after) for each in tried.differing] == [(2, 0, 4), (3, 2, 0)]
    assert await rooms.tuning.phrases(MODERATOR) == ()
    async with rooms.store.reading() as tx:
        assert [each.floor for each in await tx.servers.screened(GUILD)] == [Tier.T2]
    assert await tiers(rooms) == []


async def test_a_trial_of_a_floor_needs_a_channel_and_a_floor_there_is(rooms: Rooms) -> None:
    for change in (Change(floor=Tier.T4), Change(channel=CIRCLE, floor=Tier.T0)):
        assert await refused(rooms.tuning.try_out(MODERATOR, change)) == "screening.refusal.floor_where"


async def test_a_trial_of_words_that_cannot_work_says_why(rooms: Rooms) -> None:
    asked = rooms.tuning.try_out(MODERATOR, Change("(old", Tier.T4))
    assert await refused(asked) == "screening.phrase_fault.partner"


# ------------------------------------------------------------------------------------- what moderators said


async def counts(rooms: Rooms) -> dict[Verdict, int]:
    """What was counted for one of the rules that found the words; the others have the same."""
    records = await rooms.tuning.records(MODERATOR)
    assert len({tuple(record.counts.items()) for record in records}) <= 1
    return dict(records[0].counts) if records else {}


async def test_every_close_is_counted_for_the_rules_and_every_reopening_takes_it_back(rooms: Rooms) -> None:
    await rooms.hear(1)
    case = CaseId(1)
    await rooms.cases.close(MODERATOR, case, Outcome.FALSE_ALARM)
    assert await counts(rooms) == {Verdict.UNSAID: 1}
    await rooms.cases.explain(MODERATOR, case, Verdict.FIGURE)
    assert await counts(rooms) == {Verdict.FIGURE: 1}
    await rooms.cases.explain(MODERATOR, case, Verdict.SAFE)  # pressed the wrong one first
    assert await counts(rooms) == {Verdict.SAFE: 1}
    await rooms.cases.reopen(MODERATOR, case)
    assert await counts(rooms) == {}
    await rooms.cases.close(MODERATOR, case, Outcome.REACHED)
    assert await counts(rooms) == {Verdict.RIGHT: 1}


async def test_a_reason_is_for_what_was_not_a_concern(rooms: Rooms) -> None:
    await rooms.hear(1)
    assert await refused(rooms.cases.explain(MODERATOR, CaseId(1), Verdict.FIGURE)) == (
        "case.refusal.not_closed"
    )
    await rooms.cases.close(MODERATOR, CaseId(1), Outcome.REACHED)
    assert await refused(rooms.cases.explain(MODERATOR, CaseId(1), Verdict.FIGURE)) == (
        "case.refusal.not_closed"
    )


async def test_the_record_outlives_the_case_and_holds_no_person(rooms: Rooms) -> None:
    await rooms.hear(1)
    await rooms.cases.close(MODERATOR, CaseId(1), Outcome.REACHED)
    rooms.clock.pass_(days=31)
    assert await rooms.cases.forget_old() == 1
    record, *_ = await rooms.tuning.records(MODERATOR)
    low, high = record.between
    assert (record.right, record.judged) == (1, 1)
    assert low < 0.25
    assert high == 1.0


# --------------------------------------------------------------------------------------------- in numbers


async def test_quiet_words_a_second_time_within_a_day_count_for_more(rooms: Rooms) -> None:
    await rooms.hear(1, words=QUIET)
    rooms.clock.pass_(hours=23)
    await rooms.hear(2, words="my family would be better off without me")
    assert await tiers(rooms) == [2, 3]


async def test_quiet_words_on_another_day_or_of_another_person_do_not(rooms: Rooms) -> None:
    await rooms.hear(1, words=QUIET)
    await rooms.hear(2, words=QUIET, author=MIA)
    rooms.clock.pass_(hours=25)
    await rooms.hear(3, words=QUIET)
    assert sorted(await tiers(rooms)) == [2, 2, 2]


async def test_what_was_no_concern_does_not_count_for_the_next_time(rooms: Rooms) -> None:
    await rooms.hear(1, words=QUIET)
    await rooms.cases.close(MODERATOR, CaseId(1), Outcome.FALSE_ALARM)
    await rooms.hear(2, words=QUIET)
    assert await tiers(rooms) == [2]


# ---------------------------------------------------------------------------------------------- fail safe


async def test_a_message_that_could_not_be_screened_is_brought_to_people(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    await rooms.tuning.set_floor(MODERATOR, CIRCLE, Tier.T5)
    monkeypatch.setattr(Screen, "weigh", broken)
    await rooms.hear(1, words="hello")
    async with rooms.store.reading() as tx:
        (signal,) = await tx.cases.signals(CaseId(1))
    assert (signal.tier, signal.rules) == (Tier.T3, (UNREAD,))


async def test_a_message_made_to_take_long_is_brought_to_people(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.domain.screen.matching.MOST_STEPS", 3)
    await rooms.hear(1, words=QUIET)
    async with rooms.store.reading() as tx:
        (signal,) = await tx.cases.signals(CaseId(1))
    assert (signal.tier, signal.rules) == (Tier.T3, (UNREAD,))


async def test_the_screens_are_tested_on_their_own_gravest_lines(rooms: Rooms) -> None:
    test = await rooms.screens.test(rooms.clock.now())
    assert test == rooms.screens.last_test
    assert test.lines >= 50
    assert test.missed == 0
