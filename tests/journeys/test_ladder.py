"""Nobody answers: who is called, when, and that neither restarts nor skipped time change it."""

from datetime import timedelta

import pytest

from .harbour import WORDS, Harbour, field, letters_to, state, told


async def test_an_urgent_case_climbs_the_ladder_until_someone_takes_it(ready: Harbour) -> None:
    card = await ready.desperate(4)
    assert ready.pages() == []

    await ready.later(minutes=4)
    assert ready.pages() == []
    await ready.later(minutes=1, seconds=1)
    assert ready.pages()[-1].startswith(ready.moderators_role.mention)
    await ready.later(minutes=5)
    assert ready.pages()[-1].startswith(ready.facilitators_role.mention)
    await ready.later(minutes=5)
    assert ready.pages()[-1].startswith(ready.owner.mention)
    await ready.later(minutes=10)
    everyone = ready.pages()[-1]
    assert all(
        mention in everyone
        for mention in (ready.owner.mention, ready.on_call_role.mention, ready.moderators_role.mention)
    )
    assert len(ready.pages()) == 4

    await ready.mia.click(ready.fresh(card), label="I'm on it")
    await ready.later(minutes=25)
    assert len(ready.pages()) == 4
    assert all(ready.mia.mention in page for page in ready.pages())


async def test_each_call_is_in_the_history(ready: Harbour) -> None:
    card = await ready.desperate(4)
    await ready.later(minutes=16)

    done = field(ready.fresh(card), "What has been done")
    called = [line.split("Called ")[1] for line in done.splitlines() if "Called" in line]
    assert called == ["the people on call", "the moderators", "the facilitators", "the owner of the server"]


async def test_restarts_in_between_change_nothing(ready: Harbour) -> None:
    await ready.desperate(4)

    for expected in range(1, 4):
        await ready.later(minutes=2)
        await ready.restart()
        await ready.later(minutes=3, seconds=1)
        assert len(ready.pages()) == expected


async def test_time_that_passed_while_the_bot_was_down_is_made_up_for_at_once(ready: Harbour) -> None:
    await ready.desperate(4)
    await ready.bot.close()

    ready.clock.ahead += timedelta(minutes=7)
    await ready.restart()

    assert len(ready.pages()) == 1
    assert "7 minutes" in ready.pages()[0]


async def test_a_step_without_anyone_is_skipped_at_once(harbour: Harbour) -> None:
    await harbour.set_up(facilitators_role=None)
    card = await harbour.desperate(4)

    await harbour.later(minutes=10, seconds=2)

    assert harbour.pages()[-1].startswith(harbour.owner.mention)
    assert "Passed over the facilitators" in field(harbour.fresh(card), "What has been done")


async def test_without_a_role_on_call_the_moderators_are_called_first(harbour: Harbour) -> None:
    await harbour.set_up(on_call_role=None)

    card = await harbour.desperate(4)

    assert card.content.startswith(harbour.moderators_role.mention)


async def test_the_owner_step_also_reaches_the_second_channel(harbour: Harbour) -> None:
    await harbour.set_up(second_channel=harbour.second)
    await harbour.desperate(4)
    assert harbour.pages(harbour.second) == []

    await harbour.later(minutes=15, seconds=3)

    assert len(harbour.pages(harbour.second)) == 1


async def test_the_third_order_of_work_is_called_once_after_an_hour(ready: Harbour) -> None:
    card = await ready.desperate(3)
    assert card.role_mentions == []

    await ready.later(minutes=59)
    assert ready.pages() == []
    await ready.later(minutes=2)
    assert [page.split()[0] for page in ready.pages()] == [ready.on_call_role.mention]
    await ready.later(hours=3)
    assert len(ready.pages()) == 1


async def test_the_fourth_order_of_work_never_rings(ready: Harbour) -> None:
    card = await ready.desperate(2)

    await ready.later(hours=5)

    assert card.role_mentions == []
    assert ready.pages() == []


async def test_a_claim_lapses_in_silence_and_paging_starts_over(ready: Harbour) -> None:
    card = await ready.desperate(4)
    await ready.mia.click(card, label="I'm on it")

    await ready.later(minutes=29)
    assert ready.mia.mention in state(ready.fresh(card))
    await ready.later(minutes=1, seconds=1)
    assert state(ready.fresh(card)) == "Nobody has taken this yet."
    assert ready.pages()[-1].startswith(ready.on_call_role.mention)
    await ready.later(minutes=5, seconds=1)
    assert ready.pages()[-1].startswith(ready.moderators_role.mention)


async def test_a_renewed_claim_holds(ready: Harbour) -> None:
    card = await ready.desperate(4)
    await ready.mia.click(card, label="I'm on it")
    await ready.later(minutes=20)

    pressed = await ready.mia.click(ready.fresh(card), label="Still with them")
    assert "You are on case 1" in told(pressed)
    other = await ready.max.click(ready.fresh(card), label="Still with them")
    assert "not on case 1" in told(other)

    await ready.later(minutes=29)
    assert ready.mia.mention in state(ready.fresh(card))


async def test_a_page_can_be_answered_from_itself(ready: Harbour) -> None:
    card = await ready.desperate(4)
    await ready.later(minutes=5, seconds=1)
    page = next(each for each in ready.moderators.history() if each.content == ready.pages()[-1])

    await ready.max.click(page, label="I'm on it")

    assert ready.max.mention in state(ready.fresh(card))
    assert ready.max.mention in ready.pages()[-1]


async def test_a_closed_case_is_brought_up_once_more_after_a_day(ready: Harbour) -> None:
    card = await ready.desperate(4)
    asked = await ready.mia.click(card, label="Close…")
    await ready.mia.submit_modal(asked, {"outcome": "reached"})
    before = len(ready.pages())

    await ready.later(hours=23)
    assert len(ready.pages()) == before
    await ready.later(hours=1, minutes=2)
    reminder = ready.moderators.history()[-1]
    assert reminder.content.startswith(ready.mia.mention)

    await ready.max.click(reminder, label="I looked in")
    assert "looked in again" in state(ready.fresh(card))
    count = len(ready.moderators.history())
    await ready.later(days=3)
    assert len(ready.moderators.history()) == count


async def test_a_false_alarm_is_not_brought_up_again(ready: Harbour) -> None:
    card = await ready.desperate(3)
    await ready.mia.click(card, label="Not a concern")
    count = len(ready.moderators.history())

    await ready.later(days=4)

    assert len(ready.moderators.history()) == count


@pytest.mark.parametrize("status", [500, 503])
async def test_a_refused_alert_is_sent_again_until_it_arrives_and_once(ready: Harbour, status: int) -> None:
    ready.env.inject_error("POST", f"/channels/{ready.moderators.id}/messages", status=status, times=3)
    await ready.sam.send(ready.circle, WORDS[4])
    assert ready.alerts() == []

    await ready.later(minutes=2)

    assert len(ready.alerts()) == 1


async def test_an_alert_that_could_not_leave_is_not_sent_once_its_case_is_closed(ready: Harbour) -> None:
    ready.env.inject_error("POST", f"/channels/{ready.moderators.id}/messages", status=503, times=None)
    await ready.sam.send(ready.circle, WORDS[4])
    shown = await ready.mia.slash(ready.lounge, "case show", case="1")
    assert shown.response is not None
    await ready.mia.click(shown.response, label="Not a concern")

    ready.env.backend.faults.clear()
    await ready.later(minutes=30)

    assert ready.moderators.history() == []
    assert letters_to(ready.owner) == []

    # Taken back, the case is there to be seen again.
    shown = await ready.mia.slash(ready.lounge, "case show", case="1")
    assert shown.response is not None
    await ready.mia.click(shown.response, label="Open again")
    (card,) = ready.alerts()
    assert ready.mia.mention in state(card)


async def test_a_late_alert_says_how_late(ready: Harbour) -> None:
    ready.env.inject_error("POST", f"/channels/{ready.moderators.id}/messages", status=503, times=12)
    await ready.sam.send(ready.circle, WORDS[3])

    await ready.later(minutes=30)

    (card,) = ready.alerts()
    assert "late by" in (card.embeds[0].description or "")
