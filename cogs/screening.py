"""/screening tells everyone what is screened, and lets moderators tune it."""

from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.ids import ChannelSnowflake
from bot.services.tuning import Change
from bot.ui import screening_card
from bot.ui.answering import answering
from bot.ui.arguments import FloorArg, HarmlessOrOrderArg, OrderArg, suggest_phrases
from bot.ui.client import House, Interaction, actor_of, words_of

Screened = discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.StageChannel


@app_commands.guild_only()
class ScreeningCog(commands.GroupCog, group_name="screening", group_description="What is screened here"):
    """Leads to the screening and the tuning."""

    phrase = app_commands.Group(name="phrase", description="Words this server also listens for, or knows")

    def __init__(self, house: House) -> None:
        self._screening = house.services.screening
        self._tuning = house.services.tuning

    @app_commands.command()
    async def show(self, itx: Interaction) -> None:
        """Which channels are screened for words that may mean danger, and what is kept."""
        async with answering(itx) as answer:
            view = await self._screening.view(actor_of(itx).guild_snowflake)
            await answer.privately(screening_card.screening(view, words_of(itx)))

    @app_commands.command()
    @app_commands.describe(channel="Which channel", floor="What is brought to you from it")
    async def floor(self, itx: Interaction, channel: Screened, floor: FloorArg) -> None:
        """Choose what is brought to the moderators from one channel; danger now always is."""
        async with answering(itx) as answer:
            screened = await self._tuning.set_floor(actor_of(itx), ChannelSnowflake(channel.id), floor)
            await answer.privately(screening_card.floor_set(screened, words_of(itx)))

    @phrase.command()
    @app_commands.describe(words="For example: (red|old) bridge", order="How soon somebody should look")
    async def add(self, itx: Interaction, words: str, order: OrderArg) -> None:
        """Listen for words that mean something here."""
        async with answering(itx) as answer:
            kept = await self._tuning.keep_phrase(actor_of(itx), words, order)
            await answer.privately(screening_card.phrase_kept(kept, order, words_of(itx)))

    @phrase.command()
    @app_commands.describe(words="For example: killing floor")
    async def allow(self, itx: Interaction, words: str) -> None:
        """Say that words are harmless here; danger now is still brought to you."""
        async with answering(itx) as answer:
            kept = await self._tuning.keep_phrase(actor_of(itx), words, None)
            await answer.privately(screening_card.phrase_kept(kept, None, words_of(itx)))

    @phrase.command()
    @app_commands.describe(words="Which of them")
    @app_commands.autocomplete(words=suggest_phrases)
    async def remove(self, itx: Interaction, words: str) -> None:
        """Take back words that were added or allowed here."""
        async with answering(itx) as answer:
            gone = await self._tuning.forget_phrase(actor_of(itx), words)
            await answer.privately(screening_card.phrase_gone(gone, words_of(itx)))

    @phrase.command()
    async def list(self, itx: Interaction) -> None:
        """The words added or allowed here."""
        async with answering(itx) as answer:
            own = await self._tuning.phrases(actor_of(itx))
            await answer.privately(screening_card.phrases(own, words_of(itx)))

    @app_commands.command(name="dry-run")
    @app_commands.describe(
        words="Words you think of adding or allowing",
        order="What they would be; without it, harmless",
        channel="One channel; without it, all of them",
        floor="What would be brought to you from that channel",
    )
    async def dry_run(
        self,
        itx: Interaction,
        words: str = "",
        order: HarmlessOrOrderArg = None,
        channel: Screened | None = None,
        floor: FloorArg | None = None,
    ) -> None:
        """See what a change would have brought to you lately, before you make it."""
        async with answering(itx) as answer:
            place = channel and ChannelSnowflake(channel.id)
            tried = await self._tuning.try_out(actor_of(itx), Change(words, order, place, floor))
            await answer.privately(screening_card.trial(tried, words_of(itx)))

    @app_commands.command()
    async def precision(self, itx: Interaction) -> None:
        """How often each rule was right here, by what moderators said."""
        async with answering(itx) as answer:
            judged = await self._tuning.records(actor_of(itx))
            await answer.privately(screening_card.records(judged, words_of(itx)))


async def setup(bot: discord.Client) -> None:
    """Called by discord.py."""
    await cast(commands.Bot, bot).add_cog(ScreeningCog(cast(House, bot)))
