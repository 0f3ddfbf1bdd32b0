"""Menus for channels, roles and people, with what is chosen already shown in them."""

from collections.abc import Sequence
from typing import Any

import discord


def channel_menu(
    custom_id: str, placeholder: str, chosen: Sequence[int], *, most: int = 1
) -> discord.ui.ChannelSelect[Any]:
    """Text channels, announcement channels and forums."""
    return discord.ui.ChannelSelect(
        custom_id=custom_id,
        placeholder=placeholder,
        min_values=0,
        max_values=most,
        channel_types=[
            discord.ChannelType.text,
            discord.ChannelType.news,
            discord.ChannelType.forum,
            discord.ChannelType.voice,
            discord.ChannelType.stage_voice,
        ]
        if most > 1
        else [discord.ChannelType.text],
        default_values=[_default(each, "channel") for each in chosen[:most]],
    )


def role_menu(custom_id: str, placeholder: str, chosen: int | None) -> discord.ui.RoleSelect[Any]:
    """One role, or none."""
    return discord.ui.RoleSelect(
        custom_id=custom_id,
        placeholder=placeholder,
        min_values=0,
        max_values=1,
        default_values=[_default(chosen, "role")] if chosen else [],
    )


def people_menu(
    custom_id: str, placeholder: str, chosen: Sequence[int], *, most: int
) -> discord.ui.UserSelect[Any]:
    """People of the server."""
    return discord.ui.UserSelect(
        custom_id=custom_id,
        placeholder=placeholder,
        min_values=0,
        max_values=most,
        default_values=[_default(each, "user") for each in chosen[:most]],
    )


def _default(snowflake: int, kind: str) -> discord.SelectDefaultValue:
    return discord.SelectDefaultValue(id=snowflake, type=discord.SelectDefaultValueType(kind))
