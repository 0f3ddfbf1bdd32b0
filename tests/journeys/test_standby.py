"""Alerts that come privately to those of the team who chose it, when the channels cannot be used (P8)."""

import discord
from simcord.actors import MemberActor
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.domain.case import Outcome

from .harbour import (
    SHOWN,
    WORDS,
    Harbour,
    field,
    labels,
    letters_to,
    planted,
    sentence,
    state,
    told,
    words_in,
)


async def stand_by(harbour: Harbour, *people: MemberActor) -> None:
    """They press the button in /status, and get the first message."""
    for who in people:
        status = await who.slash(harbour.lounge, "status")
        assert status.response is not None
        pressed = await who.click(status.response, label=sentence(harbour, "standby.button.begin"))
        assert sentence(harbour, "standby.answer.begun") in told(pressed)
        assert len(letters_to(who)) == 1


def cards_to(who: MemberActor) -> list[discord.Message]:
    """Cards of cases in somebody's private messages."""
    return [each for each in letters_to(who) if each.embeds]


def bar(harbour: Harbour, times: int | None = None) -> None:
    """The bot may not write in the moderators' channel."""
    path = f"/channels/{harbour.moderators.id}/messages"
    harbour.env.inject_error("POST", path, status=403, code=50013, times=times)


async def silence(harbour: Harbour) -> None:
    """From now on, mentioning the people on call makes no phone ring."""
    backend = harbour.env.backend
    backend.edit_role(harbour.guild.id, harbour.on_call_role.id, {"mentionable": False})
    shown, _ = SHOWN.pair()
    everyone = discord.Permissions(mention_everyone=True).value
    overwrite = Overwrite(backend.bot_user.id, OverwriteType.MEMBER, shown.value, everyone)
    backend.set_overwrite(harbour.moderators.id, overwrite)
    await harbour.env.settle()


async def test_a_moderator_chooses_it_in_status_and_stops_it_at_a_tap(ready: Harbour) -> None:
    await stand_by(ready, ready.mia)
    (hello,) = letters_to(ready.mia)
    assert hello.content == sentence(ready, "standby.private.hello", server="Harbour")
    assert labels(hello) == [sentence(ready, "standby.button.stop")]
    shown = told(await ready.max.slash(ready.lounge, "status"))
    assert sentence(ready, "status.view.standbys", count=1) in shown
    assert sentence(ready, "status.view.you_stand_by") not in shown
    assert ready.mia.mention not in shown

    # In /status, too, it can be stopped.
    status = await ready.mia.slash(ready.lounge, "status")
    assert status.response is not None
    assert sentence(ready, "status.view.you_stand_by") in told(status)
    pressed = await ready.mia.click(status.response, label=sentence(ready, "standby.button.stop"))
    assert sentence(ready, "standby.answer.stopped") in told(pressed)
    shown = told(await ready.mia.slash(ready.lounge, "status"))
    assert sentence(ready, "status.view.no_standbys") in shown


async def test_only_those_who_receive_alerts_can_choose_it(ready: Harbour) -> None:
    button = planted(ready, ready.lounge, "v1:standby:begin:0")

    for who in (ready.sam, ready.fay):
        refused = told(await who.click(button, label="planted"))
        assert refused == sentence(ready, "policy.refusal.moderator")
        assert letters_to(who) == []


async def test_an_alert_the_channel_will_not_have_goes_to_those_who_stand_by(ready: Harbour) -> None:
    await stand_by(ready, ready.mia, ready.max)
    bar(ready)
    written = await ready.sam.send(ready.circle, WORDS[4])

    (card,) = cards_to(ready.mia)
    assert len(cards_to(ready.max)) == 1
    assert letters_to(ready.owner) == []
    assert letters_to(ready.sam) == []
    assert written.jump_url in field(card, "Where")
    assert "<@&" not in card.content
    assert sentence(ready, "standby.private.why", server="Harbour") in card.content
    assert labels(card)[-1] == sentence(ready, "standby.button.stop")
    assert WORDS[4] not in words_in(card)

    # Every button works from there, also after a restart; both cards follow.
    await ready.restart()
    claimed = await ready.mia.user.click(card, label="I'm on it")
    assert "You are on case 1" in told(claimed)
    for who in (ready.mia, ready.max):
        (now,) = cards_to(who)
        assert ready.mia.mention in state(now)
        assert labels(now)[-1] == sentence(ready, "standby.button.stop")
    (now,) = cards_to(ready.mia)
    asked = await ready.mia.user.click(now, label="Close…")
    await ready.mia.user.submit_modal(asked, {"outcome": Outcome.REACHED})
    assert "reached" in state(cards_to(ready.max)[0])


async def test_who_stopped_it_gets_no_more_and_the_owner_is_next(ready: Harbour) -> None:
    await stand_by(ready, ready.mia)
    bar(ready)
    await ready.sam.send(ready.circle, WORDS[4])
    (card,) = cards_to(ready.mia)

    await ready.mia.user.click(card, label=sentence(ready, "standby.button.stop"))
    await ready.rio.send(ready.circle, WORDS[4])

    assert len(cards_to(ready.mia)) == 1
    (letter,) = letters_to(ready.owner)
    assert field(letter, "Who") == ready.rio.mention
    assert sentence(ready, "standby.button.stop") not in labels(letter)


async def test_who_left_the_team_gets_no_alert_and_can_do_nothing_with_an_old_one(ready: Harbour) -> None:
    await stand_by(ready, ready.mia, ready.max)
    bar(ready)
    await ready.sam.send(ready.circle, WORDS[4])
    (old,) = cards_to(ready.max)
    ready.env.backend.remove_member_role(ready.guild.id, ready.max.id, ready.moderators_role.id)
    await ready.env.settle()

    await ready.rio.send(ready.circle, WORDS[4])

    assert len(cards_to(ready.mia)) == 2
    assert len(cards_to(ready.max)) == 1
    pressed = await ready.max.user.click(old, label="I'm on it")
    assert told(pressed) == sentence(ready, "policy.refusal.moderator")


async def test_when_discord_does_not_say_who_they_are_the_owner_is_told(ready: Harbour) -> None:
    await stand_by(ready, ready.mia)
    bar(ready)
    asked = f"/guilds/{ready.guild.id}/members/{ready.mia.id}"
    ready.env.inject_error("GET", asked, status=503, times=None)

    await ready.sam.send(ready.circle, WORDS[4])

    assert cards_to(ready.mia) == []
    assert len(letters_to(ready.owner)) == 1
    # Nor does a button act for somebody nobody vouches for.
    strayed = planted(ready, ready.mia.user.dm_channel, "v1:case:claim:1")
    pressed = await ready.mia.user.click(strayed, label="planted")
    assert told(pressed) == sentence(ready, "standby.refusal.unknown")


async def test_one_who_cannot_be_written_to_keeps_it_from_nobody_else(ready: Harbour) -> None:
    await stand_by(ready, ready.mia, ready.max)
    bar(ready)
    closed = f"/channels/{ready.mia.user.dm_channel.id}/messages"
    ready.env.inject_error("POST", closed, status=403, code=50007, times=None)

    await ready.sam.send(ready.circle, WORDS[4])
    assert len(cards_to(ready.max)) == 1
    assert letters_to(ready.owner) == []

    closed = f"/channels/{ready.max.user.dm_channel.id}/messages"
    ready.env.inject_error("POST", closed, status=403, code=50007, times=None)
    await ready.rio.send(ready.circle, WORDS[4])
    assert len(letters_to(ready.owner)) == 1


async def test_what_concerns_one_of_the_team_goes_to_none_of_them(ready: Harbour) -> None:
    """S6: not by this way either."""
    await stand_by(ready, ready.mia, ready.max)

    await ready.max.send(ready.circle, WORDS[4])
    await ready.later(minutes=16)

    assert cards_to(ready.mia) == cards_to(ready.max) == []
    assert len(letters_to(ready.mia)) == len(letters_to(ready.max)) == 1
    assert len(cards_to(ready.owner)) == 1


async def test_who_stands_by_is_not_sent_their_own_case(ready: Harbour) -> None:
    """S6: Mia is off the team for tonight, and it is her words."""
    await stand_by(ready, ready.mia, ready.max)
    bar(ready)
    for role in (ready.moderators_role, ready.on_call_role):
        ready.env.backend.remove_member_role(ready.guild.id, ready.mia.id, role.id)
    await ready.env.settle()
    await ready.mia.send(ready.circle, WORDS[4])
    for role in (ready.moderators_role, ready.on_call_role):
        ready.env.backend.add_member_role(ready.guild.id, ready.mia.id, role.id)
    await ready.later(minutes=6)

    assert len(letters_to(ready.mia)) == 1
    assert len(cards_to(ready.max)) == 1
    assert len(letters_to(ready.max)) >= 3


async def test_a_card_leaves_private_messages_when_its_person_joins_the_team(ready: Harbour) -> None:
    """S6: what colleagues were sent before is no longer for them."""
    await stand_by(ready, ready.mia)
    bar(ready, times=1)
    await ready.sam.send(ready.circle, WORDS[4])
    (card,) = cards_to(ready.mia)
    ready.env.backend.add_member_role(ready.guild.id, ready.sam.id, ready.moderators_role.id)
    await ready.env.settle()

    await ready.sam.send(ready.circle, WORDS[4])

    assert cards_to(ready.mia) == []
    (left,) = [each for each in letters_to(ready.mia) if each.id == card.id]
    assert left.content == sentence(ready, "case.card.elsewhere", case=1)


async def test_a_call_that_makes_no_phone_ring_is_followed_by_one_that_does(ready: Harbour) -> None:
    await stand_by(ready, ready.mia)
    await silence(ready)

    card = await ready.desperate(4)

    _, call = letters_to(ready.mia)
    assert call.content.startswith(sentence(ready, "case.page.silent", ping="", case=1).strip())
    assert labels(call)[0] == sentence(ready, "case.button.claim")
    assert letters_to(ready.owner) == []
    assert "made no phone ring" in field(ready.fresh(card), "What has been done")
    problem = sentence(
        ready, "setup.problem.silent_role", role=ready.on_call_role.id, channel=ready.moderators.id
    )
    assert problem in told(await ready.mia.slash(ready.lounge, "status"))
    assert "You are on case 1" in told(await ready.mia.user.click(call, label="I'm on it"))


async def test_with_nobody_standing_by_a_silent_call_reaches_the_owner(ready: Harbour) -> None:
    await silence(ready)

    await ready.desperate(4)
    (call,) = letters_to(ready.owner)
    assert call.content.startswith(sentence(ready, "case.page.silent", ping="", case=1).strip())

    # The next step rings by itself, so nothing more comes privately.
    await ready.later(minutes=5, seconds=2)
    assert ready.pages()[-1].startswith(ready.moderators_role.mention)
    assert len(letters_to(ready.owner)) == 1
