"""Use cases on a real store: who may, a hundred at once, and a crash in between."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.case import CaseState, EventKind, Outcome, Signal, Source
from bot.domain.ids import CaseId, GuildSnowflake, UserSnowflake
from bot.domain.letter import Letter, LetterKind
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.tier import Tier
from bot.domain.timer import Timer
from bot.services.outgoing import Place
from bot.store.transaction import Transaction

from .conftest import GUILD, MIA, MODERATORS, MODERATORS_CHANNEL, ON_CALL, OWNER, SAM, SECOND, Rooms

CASE = CaseId(1)
Act = Callable[[Rooms, Actor], Awaitable[object]]

ACTS: dict[str, Act] = {
    "claim": lambda rooms, actor: rooms.cases.claim(actor, CASE),
    "contacted": lambda rooms, actor: rooms.cases.contacted(actor, CASE),
    "close": lambda rooms, actor: rooms.cases.close(actor, CASE, Outcome.REACHED),
    "show": lambda rooms, actor: rooms.cases.show(actor, CASE),
    "may_close": lambda rooms, actor: rooms.cases.may_close(actor, CASE),
}
PEOPLE = {
    "a member": (Actor(SAM, GUILD), "policy.refusal.moderator"),
    "a stranger's moderator": (
        Actor(MIA, GuildSnowflake(7), frozenset({MODERATORS}), owns_server=True),
        "case.refusal.gone",
    ),
    "a manager without the role": (Actor(MIA, GUILD, manages_server=True), "policy.refusal.moderator"),
    "the person themself": (Actor(SAM, GUILD, frozenset({MODERATORS})), "case.refusal.gone"),
    "a moderator": (Actor(MIA, GUILD, frozenset({MODERATORS})), None),
    "somebody on call": (Actor(MIA, GUILD, frozenset({ON_CALL})), None),
    "the owner": (Actor(OWNER, GUILD, owns_server=True), None),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", PEOPLE)
async def test_who_may_do_what_with_a_case(rooms: Rooms, act: str, person: str) -> None:
    await rooms.hear(1)
    actor, refusal = PEOPLE[person]
    if refusal is None:
        await ACTS[act](rooms, actor)
        return
    with pytest.raises(Refusal) as refused:
        await ACTS[act](rooms, actor)
    assert refused.value.key == refusal


async def test_of_a_hundred_who_press_at_once_one_has_the_case(rooms: Rooms) -> None:
    await rooms.hear(1)

    results = await asyncio.gather(
        *(
            rooms.cases.claim(Actor(UserSnowflake(1000 + each), GUILD, frozenset({MODERATORS})), CASE)
            for each in range(100)
        ),
        return_exceptions=True,
    )

    winners = [each for each in results if not isinstance(each, BaseException)]
    losers = [each for each in results if isinstance(each, Refusal)]
    assert (len(winners), len(losers)) == (1, 99)
    assert {each.facts["owner"] for each in losers} == {winners[0].claimed_by}


async def test_a_hundred_messages_of_one_person_at_once_are_one_case(rooms: Rooms) -> None:
    await asyncio.gather(*(rooms.hear(number) for number in range(100)))

    view = await rooms.cases.view(CASE)
    assert view is not None
    assert view.case.signals == 100
    assert await rooms.cases.view(CaseId(2)) is None
    assert [letter.kind for letter in await rooms.letters()].count(LetterKind.CASE_ALERT) == 1


async def test_a_hundred_people_at_once_have_a_case_each(rooms: Rooms) -> None:
    await asyncio.gather(*(rooms.hear(number, UserSnowflake(5000 + number)) for number in range(100)))

    letters = [*await rooms.letters(), *await rooms.letters(), *await rooms.letters()]
    letters += [letter for _ in range(5) for letter in await rooms.letters()]
    alerts = [letter for letter in letters if letter.kind is LetterKind.CASE_ALERT]
    assert len({letter.subject_id for letter in alerts}) == len(alerts) == 100


async def test_the_same_message_heard_again_changes_nothing(rooms: Rooms) -> None:
    await rooms.hear(1)
    await rooms.hear(1)

    view = await rooms.cases.view(CASE)
    assert view is not None
    assert view.case.signals == 1


async def test_a_crash_before_a_timer_is_done_runs_it_again_and_once(rooms: Rooms) -> None:
    await rooms.hear(1, words="i have a plan to kill myself tonight")
    rooms.clock.pass_(minutes=5)
    async with rooms.store.writing() as tx:
        claimed = await tx.timers.claim_due(rooms.clock.now())
    assert len(claimed) == 1  # a process took the timer and died

    assert await rooms.run_due() == 0
    rooms.clock.pass_(seconds=60)
    assert await rooms.run_due() == 1

    pages = [each for each in await rooms.letters() if each.kind is LetterKind.CASE_PAGE]
    assert len(pages) == 1


async def test_a_timer_whose_effect_fails_leaves_nothing_half_done(rooms: Rooms) -> None:
    async def half(tx: Transaction, _: Timer) -> None:
        await tx.installation.write("half", "done")
        raise ZeroDivisionError

    rooms.timekeeping._effects["case.page"] = half  # the effect itself is what this test is about
    await rooms.hear(1, words="i have a plan to kill myself tonight")
    rooms.clock.pass_(minutes=5)

    assert await rooms.run_due() == 0
    assert [type(each) for each in rooms.failures] == [ZeroDivisionError]
    async with rooms.store.reading() as tx:
        assert await tx.installation.read("half") is None


async def test_a_timer_of_an_older_round_is_left_alone(rooms: Rooms, moderator: Actor) -> None:
    await rooms.hear(1, words="i have a plan to kill myself tonight")
    await rooms.letters()
    await rooms.cases.claim(moderator, CASE)
    rooms.clock.pass_(minutes=31)

    await rooms.run_due()

    view = await rooms.cases.view(CASE)
    assert view is not None
    assert view.case.state is CaseState.OPEN
    called = [event.facts["audience"] for event in view.history if event.kind is EventKind.PAGED]
    assert called == ["on_call", "on_call"]


async def test_where_an_alert_may_go(rooms: Rooms) -> None:
    await rooms.hear(1)
    (alert,) = await rooms.letters()

    assert await rooms.outgoing.places(alert) == (
        Place(MODERATORS_CHANNEL),
        Place(SECOND),
        Place(people=(OWNER,)),
    )


@pytest.mark.parametrize(
    ("person", "sees_second", "places"),
    [
        (MIA, False, (Place(SECOND), Place(people=(OWNER,)))),
        (MIA, True, (Place(people=(OWNER,)),)),
        (OWNER, True, (Place(MODERATORS_CHANNEL), Place(SECOND))),
    ],
)
async def test_what_concerns_a_moderator_is_kept_from_that_moderator(
    rooms: Rooms, person: UserSnowflake, sees_second: bool, places: tuple[Place, ...]
) -> None:
    rooms.surroundings.sees = sees_second
    async with rooms.store.writing() as tx:
        signal = Signal(GUILD, person, Source.WORRY, Tier.T3, "worry:1", rooms.clock.now())
        # The way every concern takes, without a Discord member.
        await rooms.signals._intake.take(tx, signal, (MODERATORS,))
    (alert,) = await rooms.letters()

    assert await rooms.outgoing.places(alert) == places


async def test_a_letter_about_a_case_is_never_given_up(rooms: Rooms) -> None:
    await rooms.hear(1)
    for _ in range(40):
        letters = await rooms.letters()
        if letters:
            await rooms.outgoing.failed(letters[0], "http_403_50013", step_down=True, places=3)
        rooms.clock.pass_(minutes=2)

    async with rooms.store.reading() as tx:
        assert await tx.outbox.next_due_at() is not None


async def test_where_only_the_answer_was_lost_it_is_tried_again_at_the_same_place(rooms: Rooms) -> None:
    await rooms.hear(1)
    (letter,) = await rooms.letters()
    await rooms.outgoing.failed(letter, "http_403_50013", step_down=True, places=3)
    (letter,) = await rooms.letters()
    assert letter.place == 1

    await rooms.outgoing.failed(letter, "ServerDisconnectedError", step_down=False, places=3)
    rooms.clock.pass_(minutes=3)

    (letter,) = await rooms.letters()
    assert letter.place == 1


async def test_a_private_message_nobody_can_receive_is_given_up(rooms: Rooms) -> None:
    now = rooms.clock.now()
    async with rooms.store.writing() as tx:
        await tx.outbox.put(Letter(LetterKind.SUPPORT, "case:1:support", now, GUILD, SAM), now)
    (letter,) = await rooms.letters()

    await rooms.outgoing.failed(letter, "http_403_50007", step_down=True, places=1)

    async with rooms.store.reading() as tx:
        assert await tx.outbox.next_due_at() is None


async def test_many_signals_for_somebody_who_holds_the_case_become_few_nudges(
    rooms: Rooms, moderator: Actor
) -> None:
    await rooms.hear(1)
    await rooms.cases.claim(moderator, CASE)
    nudges: set[str] = set()
    for number in range(2, 62):
        await rooms.hear(number)
        rooms.clock.pass_(seconds=10)
        nudges |= {each.key for each in await rooms.letters() if each.kind is LetterKind.CASE_NUDGE}

    assert 4 <= len(nudges) <= 6  # ten minutes, one in two minutes at most
    view = await rooms.cases.view(CASE)
    assert view is not None
    assert view.case.signals == 61
