"""Groups: made, changed, listed and ended; their channels are screened while they last."""

import re
from typing import Any

from simcord.actors import MemberActor
from simcord.results import InteractionResult, ResponseMessage

from .harbour import Harbour, doors, labels, sentence, told, walk, words_in


def options(panel: ResponseMessage, menu: str) -> list[Any]:
    """What a menu of the group's panel shows as chosen."""
    found = next(
        each for each in walk(panel.components) if str(each.get("custom_id")).startswith(f"v1:group:{menu}:")
    )
    ids: list[Any] = [int(each["id"]) for each in found.get("default_values") or []]
    return ids + [each["value"] for each in found.get("options") or [] if each.get("default")]


async def make(harbour: Harbour, name: str, **options: object) -> InteractionResult:
    return await harbour.owner.slash(harbour.circle, "group create", name=name, **options)


async def listed(harbour: Harbour, who: MemberActor) -> str:
    return told(await who.slash(harbour.circle, "group list"))


def panel_in(result: InteractionResult) -> ResponseMessage:
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


async def test_a_group_is_made_changed_listed_and_ended(ready: Harbour) -> None:
    zones = await ready.owner.autocomplete(ready.circle, "group create", "zone", "dubl", name="x")
    assert [each["value"] for each in zones] == ["Europe/Dublin"]
    assert len(await ready.owner.autocomplete(ready.circle, "group create", "zone", "", name="x")) == 25

    made = await make(
        ready,
        "  Second\n tide ",
        kind="closed",
        channel=ready.lounge,
        facilitator=ready.fay,
        zone="europe/dublin",
    )
    panel = panel_in(made)
    assert sentence(ready, "group.panel.title", name="Second tide") in words_in(panel)
    assert "closed · time zone Europe/Dublin" in words_in(panel)
    assert options(panel, "channels") == [ready.lounge.id]
    assert options(panel, "facilitators") == [ready.fay.id]
    assert options(panel, "kind") == ["closed"]
    assert len(doors(ready, ready.lounge)) == 1

    # The panel, from before a restart.
    await ready.restart()
    number = panel.components[0]["components"][-1]["components"][0]["custom_id"].rsplit(":", 1)[1]
    await ready.owner.select(panel, [ready.sam, ready.fay], custom_id=f"v1:group:facilitators:{number}")
    await ready.owner.select(panel, ["invitation"], custom_id=f"v1:group:kind:{number}")
    garden = ready.guild.create_text_channel("garden")
    await ready.owner.select(panel, [garden], custom_id=f"v1:group:channels:{number}")
    asked = await ready.owner.click(panel, label=sentence(ready, "group.button.rename"))
    done = await ready.owner.submit_modal(asked, {"name": "Third tide", "zone": "America/New York"})
    assert sentence(ready, "group.panel.title", name="Third tide") in told(done)

    seen = await listed(ready, ready.nell)
    line = sentence(
        ready, "group.list.line", name="Third tide", kind="by invitation", zone="America/New_York"
    )
    assert line.replace("New\\_York", "New_York") in seen.replace("New\\_York", "New_York")
    assert garden.mention in seen
    assert ready.lounge.mention not in seen
    assert all(who.mention in seen for who in (ready.sam, ready.fay))
    # The doors followed.
    assert doors(ready, ready.lounge) == []
    assert len(doors(ready, garden)) == 1
    assert len(doors(ready, ready.circle)) == 1

    ended = await ready.owner.slash(ready.circle, "group close", group="third TIDE")
    assert sentence(ready, "group.answer.closed", name="Third tide") in told(ended)
    assert "tide" not in await listed(ready, ready.sam)
    assert doors(ready, garden) == []
    for name in ("Third tide", f"id:{number}", "nowhere"):
        gone = await ready.owner.slash(ready.circle, "group close", group=name)
        assert told(gone) == sentence(ready, "group.refusal.gone")
    # A press on its panel, which is still on screen.
    late = await ready.owner.select(panel, ["open"], custom_id=f"v1:group:kind:{number}")
    assert sentence(ready, "group.refusal.gone") in told(late)
    # The name is free again.
    assert "Third tide" in words_in(panel_in(await make(ready, "Third tide")))


async def test_names_that_cannot_be_used_are_refused_and_the_others_are_harmless(ready: Harbour) -> None:
    limit = sentence(ready, "group.refusal.name", limit=60)
    for name in (" ", "\u200b\u200d\u2060", "\u202e \u2066", "x" * 61):
        assert told(await make(ready, name)) == limit
    assert told(await make(ready, "harbour")) == sentence(ready, "group.refusal.taken", name="harbour")
    bad_zone = told(await make(ready, "Elsewhere", zone="Mars/Olympus"))
    assert bad_zone == sentence(ready, "setup.refusal.zone", zone="Mars/Olympus")
    assert "Elsewhere" not in await listed(ready, ready.sam)

    hostile = "**@everyone** <@&1> `x` [a](https://b)"
    made = await make(ready, hostile)
    panel = panel_in(made)
    shown = words_in(panel) + await listed(ready, ready.sam)
    for active in (r"(?<!\\)\*@", r"@everyone", r"<@&1>", r"(?<!\\)`x", r"(?<!\\)\[a\]"):
        assert re.search(active, shown) is None
    assert "https" in shown
    zalgo = "te" + "\u0301\u0323" * 25
    assert sentence(ready, "group.panel.title", name=zalgo) in words_in(panel_in(await make(ready, zalgo)))
    turned = panel_in(await make(ready, "calm\u202eevening\u2066 \u0007circle"))
    assert sentence(ready, "group.panel.title", name="calm evening circle") in words_in(turned)

    # Renaming asks the same questions.
    asked = await ready.owner.click(panel, label=sentence(ready, "group.button.rename"))
    for values, refusal in (
        ({"name": "\u200b", "zone": "UTC"}, limit),
        ({"name": "HARBOUR", "zone": "UTC"}, sentence(ready, "group.refusal.taken", name="HARBOUR")),
        ({"name": "Calm", "zone": "x"}, sentence(ready, "setup.refusal.zone", zone="x")),
    ):
        assert refusal in told(await ready.owner.submit_modal(asked, values))
        asked = await ready.owner.click(panel, label=sentence(ready, "group.button.rename"))
    assert "Calm " not in await listed(ready, ready.sam)
    # Its own name is not taken by itself.
    done = await ready.owner.submit_modal(asked, {"name": hostile.upper(), "zone": "Europe/Oslo"})
    assert "time zone Europe/Oslo" in told(done)


async def test_a_channel_two_groups_share_has_one_door_until_both_have_ended(ready: Harbour) -> None:
    await make(ready, "Early", channel=ready.lounge)
    await make(ready, "Late", channel=ready.lounge)
    assert len(doors(ready, ready.lounge)) == 1
    suggested = await ready.owner.autocomplete(ready.circle, "group close", "group", "a")
    assert sorted(each["name"] for each in suggested) == ["Early", "Harbour", "Late"]

    early = next(each["value"] for each in suggested if each["name"] == "Early")
    await ready.owner.slash(ready.circle, "group close", group=early)
    assert len(doors(ready, ready.lounge)) == 1
    await ready.owner.slash(ready.circle, "group close", group="Late")
    assert doors(ready, ready.lounge) == []
    assert labels(ready.lounge.history()[-1]) == []


async def test_only_managers_make_and_change_groups(ready: Harbour) -> None:
    before = await listed(ready, ready.sam)
    manager = sentence(ready, "policy.refusal.manager")
    for who in (ready.sam, ready.fay, ready.mia):
        made = await who.slash(ready.circle, "group create", name="Mine", channel=ready.lounge)
        changed = await who.slash(ready.circle, "group edit", group="Harbour")
        ended = await who.slash(ready.circle, "group close", group="Harbour")
        assert {told(made), told(changed), told(ended)} == {manager}

    assert await listed(ready, ready.sam) == before
    assert doors(ready, ready.lounge) == []
    assert len(doors(ready, ready.circle)) == 1


async def test_a_group_made_before_set_up_waits_with_its_doors(harbour: Harbour) -> None:
    assert told(await harbour.sam.slash(harbour.circle, "group list")) == sentence(
        harbour, "group.list.empty"
    )
    await make(harbour, "First", channel=harbour.lounge)
    assert harbour.lounge.history() == []

    await harbour.set_up()

    assert len(doors(harbour, harbour.lounge)) == len(doors(harbour, harbour.circle)) == 1
    seen = await listed(harbour, harbour.sam)
    assert "**First**" in seen
    assert "**Harbour**" not in seen
