"""Groups, their names and time zones; servers and who is staff; the permission table."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import policy
from bot.domain.group import NAME_LIMIT, Group, checked_name, checked_zone, zones_like
from bot.domain.ids import ChannelSnowflake, GroupId, GuildSnowflake, RoleSnowflake, UserSnowflake
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.server import Server

GUILD = GuildSnowflake(1)
MODERATORS, ON_CALL, FACILITATORS = RoleSnowflake(10), RoleSnowflake(11), RoleSnowflake(12)
SERVER = Server(
    GUILD,
    moderators_channel=ChannelSnowflake(2),
    moderators_role=MODERATORS,
    on_call_role=ON_CALL,
    facilitators_role=FACILITATORS,
)


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "x" * (NAME_LIMIT + 1)])
def test_a_name_needs_1_to_60_visible_characters(name: str) -> None:
    with pytest.raises(Refusal, match="group.refusal.name"):
        checked_name(name)


@given(st.text())
def test_a_name_is_one_line_or_refused(name: str) -> None:
    try:
        kept = checked_name(name)
    except Refusal:
        return
    assert 1 <= len(kept) <= NAME_LIMIT
    assert kept.isprintable()
    assert kept == checked_name(kept)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Dublin", "Europe/Dublin"),
        (" europe/dublin ", "Europe/Dublin"),
        ("america/new york", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_zones_are_found_however_they_are_typed(typed: str, zone: str) -> None:
    assert checked_zone(typed) == zone


@pytest.mark.parametrize("typed", ["", "Dublin", "Mars/Olympus", "../etc/passwd", "x" * 5000])
def test_what_is_no_zone_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refusal:
        checked_zone(typed)
    assert len(str(refusal.value.facts["zone"])) <= 60


def test_cities_come_first_while_typing() -> None:
    assert zones_like("dubl") == ("Europe/Dublin",)
    assert len(zones_like("a")) == 25


def test_a_group_ends_once() -> None:
    group = Group(GroupId(1), GUILD, "Circle").closed(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(Refusal, match="already_closed"):
        group.closed(datetime(2026, 1, 2, tzinfo=UTC))


def test_the_same_channel_twice_is_one() -> None:
    group = Group(GroupId(1), GUILD, "Circle").with_channels((ChannelSnowflake(1), ChannelSnowflake(1)))
    assert group.channels == (1,)


def actor(*roles: RoleSnowflake, manages: bool = False, owns: bool = False) -> Actor:
    return Actor(UserSnowflake(5), GUILD, frozenset(roles), manages_server=manages, owns_server=owns)


@pytest.mark.parametrize(
    ("who", "moderator", "manager", "facilitator"),
    [
        (actor(), False, False, False),
        (actor(RoleSnowflake(99)), False, False, False),
        (actor(MODERATORS), True, False, False),
        (actor(ON_CALL), True, False, False),
        (actor(FACILITATORS), False, False, True),
        (actor(manages=True), False, True, False),
        (actor(owns=True), True, True, False),
    ],
)
def test_the_table_of_who_may(who: Actor, moderator: bool, manager: bool, facilitator: bool) -> None:
    assert policy.is_moderator(who, SERVER) is moderator
    assert policy.is_manager(who) is manager
    assert policy.is_facilitator(who, SERVER) is facilitator


def test_where_nothing_is_chosen_no_role_makes_a_moderator() -> None:
    assert not policy.is_moderator(actor(MODERATORS), Server(GUILD))
    assert not policy.is_facilitator(actor(FACILITATORS), Server(GUILD))


def test_what_set_up_still_needs() -> None:
    assert Server(GUILD).missing() == ("moderators_channel", "moderators_role")
    assert SERVER.missing() == ()
    assert not SERVER.is_set_up
