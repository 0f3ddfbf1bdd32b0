"""Who stands by, where that puts them on the way of an alert, and how many conversations may be begun."""

from datetime import timedelta

import pytest

from bot.domain.allowance import PER_MINUTE
from bot.domain.card import Delivery
from bot.domain.case import EventKind, Outcome, Signal, Source
from bot.domain.ids import CaseId, UserSnowflake
from bot.domain.letter import LetterKind
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.tier import Tier
from bot.services.outgoing import Outgoing, Place

from .conftest import GUILD, MIA, MODERATORS, MODERATORS_CHANNEL, ON_CALL, OWNER, SAM, SECOND, Rooms

MAX = UserSnowflake(23)


@pytest.fixture
async def standing(rooms: Rooms) -> Rooms:
    """Mia, who is on call, and Max, who moderates, stand by."""
    for user, role in ((MIA, ON_CALL), (MAX, MODERATORS)):
        await rooms.standby.begin(Actor(user, GUILD, frozenset({role})))
        rooms.membership.roles[user] = frozenset({role})
    for letter in await rooms.letters():
        assert letter.kind is LetterKind.STANDBY
        await rooms.outgoing.delivered(letter, Delivery())
    return rooms


async def places(rooms: Rooms, place: int = 2) -> tuple[Place, ...]:
    """Where the alert can go once it has come to this place."""
    (alert,) = await rooms.letters()
    for _ in range(place):
        await rooms.outgoing.failed(alert, "http_403_50013", step_down=True, places=4)
        (alert,) = await rooms.letters()
    return await rooms.outgoing.places(alert)


async def test_they_come_after_the_channels_and_before_the_owner(standing: Rooms) -> None:
    await standing.hear(1)

    assert await places(standing) == (
        Place(MODERATORS_CHANNEL),
        Place(SECOND),
        Place(people=(MIA, MAX)),
        Place(people=(OWNER,)),
    )


@pytest.mark.parametrize("roles", [frozenset(), None], ids=["left the team", "Discord would not say"])
async def test_whom_discord_does_not_confirm_gets_nothing(
    standing: Rooms, roles: frozenset[object] | None
) -> None:
    standing.membership.roles[MIA] = roles  # type: ignore[assignment]
    await standing.hear(1)

    assert (await places(standing))[2] == Place(people=(MAX,))


async def test_a_case_about_one_of_them_goes_to_the_others(standing: Rooms) -> None:
    await standing.hear(1, MAX)

    assert (await places(standing))[2] == Place(people=(MIA,))


async def test_a_case_about_the_team_goes_to_none_of_them(standing: Rooms) -> None:
    """S6: Sam moderates too."""
    async with standing.store.writing() as tx:
        signal = Signal(GUILD, SAM, Source.WORRY, Tier.T3, "worry:1", standing.clock.now())
        await standing.signals._intake.take(tx, signal, (MODERATORS,))

    assert await places(standing, 0) == (Place(SECOND), Place(people=(OWNER,)))


async def test_a_member_cannot_stand_by_and_everyone_may_stop(standing: Rooms) -> None:
    with pytest.raises(Refusal, match="policy.refusal.moderator"):
        await standing.standby.begin(Actor(SAM, GUILD))
    await standing.standby.stop(GUILD, SAM)
    await standing.standby.stop(GUILD, MIA)

    assert await standing.outgoing.standing_by(GUILD) == {MAX}


async def test_choosing_it_twice_says_hello_once(standing: Rooms) -> None:
    await standing.standby.begin(Actor(MIA, GUILD, frozenset({ON_CALL})))

    assert await standing.letters() == []


async def test_a_silent_call_is_followed_by_a_private_one_and_is_in_the_history(standing: Rooms) -> None:
    await standing.hear(1)
    (alert,) = await standing.letters()

    await standing.outgoing.delivered(alert, Delivery(silent=True))

    call = (await standing.letters())[0]
    assert call.kind is LetterKind.CASE_PAGE
    assert await standing.outgoing.places(call) == (Place(people=(MIA, MAX)), Place(people=(OWNER,)))
    view = await standing.cases.view(CaseId(1))
    assert view is not None
    assert view.history[-1].kind is EventKind.SILENT


async def test_a_silent_call_about_a_closed_case_calls_nobody(standing: Rooms) -> None:
    await standing.hear(1)
    (alert,) = await standing.letters()
    await standing.cases.close(Actor(MIA, GUILD, frozenset({ON_CALL})), CaseId(1), Outcome.REACHED)

    await standing.outgoing.delivered(alert, Delivery(silent=True))

    assert LetterKind.CASE_PAGE not in {each.kind for each in await standing.letters()}


async def test_a_restart_does_not_forget_how_many_conversations_were_begun(rooms: Rooms) -> None:
    def restarted() -> Outgoing:
        return Outgoing(rooms.store, rooms.clock, rooms.surroundings, rooms.membership, rooms.paging)

    begun = [await restarted().may_begin(urgent=False) for _ in range(PER_MINUTE + 1)]
    assert begun == [True] * PER_MINUTE + [False]
    # An alert never waits.
    assert await restarted().may_begin(urgent=True)

    rooms.clock.pass_(minutes=1)
    assert await restarted().may_begin(urgent=False)
    await restarted().begun_too_fast()
    rooms.clock.at += timedelta(hours=23)
    assert not await restarted().may_begin(urgent=False)
    rooms.clock.at += timedelta(hours=1)
    assert await restarted().may_begin(urgent=False)
