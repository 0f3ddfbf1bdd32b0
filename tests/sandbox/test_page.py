"""The page: who sees what, who may ask, what time does, and what lasts."""

import json
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.sandbox import memory, serve
from bot.sandbox.script import read_script

from .conftest import BROKEN_OFF, DAY, Sandbox

pytestmark = BROKEN_OFF

DESPERATE = "I can't do this any more. I'm going to end my life tonight."


def channels(told: dict) -> dict[str, dict]:
    return {each["name"]: each for shelf in told["shelves"] for each in shelf["channels"]}


async def test_the_state_says_who_is_there_and_what_they_see(sandbox: Sandbox):
    told = await sandbox.state()
    assert [each["name"] for each in told["people"]] == ["Ana", "Mia", "Kofi", "Ruth", "Sam", "Noor", "Ivy"]
    assert told["person"] == "sam"
    assert told["now"] == "2026-10-04T17:40:00+00:00"
    seen = channels(told)
    assert "moderators" not in seen
    assert "team-room" not in seen
    assert seen["evening-circle"]["channel"] == told["channel"]
    assert not any(each["new"] for each in seen.values())
    # Life before us was quiet, but for the cases of the script.
    stage = sandbox.stage
    assert "Case 1 · closed" in [
        embed.title for each in stage.world.rooms["moderators"].history() for embed in each.embeds
    ]
    mia = stage.world.people["mia"]
    async with stage.alone():
        listed = await mia.slash(stage.world.rooms["moderators"], "case list")
    assert listed.response.embeds[0].description.count("**Case ") == 1
    for room in stage.world.rooms:
        for message in stage.world.rooms[room].history():
            assert not message.flags.ephemeral
    assert stage.env.errors == []


async def test_only_those_who_can_see_a_channel_may_look_at_it(sandbox: Sandbox):
    private = str(sandbox.stage.world.rooms["moderators"].id)
    async with sandbox.client.post("/sandbox/look", json={"person": "noor", "channel": private}) as answer:
        assert answer.status == 404
    told = await sandbox.order("look", person="mia", channel=private)
    assert told["channel"] == private
    told = await sandbox.order("look", person="ruth")
    assert "team-room" in channels(told)
    assert told["channel"] != private
    async with sandbox.client.post("/sandbox/look", json={"person": "dario"}) as answer:
        assert answer.status == 404
    # An alert is new for those who can see it, until they have looked.
    await sandbox.send("sam", "circle", DESPERATE)
    told = await sandbox.state()
    assert told["waiting"]["mia"]
    assert channels(await sandbox.order("look", person="mia"))["moderators"]["new"]
    private = str(sandbox.stage.world.rooms["moderators"].id)
    assert not channels(await sandbox.order("look", person="mia", channel=private))["moderators"]["new"]


async def test_our_page_may_frame_the_window_and_strangers_may_do_nothing(sandbox: Sandbox):
    view = urlsplit((await sandbox.state())["view"])
    async with sandbox.client.get(f"{view.path}?{view.query}") as answer:
        page = await answer.text()
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert "'none'; base-uri" in answer.headers["Content-Security-Policy"]
    assert "/sandbox/view.css" in page
    async with sandbox.client.get("/") as answer:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    async with sandbox.client.get("/app.js") as answer:
        assert answer.status == 200
    async with sandbox.client.post("/api/pages", json={}) as answer:
        assert answer.status == 401
    key = {"X-Simcord-Capability": view.fragment}
    async with sandbox.client.post("/api/pages", json={}, headers=key) as answer:
        shown = await answer.json()
        assert shown["channel"]["name"] == "evening-circle"
    # Refused: other names for this address, orders from other sites, and other machines.
    for path in ("/", "/sandbox/state", "/view", "/app.js"):
        async with sandbox.client.get(path, headers={"Host": "rebound.example"}) as answer:
            assert answer.status == 403
    for origin in ("http://elsewhere.example", "null", None):
        headers = {"Origin": origin} if origin else {}
        async with aiohttp.ClientSession(sandbox.url, headers=headers) as stranger:
            for path in ("/sandbox/skip", "/sandbox/restart", "/sandbox/look", "/api/pages", "/api/action"):
                async with stranger.post(path, json={"seconds": 300}) as answer:
                    assert answer.status == 403
    assert (await sandbox.state())["now"] == "2026-10-04T17:40:00+00:00"
    assert serve.HOST == "127.0.0.1"


async def test_skipping_ahead_climbs_the_ladder_at_its_own_times(sandbox: Sandbox):
    began = sandbox.stage.now
    await sandbox.send("sam", "circle", DESPERATE)
    for _ in range(4):
        await sandbox.order("skip", seconds=300)
        told = await sandbox.finished()
    assert told["now"] == "2026-10-04T18:00:00+00:00"
    said = sandbox.stage.world.rooms["moderators"].history()
    calls = [each for each in said if "ase 3" in each.content and not each.embeds]
    waited = [round((each.created_at - began).total_seconds() / 60) for each in calls]
    assert waited == [5, 10, 20]
    async with sandbox.client.post("/sandbox/skip", json={"seconds": 7}) as answer:
        assert answer.status == 400


async def test_a_restart_loses_nothing(sandbox: Sandbox):
    await sandbox.send("sam", "circle", DESPERATE)
    said = sandbox.says("moderators")
    await sandbox.order("restart")
    await sandbox.finished()
    assert sandbox.says("moderators") == said
    world = sandbox.stage.world
    alert = world.rooms["moderators"].last_message
    async with sandbox.stage.alone():
        pressed = await world.people["kofi"].click(alert, label="I'm on it")
    assert "You are on case" in pressed.followups[0].content
    assert sandbox.stage.env.errors == []
    # Two orders at once do not collide, and a long one can be stopped.
    await sandbox.order("skip", seconds=604800)
    async with sandbox.client.post("/sandbox/restart", json={}) as answer:
        assert answer.status == 409
    async with sandbox.client.post("/sandbox/look", json={"person": "mia"}) as answer:
        assert answer.status == 409
    await sandbox.order("stop")
    told = await sandbox.finished()
    assert told["trouble"] == ""
    assert told["now"] < "2026-10-06"


async def test_what_is_kept_is_there_again(tmp_path):
    async with Sandbox(tmp_path, keep=True) as first:
        await first.send("sam", "circle", DESPERATE)
        said, now = first.says("moderators"), first.stage.now
        circle = first.says("circle")
    async with Sandbox(tmp_path, keep=True) as second:
        assert second.says("moderators") == said
        assert second.says("circle") == circle
        assert second.stage.now >= now
        world = second.stage.world
        alert = world.rooms["moderators"].last_message
        async with second.stage.alone():
            pressed = await world.people["mia"].click(alert, label="I'm on it")
            shown = await world.people["mia"].slash(world.rooms["moderators"], "case list")
        assert "You are on case 3" in pressed.followups[0].content
        assert "Case 3" in shown.response.embeds[0].description

    file = tmp_path / "discord.json"
    kept = json.loads(file.read_text())
    kept["ids"][0] += 1
    file.write_text(json.dumps(kept))
    other = Sandbox(tmp_path, keep=True)
    with pytest.raises(memory.DoesNotFit):
        await other.stage.open()
    await other.stage.close()
    file.write_text("{")
    with pytest.raises(memory.DoesNotFit):
        Sandbox(tmp_path, keep=True)


def test_everybody_and_every_place_in_the_script_is_there():
    script = read_script(DAY)
    people = {each.key for each in script.people}
    rooms = {each.key for each in script.rooms} | {each.opens[0] for each in script.said if each.opens}
    assert {each.who for each in script.said} | {each.who for each in script.acts} <= people
    assert {each.channel for each in script.said} <= rooms
    assert all(each.at <= script.opens_at for each in script.said)
    for room in rooms - {"helped"}:
        assert 2 <= sum(each.channel == room for each in script.said) <= 12 or room in {
            "mornings",
            "asking",
            "books",
        }
