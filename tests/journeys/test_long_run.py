"""What only shows after days, refusals and outages."""

import discord

from .harbour import WORDS, Harbour, doors, field, labels, letters_to, sentence, state, told, words_in


async def test_a_number_is_never_given_to_a_second_case(ready: Harbour) -> None:
    """S6, P5: an old card would otherwise come alive as somebody else's case."""
    card = await ready.desperate(3)
    await ready.mia.click(card, label="Not a concern")
    await ready.later(days=31)
    before = words_in(ready.fresh(card))

    await ready.rio.send(ready.circle, WORDS[3])

    assert [each.embeds[0].title for each in ready.alerts()] == ["Case 1 · closed", "Case 2"]
    assert words_in(ready.fresh(card)) == before


async def test_facilitators_who_are_called_can_answer(ready: Harbour) -> None:
    card = await ready.desperate(4)
    refused = await ready.fay.click(card, label="I'm on it")
    assert told(refused) == sentence(ready, "policy.refusal.moderator")

    await ready.later(minutes=10, seconds=2)
    await ready.fay.click(ready.fresh(card), label="I'm on it")

    assert ready.fay.mention in state(ready.fresh(card))
    shown = await ready.fay.slash(ready.moderators, "case show", case="1")
    assert "Case 1" in told(shown)
    listed = await ready.fay.slash(ready.moderators, "case list")
    assert told(listed) == sentence(ready, "policy.refusal.moderator")


async def test_whoever_reads_the_moderators_channel_is_not_shown_their_own_case_there(ready: Harbour) -> None:
    """S6 covers everyone who reads alerts, whatever their role is called."""
    await ready.sam.context_menu(ready.circle, "I'm worried about this person", ready.fay)

    assert ready.alerts() == []
    assert field(letters_to(ready.owner)[0], "Who") == ready.fay.mention


async def test_a_channel_that_was_opened_to_everyone_gets_no_alerts(ready: Harbour) -> None:
    """S7: private when it was chosen, public now."""
    channel = ready.bot.get_channel(ready.moderators.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.default_role, view_channel=True)

    await ready.sam.send(ready.circle, WORDS[4])

    assert ready.alerts() == []
    assert field(letters_to(ready.owner)[0], "Who") == ready.sam.mention


async def test_without_anyone_on_call_the_third_order_of_work_still_reaches_somebody(ready: Harbour) -> None:
    """S1: a role that is gone silences nobody."""
    ready.env.backend.delete_role(ready.guild.id, ready.on_call_role.id)
    await ready.env.settle()
    await ready.desperate(3)

    await ready.later(minutes=61)

    assert [page.split()[0] for page in ready.pages()] == [ready.moderators_role.mention]


async def test_after_the_ladder_has_ended_one_more_signal_rings_again(ready: Harbour) -> None:
    """S4: later is not lesser."""
    await ready.desperate(3)
    await ready.later(minutes=61)
    assert len(ready.pages()) == 1

    await ready.later(hours=5)
    await ready.sam.send(ready.circle, WORDS[3])

    assert len(ready.pages()) == 2
    assert ready.pages()[-1].startswith(ready.on_call_role.mention)
    assert "nobody has it" in ready.pages()[-1]


async def test_asking_for_a_moderator_rings_also_while_a_case_is_open(ready: Harbour) -> None:
    await ready.desperate(4)
    panel = await ready.sam.slash(ready.circle, "support")
    assert panel.response is not None

    pressed = await ready.sam.click(panel.response, custom_id="v1:support:ask:0")

    assert ready.pages()[-1].startswith(ready.on_call_role.mention)
    assert sentence(ready, "support.answer.asked_again") in told(pressed)


async def test_a_report_after_the_case_was_closed_counts_again(ready: Harbour) -> None:
    """S4: nobody who insists is told that all is in hand when it is not."""
    written = await ready.sam.send(ready.circle, "see you around")
    await ready.rio.context_menu(ready.circle, "Ask a moderator to look", written)
    await ready.mia.click(ready.alerts()[0], label="Not a concern")

    again = await ready.rio.context_menu(ready.circle, "Ask a moderator to look", written)

    assert sentence(ready, "signal.answer.look") in told(again)
    assert len(ready.alerts()) == 2
    twice = await ready.rio.context_menu(ready.circle, "Ask a moderator to look", written)
    assert sentence(ready, "signal.answer.already") in told(twice)


async def test_a_door_is_posted_once_permission_is_given(harbour: Harbour) -> None:
    """S11: and screening begins with it, without anybody pressing anything."""
    path = f"/channels/{harbour.circle.id}/messages"
    harbour.env.inject_error("POST", path, status=403, code=50013, times=None)
    await harbour.set_up()
    assert doors(harbour, harbour.circle) == []

    harbour.env.backend.faults.clear()
    await harbour.later(minutes=20)

    assert len(doors(harbour, harbour.circle)) == 1
    await harbour.desperate(4)


async def test_a_channel_can_come_and_go_for_months(ready: Harbour) -> None:
    panel = await ready.open_setup()
    for _ in range(3):
        await ready.choose(panel, "channels", ready.lounge)
        await ready.owner.click(panel, custom_id="v1:setup:save:0")
        assert len(doors(ready, ready.lounge)) == 1
        await ready.later(days=20)
        await ready.choose(panel, "channels")
        await ready.owner.click(panel, custom_id="v1:setup:save:0")
        assert doors(ready, ready.lounge) == []
        await ready.later(days=20)


async def test_a_late_farewell_leaves_a_new_door_alone(ready: Harbour) -> None:
    panel = await ready.open_setup()
    await ready.choose(panel, "channels", ready.lounge)
    await ready.owner.click(panel, custom_id="v1:setup:save:0")
    ready.env.settle_timeout = 1.5
    ready.env.inject_error("PATCH", f"/channels/{ready.lounge.id}/messages/*", status=503, times=1)
    await ready.choose(panel, "channels")
    await ready.owner.click(panel, custom_id="v1:setup:save:0")
    await ready.later(seconds=1)
    await ready.choose(panel, "channels", ready.lounge)
    await ready.owner.click(panel, custom_id="v1:setup:save:0")

    await ready.later(minutes=1)

    assert len(doors(ready, ready.lounge)) == 1


async def test_after_an_outage_people_are_called_once_and_not_for_every_call_that_was_missed(
    ready: Harbour,
) -> None:
    path = f"/channels/{ready.moderators.id}/messages"
    ready.env.inject_error("POST", path, status=503, times=None)
    await ready.sam.send(ready.circle, WORDS[4])
    for _ in range(4):
        await ready.later(minutes=14)

    ready.env.backend.faults.clear()
    await ready.later(minutes=5)

    assert len(ready.alerts()) == 1
    assert "late by" in words_in(ready.alerts()[0])
    assert len(ready.pages()) == 1


async def test_a_card_somebody_deleted_is_posted_again(ready: Harbour) -> None:
    """S3: a clean-up bot must not make a case invisible."""
    card = await ready.desperate(3)
    await ready.later(minutes=20)
    ready.env.backend.delete_message(ready.moderators.id, card.id)

    await ready.sam.send(ready.circle, WORDS[3])

    (again,) = ready.alerts()
    assert again.role_mentions == []
    assert labels(again)[0] == "I'm on it"
    await ready.mia.click(again, label="I'm on it")
    assert ready.mia.mention in state(ready.fresh(again))
    assert "late by" not in words_in(ready.fresh(again))


async def test_a_claim_that_lapsed_says_so(ready: Harbour) -> None:
    """S5: and not that the case moved up."""
    card = await ready.desperate(4)
    await ready.mia.click(card, label="I'm on it")

    await ready.later(minutes=31)

    assert "is open again" in ready.pages()[-1]
    assert ready.mia.mention in ready.pages()[-1]


async def test_whoever_held_a_case_hears_that_another_closed_it(ready: Harbour) -> None:
    card = await ready.desperate(4)
    await ready.mia.click(card, label="I'm on it")

    await ready.max.click(ready.fresh(card), label="Not a concern")

    assert ready.pages()[-1].startswith(ready.mia.mention)
    assert ready.max.mention in ready.pages()[-1]


async def test_a_moderator_in_need_is_told_who_was_really_told(ready: Harbour) -> None:
    panel = await ready.max.slash(ready.circle, "support")
    assert panel.response is not None

    pressed = await ready.max.click(panel.response, custom_id="v1:support:ask:0")

    assert sentence(ready, "support.answer.asked_owner_alone") in told(pressed)
    assert sentence(ready, "support.answer.asked_moderators") not in told(pressed)


async def test_a_person_who_joins_the_team_finds_nothing_about_themself(ready: Harbour) -> None:
    """S6: the card of an open case leaves the channel they can read now."""
    card = await ready.desperate(3)
    ready.env.backend.guilds[ready.guild.id].members[ready.sam.id].role_ids.append(ready.moderators_role.id)

    await ready.sam.send(ready.circle, WORDS[3])

    left = next(each for each in ready.moderators.history() if each.id == card.id)
    assert left.embeds == []
    assert labels(left) == []


async def test_private_messages_go_out_slowly_and_none_is_lost(ready: Harbour) -> None:
    """P8: many at once would get the bot quarantined; alerts do not wait for them."""
    people = [ready.guild.add_member(ready.env.create_user(f"member{number}")) for number in range(7)]
    for person in people:
        panel = await person.slash(ready.circle, "support")
        assert panel.response is not None
        await person.click(panel.response, custom_id="v1:support:allow:0")

    for person in people:
        await person.send(ready.circle, WORDS[4])

    assert len(ready.alerts()) == 7
    assert sum(bool(letters_to(person)) for person in people) == 5
    await ready.later(minutes=4)
    assert [len(letters_to(person)) for person in people] == [1] * 7
