"""/case: what moderators can look up, and that it never holds anybody's words."""

import re

from simcord.actors import MemberActor

from bot.domain.case import Outcome

from .harbour import WORDS, Harbour, crowd, sentence, told, words_in


async def test_open_cases_are_listed_unclaimed_and_oldest_first(ready: Harbour) -> None:
    assert told(await ready.mia.slash(ready.moderators, "case list")) == sentence(ready, "case.list.empty")
    for who in (ready.sam, ready.rio, ready.nell):
        await ready.desperate(3, who)
        await ready.later(minutes=1)
    await ready.mia.click(ready.alerts()[0], label="I'm on it")

    shown = told(await ready.max.slash(ready.moderators, "case list"))

    lines = [line for line in shown.splitlines() if "Case " in line]
    assert [re.findall(r"Case (\d)\*", line) for line in lines] == [["2"], ["3"], ["1"]]
    assert ready.mia.mention in lines[2]
    assert all(WORDS[3] not in line for line in lines)
    # Closed ones are not listed, and can be looked up while they are kept.
    await ready.max.click(ready.alerts()[1], label="Not a concern")
    shown = told(await ready.max.slash(ready.moderators, "case list"))
    assert "Case 2**" not in shown
    assert "Case 2 · closed" in told(await ready.max.slash(ready.moderators, "case show", case="2"))


async def test_a_case_is_shown_with_its_history_and_note_to_moderators_only(ready: Harbour) -> None:
    written = await ready.sam.send(ready.circle, f"{WORDS[4]} marmalade-canary")
    (card,) = ready.alerts()
    await ready.mia.click(card, label="I'm on it")
    await ready.mia.click(ready.fresh(card), label="Contacted")
    asked = await ready.mia.click(ready.fresh(card), label="Close…")
    note = "**called** twice @everyone `lantern`"
    await ready.mia.submit_modal(asked, {"outcome": Outcome.REACHED, "note": note})

    shown = await ready.max.slash(ready.moderators, "case show", case="case #1")

    text = told(shown)
    for part in ("Opened", "Called the people on call", "took it", "made contact", "closed it: reached"):
        assert part in text
    assert written.jump_url in text
    assert "lantern" in text
    assert "**called**" not in text
    assert "@everyone" not in text.replace("@\u200beveryone", "")
    assert "marmalade" not in text
    assert [each.id for each in ready.seen_by(ready.fay, ready.moderators)] == [card.id]
    for who in (ready.sam, ready.fay):
        place = ready.circle if who is ready.sam else ready.moderators
        refused = await who.slash(place, "case show", case="1")
        assert told(refused) == sentence(ready, "policy.refusal.moderator")
        assert await who.autocomplete(place, "case show", "case", "") == []
    # A button on what was looked up works like one on the card.
    assert shown.response is not None
    await ready.max.click(shown.response, label="Open again")
    assert ready.max.mention in words_in(ready.fresh(card))
    offered = await ready.mia.autocomplete(ready.moderators, "case show", "case", "1")
    assert [each["value"] for each in offered] == ["1"]
    assert await ready.mia.autocomplete(ready.moderators, "case show", "case", "7") == []


async def test_a_number_that_means_no_case_here_is_answered_the_same_way(ready: Harbour) -> None:
    """P5: another server does not exist."""
    await ready.desperate(3)
    other = ready.env.create_guild("Other shore")
    keeper = other.create_role("Keepers")
    lea = other.add_member(ready.env.create_user("lea"), roles=[keeper])
    theirs = other.create_text_channel("theirs")
    await ready.env.settle()
    chief = MemberActor(ready.env, other, other.owner)
    gone = sentence(ready, "case.refusal.gone")

    for nonsense in ("0", "-1", "999999", "abc", "²", "1; drop", "9" * 40, "١", "case", "1.0"):
        shown = await ready.mia.slash(ready.moderators, "case show", case=nonsense)
        assert told(shown) == gone
    # Case 1 is another server's: it does not exist there, not even for the one who owns that server.
    assert told(await chief.slash(theirs, "case show", case="1")) == gone
    assert told(await chief.slash(theirs, "case list")) == sentence(ready, "case.list.empty")
    assert await chief.autocomplete(theirs, "case show", "case", "") == []
    refused = await lea.slash(theirs, "case list")
    assert told(refused) == sentence(ready, "policy.refusal.moderator")


async def test_many_open_cases_fit_into_one_answer(ready: Harbour) -> None:
    people = await crowd(ready, 60, WORDS[3])
    assert len(ready.alerts()) == len(people)

    shown = await ready.mia.slash(ready.moderators, "case list")

    assert shown.response is not None
    (embed,) = shown.response.embeds
    assert len(embed.description or "") <= 4096
    lines = (embed.description or "").splitlines()
    numbers = [int(each) for each in re.findall(r"\*\*Case (\d+)\*\*", embed.description or "")]
    assert numbers == sorted(numbers)
    assert numbers[0] == 1
    assert lines[-1] == sentence(ready, "case.list.more", count=60 - len(numbers))
    offered = await ready.mia.autocomplete(ready.moderators, "case show", "case", "")
    assert len(offered) == 25
