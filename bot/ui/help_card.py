"""/help: what I can do here."""

import discord

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
