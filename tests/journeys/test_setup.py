"""/setup: who may, what is kept, what is refused, and that nothing is screened before its notice stands."""

from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.backend.errors import SetupError
from simcord.backend.models import Overwrite
from simcord.builders import ChannelHandle
from simcord.enums import OverwriteType
from simcord.results import ResponseMessage

from .harbour import WORDS, Harbour, doors, labels, sentence, told, walk, words_in


def chosen(panel: ResponseMessage, menu: str) -> list[int]:
    """What a menu of the panel shows as chosen."""
    found = next(each for each in walk(panel.components) if each.get("custom_id") == f"v1:setup:{menu}:0")
    return [int(each["id"]) for each in found.get("default_values") or []]


async def opened_by(who: MemberActor, channel: ChannelHandle) -> ResponseMessage:
    opened = await who.slash(channel, "setup")
    assert opened.response is not None
    assert opened.response.ephemeral
    return opened.response


async def status_of(harbour: Harbour) -> str:
    return told(await harbour.owner.slash(harbour.circle, "status"))


async def screening_for(harbour: Harbour, who: MemberActor) -> str:
    return told(await who.slash(harbour.circle, "screening show"))


async def is_screened(harbour: Harbour, channel: ChannelHandle) -> bool:
    """Whether words in this channel reach the moderators now."""
    newcomer = harbour.guild.add_member(harbour.env.create_user("newcomer"))
    before = len(harbour.alerts())
    await newcomer.send(channel, WORDS[3])
    return len(harbour.alerts()) > before


def permit(harbour: Harbour, channel: ChannelHandle, target: Any, **permissions: bool) -> None:
    """Change what somebody may do in a channel, as in its settings."""
    allow, deny = discord.PermissionOverwrite(**permissions).pair()
    kind = OverwriteType.ROLE if hasattr(target, "guild") else OverwriteType.MEMBER
    harbour.env.backend.set_overwrite(channel.id, Overwrite(target.id, kind, allow.value, deny.value))


async def test_two_managers_share_one_panel_and_nobody_else_gets_in(harbour: Harbour) -> None:
    keepers = harbour.guild.create_role("Keepers", permissions=discord.Permissions(manage_guild=True))
    lea = harbour.guild.add_member(harbour.env.create_user("lea"), roles=[keepers])

    for outsider in (harbour.sam, harbour.fay, harbour.mia):
        assert "setup" not in outsider.available_commands(harbour.circle)
        with pytest.raises(SetupError):
            await outsider.slash(harbour.circle, "setup")
    # Even where the server has opened the command to somebody, managing is asked again.
    command = harbour.env.backend.find_command("setup", None)
    assert command is not None
    harbour.guild.set_command_permissions(int(command["id"]), {harbour.sam: True})
    refused = await harbour.sam.slash(harbour.circle, "setup")
    assert told(refused) == sentence(harbour, "policy.refusal.manager")

    hers = await opened_by(lea, harbour.circle)
    await lea.select(hers, [harbour.moderators_role], custom_id="v1:setup:moderators_role:0")
    his = await harbour.open_setup()
    assert chosen(his, "moderators_role") == [harbour.moderators_role.id]
    await harbour.choose(his, "moderators_channel", harbour.moderators)
    await harbour.choose(his, "channels", harbour.circle)
    # The panels are seen by whoever opened them, and by nobody else.
    assert [each.id for each in harbour.seen_by(harbour.rio, harbour.circle)] == []
    with pytest.raises(SetupError):
        await harbour.sam.click(hers, custom_id="v1:setup:save:0")

    pressed = await lea.click(hers, custom_id="v1:setup:save:0")
    assert sentence(harbour, "setup.answer.saved") in told(pressed)
    assert len(doors(harbour, harbour.circle)) == 1
    # Whoever lost the right in the meantime is refused by the panel that is still on their screen.
    harbour.env.backend.remove_member_role(harbour.guild.id, lea.id, keepers.id)
    late = await lea.click(hers, custom_id="v1:setup:save:0")
    assert sentence(harbour, "policy.refusal.manager") in told(late)


async def test_choices_outlive_a_restart_and_saving_asks_for_what_is_missing(harbour: Harbour) -> None:
    panel = await harbour.open_setup()
    pressed = await harbour.owner.click(panel, custom_id="v1:setup:save:0")
    assert sentence(harbour, "setup.refusal.missing_moderators_channel") in told(pressed)

    await harbour.choose(panel, "moderators_channel", harbour.moderators)
    refused = await harbour.choose(panel, "moderators_channel", harbour.lounge)
    public = sentence(harbour, "setup.refusal.public_channel", channel=harbour.lounge.id)
    assert public in told(refused)
    assert chosen(panel, "moderators_channel") == [harbour.moderators.id]
    refused = await harbour.choose(panel, "second_channel", harbour.lounge)
    assert public in told(refused)
    assert chosen(panel, "second_channel") == []
    pressed = await harbour.owner.click(panel, custom_id="v1:setup:save:0")
    assert sentence(harbour, "setup.refusal.missing_moderators_role") in told(pressed)

    await harbour.choose(panel, "channels", harbour.circle, harbour.lounge)
    await harbour.restart()
    await harbour.choose(panel, "moderators_role", harbour.moderators_role)  # the panel from before
    again = await harbour.open_setup()
    assert chosen(again, "moderators_channel") == [harbour.moderators.id]
    assert chosen(again, "moderators_role") == [harbour.moderators_role.id]
    assert set(chosen(again, "channels")) == {harbour.circle.id, harbour.lounge.id}
    assert sentence(harbour, "setup.panel.unsaved") in words_in(again)
    # Nothing is in force before Save.
    assert doors(harbour, harbour.circle) == []
    assert not await is_screened(harbour, harbour.circle)

    await harbour.owner.click(again, custom_id="v1:setup:save:0")
    assert sentence(harbour, "setup.panel.saved") in words_in(again)
    assert sentence(harbour, "setup.panel.ready") in words_in(again)
    assert len(doors(harbour, harbour.circle)) == len(doors(harbour, harbour.lounge)) == 1
    groups = await harbour.sam.slash(harbour.lounge, "group list")
    assert "**Harbour**" in told(groups)
    assert harbour.circle.mention in told(groups)
    assert await is_screened(harbour, harbour.circle)


async def test_nothing_is_screened_where_the_notice_is_refused(harbour: Harbour) -> None:
    """S11: the notice comes before the screening."""
    harbour.env.inject_error(
        "POST", f"/channels/{harbour.circle.id}/messages", status=403, code=50013, times=None
    )
    panel = await harbour.set_up(channels=None)
    await harbour.choose(panel, "channels", harbour.circle, harbour.lounge)
    await harbour.owner.click(panel, custom_id="v1:setup:save:0")

    assert not await is_screened(harbour, harbour.circle)
    assert await is_screened(harbour, harbour.lounge)
    assert sentence(harbour, "status.view.doors", count=1) in await status_of(harbour)
    seen = await screening_for(harbour, harbour.rio)
    assert sentence(harbour, "screening.view.waiting", channel=harbour.circle.id) in seen
    assert sentence(harbour, "screening.view.waiting", channel=harbour.lounge.id) not in seen

    harbour.env.backend.faults.clear()
    await harbour.owner.click(panel, custom_id="v1:setup:save:0")
    assert len(doors(harbour, harbour.circle)) == len(doors(harbour, harbour.lounge)) == 1
    assert await is_screened(harbour, harbour.circle)
    assert "not posted" not in await screening_for(harbour, harbour.rio)


async def test_a_notice_that_could_be_posted_in_the_end_is_no_failure_any_more(harbour: Harbour) -> None:
    path = f"/channels/{harbour.circle.id}/messages"
    harbour.env.inject_error("POST", path, status=403, code=50013, times=None)
    panel = await harbour.set_up()
    failed = "Could not be delivered"
    assert failed in await status_of(harbour)
    assert sentence(harbour, "setup.problem.no_door", channel=harbour.circle.id) in words_in(
        await harbour.open_setup()
    )

    harbour.env.backend.faults.clear()
    await harbour.owner.click(panel, custom_id="v1:setup:save:0")

    assert len(doors(harbour, harbour.circle)) == 1
    assert failed not in await status_of(harbour)


async def test_a_notice_that_fails_for_the_moment_is_posted_later_and_once(harbour: Harbour) -> None:
    harbour.env.settle_timeout = 1.9  # shorter than the first wait of a letter, so that it is not waited for
    harbour.env.inject_error("POST", f"/channels/{harbour.circle.id}/messages", status=500, times=2)
    await harbour.set_up()
    assert doors(harbour, harbour.circle) == []
    assert not await is_screened(harbour, harbour.circle)
    seen = await screening_for(harbour, harbour.sam)
    assert sentence(harbour, "screening.view.waiting", channel=harbour.circle.id) in seen

    await harbour.later(seconds=30)

    assert len(doors(harbour, harbour.circle)) == 1
    assert await is_screened(harbour, harbour.circle)
    assert "not posted" not in await screening_for(harbour, harbour.sam)


async def test_a_channel_taken_off_before_its_notice_was_posted_gets_none(ready: Harbour) -> None:
    ready.env.settle_timeout = 1.9
    ready.env.inject_error("POST", f"/channels/{ready.lounge.id}/messages", status=500, times=2)
    panel = await ready.open_setup()
    await ready.choose(panel, "channels", ready.lounge)
    await ready.owner.click(panel, custom_id="v1:setup:save:0")
    await ready.choose(panel, "channels")
    await ready.owner.click(panel, custom_id="v1:setup:save:0")

    await ready.later(seconds=30)

    assert not await is_screened(ready, ready.lounge)
    assert doors(ready, ready.lounge) == []


async def test_another_channel_gets_a_door_of_its_own_and_one_that_is_taken_off_is_told(
    ready: Harbour,
) -> None:
    panel = await ready.open_setup()
    assert sentence(ready, "setup.panel.channels_more") in words_in(panel)
    assert chosen(panel, "channels") == []
    await ready.choose(panel, "channels", ready.lounge)
    await ready.owner.click(panel, custom_id="v1:setup:save:0")

    (door,) = doors(ready, ready.lounge)
    assert len(doors(ready, ready.circle)) == 1
    assert labels(door) == [sentence(ready, "support.button.door")]
    assert await is_screened(ready, ready.lounge)

    await ready.choose(panel, "channels")
    await ready.owner.click(panel, custom_id="v1:setup:save:0")

    shut = next(each for each in ready.seen_by(ready.rio, ready.lounge) if each.id == door.id)
    assert shut.embeds[0].description == sentence(ready, "support.door_shut.body")
    assert labels(shut) == []
    assert not await is_screened(ready, ready.lounge)
    assert await is_screened(ready, ready.circle)
    assert len(doors(ready, ready.circle)) == 1
    seen = await screening_for(ready, ready.sam)
    assert ready.circle.mention in seen
    assert ready.lounge.mention not in seen

    # Taken up again, it gets a new notice: people read it anew.
    await ready.choose(panel, "channels", ready.lounge)
    await ready.owner.click(panel, custom_id="v1:setup:save:0")
    assert len(doors(ready, ready.lounge)) == 1
    assert await is_screened(ready, ready.lounge)


async def test_a_forum_is_screened_once_its_door_stands(ready: Harbour) -> None:
    forum = ready.guild.create_forum_channel("stories")
    panel = await ready.open_setup()
    await ready.choose(panel, "channels", forum)
    await ready.owner.click(panel, custom_id="v1:setup:save:0")

    (post,) = forum.threads
    assert len(doors(ready, post)) == 1
    seen = await screening_for(ready, ready.sam)
    assert sentence(ready, "screening.view.waiting", channel=forum.id) not in seen
    assert await is_screened(ready, post)
    # Saving again is no reason for a second post.
    await ready.owner.click(panel, custom_id="v1:setup:save:0")
    assert len(forum.threads) == 1


async def test_the_panel_says_what_stands_in_the_way_at_this_moment(ready: Harbour) -> None:
    panel = await ready.open_setup()
    assert sentence(ready, "setup.panel.ready") in words_in(panel)
    me = ready.bot.user
    permit(ready, ready.circle, me, send_messages=False)
    permit(ready, ready.second, me, view_channel=True, embed_links=False, send_messages=False)
    permit(ready, ready.moderators, ready.facilitators_role, view_channel=False)
    ready.env.backend.edit_role(ready.guild.id, ready.on_call_role.id, {"mentionable": False})
    permit(ready, ready.moderators, me, view_channel=True, send_messages=True, mention_everyone=False)
    await ready.choose(panel, "second_channel", ready.second)

    shown = words_in(await ready.open_setup())

    facts = {"role": ready.facilitators_role.id, "channel": ready.moderators.id}
    assert sentence(ready, "setup.problem.role_cannot_see", **facts) in shown
    facts = {"role": ready.on_call_role.id, "channel": ready.moderators.id}
    assert sentence(ready, "setup.problem.silent_role", **facts) in shown
    assert f"in {ready.circle.mention} the bot lacks: Send Messages" in shown
    assert f"in {ready.second.mention} the bot lacks: Send Messages and Embed Links" in shown
    assert sentence(ready, "setup.panel.ready") not in shown
    # None of these keeps an alert from the moderators, so saving is possible; this one does:
    permit(ready, ready.moderators, me, view_channel=True, send_messages=False)
    pressed = await ready.owner.click(panel, custom_id="v1:setup:save:0")
    assert f"in {ready.moderators.mention} the bot lacks: Send Messages" in told(pressed)
    assert sentence(ready, "setup.panel.saved") not in words_in(panel)


async def test_without_message_content_everything_but_the_screen_works(tmp_path: Path) -> None:
    async with Harbour(tmp_path, message_content_intent=False) as harbour:
        panel = await harbour.set_up()
        assert sentence(harbour, "setup.problem.no_content") in words_in(panel)
        assert sentence(harbour, "status.view.no_content") in await status_of(harbour)
        assert sentence(harbour, "screening.view.no_content") in await screening_for(harbour, harbour.rio)
        await harbour.sam.send(harbour.circle, WORDS[5])
        assert harbour.alerts() == []

        (door,) = doors(harbour, harbour.circle)
        shown = await harbour.sam.click(door, custom_id="v1:support:door:0")
        await harbour.sam.click(shown.followups[-1], custom_id="v1:support:ask:0")
        assert len(harbour.alerts()) == 1


async def test_country_languages_and_zone_are_kept_together_or_not_at_all(ready: Harbour) -> None:
    panel = await ready.open_setup()
    asked = await ready.owner.click(panel, custom_id="v1:setup:place:0")
    good = {"country": "éire", "languages": "en", "zone": "europe/dublin"}
    for change, key, facts in (
        ({"country": "qqqqqq"}, "setup.refusal.country", {}),
        ({"country": "congo"}, "setup.refusal.country", {}),
        ({"zone": "Europe/Atlantis"}, "setup.refusal.zone", {"zone": "Europe/Atlantis"}),
        ({"languages": "en, tlh"}, "setup.refusal.languages", {"known": "en"}),
        ({"languages": " , "}, "setup.refusal.languages", {"known": "en"}),
    ):
        done = await ready.owner.submit_modal(asked, good | change)
        said = sentence(ready, key, **facts)
        # The list of known languages may grow; the beginning of the sentence does not.
        assert said[:40] in told(done)
        asked = await ready.owner.click(panel, custom_id="v1:setup:place:0")
    shown = words_in(await ready.open_setup())
    assert sentence(ready, "setup.panel.place_unset") in shown
    assert "· UTC" in shown
    assert sentence(ready, "setup.panel.saved") in shown

    await ready.restart()
    await ready.owner.submit_modal(asked, good)  # the modal was on screen all the while
    shown = words_in(await ready.open_setup())
    assert "Ireland · English · Europe/Dublin" in shown
    assert sentence(ready, "setup.panel.unsaved") in shown


async def test_what_the_place_modal_shows_by_itself_can_be_sent_as_it_is(ready: Harbour) -> None:
    panel = await ready.open_setup()
    asked = await ready.owner.click(panel, custom_id="v1:setup:place:0")
    await ready.owner.submit_modal(asked, {"country": "GE", "languages": "en", "zone": "Asia/Tbilisi"})

    asked = await ready.owner.click(panel, custom_id="v1:setup:place:0")
    assert asked.modal is not None
    prefilled = {
        label["component"]["custom_id"]: label["component"].get("value") or ""
        for label in asked.modal["components"]
    }
    done = await ready.owner.submit_modal(asked, prefilled)

    assert sentence(ready, "setup.refusal.country") not in told(done)
    assert "Georgia · English · Asia/Tbilisi" in words_in(await ready.open_setup())


async def test_everyone_cannot_be_the_moderators(harbour: Harbour) -> None:
    everyone = harbour.guild.default_role
    panel = await harbour.set_up(moderators_role=everyone)

    await harbour.sam.send(harbour.circle, WORDS[4])
    listed = await harbour.rio.slash(harbour.circle, "case list")

    assert chosen(panel, "moderators_role") == []
    assert told(listed) == sentence(harbour, "policy.refusal.moderator")
