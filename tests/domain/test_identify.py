"""Discord takes the token away after 1,000 logins in 24 hours: no crash loop may ever get there."""

from datetime import UTC, datetime, timedelta

from bot.domain.identify import PER_DAY, gap_after, next_identify_at

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def ago(**duration: float) -> datetime:
    return NOW - timedelta(**duration)


def crash_loop(shards: int, start_takes: timedelta, days: int = 3) -> int:
    """A bot that logs in and dies, for days; the most logins in any 24 hours."""
    now = NOW
    logins: dict[int, list[datetime]] = {shard: [] for shard in range(shards)}
    while now < NOW + days * DAY:
        for own in logins.values():
            everyone = [at for each in logins.values() for at in each]
            if next_identify_at(own[-400:], everyone[-4000:], now) <= now:
                own.append(now)
        now += start_takes
    made = sorted(at for each in logins.values() for at in each)
    return max(sum(at - DAY < each <= at for each in made) for at in made[:: max(1, len(made) // 50)])


def test_the_first_logins_are_not_held_back() -> None:
    assert next_identify_at((), (), NOW) == NOW
    two = (ago(seconds=40), ago(seconds=20))
    assert next_identify_at(two, two, NOW) == NOW


def test_logins_that_follow_closely_are_held_back_more_and_more_but_never_longer_than_five_minutes() -> None:
    gaps = [gap_after(count).total_seconds() for count in range(9)]
    assert gaps == [0, 0, 0, 30, 60, 120, 240, 300, 300]
    assert gap_after(10_000) == timedelta(minutes=5)
    three = (ago(seconds=50), ago(seconds=30), ago(seconds=10))
    assert next_identify_at(three, three, NOW) == NOW + timedelta(seconds=20)


def test_what_was_an_hour_ago_does_not_hold_back() -> None:
    five = tuple(ago(minutes=60 + minute) for minute in range(5))
    assert next_identify_at(five, five, NOW) == NOW


def test_a_crash_loop_of_one_shard_stays_far_from_the_limit() -> None:
    assert 200 < crash_loop(1, timedelta(seconds=10)) < 310


def test_a_crash_loop_of_eight_shards_stays_under_the_limit() -> None:
    assert crash_loop(8, timedelta(minutes=1), days=2) == PER_DAY


def test_when_the_day_is_used_up_the_next_login_waits_for_the_oldest_to_be_a_day_old() -> None:
    day = [ago(hours=23) + timedelta(seconds=each) for each in range(PER_DAY)]
    assert next_identify_at((), day, NOW) == NOW + timedelta(hours=1)
    assert next_identify_at((), day[1:], NOW) == NOW


def test_a_clock_that_was_ahead_holds_nothing_back() -> None:
    ahead = [NOW + timedelta(days=400)] * PER_DAY
    assert next_identify_at(ahead, ahead, NOW) == NOW
