"""Private conversations are begun slowly."""

from datetime import UTC, datetime, timedelta

from bot.domain.allowance import PER_DAY, PER_MINUTE, STOPPED_FOR, Allowance

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_five_a_minute() -> None:
    allowance = Allowance()
    assert [allowance.take(NOW) for _ in range(PER_MINUTE + 2)] == [True] * PER_MINUTE + [False] * 2
    assert not allowance.take(NOW + timedelta(seconds=59))
    assert allowance.take(NOW + timedelta(seconds=60))


def test_fifty_a_day() -> None:
    allowance = Allowance()
    begun = sum(allowance.take(NOW + timedelta(minutes=minute)) for minute in range(0, 23 * 60, 5))
    assert begun == PER_DAY
    assert allowance.take(NOW + timedelta(days=1, minutes=1))


def test_a_day_of_rest_when_discord_says_so() -> None:
    allowance = Allowance()
    allowance.stop(NOW)
    assert not allowance.take(NOW + STOPPED_FOR - timedelta(seconds=1))
    assert allowance.take(NOW + STOPPED_FOR)
