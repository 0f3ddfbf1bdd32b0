"""What happened after the bot came: set-up, groups, and cases from earlier, each done as people do it."""

from datetime import datetime, timedelta
from typing import Any, cast

import discord
from simcord import InteractionResult

from .script import Act, Said
from .world import World

CAME = timedelta(hours=26)
"""So long before the doors open the bot came to the server."""


async def play(world: World) -> None:
    """Set the bot up and live through the earlier cases; afterwards it is the moment the doors open."""
    opens = world.script.opens_at
    with world.env.time_context():
        await _set_up(world)
        came = world.env.now()
        happened: list[tuple[datetime, Act | Said]] = [
            *((opens - timedelta(minutes=act.minutes), act) for act in world.script.acts),
            *((said.at, said) for said in world.script.said if said.at >= came),
        ]
        for moment, event in sorted(happened, key=lambda each: each[0]):
            await _wait_until(world, moment)
            if isinstance(event, Act):
                await _live(world, event)
            else:
                await world.people[event.who].send(world.rooms[event.channel], event.words)
        await _wait_until(world, opens)
    _tidy(world)


def came_at(world: World) -> datetime:
    """When the bot came."""
    return world.script.opens_at - CAME


async def _set_up(world: World) -> None:
    owner, room = world.people["ana"], world.rooms["moderators"]
    for group in world.script.meetings:
        chosen: dict[str, Any] = {"name": group.name, "channel": world.rooms[group.channel]}
        if group.facilitator:
            chosen["facilitator"] = world.people[group.facilitator]
        await owner.slash(room, "group create", **chosen)
    shown = _message(await owner.slash(room, "setup"))
    for choice, value in (
        ("moderators_channel", room),
        ("moderators_role", world.roles["moderators"]),
        ("on_call_role", world.roles["on_call"]),
        ("second_channel", world.rooms["team"]),
    ):
        await owner.select(shown, [value], custom_id=f"v1:setup:{choice}:0")
    place = await owner.click(shown, custom_id="v1:setup:place:0")
    script = world.script
    where = {"country": script.country, "languages": script.languages, "zone": script.zone}
    await owner.submit_modal(place, where)
    await owner.click(shown, custom_id="v1:setup:save:0")


async def _live(world: World, act: Act) -> None:
    somebody, room = world.people[act.who], world.rooms[act.channel]
    if act.worries_about:
        menu = "I'm worried about this person"
        await somebody.context_menu(room, menu, world.people[act.worries_about])
        return
    await somebody.send(room, act.says)
    if not act.ended:
        return
    helper = world.people[act.by]
    alert = world.rooms["moderators"].last_message
    if alert is None:
        raise RuntimeError("the alert of an earlier case has not arrived")
    await world.env.advance_time(4 * 60)
    await helper.click(alert, label="I'm on it")
    await world.env.advance_time(6 * 60)
    await helper.click(alert, label="Contacted")
    await world.env.advance_time(14 * 60)
    closing = await helper.click(alert, label="Close…")
    await helper.submit_modal(closing, {"outcome": act.ended, "note": act.note})


async def _wait_until(world: World, moment: datetime) -> None:
    left = (moment - world.env.now()).total_seconds()
    if left > 0:
        await world.env.advance_time(left)


def _message(result: InteractionResult) -> Any:
    if result.response is None:
        raise RuntimeError("the bot did not answer")
    return cast(discord.Message, result.response)


def _tidy(world: World) -> None:
    """Dismiss the private answers, as people do when they have read them."""
    for messages in world.env.backend.messages.values():
        for message in [each for each in messages.values() if each.is_ephemeral]:
            del messages[message.id]
