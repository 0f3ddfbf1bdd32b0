"""Private conversations are begun slowly."""

from datetime import UTC, datetime, timedelta

from bot.domain.allowance import PER_DAY, PER_MINUTE, STOPPED_FOR, Allowance

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_five_a_minute() -> None:
    allowance = Allowance()
    for _ in range(PER_MINUTE):
        assert allowance.permits(NOW)
        allowance = allowance.with_one_begun(NOW)
    assert not allowance.permits(NOW)
    assert not allowance.permits(NOW + timedelta(seconds=59))
    assert allowance.permits(NOW + timedelta(seconds=60))


def test_fifty_a_day() -> None:
    allowance = Allowance()
    begun = 0
    for minute in range(0, 23 * 60, 5):
        at = NOW + timedelta(minutes=minute)
        if allowance.permits(at):
            allowance, begun = allowance.with_one_begun(at), begun + 1
    assert begun == PER_DAY
    tomorrow = NOW + timedelta(days=1, minutes=1)
    assert allowance.permits(tomorrow)
    assert len(allowance.with_one_begun(tomorrow).begun) == PER_DAY


def test_a_day_of_rest_when_discord_says_so() -> None:
    allowance = Allowance().stopped(NOW)
    assert not allowance.permits(NOW + STOPPED_FOR - timedelta(seconds=1))
    assert allowance.permits(NOW + STOPPED_FOR)
