"""What the person who hosts the bot is told: numbers over all servers, and small facts by their names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.case import Case, CaseState, Outcome
from bot.domain.ids import CaseId, GuildSnowflake, UserSnowflake
from bot.domain.letter import Letter, LetterKind, Urgency
from bot.domain.tier import Tier
from bot.domain.timer import Timer
from bot.store.engine import Store

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def letter(
    key: str, due_at: datetime, kind: LetterKind = LetterKind.CASE_ALERT, urgency: Urgency = Urgency.ALERT
) -> Letter:
    return Letter(kind, key, due_at, GuildSnowflake(1), subject_id=1, urgency=urgency)


async def test_an_alert_waits_since_it_was_written_however_often_it_was_tried(store: Store) -> None:
    async with store.writing() as tx:
        await tx.outbox.put(letter("tried", NOW - minutes(9)), NOW - minutes(9))
        [tried] = await tx.outbox.claim_due(NOW)
        await tx.outbox.again(tried, NOW + minutes(15), 0, "http_403_0")
        await tx.outbox.put(letter("untried", NOW - minutes(1)), NOW - minutes(1))
    async with store.reading() as tx:
        assert await tx.outbox.alerts_waiting(NOW) == (NOW - minutes(9), NOW - minutes(1))


async def test_what_is_not_an_alert_or_not_due_or_has_left_does_not_wait(store: Store) -> None:
    async with store.writing() as tx:
        await tx.outbox.put(letter("left", NOW - minutes(9)), NOW - minutes(9))
        [left] = await tx.outbox.claim_due(NOW)
        await tx.outbox.done(left, NOW)
        await tx.outbox.put(letter("later", NOW + minutes(1)), NOW - minutes(9))
        await tx.outbox.put(letter("update", NOW, LetterKind.CASE_UPDATE, Urgency.UPDATE), NOW)
    async with store.reading() as tx:
        assert await tx.outbox.alerts_waiting(NOW) == ()


async def test_a_nudge_waits_since_it_was_due_and_not_since_it_was_written(store: Store) -> None:
    async with store.writing() as tx:
        await tx.outbox.put(letter("nudge", NOW, LetterKind.CASE_NUDGE), NOW - minutes(9))
        await tx.outbox.claim_due(NOW)
    async with store.reading() as tx:
        assert await tx.outbox.alerts_waiting(NOW) == (NOW,)


async def test_open_cases_and_waiting_timers_are_counted_over_all_servers(store: Store) -> None:
    async with store.writing() as tx:
        for guild in (1, 2, 3):
            case = await tx.cases.add(
                Case(CaseId(0), GuildSnowflake(guild), UserSnowflake(9), Tier.T4, NOW, signals=1)
            )
        await tx.cases.save(closed(case))
        for key in ("a", "b"):
            await tx.timers.put(Timer("case.page", key, NOW + minutes(1)))
        await tx.timers.put(Timer("case.page", "c", NOW))
        [due] = await tx.timers.claim_due(NOW)
        await tx.timers.done(due, NOW)
    async with store.reading() as tx:
        assert (await tx.cases.count_open(), await tx.timers.count_waiting()) == (2, 2)


def closed(case: Case) -> Case:
    return replace(case, state=CaseState.CLOSED, outcome=Outcome.REACHED, closed_at=NOW)


async def test_small_facts_are_found_by_how_their_names_begin_and_forgotten_by_name(store: Store) -> None:
    async with store.writing() as tx:
        for name in ("identify:0:1", "identify:1:2", "identifyX", "commands"):
            await tx.installation.write(name, "")
        assert sorted(await tx.installation.beginning_with("identify:")) == ["identify:0:1", "identify:1:2"]
        assert await tx.installation.beginning_with("%") == ()
        await tx.installation.forget(("identify:0:1", "nobody"))
        assert await tx.installation.beginning_with("identify:") == ("identify:1:2",)
        assert await tx.installation.read("commands") == ""
