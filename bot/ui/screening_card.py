"""/screening: what is screened, and what moderators can change about it."""

from collections.abc import Iterable, Mapping

import discord

from bot.domain.screening import MOST_PHRASES, REASONS, OwnPhrase, RuleRecord, Verdict
from bot.domain.server import ScreenedChannel
from bot.domain.tier import Tier
from bot.services.screening import ScreeningView
from bot.services.tuning import Trial

from .card import Card
from .case_cards import message_link, readable_rule
from .texts import Markup, Words

_ROOM = 3900  # letters of a description; Discord takes 4,096
_CHANNELS_SHOWN = 30


def screening(view: ScreeningView, words: Words) -> Card:
    """What is screened here; anybody may know (S11)."""
    if not view.channels:
        return Card(words("screening.view.none"))
    lines = [words("screening.view.intro" if view.reads_content else "screening.view.no_content"), ""]
    lines += [_channel(each, words) for each in view.channels[:_CHANNELS_SHOWN]]
    if len(view.channels) > _CHANNELS_SHOWN:
        lines.append(words("screening.view.more", count=len(view.channels) - _CHANNELS_SHOWN))
    languages = words.listed(map(words.language_name, view.server.languages))
    if view.unreviewed:
        unread = words.listed(map(words.language_name, view.unreviewed))
        languages = Markup(f"{languages}\n{words('screening.view.unread', languages=unread)}")
    kinds = words.listed(words(f"screening.kind.{kind}") for kind in view.categories)
    embed = discord.Embed(title=words("screening.view.title"), description="\n".join(lines))
    for name, value in (
        ("languages", languages),
        ("kinds", kinds),
        ("not_read", words("screening.view.never")),
        ("self_test", _self_test(view, words)),
    ):
        embed.add_field(name=words(f"screening.view.{name}"), value=value, inline=False)
    return Card(embed=embed)


def floor_set(channel: ScreenedChannel, words: Words) -> Card:
    """What is brought to people from this channel from now on."""
    floor = words(f"screening.floor.t{int(channel.floor)}")
    return Card(words("screening.answer.floor", channel=channel.channel_snowflake, floor=floor))


def phrase_kept(phrase: str, tier: Tier | None, words: Words) -> Card:
    """A phrase is listened for, or known to be harmless, from now on."""
    if tier is None:
        return Card(words("screening.answer.allowed", words=phrase))
    order = words(f"case.order.t{int(tier)}")
    return Card(words("screening.answer.added", words=phrase, order=order))


def phrase_gone(phrase: str, words: Words) -> Card:
    """A phrase was taken back."""
    return Card(words("screening.answer.removed", words=phrase))


def phrases(own: Iterable[OwnPhrase], words: Words) -> Card:
    """The server's own phrases."""
    everything = tuple(own)
    if not everything:
        return Card(words("screening.phrases.none"))
    lines = [
        words("screening.phrases.allowed", words=each.words)
        if each.tier is None
        else words("screening.phrases.added", words=each.words, order=words(f"case.order.t{int(each.tier)}"))
        for each in everything
    ]
    embed = discord.Embed(title=words("screening.phrases.title"), description=_fitting(lines, words))
    embed.set_footer(text=words("screening.phrases.footer", count=len(everything), limit=MOST_PHRASES))
    return Card(embed=embed)


def trial(tried: Trial, words: Words) -> Card:
    """What a change would have done to the latest messages."""
    lines = [
        words("screening.trial.read", messages=tried.messages, channels=tried.channels),
        "",
        words("screening.trial.before", counts=_counts(tried.before, words)),
        words("screening.trial.after", counts=_counts(tried.after, words)),
    ]
    if tried.differing:
        lines += ["", words("screening.trial.differing")]
    for each in tried.differing:
        guild = Markup(message_link(tried.guild, each.channel, each.message))
        lines.append(
            words(
                "screening.trial.message",
                link=guild,
                channel=each.channel,
                before=_order(each.before, words),
                after=_order(each.after, words),
            )
        )
    if tried.more:
        lines.append(words("screening.view.more", count=tried.more))
    lines += ["", words("screening.trial.nothing_changed")]
    return Card(embed=discord.Embed(title=words("screening.trial.title"), description="\n".join(lines)))


def records(judged: Iterable[RuleRecord], words: Words) -> Card:
    """How often each rule was right here, and how sure that is."""
    lines = [_record(each, words) for each in judged]
    if not lines:
        return Card(words("screening.precision.none"))
    embed = discord.Embed(title=words("screening.precision.title"), description=_fitting(lines, words))
    embed.set_footer(text=words("screening.precision.footer"))
    return Card(embed=embed)


def _channel(each: ScreenedChannel, words: Words) -> Markup:
    if each.announced_at is None:
        return words("screening.view.waiting", channel=each.channel_snowflake)
    if each.floor is Tier.T2:
        return words("screening.view.channel", channel=each.channel_snowflake)
    floor = words(f"screening.floor.t{int(each.floor)}")
    return words("screening.view.channel_floor", channel=each.channel_snowflake, floor=floor)


def _self_test(view: ScreeningView, words: Words) -> Markup:
    test = view.last_test
    if test is None:
        return words("screening.view.untested")
    if test.missed:
        return words("screening.view.missed", at=test.at, missed=test.missed, lines=test.lines)
    return words("screening.view.tested", at=test.at, lines=test.lines)


def _counts(counts: Mapping[Tier, int], words: Words) -> Markup:
    named = [
        words("screening.trial.count", count=counts[tier], order=_order(tier, words))
        for tier in sorted(counts, reverse=True)
        if counts[tier]
    ]
    return words.listed(named) if named else words("screening.trial.nothing")


def _order(tier: Tier, words: Words) -> Markup:
    return words(f"case.order.t{int(tier)}") if tier.opens_case else words("screening.trial.not_brought")


def _record(record: RuleRecord, words: Words) -> Markup:
    low, high = record.between
    reasons = [
        words("screening.precision.reason", reason=words(f"case.reason.{verdict}"), count=count)
        for verdict in (*REASONS, Verdict.UNSAID)
        if (count := record.counts.get(verdict, 0))
    ]
    return words(
        "screening.precision.wrong" if reasons else "screening.precision.right",
        rule=Markup(readable_rule(record.rule)),
        right=record.right,
        judged=record.judged,
        low=round(100 * low),
        high=round(100 * high),
        reasons=words.listed(reasons) if reasons else "",
    )


def _fitting(lines: list[Markup], words: Words) -> str:
    """The lines that fit into a description, and how many more there are."""
    shown: list[str] = []
    for line in lines:
        if sum(map(len, shown)) + len(shown) + len(line) > _ROOM:
            shown.append(words("screening.view.more", count=len(lines) - len(shown)))
            break
        shown.append(line)
    return "\n".join(shown)
