"""Asking a moderator to look, for somebody else's sake: confidential, and once is enough."""

import discord

from .harbour import WORDS, Harbour, doors, field, labels, letters_to, sentence, state, told, words_in

LOOK = "Ask a moderator to look"
WORRY = "I'm worried about this person"


def names(message: discord.Message, person: int) -> bool:
    """Whether a message names somebody, in what is shown or hidden in it."""
    everything = [message.content, *(str(each.to_dict()) for each in message.embeds)]
    everything += [str(each.to_dict()) for each in message.components]
    return any(str(person) in part for part in everything)


async def test_a_look_at_a_message_is_confidential_and_points_at_it(ready: Harbour) -> None:
    written = await ready.sam.send(ready.circle, "nothing the program would notice")
    done = await ready.rio.context_menu(ready.circle, LOOK, written)

    assert sentence(ready, "signal.answer.look") in told(done)
    assert sentence(ready, "signal.answer.you_too") in told(done)
    assert done.response is not None
    assert labels(done.response) == [sentence(ready, "support.button.door")]
    (card,) = ready.alerts()
    assert field(card, "Who") == ready.sam.mention
    assert written.jump_url in field(card, "Where")
    assert field(card, "Why") == sentence(ready, "case.why.look")
    assert "noticed" not in words_in(card)
    assert "nothing the program" not in words_in(card)
    assert card.role_mentions == []
    # Not who asked: neither on the card nor in what moderators can look up later.
    assert not names(card, ready.rio.id)
    shown = await ready.mia.slash(ready.moderators, "case show", case="1")
    assert shown.response is not None
    assert not names(shown.response.message, ready.rio.id)
    # Sam and the channel see nothing of it.
    (door,) = doors(ready, ready.circle)
    for who in (ready.sam, ready.nell):
        assert [each.id for each in ready.seen_by(who, ready.circle)] == [door.id, written.id]
    assert letters_to(ready.sam) == []

    # The same request once more changes nothing; another member's joins.
    again = await ready.rio.context_menu(ready.circle, LOOK, written)
    assert sentence(ready, "signal.answer.already") in told(again)
    assert "signals" not in field(ready.fresh(card), "Why")
    await ready.nell.context_menu(ready.circle, LOOK, written)
    assert "2 signals" in field(ready.fresh(card), "Why")
    # The hand that is held out to the reporter works.
    helped = await ready.rio.click(done.response, custom_id="v1:support:door:0")
    assert sentence(ready, "support.panel.title") in told(helped)


async def test_a_worry_joins_the_open_case_and_counts_once(ready: Harbour) -> None:
    card = await ready.desperate(2)
    done = await ready.rio.context_menu(ready.lounge, WORRY, ready.sam)
    again = await ready.rio.context_menu(ready.lounge, WORRY, ready.sam)

    assert sentence(ready, "signal.answer.worry", person=ready.sam.id) in told(done)
    assert sentence(ready, "signal.answer.already") in told(again)
    assert len(ready.alerts()) == 1
    now = ready.fresh(card)
    assert sentence(ready, "case.why.worry") in field(now, "Why")
    assert "2 signals" in field(now, "Why")
    assert field(now, "Order of work") == sentence(ready, "case.order.t3")
    assert not any(names(each, ready.rio.id) for each in ready.moderators.history())
    assert ready.lounge.history() == []


async def test_about_oneself_or_a_program_the_way_is_shown(ready: Harbour) -> None:
    own = await ready.rio.send(ready.circle, "about my own words")
    about_words = await ready.rio.context_menu(ready.circle, LOOK, own)
    about_self = await ready.rio.context_menu(ready.circle, WORRY, ready.rio)
    assert told(about_words) == told(about_self) == sentence(ready, "signal.refusal.yourself")

    robot = ready.guild.add_member(ready.env.create_user("robot", bot=True))
    about_robot = await ready.rio.context_menu(ready.circle, WORRY, robot)
    assert told(about_robot) == sentence(ready, "signal.refusal.bot")
    assert ready.alerts() == []

    # A person who speaks through an app is somebody to reach, though we cannot tell who.
    hook = ready.guild.create_webhook(ready.circle, "proxy")
    spoken = await hook.send("back from the market", username="Ash")
    done = await ready.rio.context_menu(ready.circle, LOOK, spoken)
    assert sentence(ready, "signal.answer.look") in told(done)
    (card,) = ready.alerts()
    assert field(card, "Who") == sentence(ready, "case.card.who_app", person=spoken.author.id)
    assert spoken.jump_url in field(card, "Where")
    assert "Ash" not in words_in(card)

    # What an app says in words of danger is heard as well.
    await hook.send(WORDS[4], username="Ash")
    assert "2 signals" in field(ready.fresh(card), "Why")
    assert state(ready.fresh(card)) == sentence(ready, "case.state.open")


async def test_a_worry_stays_confidential_towards_who_welcomes_private_messages(ready: Harbour) -> None:
    panel = await ready.sam.slash(ready.circle, "support")
    assert panel.response is not None
    await ready.sam.click(panel.response, custom_id="v1:support:allow:0")

    await ready.rio.context_menu(ready.circle, WORRY, ready.sam)

    assert len(ready.alerts()) == 1
    # Sam wrote nothing; a message now would say that somebody spoke about them.
    assert letters_to(ready.sam) == []


async def test_asking_for_a_moderator_is_not_answered_as_if_words_had_been_read(ready: Harbour) -> None:
    panel = await ready.sam.slash(ready.circle, "support")
    assert panel.response is not None
    await ready.sam.click(panel.response, custom_id="v1:support:allow:0")

    await ready.sam.click(panel.response, custom_id="v1:support:ask:0")

    assert len(ready.alerts()) == 1
    assert not any("Something you wrote" in letter.content for letter in letters_to(ready.sam))
