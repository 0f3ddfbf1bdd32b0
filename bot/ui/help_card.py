"""/help and /screening: what I can do here, and what is screened."""

import discord

from bot.services.screening import ScreeningView
from bot.services.status import Standing

from .card import Card
from .texts import Words


def help_for(standing: Standing, words: Words) -> Card:
    """What this person can do here, by who they are."""
    embed = discord.Embed(title=words("help.view.title"))
    shown = ["everyone"]
    if standing.is_moderator:
        shown.append("moderator")
    if standing.is_facilitator:
        shown.append("facilitator")
    if standing.is_manager:
        shown.append("manager")
    for who in shown:
        embed.add_field(name=words(f"help.{who}.title"), value=words(f"help.{who}.body"), inline=False)
    embed.set_footer(text=words("help.view.footer"))
    return Card(embed=embed)


def screening(view: ScreeningView, words: Words) -> Card:
    """What is screened here; anybody may know (S11)."""
    if not view.channels:
        return Card(words("screening.view.none"))
    lines = [words("screening.view.intro" if view.reads_content else "screening.view.no_content"), ""]
    for index, each in enumerate(view.channels):
        if index == 60:
            lines.append(words("screening.view.more", count=len(view.channels) - index))
            break
        key = "screening.view.channel" if each.announced_at else "screening.view.waiting"
        lines.append(words(key, channel=each.channel_snowflake))
    languages = words.listed(words.language_name(code) for code in view.server.languages)
    lines += ["", words("screening.view.languages", languages=languages), words("screening.view.never")]
    return Card(embed=discord.Embed(title=words("screening.view.title"), description="\n".join(lines)))
