"""How a message reaches Discord: once, at the first place that takes it, and changed later on."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta

import aiohttp
import discord
import structlog

from bot.domain.card import Delivery, PostedCard
from bot.domain.ids import (
    ChannelSnowflake,
    GuildSnowflake,
    MessageSnowflake,
    RoleSnowflake,
    UserSnowflake,
)
from bot.domain.letter import Letter
from bot.services.outgoing import TO_ONE_PERSON, Outgoing, Place
from bot.services.ports import Clock, Surroundings

from .card import Card
from .traces import mark_of, marked, trace_of

log = structlog.get_logger("posting")

BEGUN_TOO_FAST = 40003
"""Discord's answer to a bot that begins private conversations too fast."""

DELIVERED_THEN_REMOVED = 10008
"""Discord's answer to a repeated nonce whose first message was deleted in between."""

NONCE_HOLDS_FOR = timedelta(minutes=2)
"""Discord knows a repeated nonce for a few minutes only; after these we look for the message ourselves."""

ONE_PERSON_FOR = timedelta(seconds=20)
"""How long one of several people may hold up what became of the others."""

CardFor = Callable[[UserSnowflake | None], Card]
"""The card as this person gets it privately, or None: as it stands in a channel."""


class Undeliverable(Exception):
    """A letter could not be delivered this time.

    step_down: this place will not have it, so the next one is tried at once. Otherwise: later, again.
    cards: what stands already, when only some of several people could not be reached.
    """

    def __init__(
        self, failure: str, *, step_down: bool, places: int = 1, cards: tuple[PostedCard, ...] = ()
    ) -> None:
        super().__init__(failure)
        self.failure = failure
        self.step_down = step_down
        self.places = places
        self.cards = cards


def nonce_of(letter: Letter, place: int) -> str:
    """The same letter to the same place always carries the same nonce (at most 25 characters)."""
    return hashlib.sha256(f"{letter.key}@{place}".encode()).hexdigest()[:25]


class Posting:
    """Sends and edits. What Discord answers becomes: done, later, or the next place."""

    def __init__(
        self, client: discord.Client, clock: Clock, outgoing: Outgoing, surroundings: Surroundings
    ) -> None:
        self._client = client
        self._clock = clock
        self._outgoing = outgoing
        self._surroundings = surroundings

    async def post(self, letter: Letter, places: tuple[Place, ...], card_for: CardFor) -> Delivery:
        """Send to the place the letter has come to; no card if it was delivered and removed since.

        Raises Undeliverable.
        """
        if not places:
            raise Undeliverable("no_place", step_down=True)
        index = min(letter.place, len(places) - 1)
        place = places[index]
        try:
            if place.channel is None:
                return await self._to_people(letter, index, place.people, card_for)
            target = self._client.get_partial_messageable(place.channel, guild_id=letter.guild)
            return await self._to(letter, index, target, card_for(None))
        except Undeliverable as reason:
            reason.places = len(places)
            raise
        except discord.HTTPException as error:
            raise undeliverable(error, len(places)) from error

    async def _to_people(
        self, letter: Letter, index: int, people: tuple[UserSnowflake, ...], card_for: CardFor
    ) -> Delivery:
        """To all of them at the same time. Enough that one has it, unless another may get it later."""
        if not people:
            raise Undeliverable("nobody_there", step_down=True)
        outcomes = await asyncio.gather(
            *(self._to_person(letter, index, user, card_for(user)) for user in people)
        )
        arrived = [each for each in outcomes if isinstance(each, Delivery)]
        failed = [each for each in outcomes if isinstance(each, Undeliverable)]
        cards = tuple(card for each in arrived for card in each.cards)
        for reason in failed:
            if not reason.step_down:
                reason.cards = cards
                raise reason
        if not arrived:
            raise failed[0]
        return Delivery(cards)

    async def _to_person(
        self, letter: Letter, index: int, user: UserSnowflake, card: Card
    ) -> Delivery | Undeliverable:
        try:
            async with asyncio.timeout(ONE_PERSON_FOR.total_seconds()):
                await self._ask_leave_to_begin(letter, user)
                target = await self._client.create_dm(discord.Object(user))
                return await self._to(letter, index, target, card, user)
        except Undeliverable as reason:
            return reason
        except (OSError, aiohttp.ClientError) as error:  # TimeoutError is an OSError
            return Undeliverable(type(error).__name__, step_down=False)
        except discord.HTTPException as error:
            if error.code == BEGUN_TOO_FAST:
                await self._outgoing.begun_too_fast()
                if letter.kind in TO_ONE_PERSON:
                    return Undeliverable("allowance", step_down=False)
            return undeliverable(error)

    async def _to(
        self,
        letter: Letter,
        index: int,
        target: discord.PartialMessageable | discord.DMChannel,
        card: Card,
        user: UserSnowflake | None = None,
    ) -> Delivery:
        if self._may_stand_already(letter):
            trace = await trace_of(self._client, letter, ChannelSnowflake(target.id), card.content)
            if trace is not None:
                log.info("posting.stood_already", kind=letter.kind, outbox_id=letter.outbox_id)
                return self._delivered(letter, card, target.id, trace.message, user, trace.rang)
        try:
            sent = await self._send(target, marked(card, mark_of(letter)), nonce_of(letter, index))
        except discord.NotFound as error:
            if error.code == DELIVERED_THEN_REMOVED:
                return Delivery()
            raise
        rang = frozenset(role.id for role in sent.role_mentions)
        return self._delivered(letter, card, sent.channel.id, sent.id, user, rang)

    def _may_stand_already(self, letter: Letter) -> bool:
        """Whether it was tried so long ago that Discord would no longer know it again by its nonce."""
        now = self._clock.now()
        return letter.attempts > 1 and now - (letter.created_at or now) >= NONCE_HOLDS_FOR

    async def _send(self, target: discord.abc.Messageable, card: Card, nonce: str) -> discord.Message:
        try:
            return await target.send(**card.for_sending(), nonce=nonce)
        except discord.HTTPException as error:
            if error.status != 400 or card.content is None:
                raise
            # Something in the card is not to Discord's liking. The words with the ping still go out:
            # an alert without its embed beats none.
            log.error("posting.card_refused", code=error.code)
            bare = Card(card.content, view=card.view, mentions=card.mentions)
            return await target.send(**bare.for_sending(), nonce=nonce)

    async def edit(self, posted: PostedCard, card: Card) -> bool:
        """Bring a posted message up to date; False when it is gone. What Discord refuses stays as it is."""
        channel = self._client.get_partial_messageable(posted.channel, guild_id=posted.guild)
        try:
            await channel.get_partial_message(posted.message).edit(**card.for_editing())
        except discord.NotFound:
            return False
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            # Refused for now (a permission, say): the other cards must not wait for this one.
            log.warning("posting.edit_refused", kind=posted.kind, code=error.code)
        return True

    async def _ask_leave_to_begin(self, letter: Letter, user: UserSnowflake) -> None:
        """Messages to members wait their turn (P8); an alert is counted and never waits."""
        urgent = letter.kind not in TO_ONE_PERSON
        if discord.utils.get(self._client.private_channels, recipient__id=user) is not None:
            return
        if not await self._outgoing.may_begin(urgent=urgent):
            raise Undeliverable("allowance", step_down=False)

    def _delivered(
        self,
        letter: Letter,
        card: Card,
        channel: int,
        message: int,
        user: UserSnowflake | None,
        rang: frozenset[int],
    ) -> Delivery:
        posted = self._posted(letter, channel, message, user)
        return Delivery((posted,), silent=user is None and self._is_silent(posted, card, rang))

    def _is_silent(self, posted: PostedCard, card: Card, rang: frozenset[int]) -> bool:
        """Whether a role that was called did not hear it.

        A role that may not be mentioned pings silently: Discord takes the message and no phone rings. What
        Discord says was mentioned tells it, and so does what the role and the bot may do.
        """
        guild = posted.guild
        if guild is None or self._surroundings.owner_of(guild) is None:
            return False  # the server is not known at the moment, so neither are its roles
        return any(
            role not in rang or not self._surroundings.can_ping(guild, RoleSnowflake(role), posted.channel)
            for role in card.called
        )

    def posted(self, letter: Letter, sent: discord.Message) -> PostedCard:
        """What to remember of a message that was sent to a channel."""
        return self._posted(letter, sent.channel.id, sent.id, None)

    def _posted(self, letter: Letter, channel: int, message: int, user: UserSnowflake | None) -> PostedCard:
        return PostedCard(
            letter.kind,
            letter.subject_id or 0,
            GuildSnowflake(letter.guild) if letter.guild is not None and user is None else None,
            ChannelSnowflake(channel),
            MessageSnowflake(message),
            self._clock.now(),
            user,
        )


def undeliverable(error: discord.HTTPException, places: int = 1) -> Undeliverable:
    """What a refusal or a failure of Discord means for the letter."""
    refused = error.status in (400, 403, 404)
    return Undeliverable(f"http_{error.status}_{error.code}", step_down=refused, places=places)
