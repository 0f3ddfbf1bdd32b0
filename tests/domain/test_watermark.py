"""A mark never passes a message that could still be lost."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import ChannelSnowflake, MessageSnowflake
from bot.domain.watermark import Tide

CIRCLE = ChannelSnowflake(1)


def current(read_to: int = 0) -> Tide:
    tide = Tide()
    tide.remember(CIRCLE, MessageSnowflake(read_to))
    tide.resume(tide.gap)
    return tide


def test_the_mark_follows_what_is_safe() -> None:
    tide = current(5)
    tide.take_in_hand(CIRCLE, MessageSnowflake(6))
    tide.done(CIRCLE, MessageSnowflake(6))
    assert tide.read_to(CIRCLE) == 6
    assert tide.changed() == {CIRCLE: 6}
    assert tide.changed() == {}


def test_the_mark_stays_before_a_message_that_takes_long() -> None:
    tide = current(5)
    for message in (6, 7, 8):
        tide.take_in_hand(CIRCLE, MessageSnowflake(message))
    tide.done(CIRCLE, MessageSnowflake(8))
    tide.done(CIRCLE, MessageSnowflake(6))
    assert tide.read_to(CIRCLE) == 6
    assert tide.changed() == {CIRCLE: 6}
    tide.done(CIRCLE, MessageSnowflake(7))
    assert tide.changed() == {CIRCLE: 8}


def test_the_mark_does_not_jump_over_a_gap() -> None:
    tide = current(5)
    tide.break_off()
    tide.take_in_hand(CIRCLE, MessageSnowflake(9))
    tide.done(CIRCLE, MessageSnowflake(9))
    assert tide.read_to(CIRCLE) == 5
    tide.read(CIRCLE, MessageSnowflake(8))
    assert tide.read_to(CIRCLE) == 8
    tide.resume(tide.gap)
    assert tide.read_to(CIRCLE) == 9


def test_a_break_while_a_gap_is_read_is_a_gap_of_its_own() -> None:
    tide = current(5)
    tide.break_off()
    reading = tide.gap
    tide.break_off()
    tide.resume(reading)
    assert not tide.is_current


def test_what_was_heard_before_a_break_does_not_count_after_it() -> None:
    tide = Tide()
    tide.done(CIRCLE, MessageSnowflake(9))
    tide.break_off()
    tide.resume(tide.gap)
    assert tide.read_to(CIRCLE) is None


@given(st.lists(st.tuples(st.sampled_from(["arrive", "safe", "break", "caught up"]), st.integers(0, 30))))
def test_no_message_is_ever_behind_the_mark_and_not_safe(moves: list[tuple[str, int]]) -> None:
    """Messages get rising numbers; those that arrive during a break are missed until the gap is read."""
    tide, newest = current(), 0
    waiting: list[int] = []
    missed: list[int] = []
    broken = False
    for move, choice in moves:
        if move == "arrive":
            newest += 1
            if broken and choice % 2:
                missed.append(newest)
            else:
                waiting.append(newest)
                tide.take_in_hand(CIRCLE, MessageSnowflake(newest))
        elif move == "safe" and waiting:
            tide.done(CIRCLE, MessageSnowflake(waiting.pop(choice % len(waiting))))
        elif move == "break":
            broken = True
            tide.break_off()
        elif move == "caught up":
            broken, missed = False, []
            tide.read(CIRCLE, MessageSnowflake(newest))
            tide.resume(tide.gap)
        mark = tide.read_to(CIRCLE) or 0
        assert all(mark < message for message in [*waiting, *missed])
