"""What the bot sends is what Discord describes: every body of a long journey against its OpenAPI file."""

import copy
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import discord
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from simcord.types import HttpLogEntry

from bot.domain.case import Outcome

from .harbour import WORDS, Harbour, doors, letters_to

PLACE = Path(__file__).parents[3] / "shared" / "discord-openapi.json"

# The method, the path as it is sent, and the path in the description.
ROUTES = (
    ("POST", r"/channels/\d+/messages", "/channels/{channel_id}/messages"),
    ("PATCH", r"/channels/\d+/messages/\d+", "/channels/{channel_id}/messages/{message_id}"),
    (
        "POST",
        r"/interactions/\d+/[^/]+/callback",
        "/interactions/{interaction_id}/{interaction_token}/callback",
    ),
    (
        "PATCH",
        r"/webhooks/\d+/[^/]+/messages/@original",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
    ),
    ("POST", r"/webhooks/\d+/[^/]+", "/webhooks/{webhook_id}/{webhook_token}"),
    ("PUT", r"/applications/\d+/commands", "/applications/{application_id}/commands"),
    ("POST", r"/users/@me/channels", "/users/@me/channels"),
)

# Numbers that Discord takes as well as texts, where discord.py sends numbers.
_SNOWFLAKES = re.compile(r"(^|_)ids?$|^(users|roles)$")

# What discord.py adds to every body of some kinds, described or not; anything but "no" would still be found.
_ALWAYS_ADDED = {"tts": False, "nsfw": False, "flags": 0}


@cache
def description() -> dict[str, Any]:
    return closed(json.loads(PLACE.read_text(encoding="utf-8")))


def closed(spec: dict[str, Any]) -> dict[str, Any]:
    """The description, with every object that lists its fields taken at its word: no others."""
    for schema in spec["components"]["schemas"].values():
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)
    # Media channels exist, though this preview of the description does not list them.
    spec["components"]["schemas"]["ChannelTypes"]["oneOf"].append({"title": "GUILD_MEDIA", "const": 16})
    return spec


def as_sent(body: Any, name: str = "") -> Any:
    """The body as it goes over the wire: enumerations are numbers, ids are texts."""
    if isinstance(body, dict):
        return {
            key: as_sent(value, key)
            for key, value in body.items()
            if not (key in _ALWAYS_ADDED and value == _ALWAYS_ADDED[key])
        }
    if isinstance(body, list | tuple):
        return [as_sent(value, name) for value in body]
    if isinstance(body, bool) or not isinstance(body, int):
        return body
    return str(int(body)) if _SNOWFLAKES.search(name) and body > 2**32 else int(body)


def schema_for(method: str, template: str) -> dict[str, Any]:
    operation = description()["paths"][template][method.lower()]
    found = operation["requestBody"]["content"]["application/json"]["schema"]
    return based(copy.deepcopy(found))


def based(schema: Any) -> Any:
    """With references that lead into the description."""
    if isinstance(schema, dict):
        return {
            key: f"urn:discord{value}" if key == "$ref" else based(value) for key, value in schema.items()
        }
    return [based(each) for each in schema] if isinstance(schema, list) else schema


def faults_of(request: HttpLogEntry, registry: Registry[Any]) -> list[str]:
    """What Discord would say against a request; raises for one that is described nowhere here."""
    for method, pattern, template in ROUTES:
        if request.method == method and re.fullmatch(pattern, request.path):
            validator = Draft202012Validator(schema_for(method, template), registry=registry)
            return [
                f"{method} {template}: {_deepest(error)}"
                for error in validator.iter_errors(as_sent(request.json))
            ]
    raise LookupError(f"{request.method} {request.path}")


def _deepest(error: Any) -> str:
    while error.context:
        error = max(error.context, key=lambda each: (len(each.absolute_path), -len(str(each.message))))
    return f"{error.json_path}: {error.message[:300]}"


@pytest.fixture
def registry() -> Registry[Any]:
    if not PLACE.exists():
        pytest.skip("Discord's OpenAPI description is not here")
    whole = Resource(contents=description(), specification=DRAFT202012)
    return Registry().with_resource("urn:discord", whole)


def test_a_body_that_is_wrong_is_found(registry: Registry[Any]) -> None:
    wrong: list[dict[str, Any]] = [
        {"content": 5},
        {"contents": "a field nobody knows"},
        {"content": "x" * 4001},
        {"embeds": [{"title": "x" * 257}]},
        {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "x" * 101}]}]},
        {"nonce": "x" * 26},
    ]
    for body in wrong:
        request = HttpLogEntry("POST", "/channels/1/messages", {}, body, None)
        assert faults_of(request, registry), body
    assert faults_of(HttpLogEntry("POST", "/channels/1/messages", {}, {"content": "x"}, None), registry) == []


async def test_everything_sent_in_a_long_journey_is_as_discord_describes_it(
    registry: Registry[Any], harbour: Harbour
) -> None:
    await travel(harbour)

    kinds: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    for request in harbour.env.http_requests:
        if request.json is None:
            assert request.method == "GET", request.path
            continue
        faults += faults_of(request, registry)
        kinds[next(route[::2] for route in ROUTES if _fits(request, route))] += 1
    assert sorted(set(faults)) == []
    # And the journey did come by everything.
    assert {route[::2] for route in ROUTES} == set(kinds)


def _fits(request: HttpLogEntry, route: tuple[str, str, str]) -> bool:
    return request.method == route[0] and re.fullmatch(route[1], request.path) is not None


def raw(message: discord.Message) -> list[Any]:
    return [component.to_dict() for component in message.components]


async def travel(harbour: Harbour) -> None:
    """Through most of what people can do."""
    owner, sam, mia, rio = harbour.owner, harbour.sam, harbour.mia, harbour.rio
    panel = await harbour.set_up(second_channel=harbour.second)
    await harbour.choose(panel, "moderators_channel", harbour.circle)
    asked = await owner.click(panel, custom_id="v1:setup:place:0")
    await owner.submit_modal(asked, {"country": "NZ", "languages": "en", "zone": "Pacific/Auckland"})
    await harbour.choose(panel, "channels", harbour.lounge)
    await owner.click(panel, custom_id="v1:setup:save:0")
    await harbour.choose(panel, "channels")
    await owner.click(panel, custom_id="v1:setup:save:0")

    (door,) = doors(harbour, harbour.circle)
    opened = await sam.click(door, custom_id="v1:support:door:0")
    support = opened.followups[-1]
    await sam.select(support, ["DE"], custom_id="v1:support:country:0")
    asked = await sam.select(support, ["other"], custom_id="v1:support:country:0")
    await sam.submit_modal(asked, {"country": "Ireland"})
    await sam.click(support, custom_id="v1:support:allow:0")
    await sam.click(support, custom_id="v1:support:ask:0")
    await sam.send(harbour.circle, WORDS[5])
    assert letters_to(sam)
    await sam.user.click(letters_to(sam)[0], custom_id="v1:support:stop:0")
    await sam.user.slash("support")

    written = await harbour.nell.send(harbour.circle, "back from the market")
    await rio.context_menu(harbour.circle, "Ask a moderator to look", written)
    await rio.context_menu(harbour.circle, "I'm worried about this person", harbour.max)
    await harbour.later(minutes=16)
    card = harbour.alerts()[0]
    await mia.click(card, label="I'm on it")
    await sam.send(harbour.circle, WORDS[4])
    await mia.click(harbour.fresh(card), label="Still with them")
    await mia.click(harbour.fresh(card), label="Contacted")
    asked = await mia.click(harbour.fresh(card), label="Close…")
    await mia.submit_modal(asked, {"outcome": Outcome.REACHED, "note": "we spoke"})
    await mia.slash(harbour.moderators, "case show", case="1")
    await mia.slash(harbour.moderators, "case list")
    await mia.autocomplete(harbour.moderators, "case show", "case", "")
    await harbour.later(hours=25)
    looked_in = "v1:case:followed_up:1"
    (follow_up,) = [each for each in harbour.moderators.history() if looked_in in str(raw(each))]
    await mia.click(follow_up, custom_id=looked_in)
    await mia.click(harbour.fresh(card), label="Open again")
    await mia.click(harbour.fresh(card), label="Not a concern")

    await owner.slash(
        harbour.circle, "group create", name="Early", channel=harbour.lounge, facilitator=harbour.fay
    )
    await owner.autocomplete(harbour.circle, "group create", "zone", "dub", name="x")
    edited = await owner.slash(harbour.circle, "group edit", group="Early")
    assert edited.response is not None
    asked = await owner.click(edited.response, label="Name and time zone…")
    await owner.submit_modal(asked, {"name": "Late", "zone": "UTC"})
    await owner.slash(harbour.circle, "group list")
    await owner.slash(harbour.circle, "group close", group="Late")
    for command in ("help", "status", "screening show", "setup"):
        await owner.slash(harbour.circle, command)
    await sam.slash(harbour.circle, "group create", name="refused")
