"""What moderators change about the screening of their server, tried out first if they like."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain import policy
from bot.domain.ids import ChannelSnowflake, GuildSnowflake, MessageSnowflake, PhraseId
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.domain.screen import PhraseFault, TunedScreen
from bot.domain.screening import FLOORS, LONGEST_PHRASE, MOST_PHRASES, OWN_TIERS, OwnPhrase, RuleRecord
from bot.domain.server import ScreenedChannel
from bot.domain.tier import Tier
from bot.store.engine import Store

from .ports import Archive
from .screens import Screens
from .signals import Signals

READ_BACK = 100
"""Messages of each channel a change is tried on."""
MOST_CHANNELS = 10
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Change:
    """A change to be tried out: a phrase (tier None: harmless words), the floor of a channel, or both."""

    words: str = ""
    tier: Tier | None = None
    channel: ChannelSnowflake | None = None
    floor: Tier | None = None


@dataclass(frozen=True, slots=True)
class Differing:
    """A message that would be brought to people, or no longer be."""

    channel: ChannelSnowflake
    message: MessageSnowflake
    before: Tier
    after: Tier


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change would have done to the latest messages. Counted in memory; nothing of it is kept."""

    guild: GuildSnowflake
    channels: int
    messages: int
    before: Mapping[Tier, int]
    after: Mapping[Tier, int]
    differing: tuple[Differing, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class _Reading:
    """A screen with the floors of the channels: what is brought to people."""

    screen: TunedScreen
    floors: Mapping[ChannelSnowflake, Tier] = field(default_factory=dict[ChannelSnowflake, Tier])

    def tier(self, channel: ChannelSnowflake, words: str) -> Tier:
        """The tier of what would be brought to people; T0 if it would not."""
        tier = self.screen.read(words).tier
        return tier if tier.opens_case and tier >= self.floors.get(channel, Tier.T2) else Tier.T0


class Tuning:
    """Floors, phrases, trials and the record of each rule. For moderators and who manages the server."""

    def __init__(self, store: Store, signals: Signals, screens: Screens, archive: Archive) -> None:
        self._store = store
        self._signals = signals
        self._screens = screens
        self._archive = archive

    async def set_floor(self, actor: Actor, channel: ChannelSnowflake, floor: Tier) -> ScreenedChannel:
        """From which tier on this channel's signals are brought to people. T5 always is."""
        guild = actor.guild_snowflake
        if floor not in FLOORS:
            raise Refusal("screening.refusal.floor")
        async with self._store.writing() as tx:
            policy.require_tuner(actor, await tx.servers.load(guild))
            if not await tx.servers.set_floor(guild, channel, floor):
                raise Refusal("screening.refusal.not_screened", channel=channel)
            screened = await tx.servers.screened(guild)
        await self._signals.refresh()
        return next(each for each in screened if each.channel_snowflake == channel)

    async def keep_phrase(self, actor: Actor, words: str, tier: Tier | None) -> str:
        """Listen for a phrase, or with tier None know it to be harmless; returned as it is kept.

        Refused when it cannot be understood, answers to ordinary sentences, would hide what the lexicon must
        find, or there are too many already.
        """
        guild = actor.guild_snowflake
        words = _tidy(words)
        async with self._store.writing() as tx:
            policy.require_tuner(actor, await tx.servers.load(guild))
            known = await tx.screening.phrases(guild)
            if len(known) >= MOST_PHRASES and words not in {each.words for each in known}:
                raise Refusal("screening.refusal.most", limit=MOST_PHRASES)
            self._check(guild, words, tier)
            await tx.screening.add_phrase(guild, words, tier)
        await self._signals.refresh()
        return words

    async def forget_phrase(self, actor: Actor, words: str) -> str:
        """Take a phrase back."""
        guild = actor.guild_snowflake
        words = _tidy(words)
        async with self._store.writing() as tx:
            policy.require_tuner(actor, await tx.servers.load(guild))
            if not await tx.screening.remove_phrase(guild, words):
                raise Refusal("screening.refusal.no_phrase")
        await self._signals.refresh()
        return words

    async def phrases(self, actor: Actor) -> tuple[OwnPhrase, ...]:
        """The server's own phrases."""
        async with self._store.reading() as tx:
            policy.require_tuner(actor, await tx.servers.load(actor.guild_snowflake))
            return await tx.screening.phrases(actor.guild_snowflake)

    async def records(self, actor: Actor) -> tuple[RuleRecord, ...]:
        """How often each rule was right here, by what moderators said; those judged most often first."""
        async with self._store.reading() as tx:
            policy.require_tuner(actor, await tx.servers.load(actor.guild_snowflake))
            return await tx.screening.records(actor.guild_snowflake)

    async def try_out(self, actor: Actor, change: Change) -> Trial:
        """What a change would have brought to people among the latest messages of the screened channels.

        At most 100 messages of each of 10 channels are read, counted in memory, and forgotten.
        """
        guild = actor.guild_snowflake
        async with self._store.reading() as tx:
            policy.require_tuner(actor, await tx.servers.load(guild))
            known = await tx.screening.phrases(guild)
            screened = [each for each in await tx.servers.screened(guild) if each.announced_at is not None]
        floors = {each.channel_snowflake: each.floor for each in screened}
        before = _Reading(self._screens.tuned(guild, known), floors)
        after = self._changed(guild, change, known, floors)
        if change.channel is not None:
            screened = [each for each in screened if each.channel_snowflake == change.channel]
        channels = [each.channel_snowflake for each in screened][:MOST_CHANNELS]
        counts: tuple[Counter[Tier], Counter[Tier]] = (Counter(), Counter())
        differing: list[Differing] = []
        messages = 0
        for channel in channels:
            for past in await self._archive.latest(guild, channel, READ_BACK):
                messages += 1
                tiers = before.tier(channel, past.words), after.tier(channel, past.words)
                for count, tier in zip(counts, tiers, strict=True):
                    count[tier] += tier.opens_case
                if tiers[0] is not tiers[1]:
                    differing.append(Differing(past.channel, past.message, *tiers))
        shown = tuple(differing[:_SHOWN])
        return Trial(
            guild, len(channels), messages, +counts[0], +counts[1], shown, len(differing) - len(shown)
        )

    def _changed(
        self,
        guild: GuildSnowflake,
        change: Change,
        known: tuple[OwnPhrase, ...],
        floors: Mapping[ChannelSnowflake, Tier],
    ) -> _Reading:
        if change.floor is not None:
            if change.channel is None or change.floor not in FLOORS:
                raise Refusal("screening.refusal.floor_where")
            if change.channel not in floors:
                raise Refusal("screening.refusal.not_screened", channel=change.channel)
            floors = {**floors, change.channel: change.floor}
        if change.words:
            words = _tidy(change.words)
            self._check(guild, words, change.tier)
            others = [each for each in known if each.words != words]
            known = (*others, OwnPhrase(PhraseId(0), guild, words, change.tier))
        return _Reading(self._screens.tuned(guild, known), floors)

    def _check(self, guild: GuildSnowflake, words: str, tier: Tier | None) -> None:
        if len(words) > LONGEST_PHRASE:
            raise Refusal("screening.refusal.long", limit=LONGEST_PHRASE)
        if tier is not None and tier not in OWN_TIERS:
            raise Refusal("screening.refusal.tier")
        try:
            tuned = self._screens.with_words(guild, words, tier)
        except PhraseFault as fault:
            raise Refusal(f"screening.phrase_fault.{fault.kind}", part=fault.part) from fault
        hidden = tuned.would_hide(Tier.T4)
        if hidden is not None:
            raise Refusal("screening.refusal.hides", line=hidden)


def _tidy(words: str) -> str:
    return " ".join(words.split())
