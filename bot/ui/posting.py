"""How a message reaches Discord: once, at the first place that takes it, and changed later on."""

import hashlib

import discord
import structlog

from bot.domain.allowance import Allowance
from bot.domain.card import PostedCard
from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake
from bot.domain.letter import Letter, LetterKind
from bot.services.outgoing import Place
from bot.services.ports import Clock

from .card import Card

log = structlog.get_logger("posting")

BEGUN_TOO_FAST = 40003
"""Discord's answer to a bot that begins private conversations too fast."""

DELIVERED_THEN_REMOVED = 10008
"""Discord's answer to a repeated nonce whose first message was deleted in between."""


class Undeliverable(Exception):
    """A letter could not be delivered this time.

    step_down: this place will not have it, so the next one is tried at once. Otherwise: later, again.
    """

    def __init__(self, failure: str, *, step_down: bool, places: int = 1) -> None:
        super().__init__(failure)
        self.failure = failure
        self.step_down = step_down
        self.places = places


def nonce_of(letter: Letter, place: int) -> str:
    """The same letter to the same place always carries the same nonce (at most 25 characters)."""
    return hashlib.sha256(f"{letter.key}@{place}".encode()).hexdigest()[:25]


class Posting:
    """Sends and edits. What Discord answers becomes: done, later, or the next place."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._allowance = Allowance()

    async def post(self, letter: Letter, card: Card, places: tuple[Place, ...]) -> PostedCard | None:
        """Send to the place the letter has come to; None if it had been delivered and was removed since.

        Raises Undeliverable.
        """
        if not places:
            raise Undeliverable("no_place", step_down=True)
        index = min(letter.place, len(places) - 1)
        place = places[index]
        try:
            if place.channel is not None:
                target: discord.abc.Messageable = self._client.get_partial_messageable(
                    place.channel, guild_id=letter.guild
                )
            else:
                self._ask_leave_to_begin(letter, place.user or 0)
                target = await self._client.create_dm(discord.Object(place.user or 0))
            sent = await self._send(target, card, nonce_of(letter, index))
        except discord.NotFound as error:
            if error.code == DELIVERED_THEN_REMOVED:
                return None
            raise undeliverable(error, len(places)) from error
        except discord.HTTPException as error:
            if error.code == BEGUN_TOO_FAST:
                self._allowance.stop(self._clock.now())
            raise undeliverable(error, len(places)) from error
        self._check_it_rang(card, sent)
        return self.posted(letter, sent)

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

    def _ask_leave_to_begin(self, letter: Letter, user: int) -> None:
        """Messages to members wait their turn (P8); an alert for the owner never does."""
        known = discord.utils.get(self._client.private_channels, recipient__id=user) is not None
        if letter.kind is LetterKind.SUPPORT and not known and not self._allowance.take(self._clock.now()):
            raise Undeliverable("allowance", step_down=False)

    def _check_it_rang(self, card: Card, sent: discord.Message) -> None:
        # A role that may not be mentioned pings silently: Discord takes the message and nothing rings.
        wanted = card.mentions.roles
        if isinstance(wanted, list) and len(sent.role_mentions) < len(wanted):
            log.warning("posting.silent_ping", guild_snowflake=sent.guild.id if sent.guild else None)

    def posted(self, letter: Letter, sent: discord.Message) -> PostedCard:
        """What to remember of a message that was sent."""
        return PostedCard(
            letter.kind,
            letter.subject_id or 0,
            GuildSnowflake(sent.guild.id) if sent.guild else None,
            ChannelSnowflake(sent.channel.id),
            MessageSnowflake(sent.id),
            self._clock.now(),
        )


def undeliverable(error: discord.HTTPException, places: int = 1) -> Undeliverable:
    """What a refusal or a failure of Discord means for the letter."""
    refused = error.status in (400, 403, 404)
    return Undeliverable(f"http_{error.status}_{error.code}", step_down=refused, places=places)
