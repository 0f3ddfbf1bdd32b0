"""/screening: everyone sees what is screened; moderators tune it, try it out, and say what was no concern."""

from .harbour import WORDS, Harbour, field, labels, planted, sentence, told, words_in


async def test_a_moderator_raises_the_floor_of_a_channel_and_everyone_can_see_it(ready: Harbour) -> None:
    circle = ready.circle
    said = told(await ready.mia.slash(circle, "screening floor", channel=circle, floor="4"))
    floor = sentence(ready, "screening.floor.t4")
    assert said == sentence(ready, "screening.answer.floor", channel=circle.id, floor=floor)

    await ready.sam.send(circle, WORDS[2])
    await ready.sam.send(circle, WORDS[3])
    assert ready.alerts() == []
    await ready.sam.send(circle, WORDS[5])
    assert len(ready.alerts()) == 1

    seen = told(await ready.rio.slash(circle, "screening show"))
    assert sentence(ready, "screening.view.channel_floor", channel=circle.id, floor=floor) in seen


async def test_words_of_a_server_are_heard_at_once_and_after_a_restart(ready: Harbour) -> None:
    circle = ready.circle
    await ready.sam.send(circle, "see you at the old bridge")
    said = told(await ready.mia.slash(circle, "screening phrase add", words="old bridge", order="3"))
    assert "old bridge" in said
    await ready.restart()

    await ready.sam.send(circle, "see you at the old bridge")

    (card,) = ready.alerts()
    assert "own" in field(card, "Why") or "1" in field(card, "Why")
    assert "old bridge" not in words_in(card)
    listed = told(await ready.mia.slash(circle, "screening phrase list"))
    assert "old bridge" in listed
    await ready.mia.slash(circle, "screening phrase remove", words="old bridge")
    assert told(await ready.mia.slash(circle, "screening phrase list")) == sentence(
        ready, "screening.phrases.none"
    )


async def test_members_are_refused_and_shown_nothing(ready: Harbour) -> None:
    await ready.mia.slash(ready.circle, "screening phrase add", words="old bridge", order="3")
    asked = [
        await ready.sam.slash(ready.circle, "screening phrase list"),
        await ready.sam.slash(ready.circle, "screening phrase allow", words="old bridge"),
        await ready.sam.slash(ready.circle, "screening phrase remove", words="old bridge"),
        await ready.sam.slash(ready.circle, "screening floor", channel=ready.circle, floor="5"),
        await ready.sam.slash(ready.circle, "screening dry-run", words="old bridge"),
        await ready.sam.slash(ready.circle, "screening precision"),
    ]
    assert {told(each) for each in asked} == {sentence(ready, "policy.refusal.tuner")}
    assert "old bridge" not in told(await ready.sam.slash(ready.circle, "screening show"))
    assert "old bridge" in told(await ready.mia.slash(ready.circle, "screening phrase list"))


async def test_a_phrase_that_cannot_work_is_refused_with_what_to_do(ready: Harbour) -> None:
    said = told(await ready.mia.slash(ready.circle, "screening phrase add", words="(old bridge", order="3"))
    assert said == sentence(ready, "screening.phrase_fault.partner", part="(")
    said = told(await ready.mia.slash(ready.circle, "screening phrase add", words="old", order="whatever"))
    assert said == sentence(ready, "screening.refusal.tier")


async def test_a_change_is_tried_on_the_latest_messages_and_keeps_nothing(ready: Harbour) -> None:
    circle = ready.circle
    await ready.rio.send(circle, "the old bridge is closed")
    await ready.sam.send(circle, "canarywords about nothing")
    said = told(await ready.mia.slash(circle, "screening dry-run", words="old bridge", order="3"))
    assert sentence(ready, "screening.trial.nothing_changed") in said
    assert f"https://discord.com/channels/{ready.guild.id}/{circle.id}/" in said
    assert "the old bridge is closed" not in said
    assert ready.alerts() == []
    assert b"canarywords" not in ready.database_bytes()
    assert told(await ready.mia.slash(circle, "screening phrase list")) == sentence(
        ready, "screening.phrases.none"
    )


async def test_why_it_was_no_concern_is_asked_after_closing_and_shown_as_a_record(ready: Harbour) -> None:
    circle = ready.circle
    assert told(await ready.mia.slash(circle, "screening precision")) == sentence(
        ready, "screening.precision.none"
    )
    card = await ready.desperate(3)
    asked = await ready.mia.click(card, label="Not a concern")
    assert sentence(ready, "case.answer.not_a_concern", case=1) in told(asked)
    (question,) = asked.followups
    reasons = [sentence(ready, f"case.reason.{reason}") for reason in ("figure", "safe", "misread")]
    assert labels(question) == reasons
    await ready.restart()
    await ready.mia.click(question, label=reasons[0])

    record = told(await ready.mia.slash(circle, "screening precision"))
    assert f"{reasons[0]}: 1" in record
    assert "0 of 1" in record
    assert str(ready.sam.id) not in record

    # Taken back: it counts no longer.
    await ready.mia.click(ready.fresh(card), label="Open again")
    assert told(await ready.mia.slash(circle, "screening precision")) == sentence(
        ready, "screening.precision.none"
    )


async def test_a_reason_is_not_taken_from_the_person_it_is_about(ready: Harbour) -> None:
    card = await ready.desperate(3)
    await ready.mia.click(card, label="Not a concern")
    strayed = planted(ready, ready.circle, "v1:case:safe:1")
    pressed = await ready.sam.click(strayed, custom_id="v1:case:safe:1")
    assert told(pressed) == sentence(ready, "policy.refusal.moderator")
    assert "0 of 1" in told(await ready.mia.slash(ready.circle, "screening precision"))


async def test_the_bot_says_when_it_last_tested_itself(ready: Harbour) -> None:
    seen = told(await ready.rio.slash(ready.circle, "screening show"))
    assert "It tested itself <t:" in seen
    assert "found them all" in seen
    assert sentence(ready, "screening.kind.imminent") in seen
