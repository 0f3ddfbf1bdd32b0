"""Who is called when."""

from datetime import timedelta

import pytest

from bot.domain.ladder import Audience, first_with_people, goes_on, rung
from bot.domain.letter import next_attempt_after
from bot.domain.tier import Tier


def moments(tier: Tier, count: int) -> list[tuple[int, Audience]]:
    """Minutes after the alert, and who."""
    found: list[tuple[int, Audience]] = []
    at = timedelta()
    for index in range(count):
        step = rung(tier, index)
        if step is None:
            break
        at += step.wait
        found.append((int(at.total_seconds() // 60), step.audience))
    return found


@pytest.mark.parametrize("tier", [Tier.T4, Tier.T5])
def test_urgent_cases_are_called_at_0_5_10_15_and_then_every_10_minutes(tier: Tier) -> None:
    assert moments(tier, 7) == [
        (0, Audience.ON_CALL),
        (5, Audience.MODERATORS),
        (10, Audience.FACILITATORS),
        (15, Audience.OWNER),
        (25, Audience.EVERYONE),
        (35, Audience.EVERYONE),
        (45, Audience.EVERYONE),
    ]


def test_the_third_order_of_work_is_called_once_after_an_hour() -> None:
    """Whoever of these is there first, and nobody else."""
    assert moments(Tier.T3, 9) == [(60, Audience.ON_CALL), (60, Audience.MODERATORS), (60, Audience.OWNER)]
    assert [tier for tier in Tier if goes_on(tier)] == [Tier.T4, Tier.T5]


@pytest.mark.parametrize("tier", [Tier.T0, Tier.T1, Tier.T2])
def test_lower_ones_never_ring(tier: Tier) -> None:
    assert moments(tier, 9) == []


def test_empty_steps_are_passed_over() -> None:
    assert first_with_people(Tier.T4, 0, lambda audience: audience is Audience.OWNER) == (3, [0, 1, 2])


def test_with_nobody_at_all_everyone_is_still_called() -> None:
    assert first_with_people(Tier.T4, 0, lambda _: False) == (4, [0, 1, 2, 3])


def test_a_ladder_with_nobody_can_end() -> None:
    assert first_with_people(Tier.T3, 0, lambda _: False) == (None, [0, 1, 2])


def test_waiting_doubles_up_to_two_minutes_and_never_ends() -> None:
    seconds = [next_attempt_after(attempt).total_seconds() for attempt in (1, 2, 3, 7, 8, 1000)]
    assert seconds == [2, 4, 8, 120, 120, 120]
    assert next_attempt_after(1000, refused=True).total_seconds() == 15 * 60
