"""The door's button and /support: numbers as published, a way to a human, and private messages by choice."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from simcord.results import InteractionResult, ResponseMessage

from .harbour import (
    WORDS,
    Harbour,
    doors,
    field,
    labels,
    letters_to,
    planted,
    sentence,
    state,
    told,
    words_in,
)

HELPLINES = tomllib.loads((Path(__file__).parents[2] / "data" / "helplines.toml").read_text(encoding="utf-8"))


def panel_in(result: InteractionResult) -> ResponseMessage:
    """The support panel somebody has on screen after acting."""
    shown = [each for each in (result.response, *result.followups) if each and each.embeds]
    assert shown[-1].ephemeral
    return shown[-1]


def published(code: str) -> list[str]:
    """What must be on screen for a country, word for word as in the file."""
    numbers = [each["emergency"] for each in HELPLINES["country"] if each["code"] == code]
    lines = [each for each in HELPLINES["line"] if each["country"] == code]
    assert 0 < len(lines) <= 3
    return [
        *(f"call **{number}**" for number in numbers),
        *(f"`{line['dial']}`" for line in lines),
        *(line["name"].replace("*", "\\*") for line in lines),
        *(line["site"] for line in lines if "site" in line),
    ]


async def choose_country(who: Any, panel: ResponseMessage, typed: str) -> InteractionResult:
    """Write a country out."""
    asked = await who.select(panel, ["other"], custom_id="v1:support:country:0")
    return await who.submit_modal(asked, {"country": typed})


async def test_numbers_are_shown_as_published_for_the_country_the_person_names(ready: Harbour) -> None:
    """S8, S12."""
    setup = await ready.open_setup()
    asked = await ready.owner.click(setup, custom_id="v1:setup:place:0")
    await ready.owner.submit_modal(asked, {"country": "IE", "languages": "en", "zone": "Europe/Dublin"})
    await ready.owner.click(setup, custom_id="v1:setup:save:0")

    (door,) = doors(ready, ready.circle)
    panel = panel_in(await ready.sam.click(door, custom_id="v1:support:door:0"))
    # The server's country is not taken for the person's.
    assert sentence(ready, "support.panel.country_unknown") in words_in(panel)
    assert sentence(ready, "support.panel.emergency_unknown") in words_in(panel)
    assert not any(number in words_in(panel) for number in published("IE"))
    assert HELPLINES["directory"] in words_in(panel)

    for code in ("IE", "GB", "US", "AU", "DE"):
        chosen = await ready.sam.select(panel, [code], custom_id="v1:support:country:0")
        panel = panel_in(chosen)
        for fact in published(code):
            assert fact in words_in(panel)
        assert sentence(ready, "support.panel.country_unknown") not in words_in(panel)
    star = next(line for line in HELPLINES["line"] if line["dial"].startswith("*"))
    panel = panel_in(await choose_country(ready.sam, panel, star["country"]))
    assert f"`{star['dial']}`" in words_in(panel)

    # Remembered, also after a restart, and the same by the command.
    await ready.restart()
    again = panel_in(await ready.sam.slash(ready.lounge, "support"))
    assert f"`{star['dial']}`" in words_in(again)
    # And by nobody else: the next person is asked; the channel shows nothing but the door.
    other = panel_in(await ready.rio.slash(ready.circle, "support"))
    assert sentence(ready, "support.panel.country_unknown") in words_in(other)
    assert [each.id for each in ready.seen_by(ready.nell, ready.circle)] == [door.id]
    assert ready.alerts() == []


async def test_a_country_can_be_written_in_many_ways_and_is_asked_when_it_could_mean_several(
    ready: Harbour,
) -> None:
    panel = panel_in(await ready.sam.slash(ready.circle, "support"))
    for typed, code in (
        ("Deutschland", "DE"),
        ("uk", "GB"),
        ("  ÖSTERREICH ", "AT"),
        ("i live in new zealand", "NZ"),
        ("ireland.", "IE"),
    ):
        done = await choose_country(ready.sam, panel, typed)
        panel = panel_in(done)
        assert all(fact in words_in(panel) for fact in published(code))
    assert "**Ireland**" in words_in(panel)

    for nonsense in ("qqqqqq", "??", "\u202eynamreg"):
        done = await choose_country(ready.sam, panel, nonsense)
        assert sentence(ready, "support.refusal.country") in told(done)
    # One that has no line we know: its name, and the directory, instead of an empty list.
    panel = panel_in(await choose_country(ready.sam, panel, "guinea"))
    assert sentence(ready, "support.panel.no_lines", country="Guinea") in words_in(panel)
    assert HELPLINES["directory"] in words_in(panel)
    done = await choose_country(ready.sam, panel, "congo")
    assert "Congo - Kinshasa and Congo - Brazzaville" in told(done)
    panel = panel_in(await choose_country(ready.sam, panel, "Congo - Brazzaville"))
    assert "**Congo - Brazzaville**" in words_in(panel)


async def test_whoever_lives_in_georgia_gets_there_by_what_they_are_told(ready: Harbour) -> None:
    panel = panel_in(await ready.sam.slash(ready.circle, "support"))
    done = await choose_country(ready.sam, panel, "georgia")
    assert "Georgia and United States" in told(done)

    # "Pick it from the list above, or write it out once more."
    panel = next(each for each in (done.response, panel) if each is not None)
    options = next(
        each["options"]
        for row in panel.components
        for each in row["components"]
        if each.get("custom_id") == "v1:support:country:0"
    )
    if "GE" in [each["value"] for each in options]:
        done = await ready.sam.select(panel, ["GE"], custom_id="v1:support:country:0")
    else:
        done = await choose_country(ready.sam, panel, "Georgia")

    assert "Showing numbers for **Georgia**" in words_in(panel_in(done))


async def test_asking_for_a_moderator_calls_them_and_shows_nothing_to_the_others(ready: Harbour) -> None:
    (door,) = doors(ready, ready.circle)
    await ready.restart()
    panel = panel_in(await ready.sam.click(door, custom_id="v1:support:door:0"))
    pressed = await ready.sam.click(panel, custom_id="v1:support:ask:0")

    assert sentence(ready, "support.answer.asked_moderators") in told(pressed)
    (card,) = ready.alerts()
    assert [role.id for role in card.role_mentions] == [ready.on_call_role.id]
    assert field(card, "Who") == ready.sam.mention
    assert field(card, "Where") == sentence(ready, "case.card.where_nothing")
    assert field(card, "Why") == sentence(ready, "case.why.request")
    assert field(card, "Order of work") == sentence(ready, "case.order.t4")
    assert [each.id for each in ready.seen_by(ready.rio, ready.circle)] == [door.id]

    # Once more: the same case, with one signal more.
    again = await ready.sam.click(panel, custom_id="v1:support:ask:0")
    assert sentence(ready, "support.answer.asked_again") in told(again)
    assert len(ready.alerts()) == 1
    assert "2 signals" in field(ready.fresh(card), "Why")

    # The same press delivered a second time is the same press.
    _, name, payload = next(
        entry for entry in reversed(ready.env.backend.transcript) if entry[1] == "INTERACTION_CREATE"
    )
    assert payload["data"]["custom_id"] == "v1:support:ask:0"
    ready.env.backend.emit(name, payload)
    await ready.env.settle()
    assert "2 signals" in field(ready.fresh(card), "Why")


async def test_asking_joins_the_open_case_and_raises_it(ready: Harbour) -> None:
    card = await ready.desperate(3)
    panel = panel_in(await ready.sam.slash(ready.lounge, "support"))
    await ready.sam.click(panel, custom_id="v1:support:ask:0")

    assert len(ready.alerts()) == 1
    now = ready.fresh(card)
    assert field(now, "Order of work") == sentence(ready, "case.order.t4")
    assert sentence(ready, "case.why.request") in field(now, "Why")
    (page,) = ready.pages()
    assert page.startswith(ready.on_call_role.mention)


async def test_when_nobody_can_be_called_that_is_said_and_the_owner_is_told(ready: Harbour) -> None:
    """S1: nobody on duty is said honestly."""
    backend = ready.env.backend
    for role in (ready.moderators_role, ready.on_call_role, ready.facilitators_role):
        backend.delete_role(ready.guild.id, role.id)
    await ready.env.settle()

    panel = panel_in(await ready.sam.slash(ready.circle, "support"))
    assert sentence(ready, "support.panel.ask_unreachable") in words_in(panel)
    pressed = await ready.sam.click(panel, custom_id="v1:support:ask:0")

    assert sentence(ready, "support.answer.asked_owner") in told(pressed)
    (card,) = ready.alerts()
    assert [each.id for each in card.mentions] == [ready.owner.id]
    assert ready.owner.mention in card.content


async def test_on_a_server_that_is_not_set_up_the_owner_is_told_privately(harbour: Harbour) -> None:
    panel = panel_in(await harbour.sam.slash(harbour.circle, "support"))
    assert sentence(harbour, "support.panel.ask_unreachable") in words_in(panel)
    pressed = await harbour.sam.click(panel, custom_id="v1:support:ask:0")

    assert sentence(harbour, "support.answer.asked_owner") in told(pressed)
    (letter,) = letters_to(harbour.owner)
    assert field(letter, "Who") == harbour.sam.mention
    assert harbour.circle.history() == []
    done = await harbour.owner.user.click(letter, custom_id="v1:case:claim:1")
    assert "You are on case 1" in told(done)
    assert harbour.owner.mention in state(letters_to(harbour.owner)[0])


async def test_private_messages_come_only_to_who_chose_them_once_a_case_and_stop_at_a_tap(
    ready: Harbour,
) -> None:
    """P8: contact only for those who chose it."""
    panel = panel_in(await ready.sam.slash(ready.circle, "support"))
    allowed = await ready.sam.click(panel, custom_id="v1:support:allow:0")
    assert sentence(ready, "support.answer.allowed") in told(allowed)
    assert sentence(ready, "support.button.stop") in labels(allowed.response or panel)
    assert letters_to(ready.sam) == []

    card = await ready.desperate(3)
    await ready.desperate(3, ready.rio)  # Rio chose nothing.
    await ready.sam.send(ready.circle, WORDS[3])
    (letter,) = letters_to(ready.sam)
    assert "Harbour" in letter.content
    assert labels(letter) == [sentence(ready, "support.button.stop")]
    assert WORDS[3] not in words_in(letter)
    assert letters_to(ready.rio) == []

    await ready.mia.click(ready.fresh(card), label="Not a concern")
    await ready.sam.send(ready.circle, WORDS[3])
    assert len(letters_to(ready.sam)) == 2

    await ready.restart()
    stopped = await ready.sam.user.click(letter, custom_id="v1:support:stop:0")
    assert told(stopped) == sentence(ready, "support.answer.stopped")
    await ready.mia.click(ready.alerts()[-1], label="Not a concern")
    await ready.sam.send(ready.circle, WORDS[4])
    assert len(ready.alerts()) == 4
    assert len(letters_to(ready.sam)) == 2


async def test_when_discord_says_too_fast_private_messages_wait_a_day_also_over_a_restart(
    ready: Harbour,
) -> None:
    for who in (ready.sam, ready.rio):
        panel = panel_in(await who.slash(ready.circle, "support"))
        await who.click(panel, custom_id="v1:support:allow:0")
    ready.env.inject_error("POST", "/users/@me/channels", status=400, code=40003)

    await ready.desperate(4)
    assert letters_to(ready.sam) == []
    await ready.restart()
    await ready.desperate(4, ready.rio)
    ready.clock.ahead += timedelta(hours=23)
    await ready.later(minutes=5)
    assert letters_to(ready.sam) == letters_to(ready.rio) == []

    ready.clock.ahead += timedelta(hours=1)
    await ready.later(minutes=5)
    assert len(letters_to(ready.sam)) == len(letters_to(ready.rio)) == 1


async def test_a_private_message_that_cannot_be_delivered_loses_nothing(ready: Harbour) -> None:
    panel = panel_in(await ready.sam.slash(ready.circle, "support"))
    await ready.sam.click(panel, custom_id="v1:support:allow:0")
    closed = f"/channels/{ready.sam.user.dm_channel.id}/messages"
    ready.env.inject_error("POST", closed, status=403, code=50007, times=None)

    card = await ready.desperate(4)
    await ready.later(minutes=4)

    assert [role.id for role in card.role_mentions] == [ready.on_call_role.id]
    assert state(ready.fresh(card)) == sentence(ready, "case.state.open")
    assert letters_to(ready.sam) == []
    # A person who cannot be written to is not asked for again and again.
    assert sum(request.path == closed for request in ready.env.http_requests) == 1


async def test_in_private_messages_there_are_numbers_and_no_button_that_needs_a_server(
    ready: Harbour,
) -> None:
    opened = await ready.sam.user.slash("support")
    panel = panel_in(opened)
    assert labels(panel)[-1] == sentence(ready, "support.button.allow")
    assert sentence(ready, "support.button.ask") not in labels(panel)
    assert sentence(ready, "support.panel.ask") not in words_in(panel)

    panel = panel_in(await ready.sam.user.select(panel, ["GB"], custom_id="v1:support:country:0"))
    assert all(fact in words_in(panel) for fact in published("GB"))
    panel = panel_in(await choose_country(ready.sam.user, panel, "Éire"))
    assert all(fact in words_in(panel) for fact in published("IE"))
    await ready.sam.user.click(panel, custom_id="v1:support:allow:0")
    await ready.desperate(3)
    assert len(letters_to(ready.sam)) == 1
    assert all(fact in words_in(letters_to(ready.sam)[0]) for fact in published("IE"))

    # A button for asking that got there all the same says where it works.
    pressed = await ready.sam.user.click(
        planted(ready, ready.sam.user.dm_channel, "v1:support:ask:0"), label="planted"
    )
    assert told(pressed) == sentence(ready, "answer.refusal.server_only")
    assert len(ready.alerts()) == 1


async def test_the_panel_in_private_messages_shows_what_was_just_chosen(ready: Harbour) -> None:
    panel = panel_in(await ready.sam.user.slash("support"))
    await ready.sam.user.click(panel, custom_id="v1:support:allow:0")
    assert labels(panel)[-1] == sentence(ready, "support.button.stop")

    await ready.sam.user.click(panel, custom_id="v1:support:stop:0")

    assert labels(panel)[-1] == sentence(ready, "support.button.allow")
