"""S2: no path of the program can delete, hide, time out, kick, ban, take a role or slow a channel."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest

ROOT = Path(__file__).parents[1]
# The sandbox plays people, moderators among them, on a pretend Discord; it refuses to run beside a token.
PRETENCE = ROOT / "bot" / "sandbox"

CODE = sorted(
    path
    for folder in ("bot", "cogs")
    for path in (ROOT / folder).rglob("*.py")
    if not path.is_relative_to(PRETENCE)
)

# What discord.py calls the things we never do: methods, attributes and REST calls behind them.
_NEVER = """
    delete delete_message delete_messages purge bulk_delete purge_messages delete_original_response
    delete_followup delete_webhook_message clear_reaction clear_reactions remove_reaction
    clear_single_reaction remove_attachments unpin archive
    timeout kick ban unban bulk_ban prune_members estimate_pruned_members move_to disconnect_member
    timed_out_until communication_disabled_until mute deafen suppress_user
    add_role remove_role add_roles remove_roles edit_role edit_role_positions edit_role_position
    set_permissions edit_channel_permissions delete_channel_permissions overwrites permission_overwrites
    slowmode_delay rate_limit_per_user default_auto_archive_duration locked lock
    create_automod_rule edit_automod_rule create_auto_moderation_rule edit_auto_moderation_rule
    AutoModRuleAction AutoModRuleActionType
    remove_user remove_member leave_thread remove_thread_member delete_channel delete_role delete_guild
"""
NEVER = frozenset(_NEVER.split())

# Settings of a method that punish: message.edit is ours, member.edit and channel.edit are not.
_NEVER_SET = """
    timed_out_until communication_disabled_until roles nick suppress mute deafen voice_channel delete_after
    slowmode_delay rate_limit_per_user overwrites permission_overwrites locked archived
"""
NEVER_SET = frozenset(_NEVER_SET.split())

# Python's own, which share a name with one of Discord's.
PYTHON = {("asyncio", "timeout")}

# file, name and why it is something else.
EXCEPTIONS = {
    ("bot/ui/case_calls.py", "roles"): "AllowedMentions: who may be pinged",
    ("bot/ui/messenger.py", "roles"): "AllowedMentions: who may be pinged",
}

# Discord's names of the permissions an invite must not ask for.
DANGEROUS = (
    "administrator",
    "ban_members",
    "deafen_members",
    "kick_members",
    "manage_channels",
    "manage_guild",
    "manage_messages",
    "manage_nicknames",
    "manage_permissions",
    "manage_roles",
    "manage_threads",
    "manage_webhooks",
    "moderate_members",
    "move_members",
    "mute_members",
)


def offences(source: str, file: str) -> Iterator[tuple[int, str]]:
    """Line and name of everything that could punish somebody."""
    ours = {name for where, name in EXCEPTIONS if where == file}
    for node in ast.walk(ast.parse(source)):
        found: list[str] = []
        if isinstance(node, ast.Attribute) and (_last(node.value), node.attr) not in PYTHON:
            found = [node.attr] if node.attr in NEVER else []
        elif isinstance(node, ast.Call):
            # A plain name is a class or function of ours; Discord is asked through methods.
            if isinstance(node.func, ast.Attribute):
                found = [each.arg for each in node.keywords if each.arg in NEVER_SET]
            if _last(node.func) in ("getattr", "setattr", "attrgetter", "methodcaller", "Route"):
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                found += [each for each in texts if each in NEVER or each in ("DELETE", "PUT")]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("discord"):
            found = [each.name for each in node.names if each.name in NEVER]
        yield from ((node.lineno, name) for name in found if name not in ours)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_in_the_code_can_punish(path: Path) -> None:
    file = path.relative_to(ROOT).as_posix()
    found = [f"{file}:{line}: {name}" for line, name in offences(path.read_text(encoding="utf-8"), file)]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "await message.delete()",
        "await channel.purge(limit=5)",
        "await channel.delete_messages(found)",
        "await member.timeout(until)",
        "await member.edit(timed_out_until=until)",
        "await member.edit(roles=[])",
        "await member.kick()",
        "await guild.ban(member)",
        "await member.remove_roles(role)",
        "await member.add_roles(role)",
        "await channel.edit(slowmode_delay=5)",
        "await channel.set_permissions(role, view_channel=False)",
        "await channel.edit(overwrites={})",
        "await guild.create_automod_rule(name=name)",
        "await thread.edit(locked=True)",
        "await getattr(member, 'ban')()",
        "await http.request(Route('DELETE', path))",
        "await message.clear_reactions()",
        "await channel.send(words, delete_after=5)",
        "act = message.delete",
        "from discord import AutoModRuleAction",
    ],
)
def test_the_look_through_the_code_finds_what_it_looks_for(code: str) -> None:
    assert list(offences(f"async def act():\n    {code}\n", "bot/ui/some.py"))


def test_every_exception_is_still_needed() -> None:
    for (file, name), why in EXCEPTIONS.items():
        found = {each for _, each in offences((ROOT / file).read_text(encoding="utf-8"), "")}
        assert why
        assert name in found, f"{name} is no longer in {file}"


def test_the_invite_asks_for_no_permission_to_punish() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    links = [
        (page.name, int(number))
        for page in pages
        if page.exists()
        for number in re.findall(r"[?&]permissions=(\d+)", page.read_text(encoding="utf-8"))
    ]
    if not links:
        pytest.skip("no invite link is documented yet")
    for name, number in links:
        asked = discord.Permissions(number)
        assert [each for each in DANGEROUS if getattr(asked, each)] == [], name
        assert asked.view_channel
        assert asked.send_messages
