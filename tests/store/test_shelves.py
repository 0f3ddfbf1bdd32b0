"""What the store promises: all or nothing, one at a time, once only, and nothing readable on the disk."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.allowance import Allowance
from bot.domain.card import PostedCard
from bot.domain.case import Case, CaseEvent, CaseState, EventKind, Outcome, Signal, Source
from bot.domain.group import Group, GroupKind
from bot.domain.ids import (
    CaseId,
    ChannelSnowflake,
    GroupId,
    GuildSnowflake,
    MessageSnowflake,
    RoleSnowflake,
    UserSnowflake,
)
from bot.domain.letter import Letter, LetterKind, Urgency
from bot.domain.person import Person
from bot.domain.server import ScreenedChannel, Server
from bot.domain.tier import Tier
from bot.domain.timer import LEASE_FOR, Timer
from bot.store.engine import Store

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
GUILD = GuildSnowflake(2**62)
SAM = UserSnowflake(2**62 + 1)
MIA = UserSnowflake(2**62 + 2)


def case_of(person: UserSnowflake = SAM, tier: Tier = Tier.T4, at: datetime = NOW) -> Case:
    return Case(CaseId(0), GUILD, person, tier, at, signals=1)


def signal_of(origin: str = "message:1") -> Signal:
    return Signal(
        GUILD, SAM, Source.MESSAGE, Tier.T4, origin, NOW, ("en.a",), ChannelSnowflake(5), MessageSnowflake(6)
    )


async def test_sixty_at_once_lose_nothing(store: Store) -> None:
    async with store.writing() as tx:
        await tx.installation.write("count", "0")

    async def add_one() -> None:
        async with store.writing() as tx:
            await tx.installation.write("count", str(int(await tx.installation.read("count") or 0) + 1))

    await asyncio.gather(*(add_one() for _ in range(60)))

    async with store.reading() as tx:
        assert await tx.installation.read("count") == "60"


async def test_a_failure_inside_undoes_everything(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.writing() as tx:
            await tx.installation.write("a", "1")
            await tx.people.save(Person(SAM, "IE"))
            raise ZeroDivisionError

    async with store.reading() as tx:
        assert await tx.installation.read("a") is None
        assert (await tx.people.load(SAM)).country is None


async def test_one_task_undoing_its_work_leaves_anothers_alone(store: Store) -> None:
    async def fail() -> None:
        async with store.writing() as tx:
            await tx.installation.write("mine", "1")
            await asyncio.sleep(0)
            raise ZeroDivisionError

    async def succeed() -> None:
        async with store.writing() as tx:
            await tx.installation.write("theirs", "1")

    await asyncio.gather(fail(), succeed(), return_exceptions=True)

    async with store.reading() as tx:
        assert (await tx.installation.read("mine"), await tx.installation.read("theirs")) == (None, "1")


async def test_only_commits_that_leave_work_stir_the_heart(store: Store) -> None:
    stirred: list[int] = []
    store.after_commit(lambda: stirred.append(1))

    async with store.writing() as tx:
        await tx.installation.write("a", "1")
    assert stirred == []
    async with store.writing() as tx:
        await tx.timers.put(Timer("case.page", "k", NOW))
    assert stirred == [1]
    with pytest.raises(ZeroDivisionError):
        async with store.writing() as tx:
            await tx.timers.put(Timer("case.page", "k2", NOW))
            raise ZeroDivisionError
    assert stirred == [1]


async def test_a_server_comes_back_as_it_was_saved(store: Store) -> None:
    server = Server(
        GUILD,
        ChannelSnowflake(1),
        ChannelSnowflake(2),
        RoleSnowflake(3),
        RoleSnowflake(4),
        RoleSnowflake(5),
        "IE",
        ("en", "de"),
        "Europe/Dublin",
        NOW,
        NOW,
    )
    async with store.writing() as tx:
        await tx.servers.save(server)
        await tx.servers.keep_draft(GUILD, {"country": "DE", "channels": [1, 2]})
    async with store.reading() as tx:
        assert await tx.servers.load(GUILD) == server
        assert await tx.servers.draft(GUILD) == {"country": "DE", "channels": [1, 2]}
        assert await tx.servers.load(GuildSnowflake(9)) == Server(GuildSnowflake(9))


async def test_saving_a_server_keeps_its_draft(store: Store) -> None:
    async with store.writing() as tx:
        await tx.servers.keep_draft(GUILD, {"zone": "UTC"})
        await tx.servers.save(Server(GUILD, country="IE"))
    async with store.reading() as tx:
        assert await tx.servers.draft(GUILD) == {"zone": "UTC"}


async def test_screened_channels_are_replaced_as_a_whole(store: Store) -> None:
    one = ScreenedChannel(GUILD, ChannelSnowflake(1), True, NOW)
    two = ScreenedChannel(GUILD, ChannelSnowflake(2), False)
    async with store.writing() as tx:
        await tx.servers.set_screened(GUILD, (one,))
        await tx.servers.set_screened(GUILD, (one, two))
        await tx.servers.announced(ChannelSnowflake(2), NOW)
    async with store.reading() as tx:
        first, second = await tx.servers.screened(GUILD)
        assert (first, second.announced_at) == (one, NOW)
        assert len(await tx.servers.all_screened()) == 2


async def test_a_group_keeps_its_channels_and_people(store: Store) -> None:
    new = Group(
        GroupId(0), GUILD, "Circle", GroupKind.CLOSED, "Europe/Dublin", (ChannelSnowflake(7),), (MIA,)
    )
    async with store.writing() as tx:
        group = await tx.groups.add(new)
        other = await tx.groups.add(Group(GroupId(0), GUILD, "Other"))
        await tx.groups.save(
            group.renamed("Evening").with_channels((ChannelSnowflake(8), ChannelSnowflake(9)))
        )
        await tx.groups.save(other.closed(NOW))
    async with store.reading() as tx:
        (found,) = await tx.groups.of_server(GUILD)
        assert (found.name, found.kind, found.channels, found.facilitators) == (
            "Evening",
            GroupKind.CLOSED,
            (8, 9),
            (MIA,),
        )
        assert len(await tx.groups.of_server(GUILD, closed=True)) == 2
        assert await tx.groups.find(GuildSnowflake(1), group.group_id) is None


async def test_a_case_comes_back_as_it_was_saved(store: Store) -> None:
    async with store.writing() as tx:
        case = await tx.cases.add(case_of())
        changed = case.claimed(MIA, NOW).contacted(MIA, NOW).closed(MIA, Outcome.REACHED, NOW)
        await tx.cases.save(changed)
    async with store.reading() as tx:
        assert await tx.cases.load(case.case_id) == changed


async def test_one_person_never_has_two_open_cases(store: Store) -> None:
    async with store.writing() as tx:
        await tx.cases.add(case_of())
    with pytest.raises(IntegrityError):
        async with store.writing() as tx:
            await tx.cases.add(case_of())
    async with store.writing() as tx:
        first = await tx.cases.open_for(GUILD, SAM)
        assert first is not None
        await tx.cases.save(first.closed(MIA, Outcome.REACHED, NOW))
        await tx.cases.add(case_of())


async def test_open_cases_come_unclaimed_and_oldest_first(store: Store) -> None:
    async with store.writing() as tx:
        claimed = await tx.cases.add(case_of(UserSnowflake(1), at=NOW - timedelta(hours=3)))
        await tx.cases.save(claimed.claimed(MIA, NOW))
        newer = await tx.cases.add(case_of(UserSnowflake(2), at=NOW))
        older = await tx.cases.add(case_of(UserSnowflake(3), at=NOW - timedelta(hours=1)))
    async with store.reading() as tx:
        ids = [case.case_id for case in await tx.cases.list_open(GUILD)]
    assert ids == [older.case_id, newer.case_id, claimed.case_id]


async def test_the_same_signal_twice_is_one(store: Store) -> None:
    async with store.writing() as tx:
        case = await tx.cases.add(case_of())
        assert await tx.cases.add_signal(case.case_id, signal_of())
        assert not await tx.cases.add_signal(case.case_id, signal_of())
        assert await tx.cases.add_signal(case.case_id, signal_of("message:2"))
    async with store.reading() as tx:
        assert [each.origin for each in await tx.cases.signals(case.case_id)] == ["message:1", "message:2"]
        assert await tx.cases.told(GUILD, "message:1") is not None
        assert await tx.cases.told(GuildSnowflake(1), "message:1") is None


async def test_history_is_kept_in_order(store: Store) -> None:
    events = [CaseEvent(CaseId(1), kind, NOW, MIA, {"tier": 4}) for kind in EventKind]
    async with store.writing() as tx:
        await tx.cases.add(case_of())
        await tx.cases.add_events(*events)
    async with store.reading() as tx:
        assert list(await tx.cases.history(CaseId(1))) == events
        assert list(await tx.cases.history(CaseId(1), latest=2)) == events[-2:]


async def test_a_note_is_sealed_and_dies_with_the_persons_key(store: Store) -> None:
    async with store.writing() as tx:
        case = await tx.cases.add(case_of())
        await tx.cases.write_note(case, "we talked")
    async with store.reading() as tx:
        assert await tx.cases.note(case) == "we talked"
    async with store.writing() as tx:
        await tx.people.forget_key(SAM)
    async with store.reading() as tx:
        assert await tx.cases.note(case) is None


async def test_old_cases_go_with_everything_that_belongs_to_them(store: Store) -> None:
    async with store.writing() as tx:
        case = await tx.cases.add(case_of())
        await tx.cases.add_signal(case.case_id, signal_of())
        await tx.cases.add_events(CaseEvent(case.case_id, EventKind.OPENED, NOW))
        await tx.cases.save(case.closed(MIA, Outcome.REACHED, NOW))
        assert await tx.cases.delete_closed_before(NOW) == 0
        assert await tx.cases.delete_closed_before(NOW + timedelta(seconds=1)) == 1
    async with store.reading() as tx:
        assert await tx.cases.signals(case.case_id) == ()
        assert await tx.cases.history(case.case_id) == ()


async def test_a_timer_is_waited_for_once_and_run_by_one(store: Store) -> None:
    async with store.writing() as tx:
        assert await tx.timers.put(Timer("case.page", "one", NOW, {"case_id": 1}))
        assert not await tx.timers.put(Timer("case.page", "one", NOW + timedelta(days=1)))
        assert await tx.timers.next_due_at() == NOW
        assert await tx.timers.claim_due(NOW - timedelta(seconds=1)) == ()
        (timer,) = await tx.timers.claim_due(NOW)
        assert (timer.facts, timer.attempts) == ({"case_id": 1}, 1)
        assert await tx.timers.claim_due(NOW) == ()
        assert await tx.timers.next_due_at() == NOW + LEASE_FOR
    async with store.writing() as tx:
        (again,) = await tx.timers.claim_due(NOW + LEASE_FOR)
        assert again.attempts == 2
        assert await tx.timers.done(again, NOW)
        assert not await tx.timers.done(timer, NOW)
        assert await tx.timers.next_due_at() is None
        # Done is remembered: the same key does not begin again.
        assert not await tx.timers.put(Timer("case.page", "one", NOW))


def letter(key: str, urgency: Urgency = Urgency.ALERT, due_at: datetime = NOW) -> Letter:
    return Letter(LetterKind.CASE_PAGE, key, due_at, GUILD, subject_id=1, urgency=urgency)


async def test_letters_leave_the_most_urgent_first(store: Store) -> None:
    async with store.writing() as tx:
        await tx.outbox.put(letter("notice", Urgency.NOTICE), NOW)
        await tx.outbox.put(letter("alert", Urgency.ALERT), NOW)
        await tx.outbox.put(letter("later", Urgency.ALERT, NOW + timedelta(minutes=1)), NOW)
        assert not await tx.outbox.put(letter("alert"), NOW)
        taken = await tx.outbox.claim_due(NOW)
        assert [each.key for each in taken] == ["alert", "notice"]
        assert await tx.outbox.claim_due(NOW) == ()


async def test_a_letter_that_failed_is_due_again_elsewhere(store: Store) -> None:
    async with store.writing() as tx:
        await tx.outbox.put(letter("alert"), NOW)
        (taken,) = await tx.outbox.claim_due(NOW)
        await tx.outbox.again(taken, NOW + timedelta(seconds=2), 1, "http_403_50013")
        assert await tx.outbox.claim_due(NOW) == ()
        (again,) = await tx.outbox.claim_due(NOW + timedelta(seconds=2))
        assert (again.place, again.attempts) == (1, 2)
        await tx.outbox.done(again, NOW)
        assert await tx.outbox.next_due_at() is None


async def test_letters_about_one_subject_are_counted(store: Store) -> None:
    async with store.writing() as tx:
        await tx.outbox.put(letter("one"), NOW)
        assert await tx.outbox.waiting(LetterKind.CASE_PAGE, 1)
        assert not await tx.outbox.waiting(LetterKind.CASE_PAGE, 2)
        await tx.outbox.claim_due(NOW)
        assert not await tx.outbox.waiting(LetterKind.CASE_PAGE, 1)
        assert await tx.outbox.count(LetterKind.CASE_PAGE, 1) == 1
        assert await tx.outbox.last_due_at(LetterKind.CASE_PAGE, 1) == NOW


async def test_leases_of_a_process_that_ended_are_let_go(store: Store) -> None:
    async with store.writing() as tx:
        await tx.outbox.put(letter("one"), NOW)
        await tx.outbox.claim_due(NOW)
        await tx.outbox.release_leases()
        assert len(await tx.outbox.claim_due(NOW)) == 1


async def test_posted_cards_are_found_by_subject(store: Store) -> None:
    async with store.writing() as tx:
        for number in range(9):
            await tx.cards.add(
                PostedCard("case.page", 1, GUILD, ChannelSnowflake(2), MessageSnowflake(number), NOW)
            )
        found = await tx.cards.of("case.page", 1, latest=3)
        assert [each.message for each in found] == [8, 7, 6]
        await tx.cards.forget(MessageSnowflake(8))
        assert [each.message for each in await tx.cards.of("case.page", 1, latest=1)] == [7]


async def test_a_card_says_in_whose_private_messages_it_stands(store: Store) -> None:
    private = PostedCard("case.alert", 1, None, ChannelSnowflake(2), MessageSnowflake(3), NOW, MIA)
    async with store.writing() as tx:
        await tx.cards.add(private)
        assert await tx.cards.of("case.alert", 1) == (private,)


async def test_a_thousand_signals_push_nothing_else_out_of_the_history(store: Store) -> None:
    opened = CaseEvent(CaseId(1), EventKind.OPENED, NOW)
    async with store.writing() as tx:
        await tx.cases.add(case_of())
        await tx.cases.add_events(opened, *[CaseEvent(CaseId(1), EventKind.JOINED, NOW)] * 1000)
        history = await tx.cases.history(CaseId(1))
    assert history[0] == opened
    assert 1 < len(history) < 20


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="without a zone"):
        async with store.writing() as tx:
            await tx.cases.add(case_of(at=datetime(2026, 1, 1)))  # noqa: DTZ001


async def test_claimed_state_is_stored_as_a_word(store: Store) -> None:
    async with store.writing() as tx:
        case = await tx.cases.add(case_of())
        await tx.cases.save(case.claimed(MIA, NOW))
        loaded = await tx.cases.load(case.case_id)
    assert loaded.state is CaseState.CLAIMED


async def test_two_processes_do_not_undo_each_others_work(store: Store) -> None:
    """S5: a claim made while a signal comes in elsewhere stays a claim."""
    other = Store(store.url, store.keyring)
    async with store.writing() as tx:
        case = await tx.cases.add(case_of())
    inside = asyncio.Event()

    async def join() -> None:
        async with store.writing() as tx:
            found = await tx.cases.open_for(GUILD, SAM)
            assert found is not None
            inside.set()
            await asyncio.sleep(0.2)
            await tx.cases.save(found.joined_by(signal_of()))

    async def claim() -> None:
        await inside.wait()
        async with other.writing() as tx:
            await tx.cases.save((await tx.cases.load(case.case_id)).claimed(MIA, NOW))

    await asyncio.gather(join(), claim())

    async with store.reading() as tx:
        kept = await tx.cases.load(case.case_id)
    assert (kept.signals, kept.claimed_by) == (2, MIA)
    await other.close()


async def test_a_number_is_never_given_twice(store: Store) -> None:
    async with store.writing() as tx:
        first = await tx.cases.add(case_of())
        await tx.cases.save(first.closed(MIA, Outcome.REACHED, NOW))
        await tx.cards.add(
            PostedCard("case.alert", first.case_id, GUILD, ChannelSnowflake(2), MessageSnowflake(3), NOW)
        )
        await tx.cases.delete_closed_before(NOW + timedelta(days=1))
        second = await tx.cases.add(case_of())
        assert await tx.cards.of("case.alert", first.case_id) == ()
    assert second.case_id > first.case_id


async def test_a_letter_whose_turn_comes_late_is_sent_by_one(store: Store) -> None:
    async with store.writing() as tx:
        await tx.outbox.put(letter("one"), NOW)
        (mine,) = await tx.outbox.claim_due(NOW)
        assert await tx.outbox.renew(mine, NOW)
        (theirs,) = await tx.outbox.claim_due(NOW + timedelta(hours=1))
        assert not await tx.outbox.renew(mine, NOW)
        await tx.outbox.done(theirs, NOW)
        assert not await tx.outbox.renew(theirs, NOW)


async def test_a_newer_call_retires_those_that_never_left(store: Store) -> None:
    async with store.writing() as tx:
        await tx.outbox.put(letter("one"), NOW)
        await tx.outbox.retire(LetterKind.CASE_PAGE, 1, NOW)
        await tx.outbox.put(letter("two"), NOW)
        assert [each.key for each in await tx.outbox.claim_due(NOW)] == ["two"]


async def test_who_stands_by_is_kept_by_server_and_in_the_order_of_choosing(store: Store) -> None:
    later = NOW + timedelta(minutes=1)
    async with store.writing() as tx:
        assert await tx.standbys.begin(GuildSnowflake(1), UserSnowflake(9), NOW)
        assert await tx.standbys.begin(GuildSnowflake(1), UserSnowflake(8), later)
        assert await tx.standbys.begin(GuildSnowflake(2), UserSnowflake(9), NOW)
        assert not await tx.standbys.begin(GuildSnowflake(1), UserSnowflake(9), later)
        assert await tx.standbys.of(GuildSnowflake(1)) == (9, 8)
        await tx.standbys.stop(GuildSnowflake(1), UserSnowflake(9))
    async with store.reading() as tx:
        assert await tx.standbys.of(GuildSnowflake(1)) == (8,)
        assert await tx.standbys.of(GuildSnowflake(2)) == (9,)


async def test_the_allowance_comes_back_as_it_was_saved(store: Store) -> None:
    kept = Allowance().with_one_begun(NOW).with_one_begun(NOW + timedelta(hours=1)).stopped(NOW)
    async with store.writing() as tx:
        assert await tx.allowances.load() == Allowance()
        await tx.allowances.save(kept)
    async with store.reading() as tx:
        assert await tx.allowances.load() == kept
