"""/status: would an alert arrive right now?"""

import discord

from bot import __version__
from bot.services.status import StatusView

from .card import Card
from .persistent import persistent_view
from .setup_panel import problem_sentence
from .standby_card import StandBy, StopAlerts
from .texts import Words


def status(view: StatusView, words: Words) -> Card:
    """What is well and what is not, the latter in bold."""
    server = view.server
    lines = [
        words("status.view.connected", since=view.connected_since)
        if view.connected_since
        else words("status.view.disconnected"),
        words("status.view.content" if view.reads_content else "status.view.no_content"),
    ]
    if view.reading_back:
        done, places = view.reading_back.done, view.reading_back.places
        lines.append(words("status.view.reading_back", done=done, places=places))
    elif view.has_a_gap and view.screened:
        lines.append(words("status.view.gap"))
    if not server.is_set_up:
        lines.append(words("status.view.not_set_up"))
    lines.append(
        words("status.view.last_alert", at=server.last_alert_at)
        if server.last_alert_at
        else words("status.view.no_alert")
    )
    lines.append(
        words("status.view.waiting", since=view.oldest_waiting_at)
        if view.oldest_waiting_at
        else words("status.view.nothing_waiting")
    )
    if view.last_failure:
        code, at = view.last_failure
        lines.append(words("status.view.failure", code=code, at=at))
    lines.append(words("status.view.cases", count=view.open_cases))
    lines.append(
        words("status.view.timer", at=view.next_timer_at)
        if view.next_timer_at
        else words("status.view.no_timer")
    )
    lines.append(
        words("status.view.standbys", count=view.standbys)
        if view.standbys
        else words("status.view.no_standbys")
    )
    if view.stands_by:
        lines.append(words("status.view.you_stand_by"))
    lines.append(words("status.view.screened", count=view.screened))
    if view.waiting_for_door:
        lines.append(words("status.view.doors", count=view.waiting_for_door))
    lines += [
        words("status.view.problem", problem=words.lines([problem_sentence(problem, words)]))
        for problem in view.problems
        if server.is_set_up
    ]
    if view.faults:
        lines.append(words("status.view.faults", count=view.faults))
    lines.append(
        words("status.view.beat", at=view.last_beat_at) if view.last_beat_at else words("status.view.no_beat")
    )
    lines.append(words("status.view.version", version=__version__, database=view.database))
    while sum(map(len, lines)) + len(lines) > 4000:
        lines.pop(-2)
    embed = discord.Embed(title=words("status.view.title"), description="\n".join(lines))
    if view.stands_by:
        return Card(embed=embed, view=persistent_view(StopAlerts.about_row(server.guild_snowflake, words)))
    if view.may_stand_by:
        return Card(embed=embed, view=persistent_view(StandBy.about_row(0, words)))
    return Card(embed=embed)
