"""How a case looks: to moderators in their channel, and in /case."""

from datetime import timedelta

import discord

from bot.domain.case import UNREAD, Case, CaseEvent, CaseState, EventKind, Signal, Source
from bot.domain.ladder import Audience
from bot.services.cases import CaseView

from .card import Card
from .case_buttons import Claim, Close, Contacted, NotAConcern, Renew, Reopen
from .case_calls import pings
from .duration import in_words
from .persistent import persistent_view
from .texts import Markup, Words

LATE_AFTER = timedelta(minutes=2)
_HISTORY_SHOWN = 6
_RULES_SHOWN = 4

_COLOURS = {
    CaseState.OPEN: discord.Colour.from_str("#c2410c"),
    CaseState.CLAIMED: discord.Colour.from_str("#1d4ed8"),
    CaseState.CLOSED: discord.Colour.from_str("#4b5563"),
}


def alert(view: CaseView, words: Words, *, audience: Audience | None, late: timedelta = timedelta()) -> Card:
    """The card in the moderators' channel. The ping stands first: it is all a locked phone shows."""
    ping, mentions = pings(view.server, audience)
    key = "case.card.ping.on_call" if ping else "case.card.ping.quiet"
    first_line = words(key, ping=Markup(ping), case=view.case.case_id)
    return Card(first_line, _embed(view, words, late), _buttons(view.case, words), mentions)


def alert_again(view: CaseView, words: Words, *, late: timedelta = timedelta()) -> Card:
    """The same card later on, showing the present state. The first line stays; editing never pings."""
    return Card(embed=_embed(view, words, late), view=_buttons(view.case, words))


def elsewhere(view: CaseView, words: Words) -> Card:
    """What is left of a card in a channel that is no longer the right place for it."""
    return Card(words("case.card.elsewhere", case=view.case.case_id))


def case_list(cases: tuple[Case, ...], words: Words) -> Card:
    """Open cases, one line each, as many as fit."""
    if not cases:
        return Card(words("case.list.empty"))
    lines: list[str] = []
    for case in cases:
        key = "case.list.line_open" if case.state is CaseState.OPEN else "case.list.line_claimed"
        line = words(
            key,
            case=case.case_id,
            person=case.person,
            order=order_of_work(case, words),
            opened=case.opened_at,
            owner=case.claimed_by,
        )
        if sum(map(len, lines)) + len(lines) + len(line) > 3800:
            lines.append(words("case.list.more", count=len(cases) - len(lines)))
            break
        lines.append(line)
    return Card(embed=discord.Embed(title=words("case.list.title"), description="\n".join(lines)))


def case_shown(view: CaseView, words: Words) -> Card:
    """One case for one moderator, with the whole history and the note."""
    embed = _embed(view, words)
    embed.clear_fields()
    _add_basics(embed, view, words)
    history = [_event_line(event, words, dated=True) for event in view.history]
    while sum(map(len, history)) + len(history) > 3500:
        history.pop(0)
    embed.description = f"**{words('case.show.history')}**\n" + "\n".join(history)
    if view.note:
        # The note is a colleague's words: shown, never interpreted.
        embed.add_field(
            name=words("case.show.note"), value=_short(words.plain(view.note), 1024), inline=False
        )
    return Card(embed=embed, view=_buttons(view.case, words))


def order_of_work(case: Case, words: Words) -> Markup:
    """The tier, as what it is: an order of work (S9)."""
    return words(f"case.order.t{int(case.tier)}")


def _embed(view: CaseView, words: Words, late: timedelta = timedelta()) -> discord.Embed:
    case = view.case
    key = "case.card.closed_title" if case.state is CaseState.CLOSED else "case.card.title"
    embed = discord.Embed(title=words(key, case=case.case_id), colour=_COLOURS[case.state])
    _add_basics(embed, view, words)
    shown = [event for event in view.history if event.kind is not EventKind.JOINED][-_HISTORY_SHOWN:]
    done = "\n".join(_event_line(event, words) for event in shown)
    embed.add_field(name=words("case.card.done"), value=_short(done, 1024), inline=False)
    remarks: list[str] = []
    first = view.signals[0] if view.signals else None
    if first and first.written_at and first.at - first.written_at >= LATE_AFTER:
        found_after = Markup(in_words(first.at - first.written_at, words))
        remarks.append(words("case.card.found_late", late=found_after))
    if late >= LATE_AFTER:
        remarks.append(words("case.card.late", late=Markup(in_words(late, words))))
    if case.person_is_staff:
        remarks.append(words("case.card.staff"))
    if remarks:
        embed.description = "\n".join(remarks)
    embed.set_footer(text=words("case.card.footer"))
    return embed


def _add_basics(embed: discord.Embed, view: CaseView, words: Words) -> None:
    case = view.case
    who = "case.card.who_app" if case.via_app else "case.card.who_person"
    embed.add_field(name=words("case.card.who"), value=words(who, person=case.person))
    embed.add_field(name=words("case.card.order"), value=order_of_work(case, words))
    embed.add_field(name=words("case.card.where"), value=_where(view, words), inline=False)
    embed.add_field(name=words("case.card.why"), value=_why(view, words), inline=False)
    embed.add_field(name=words("case.card.state"), value=_state(case, words), inline=False)


def _where(view: CaseView, words: Words) -> str:
    pointed = [signal for signal in view.signals if signal.channel][-3:]
    if not pointed:
        return words("case.card.where_nothing")
    return "\n".join(_place(signal, words) for signal in reversed(pointed))


def _place(signal: Signal, words: Words) -> str:
    """One place to go to."""
    if signal.message is None:
        return words("case.card.where_held_back", channel=signal.channel)
    link = message_link(signal.guild_snowflake, signal.channel or 0, signal.message)
    return words("case.card.where_message", channel=signal.channel, link=Markup(link))


def _why(view: CaseView, words: Words) -> str:
    lines = list(dict.fromkeys(_reason(signal, words) for signal in reversed(view.signals)))[:3]
    if view.case.signals > 1:
        lines.append(words("case.card.signals", count=view.case.signals, latest=view.signals[-1].at))
    return _short("\n".join(lines), 1024)


def _reason(signal: Signal, words: Words) -> str:
    if signal.rules == (UNREAD,):
        return words("case.why.unread")
    if signal.source is Source.MESSAGE:
        named = words.listed(readable_rule(rule) for rule in signal.rules[:_RULES_SHOWN])
        return words("case.why.message", rules=named)
    return words(f"case.why.{signal.source}")


def readable_rule(rule: str) -> str:
    """A rule's id in words: en.plan.going_to_kill is "going to kill (plan)"."""
    kind, _, name = rule.partition(".")[2].replace("_", " ").rpartition(".")
    return f"{name} ({kind})" if kind else (name or rule)


def _state(case: Case, words: Words) -> str:
    if case.state is CaseState.CLOSED and case.outcome is not None:
        outcome = words(f"case.outcome.{case.outcome}")
        key = "case.state.followed_up" if case.followed_up_at else "case.state.closed"
        return words(key, owner=case.closed_by, at=case.followed_up_at or case.closed_at, outcome=outcome)
    if case.state is CaseState.CLAIMED:
        key = "case.state.contacted" if case.contacted_at else "case.state.claimed"
        return words(key, owner=case.claimed_by, until=case.claimed_until, contacted=case.contacted_at)
    return words("case.state.open")


def _event_line(event: CaseEvent, words: Words, *, dated: bool = False) -> str:
    """One line of history; dated: with the day, for where several days stand below one another."""
    at = Markup(discord.utils.format_dt(event.at, "f" if dated else "t"))
    facts: dict[str, object] = {"at": at, "actor": event.actor}
    if "audience" in event.facts:
        facts["audience"] = words(f"case.audience.{event.facts['audience']}")
    if "reason" in event.facts:
        facts["reason"] = words(f"case.reason.{event.facts['reason']}")
    if "outcome" in event.facts:
        facts["outcome"] = words(f"case.outcome.{event.facts['outcome']}")
    return words(f"case.event.{event.kind}", **facts)


def _buttons(case: Case, words: Words) -> discord.ui.View:
    row = case.case_id
    if case.state is CaseState.CLOSED:
        return persistent_view(Reopen.about_row(row, words))
    first = Claim if case.state is CaseState.OPEN else Renew
    return persistent_view(
        first.about_row(row, words),
        Contacted.about_row(row, words),
        NotAConcern.about_row(row, words),
        Close.about_row(row, words),
    )


def message_link(guild: int, channel: int, message: int) -> str:
    """Discord's link to a message."""
    return f"https://discord.com/channels/{guild}/{channel}/{message}"


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
