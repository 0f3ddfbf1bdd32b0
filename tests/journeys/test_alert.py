"""A crisis message reaches a moderator, who takes it and ends it."""

import discord
import pytest
from simcord.backend.errors import BackendError, SetupError

from bot.domain.case import Outcome
from bot.domain.ids import CaseId

from .harbour import WORDS, Harbour, field, labels, state, told, words_in


async def test_a_desperate_message_reaches_the_moderators_and_nobody_else(ready: Harbour) -> None:
    written = await ready.sam.send(ready.circle, WORDS[4])

    (card,) = ready.alerts()
    assert card.content.startswith(ready.on_call_role.mention)
    assert [role.id for role in card.role_mentions] == [ready.on_call_role.id]
    assert field(card, "Who") == ready.sam.mention
    assert written.jump_url in field(card, "Where")
    assert state(card) == "Nobody has taken this yet."
    assert labels(card) == ["I'm on it", "Contacted", "Not a concern", "Close…"]
    # In public nothing happens: no answer, no reaction, no deletion (S2, S8).
    seen = ready.seen_by(ready.rio, ready.circle)
    assert seen[-1].id == written.id
    assert seen[-1].reactions == []
    with pytest.raises(SetupError):
        ready.seen_by(ready.sam, ready.moderators)


async def test_no_word_of_the_message_is_on_the_card_or_on_the_disk(ready: Harbour) -> None:
    """S7: a pointer, and nothing more."""
    await ready.sam.send(ready.circle, f"{WORDS[4]} marmalade-canary")

    (card,) = ready.alerts()
    assert "marmalade" not in words_in(card)
    assert b"marmalade" not in ready.database_bytes()


async def test_ordinary_talk_leads_to_nothing(ready: Harbour) -> None:
    for words in ("good evening everyone", "this commute is killing me", "i could murder a sandwich"):
        await ready.sam.send(ready.circle, words)

    assert ready.alerts() == []


async def test_a_channel_nobody_chose_is_not_screened(ready: Harbour) -> None:
    await ready.sam.send(ready.lounge, WORDS[5])

    assert ready.alerts() == []


async def test_a_thread_of_a_screened_channel_is_screened(ready: Harbour) -> None:
    start = await ready.sam.send(ready.circle, "can we talk about today")
    channel = ready.bot.get_channel(ready.circle.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="today", message=discord.Object(start.id))
    (thread,) = ready.circle.threads
    await ready.rio.send(thread, WORDS[4])

    (card,) = ready.alerts()
    assert str(thread.id) in field(card, "Where")


async def test_who_takes_a_case_is_shown_to_everyone_and_given_some_help(ready: Harbour) -> None:
    """S10: thoughts for a person, and no contact by a machine."""
    card = await ready.desperate()

    pressed = await ready.mia.click(card, label="I'm on it")

    assert "You are on case 1" in told(pressed)
    assert "Some things that can help" in told(pressed)
    now = ready.fresh(card)
    assert ready.mia.mention in state(now)
    assert labels(now) == ["Still with them", "Contacted", "Not a concern", "Close…"]


async def test_the_second_moderator_is_told_who_the_first_is(ready: Harbour) -> None:
    card = await ready.desperate()
    await ready.mia.click(card, custom_id="v1:case:claim:1")

    # Max still has the old card on his screen.
    services = ready.bot.services
    from bot.domain.policy import Actor
    from bot.domain.refusal import Refusal

    late = Actor(ready.max.id, ready.guild.id, frozenset({ready.moderators_role.id}))
    with pytest.raises(Refusal) as refusal:
        await services.cases.claim(late, CaseId(1))

    assert refusal.value.key == "case.refusal.taken"
    assert refusal.value.facts["owner"] == ready.mia.id


async def test_a_member_who_finds_a_button_is_refused_kindly(ready: Harbour) -> None:
    card = await ready.desperate()

    pressed = await ready.fay.click(card, label="I'm on it")

    assert "for the moderators" in told(pressed)
    assert state(ready.fresh(card)) == "Nobody has taken this yet."


async def test_contact_is_noted_for_all(ready: Harbour) -> None:
    card = await ready.desperate()

    await ready.max.click(card, label="Contacted")

    assert ready.max.mention in state(ready.fresh(card))
    assert "was contacted" in state(ready.fresh(card))


async def test_closing_asks_how_it_ended_and_keeps_the_note_sealed(ready: Harbour) -> None:
    """P2: free text exists only encrypted."""
    card = await ready.desperate()
    await ready.mia.click(card, label="I'm on it")

    asked = await ready.mia.click(ready.fresh(card), label="Close…")
    done = await ready.mia.submit_modal(
        asked, {"outcome": Outcome.REACHED, "note": "talked for an hour, lantern-canary"}
    )

    assert "is closed" in told(done)
    assert "reached" in state(ready.fresh(card))
    assert labels(ready.fresh(card)) == ["Open again"]
    assert b"lantern-canary" not in ready.database_bytes()
    shown = await ready.max.slash(ready.moderators, "case show", case="1")
    assert "lantern-canary" in told(shown)


async def test_a_modal_opened_before_a_restart_still_closes_the_case(ready: Harbour) -> None:
    card = await ready.desperate()
    asked = await ready.mia.click(card, label="Close…")

    await ready.restart()
    done = await ready.mia.submit_modal(asked, {"outcome": Outcome.HANDED_ON})

    assert "is closed" in told(done)
    assert "handed on" in state(ready.fresh(card))


async def test_buttons_answer_after_a_restart(ready: Harbour) -> None:
    card = await ready.desperate()

    await ready.restart()
    pressed = await ready.mia.click(card, label="I'm on it")

    assert "You are on case 1" in told(pressed)
    assert ready.mia.mention in state(ready.fresh(card))


async def test_a_false_alarm_is_one_press_and_can_be_taken_back(ready: Harbour) -> None:
    card = await ready.desperate(3)

    await ready.max.click(card, label="Not a concern")
    assert "not a concern" in state(ready.fresh(card))

    await ready.mia.click(ready.fresh(card), label="Open again")
    assert ready.mia.mention in state(ready.fresh(card))


async def test_more_signals_join_the_open_case(ready: Harbour) -> None:
    card = await ready.desperate(3)

    await ready.sam.send(ready.circle, WORDS[3])
    await ready.sam.send(ready.circle, WORDS[2])

    assert len(ready.alerts()) == 1
    await ready.later(seconds=11)  # a card counts along, but not more often than every few seconds
    assert "3 signals" in field(ready.fresh(card), "Why")


async def test_a_higher_tier_pages_again_at_once(ready: Harbour) -> None:
    await ready.desperate(3)
    assert ready.pages() == []

    await ready.sam.send(ready.circle, WORDS[5])

    (page,) = ready.pages()
    assert page.startswith(ready.on_call_role.mention)
    assert len(ready.alerts()) == 1


async def test_whoever_holds_the_case_hears_of_new_signals(ready: Harbour) -> None:
    card = await ready.desperate(4)
    await ready.mia.click(card, label="I'm on it")

    await ready.sam.send(ready.circle, WORDS[4])

    assert ready.pages()[-1].startswith(ready.mia.mention)


async def test_after_closing_new_words_open_a_new_case(ready: Harbour) -> None:
    card = await ready.desperate(3)
    await ready.mia.click(card, label="Not a concern")

    await ready.sam.send(ready.circle, WORDS[3])

    assert [card.embeds[0].title for card in ready.alerts()] == ["Case 1 · closed", "Case 2"]


async def test_a_press_on_a_case_that_is_gone_says_so(ready: Harbour) -> None:
    """P4: thirty days after closing, a case is gone."""
    card = await ready.desperate(3)
    await ready.mia.click(card, label="Not a concern")
    await ready.later(days=31)

    pressed = await ready.mia.click(ready.fresh(card), label="Open again")

    assert "no longer here" in told(pressed)


async def test_the_bot_never_asks_discord_to_punish(ready: Harbour) -> None:
    await ready.desperate(5)

    touched = {
        (request.method, request.path)
        for request in ready.env.http_requests
        if request.method in ("DELETE", "PUT", "PATCH")
    }
    assert not any("/members/" in path or "/bans/" in path or "/permissions/" in path for _, path in touched)
    assert not any(method == "DELETE" for method, _ in touched)


async def test_a_lost_permission_is_no_lost_alert(ready: Harbour) -> None:
    ready.env.inject_error("POST", f"/channels/{ready.moderators.id}/messages", status=403, code=50013)

    await ready.sam.send(ready.circle, WORDS[4])

    # No second channel was chosen, so the owner is the next place.
    assert [message.embeds[0].title for message in ready.owner.user.dm_channel.history()] == ["Case 1"]
    with pytest.raises((BackendError, SetupError)):
        ready.seen_by(ready.sam, ready.moderators)
