"""S6: what comes from a moderator, or is about one, is never brought to that moderator."""

import pytest
from simcord.actors import MemberActor

from bot.domain.case import Outcome
from bot.domain.ids import CaseId

from .harbour import (
    HIDDEN,
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


def kept_from(harbour: Harbour, who: MemberActor) -> bool:
    """Whether nothing of a case is in a channel this person can read, nor in their private messages."""
    places = [harbour.circle, harbour.lounge, harbour.moderators, harbour.second]
    messages = [message for place in places for message in harbour.seen_by(who, place)]
    return not any("Case " in words_in(message) for message in (*messages, *letters_to(who)))


async def look_up(harbour: Harbour, who: MemberActor) -> list[str]:
    """What somebody learns of case 1 by every way there is to look for it or to take it."""
    listed = await who.slash(harbour.moderators, "case list")
    shown = await who.slash(harbour.moderators, "case show", case="1")
    offered = await who.autocomplete(harbour.moderators, "case show", "case", "")
    assert offered == []
    answers = [told(listed), told(shown)]
    for verb in ("claim", "contacted", "not_a_concern", "close", "reopen", "followed_up", "renew"):
        button = planted(harbour, harbour.moderators, f"v1:case:{verb}:1")
        answers.append(told(await who.click(button, label="planted")))
    return answers


async def test_words_of_a_moderator_reach_the_owner_who_can_do_everything_from_there(ready: Harbour) -> None:
    panel = await ready.open_setup()
    await ready.choose(panel, "second_channel", ready.second)
    await ready.owner.click(panel, custom_id="v1:setup:save:0")
    await ready.max.send(ready.circle, WORDS[4])

    # Max can read the second channel too, so the owner is the one who is told.
    assert kept_from(ready, ready.max)
    (card,) = letters_to(ready.owner)
    assert field(card, "Who") == ready.max.mention
    assert sentence(ready, "case.card.staff") in words_in(card)
    assert card.content.startswith(ready.owner.mention)
    assert [each.id for each in card.mentions] == [ready.owner.id]

    refused = await look_up(ready, ready.max)
    assert refused[0] == sentence(ready, "case.list.empty")
    kept = {sentence(ready, "case.refusal.about_you"), sentence(ready, "case.refusal.gone")}
    assert set(refused[1:]) <= kept
    case = await ready.bot.services.cases.view(CaseId(1))
    assert case is not None
    assert case.case.claimed_by is None

    # Nobody else can use the owner's buttons, wherever they might find them.
    strayed = planted(ready, ready.rio.user.dm_channel, "v1:case:claim:1")
    assert told(await ready.rio.user.click(strayed)) == sentence(ready, "policy.refusal.moderator")
    strayed = planted(ready, ready.max.user.dm_channel, "v1:case:not_a_concern:1")
    assert told(await ready.max.user.click(strayed)) == sentence(ready, "case.refusal.gone")

    # The owner does it all, also after a restart.
    await ready.restart()
    claimed = await ready.owner.user.click(card, label="I'm on it")
    assert "You are on case 1" in told(claimed)
    (now,) = [each for each in letters_to(ready.owner) if each.id == card.id]
    assert ready.owner.mention in state(now)
    asked = await ready.owner.user.click(now, label="Close…")
    done = await ready.owner.user.submit_modal(asked, {"outcome": Outcome.REACHED, "note": "we spoke"})
    assert "is closed" in told(done)
    (now,) = [each for each in letters_to(ready.owner) if each.id == card.id]
    assert labels(now) == ["Open again"]
    assert kept_from(ready, ready.max)
    # The reminder of the next day goes the same way.
    await ready.later(hours=25)
    assert "look in" in letters_to(ready.owner)[-1].content
    assert kept_from(ready, ready.max)


async def test_nobody_answering_never_brings_it_back_to_the_moderators(ready: Harbour) -> None:
    panel = await ready.max.slash(ready.circle, "support")
    assert panel.response is not None
    asked = await ready.max.click(panel.response, custom_id="v1:support:ask:0")
    assert told(asked)
    assert kept_from(ready, ready.max)

    await ready.later(minutes=45)

    assert kept_from(ready, ready.max)
    letters = letters_to(ready.owner)
    assert len(letters) >= 3
    assert not any(letter.role_mentions for letter in letters)
    assert all(ready.owner.mention in letter.content for letter in letters)


@pytest.mark.parametrize("way", ["worry", "look"])
async def test_a_concern_about_a_moderator_is_kept_from_them(ready: Harbour, way: str) -> None:
    if way == "worry":
        done = await ready.sam.context_menu(ready.circle, "I'm worried about this person", ready.max)
    else:
        written = await ready.max.send(ready.circle, "back from the market")
        done = await ready.sam.context_menu(ready.circle, "Ask a moderator to look", written)

    assert sentence(ready, "signal.answer.you_too") in told(done)
    assert ready.alerts() == []
    assert kept_from(ready, ready.max)
    (card,) = letters_to(ready.owner)
    assert field(card, "Who") == ready.max.mention
    assert str(ready.sam.id) not in words_in(card)
    assert (await look_up(ready, ready.max))[0] == sentence(ready, "case.list.empty")


async def test_a_moderator_who_looks_up_a_number_does_not_learn_that_it_is_about_them(
    ready: Harbour,
) -> None:
    await ready.sam.context_menu(ready.circle, "I'm worried about this person", ready.max)

    about_them = told(await ready.max.slash(ready.moderators, "case show", case="1"))
    about_nobody = told(await ready.max.slash(ready.moderators, "case show", case="2"))

    assert about_them == about_nobody


async def test_a_second_channel_the_moderator_cannot_read_is_where_it_goes(ready: Harbour) -> None:
    elders = ready.guild.create_role("Elders", mentionable=True)
    me = ready.bot.user
    assert me is not None
    council = ready.guild.create_text_channel(
        "council", overwrites={ready.guild.default_role: HIDDEN, me: SHOWN, elders: SHOWN}
    )
    panel = await ready.open_setup()
    await ready.choose(panel, "second_channel", council)
    await ready.owner.click(panel, custom_id="v1:setup:save:0")
    # Somebody in a voice channel is known to the bot with their roles, so it can tell what they may read.
    await ready.max.join_voice(ready.guild.create_voice_channel("kitchen"))

    await ready.max.send(ready.circle, WORDS[4])

    (card,) = ready.alerts(council)
    assert field(card, "Who") == ready.max.mention
    assert kept_from(ready, ready.max)
    assert card.role_mentions == []
    assert letters_to(ready.owner) == []


async def test_words_of_an_owner_without_a_role_are_not_sent_to_the_owner(ready: Harbour) -> None:
    ready.env.inject_error(
        "POST", f"/channels/{ready.moderators.id}/messages", status=403, code=50013, times=2
    )
    await ready.owner.send(ready.circle, WORDS[4])

    assert letters_to(ready.owner) == []
    await ready.later(minutes=10)
    assert letters_to(ready.owner) == []
    assert len(ready.alerts()) == 1


async def test_an_owner_is_not_called_to_their_own_case(ready: Harbour) -> None:
    await ready.owner.send(ready.circle, WORDS[4])
    assert len(ready.alerts()) == 1

    await ready.later(minutes=40)

    assert len(ready.pages()) >= 2
    assert not any(ready.owner.mention in page for page in ready.pages())
