"""The one place that answers: in time, privately unless asked otherwise, never with an exception's text."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import discord
import structlog

from bot.domain.refusal import Refusal

from .card import Card
from .client import Interaction, words_of

log = structlog.get_logger("answering")

# Without letters and digits that are confused when read aloud.
_CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


DEFER_FOR = 3.0
"""Seconds; later than that Discord takes no acknowledgement anyway, and the work must not wait for it."""


class Answer:
    """How an interaction is answered. Every method may be called after any time up to 15 minutes.

    If Discord no longer takes answers (it does so 3 seconds after the press when nothing came), the work
    is done all the same; there is just nobody left to tell.
    """

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._thinking = False
        self.deaf = False

    async def think(self) -> None:
        """Acknowledge a command, privately; the first answer replaces "thinking"."""
        self._thinking = True
        await self._try_to_defer(ephemeral=True, thinking=True)

    async def acknowledge(self) -> None:
        """Acknowledge a press; the message stays as it is."""
        await self._try_to_defer()

    async def privately(self, card: Card) -> None:
        """Show the card to whoever acted, and to nobody else."""
        if self.deaf:
            return
        if self._thinking:
            self._thinking = False
            await self._interaction.edit_original_response(**card.for_editing())
        elif not self._interaction.response.is_done():
            await self._interaction.response.send_message(**card.for_sending(), ephemeral=True)
        else:
            await self._interaction.followup.send(**card.for_sending(), ephemeral=True)

    async def instead(self, card: Card) -> None:
        """Replace the message the press came from."""
        if self.deaf:
            return
        await self._interaction.edit_original_response(**card.for_editing())

    async def ask(self, modal: discord.ui.Modal) -> None:
        """Open a modal. Only where nothing was acknowledged before."""
        await self._interaction.response.send_modal(modal)

    async def _try_to_defer(self, *, ephemeral: bool = False, thinking: bool = False) -> None:
        try:
            async with asyncio.timeout(DEFER_FOR):
                await self._interaction.response.defer(ephemeral=ephemeral, thinking=thinking)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            # Whatever went wrong on the way to Discord: what was asked for is done all the same.
            self.deaf = True
            log.warning("answer.too_late", code=getattr(error, "code", None))


@asynccontextmanager
async def answering(interaction: Interaction, *, opening: bool = False) -> AsyncGenerator[Answer]:
    """Answer an interaction, whatever happens inside.

    opening: a modal will be opened, so nothing may be acknowledged first and nothing slow may happen before.
    A Refusal becomes one sentence. Anything else becomes an apology with a reference code; what went wrong is
    only in the log, under that code.
    """
    answer = Answer(interaction)
    if not opening:
        is_press = interaction.type is discord.InteractionType.component or (
            interaction.type is discord.InteractionType.modal_submit and interaction.message is not None
        )
        await (answer.acknowledge() if is_press else answer.think())
    words = words_of(interaction)
    try:
        yield answer
    except Refusal as refusal:
        await _say(answer, str(words(refusal.key, **refusal.facts)))
    except Exception as error:
        code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(6))
        log.error("answer.apology", reference=code, exc_info=error)
        await _say(answer, str(words("answer.apology", code=code)))


async def _say(answer: Answer, sentence: str) -> None:
    try:
        await answer.privately(Card(sentence))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.warning("answer.not_taken", code=getattr(error, "code", None))
