"""Bad days: places and roles that are gone, hostile words, many at once, Discord or the database failing."""

import io
import logging
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import structlog
from simcord.actors import MemberActor

from bot.domain.case import Outcome
from bot.runtime.logs import PINNED, configure_logs

from .harbour import (
    WORDS,
    Harbour,
    crowd,
    doors,
    field,
    letters_to,
    planted,
    sentence,
    state,
    told,
    words_in,
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything the process logs, at its most talkative."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in PINNED}
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    before = structlog.get_config()
    stream = io.StringIO()
    configure_logs("DEBUG", "json", stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers, root.level = handlers, level
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    structlog.configure(**before)


async def write(harbour: Harbour, who: MemberActor, words: str) -> None:
    """Send a message that may be as long as Discord lets those write who pay: 4,000 characters."""
    backend = harbour.env.backend
    message = backend.prepare_message(harbour.circle.id, who.id, "short")
    message.content = words
    backend.commit_message(message)
    await harbour.env.settle()


async def test_without_the_moderators_channel_the_alert_goes_to_the_next_place(ready: Harbour) -> None:
    """S3: a refused place is no lost alert."""
    panel = await ready.open_setup()
    await ready.choose(panel, "second_channel", ready.second)
    await ready.owner.click(panel, custom_id="v1:setup:save:0")
    gone = ready.moderators.id
    ready.env.backend.delete_channel(gone)
    await ready.env.settle()

    await ready.sam.send(ready.circle, WORDS[4])

    (card,) = ready.alerts(ready.second)
    assert field(card, "Who") == ready.sam.mention
    assert letters_to(ready.sam) == []
    await ready.mia.click(card, label="I'm on it")
    assert ready.mia.mention in state(ready.alerts(ready.second)[0])
    missing = sentence(ready, "setup.problem.channel_gone", channel=gone)
    assert missing in words_in(await ready.open_setup())
    assert missing in told(await ready.mia.slash(ready.circle, "status"))

    # And without the second one as well, at once to the owner.
    ready.env.backend.delete_channel(ready.second.id)
    await ready.env.settle()
    await ready.rio.send(ready.circle, WORDS[4])
    (letter,) = letters_to(ready.owner)
    assert field(letter, "Who") == ready.rio.mention
    assert ready.owner.mention in letter.content


async def test_without_the_role_on_call_the_moderators_are_called_at_once(ready: Harbour) -> None:
    ready.env.backend.delete_role(ready.guild.id, ready.on_call_role.id)
    await ready.env.settle()

    card = await ready.desperate(4)

    assert [role.id for role in card.role_mentions] == [ready.moderators_role.id]
    problem = sentence(ready, "setup.problem.role_gone")
    assert problem in words_in(await ready.open_setup())


async def test_a_screened_channel_that_is_gone_takes_nothing_with_it(ready: Harbour) -> None:
    card = await ready.desperate(3)
    gone = ready.circle.id
    ready.env.backend.delete_channel(gone)
    await ready.env.settle()

    await ready.mia.click(card, label="I'm on it")
    assert ready.mia.mention in state(ready.fresh(card))
    opened = await ready.owner.slash(ready.lounge, "setup")
    assert sentence(ready, "setup.problem.channel_gone", channel=gone) in told(opened)
    listed = await ready.owner.autocomplete(ready.lounge, "group edit", "group", "")
    edited = await ready.owner.slash(ready.lounge, "group edit", group=listed[0]["value"])
    assert edited.response is not None
    menu = edited.response.components[0]["components"][2]["components"][0]["custom_id"]
    await ready.owner.select(edited.response, [ready.lounge], custom_id=menu)
    assert len(doors(ready, ready.lounge)) == 1
    assert f"<#{gone}>" not in told(await ready.sam.slash(ready.lounge, "screening show"))
    await ready.rio.send(ready.lounge, WORDS[3])
    assert len(ready.alerts()) == 2


async def test_hostile_writing_neither_hides_words_nor_breaks_anything(ready: Harbour) -> None:
    noise = "\u202e\u2066@everyone <@&1> ```|| \u200b\u200d\ufeff **[x](http://y)** <t:0> \x07\ud7ff"
    noise = f"{noise}{chr(0x489) * 9}" * 60
    for harmless in (noise[:4000], "\u0301" * 4000, "```" * 1333):
        await write(ready, ready.sam, harmless)
    assert ready.alerts() == []

    await write(ready, ready.sam, f"{noise[:3900]}\n{WORDS[4]}\n" + "\u200b" * 40)
    (card,) = ready.alerts()
    assert "everyone" not in words_in(card)
    hidden = "\u200b".join(WORDS[4])
    await ready.rio.send(ready.circle, hidden)
    await ready.nell.send(ready.circle, "".join(letter + "\u0336" for letter in WORDS[4]))
    assert [field(each, "Who") for each in ready.alerts()] == [
        who.mention for who in (ready.sam, ready.rio, ready.nell)
    ]


async def test_names_with_markup_are_only_names(ready: Harbour) -> None:
    """P10: names cannot mark up or mention."""
    sly = ready.env.create_user("**@everyone** `x`", global_name="<@&1> ||y||")
    person = ready.guild.add_member(sly, nick="[z](https://w)")
    panel = await person.slash(ready.circle, "support")
    assert panel.response is not None
    await person.click(panel.response, custom_id="v1:support:allow:0")
    ready.env.backend.edit_guild(ready.guild.id, {"name": "**Sly** @everyone `shore`"})
    await person.send(ready.circle, WORDS[3])

    (card,) = ready.alerts()
    everything = words_in(card) + words_in(letters_to(person)[0])
    assert field(card, "Who") == person.mention
    for active in ("**@everyone", "||y||", "[z](", "**Sly", "@everyone", "`shore"):
        assert active not in everything.replace("\\`", "").replace("\\*", "")
    assert "Sly" in everything


async def test_a_hundred_at_once_are_all_heard_and_none_twice(ready: Harbour) -> None:
    people = await crowd(ready, 100, WORDS[4])

    cards = ready.alerts()
    assert sorted(field(card, "Who") for card in cards) == sorted(person.mention for person in people)
    assert len({card.embeds[0].title for card in cards}) == 100
    assert all(card.role_mentions for card in cards)


async def test_two_hundred_messages_of_one_person_are_one_case_with_a_count(ready: Harbour) -> None:
    for _ in range(200):
        ready.env.backend.create_message(ready.circle.id, ready.sam.id, WORDS[4])
    await ready.env.settle(timeout=25)
    await ready.later(seconds=1)

    (card,) = ready.alerts()
    assert "200 signals" in field(ready.fresh(card), "Why")
    assert ready.pages() == []
    posts = [
        each for each in ready.env.http_requests if each.path.endswith(f"{ready.moderators.id}/messages")
    ]
    assert len([each for each in posts if each.method == "POST"]) == 1


async def test_buttons_of_no_case_are_answered_or_ignored(ready: Harbour) -> None:
    gone = sentence(ready, "case.refusal.gone")
    for verb in ("claim", "close", "contacted", "reopen"):
        for row in ("0", "999999"):
            strange = planted(ready, ready.moderators, f"v1:case:{verb}:{row}")
            assert told(await ready.mia.click(strange)) == gone
    for unknown in ("v1:case:claim:", "v1:case:claim:-1", "v1:case:delete:1", "v2:case:claim:1", "hello"):
        strange = planted(ready, ready.moderators, unknown)
        pressed = await ready.mia.click(strange)
        assert pressed.followups == []
        assert pressed.modal is None
    for row in ("0", "999999"):
        strange = planted(ready, ready.moderators, f"v1:group:rename:{row}")
        assert told(await ready.owner.click(strange)) == sentence(ready, "group.refusal.gone")


@pytest.mark.parametrize("status", [500, 404])
async def test_what_was_pressed_is_done_even_when_the_answer_fails(ready: Harbour, status: int) -> None:
    code = 10062 if status == 404 else 0
    card = await ready.desperate(4)

    def fail_next(times: int = 1) -> None:
        ready.env.inject_error("POST", "/interactions/*/callback", status=status, code=code, times=times)

    fail_next()
    await ready.mia.click(card, label="I'm on it")
    assert ready.mia.mention in state(ready.fresh(card))

    panel = await ready.rio.slash(ready.circle, "support")
    assert panel.response is not None
    fail_next()
    await ready.rio.click(panel.response, custom_id="v1:support:ask:0")
    assert len(ready.alerts()) == 2
    fail_next()
    await ready.sam.context_menu(ready.circle, "I'm worried about this person", ready.nell)
    assert len(ready.alerts()) == 3
    fail_next(2)  # the modal, and the apology for it
    asked = await ready.mia.click(ready.fresh(card), label="Close…")
    assert asked.modal is None
    asked = await ready.mia.click(ready.fresh(card), label="Close…")
    fail_next()
    await ready.mia.submit_modal(asked, {"outcome": Outcome.REACHED})
    assert "reached" in state(ready.fresh(card))

    # The acknowledgement arrives, what is said afterwards does not.
    ready.env.inject_error("POST", "/webhooks/*", status=status, times=None)
    await ready.mia.click(ready.alerts()[1], label="I'm on it")
    assert ready.mia.mention in state(ready.alerts()[1])


async def test_a_fault_inside_becomes_an_apology_with_a_code_that_is_in_the_log(
    lines: io.StringIO, ready: Harbour
) -> None:
    card = await ready.desperate(4)
    path = ready.settings.database_url.removeprefix("sqlite:///")

    def rename(table: str, name: str) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute(f'ALTER TABLE "{table}" RENAME TO "{name}"')

    rename("server", "elsewhere")
    pressed = told(await ready.mia.click(card, label="I'm on it"))
    asked = told(await ready.sam.slash(ready.circle, "support"))
    opened = told(await ready.mia.click(card, label="Close…"))
    rename("elsewhere", "server")

    for answer in (pressed, asked, opened):
        before, after = sentence(ready, "answer.apology", code="CODE").split("CODE")
        assert answer.startswith(before)
        code = answer.removeprefix(before).removesuffix(after)
        assert len(code) == 6
        assert code in lines.getvalue()
        assert not any(word in answer for word in ('server"', "table", "sqlite", "Error", "Traceback"))
    assert len({pressed, asked, opened}) == 3
    # Afterwards everything goes on.
    assert "You are on case 1" in told(await ready.mia.click(card, label="I'm on it"))


async def test_nobodys_words_come_to_the_logs_or_the_disk(
    lines: io.StringIO, ready: Harbour, capsys: pytest.CaptureFixture[str]
) -> None:
    """P7, S7: no words anywhere."""
    written = await ready.sam.send(ready.circle, f"{WORDS[4]}. canary-message")
    edited = await ready.sam.send(ready.circle, "canary-quiet")
    await ready.sam.edit(edited, f"{WORDS[3]}. canary-edit")
    await ready.sam.send_dm(f"{WORDS[5]}. canary-dm")
    await ready.sam.send(ready.circle, "look", attachments=[("canary-file.txt", b"canary-inside")])
    await ready.rio.context_menu(ready.circle, "Ask a moderator to look", edited)
    (card,) = ready.alerts()
    asked = await ready.mia.click(card, label="Close…")
    await ready.mia.submit_modal(asked, {"outcome": Outcome.DECLINED, "note": "canary-note"})
    panel = await ready.sam.slash(ready.circle, "support")
    assert panel.response is not None
    asked = await ready.sam.select(panel.response, ["other"], custom_id="v1:support:country:0")
    await ready.sam.submit_modal(asked, {"country": "canary-country"})
    await ready.owner.slash(ready.circle, "group create", name="canary-group", zone="canary/zone")
    await ready.owner.slash(ready.circle, "group create", name="canary-group")
    await ready.owner.slash(ready.circle, "group create", name="canary-group")
    await ready.mia.slash(ready.moderators, "case show", case="canary-number")
    # Faults on the way out and in, whose exceptions could carry words.
    ready.env.inject_error(
        "POST", f"/channels/{ready.moderators.id}/messages", status=500, message="canary-answer"
    )
    ready.env.inject_error("POST", "/interactions/*/callback", status=500, message="canary-callback")
    await ready.sam.send(ready.circle, f"{WORDS[5]}. canary-late")
    await ready.sam.slash(ready.circle, "support")
    ready.env.backend.emit("MESSAGE_CREATE", {"id": "1", "content": "canary-broken", "author": {"id": "2"}})
    await ready.env.settle()
    await ready.later(minutes=3)

    logged = lines.getvalue() + "".join(capsys.readouterr())
    assert "letter.undelivered" in logged
    assert "canary" not in logged
    assert written.content not in logged
    on_disk = ready.database_bytes().replace(b"canary-group", b"")  # a name that everyone may see
    assert b"canary" not in on_disk
    assert "canary" not in "".join(words_in(each) for each in ready.moderators.history())


async def test_the_card_still_shows_how_things_stand_after_many_calls(ready: Harbour) -> None:
    card = await ready.desperate(4)
    await ready.later(minutes=100)
    assert len(ready.pages()) > 6

    await ready.mia.click(ready.alerts()[0], label="I'm on it")

    assert ready.mia.mention in state(ready.fresh(card))
