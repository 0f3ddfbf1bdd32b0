"""What may happen to a case, and what may not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import CLAIM_FOR, Case, CaseState, Outcome, Signal, Source
from bot.domain.ids import CaseId, GuildSnowflake, UserSnowflake
from bot.domain.refusal import Refusal
from bot.domain.tier import Tier

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SAM, MIA, MAX = UserSnowflake(1), UserSnowflake(2), UserSnowflake(3)
CASE = Case(CaseId(7), GuildSnowflake(9), SAM, Tier.T4, NOW, signals=1)


def refused(key: str) -> object:
    return pytest.raises(Refusal, match=f"^{key}$")


def test_a_claim_holds_for_half_an_hour() -> None:
    claimed = CASE.claimed(MIA, NOW)
    assert claimed.claimed_until == NOW + timedelta(minutes=30)
    assert claimed.lapsed(NOW + CLAIM_FOR - timedelta(microseconds=1)) is None
    lapsed = claimed.lapsed(NOW + CLAIM_FOR)
    assert lapsed is not None
    assert (lapsed.state, lapsed.claimed_by, lapsed.paging_round) == (CaseState.OPEN, None, 1)


def test_the_second_claim_is_refused_with_the_name_of_the_first() -> None:
    with pytest.raises(Refusal) as refusal:
        CASE.claimed(MIA, NOW).claimed(MAX, NOW)
    assert (refusal.value.key, refusal.value.facts["owner"]) == ("case.refusal.taken", MIA)


def test_claiming_again_renews() -> None:
    later = NOW + timedelta(minutes=10)
    assert CASE.claimed(MIA, NOW).claimed(MIA, later).claimed_until == later + CLAIM_FOR


def test_only_the_holder_renews() -> None:
    with refused("case.refusal.not_yours"):
        CASE.renewed(MIA, NOW)
    with refused("case.refusal.not_yours"):
        CASE.claimed(MIA, NOW).renewed(MAX, NOW)
    assert CASE.claimed(MIA, NOW).renewed(MIA, NOW + CLAIM_FOR).claimed_until == NOW + 2 * CLAIM_FOR


def test_whoever_makes_contact_holds_a_case_nobody_held() -> None:
    contacted = CASE.contacted(MAX, NOW)
    assert (contacted.claimed_by, contacted.contacted_at) == (MAX, NOW)


def test_contact_by_another_leaves_the_holder() -> None:
    contacted = CASE.claimed(MIA, NOW).contacted(MAX, NOW)
    assert (contacted.claimed_by, contacted.contacted_at) == (MIA, NOW)


@pytest.mark.parametrize("act", ["claimed", "contacted", "followed_up", "reopened"])
def test_nobody_works_on_a_case_about_themself(act: str) -> None:
    with refused("case.refusal.about_you"):
        getattr(CASE, act)(SAM, NOW)
    with refused("case.refusal.about_you"):
        CASE.closed(SAM, Outcome.REACHED, NOW)


def test_a_closed_case_takes_no_more_work_but_can_be_reopened() -> None:
    closed = CASE.closed(MIA, Outcome.DECLINED, NOW)
    for act in ("claimed", "contacted", "renewed"):
        with refused("case.refusal.closed"):
            getattr(closed, act)(MIA, NOW)
    with refused("case.refusal.closed"):
        closed.closed(MIA, Outcome.REACHED, NOW)
    reopened = closed.reopened(MAX, NOW)
    assert (reopened.state, reopened.claimed_by, reopened.outcome, reopened.closed_at) == (
        CaseState.CLAIMED,
        MAX,
        None,
        None,
    )
    with refused("case.refusal.not_closed"):
        reopened.reopened(MAX, NOW)


def test_only_a_false_alarm_needs_no_follow_up() -> None:
    assert [each for each in Outcome if not each.needs_follow_up] == [Outcome.FALSE_ALARM]


@given(st.lists(st.sampled_from([Tier.T2, Tier.T3, Tier.T4, Tier.T5]), min_size=1, max_size=30))
def test_the_tier_only_ever_rises_and_every_signal_counts(tiers: list[Tier]) -> None:
    case = CASE
    for tier in tiers:
        before = case.tier
        case = case.joined_by(Signal(case.guild_snowflake, SAM, Source.MESSAGE, tier, "x", NOW))
        assert case.tier == max(before, tier)
    assert case.signals == 1 + len(tiers)


_ACTS = st.lists(
    st.tuples(
        st.sampled_from(["claimed", "renewed", "contacted", "closed", "reopened", "lapsed"]),
        st.sampled_from([SAM, MIA, MAX]),
        st.integers(0, 90),
    ),
    max_size=25,
)


@given(_ACTS)
def test_no_order_of_acts_breaks_a_case(acts: list[tuple[str, UserSnowflake, int]]) -> None:
    """Whatever is pressed in whatever order: a state and its facts always fit together."""
    case, now = CASE, NOW
    for act, who, minutes in acts:
        now += timedelta(minutes=minutes)
        try:
            if act == "lapsed":
                case = case.lapsed(now) or case
            elif act == "closed":
                case = case.closed(who, Outcome.REACHED, now)
            else:
                case = getattr(case, act)(who, now)
        except Refusal:
            continue
        assert case.person not in (case.claimed_by, case.closed_by)
        if case.state is CaseState.OPEN:
            assert (case.claimed_by, case.claimed_until, case.closed_at) == (None, None, None)
        elif case.state is CaseState.CLAIMED:
            assert case.claimed_by is not None
            assert case.claimed_until is not None
            assert case.closed_at is None
        else:
            assert case.closed_by is not None
            assert case.outcome is not None
            assert case.claimed_until is None
