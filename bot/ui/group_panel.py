"""Groups: the list for everyone, and the panel for those who manage them."""

from typing import Any

import discord

from bot.domain.group import NAME_LIMIT, Group, GroupKind
from bot.domain.ids import ChannelSnowflake, GroupId, UserSnowflake

from .answering import Answer
from .card import Card
from .choosing import channel_menu, people_menu
from .client import Interaction, actor_of, house_of, words_of
from .layout import Box
from .persistent import PersistentButton, PersistentItem, PersistentModal
from .texts import Words

MOST_CHANNELS = 25
MOST_FACILITATORS = 10


def group_list(groups: tuple[Group, ...], words: Words) -> Card:
    """The groups of a server."""
    if not groups:
        return Card(words("group.list.empty"))
    parts = [_described(group, words) for group in groups]
    kept: list[str] = []
    for part in parts:
        if sum(map(len, kept)) + 2 * len(kept) + len(part) > 4000:
            break
        kept.append(part)
    return Card(embed=discord.Embed(title=words("group.list.title"), description="\n\n".join(kept)))


def panel(group: Group, words: Words) -> Card:
    """Everything about a group that can be changed."""
    row = group.group_id
    kind = words(f"group.kind.{group.kind}")
    title = words("group.panel.title", name=group.name)
    box = Box()
    box.say(f"## {title}\n{words('group.panel.body', kind=kind, zone=group.zone)}")
    box.menu(words("group.panel.channels"), GroupChannels.showing(group, words))
    box.menu(words("group.panel.facilitators"), GroupFacilitators.showing(group, words))
    box.menu(words("group.panel.kind"), GroupKindMenu.showing(group, words))
    box.row(Rename.about_row(row, words))
    return box.card()


def _described(group: Group, words: Words) -> str:
    lines = [
        words("group.list.line", name=group.name, kind=words(f"group.kind.{group.kind}"), zone=group.zone)
    ]
    if group.channels:
        channels = words.listed(f"<#{channel}>" for channel in group.channels)
        lines.append(words("group.list.channels", channels=channels))
    if group.facilitators:
        people = words.listed(f"<@{person}>" for person in group.facilitators)
        lines.append(words("group.list.facilitators", people=people))
    return "\n".join(lines)


class GroupChoice(PersistentItem):
    """A menu of the panel."""

    async def keep(self, interaction: Interaction, answer: Answer, **changes: Any) -> None:
        """Keep a change and show the panel anew."""
        groups = house_of(interaction).services.groups
        group = await groups.edit(actor_of(interaction), GroupId(self.about), **changes)
        await answer.instead(panel(group, words_of(interaction)))


class GroupChannels(GroupChoice, area="group", verb="channels"):
    """Where the group meets."""

    @classmethod
    def showing(cls, group: Group, words: Words) -> "GroupChannels":
        """The menu as it is shown."""
        row = group.group_id
        placeholder = str(words("group.panel.none"))
        return cls(row, channel_menu(cls.id_for(row), placeholder, group.channels, most=MOST_CHANNELS))

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """New channels get their door."""
        channels = tuple(ChannelSnowflake(each.id) for each in self.chosen)
        await self.keep(interaction, answer, channels=channels)


class GroupFacilitators(GroupChoice, area="group", verb="facilitators"):
    """Who facilitates the group."""

    @classmethod
    def showing(cls, group: Group, words: Words) -> "GroupFacilitators":
        """The menu as it is shown."""
        row = group.group_id
        placeholder = str(words("group.panel.none"))
        menu = people_menu(cls.id_for(row), placeholder, group.facilitators, most=MOST_FACILITATORS)
        return cls(row, menu)

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Keep them."""
        people = tuple(UserSnowflake(each.id) for each in self.chosen)
        await self.keep(interaction, answer, facilitators=people)


class GroupKindMenu(GroupChoice, area="group", verb="kind"):
    """Who may come."""

    @classmethod
    def showing(cls, group: Group, words: Words) -> "GroupKindMenu":
        """The menu as it is shown."""
        row = group.group_id
        options = [
            discord.SelectOption(
                label=str(words(f"group.kind.{kind}")), value=kind, default=kind is group.kind
            )
            for kind in GroupKind
        ]
        return cls(row, discord.ui.Select(custom_id=cls.id_for(row), options=options))

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Keep it."""
        await self.keep(interaction, answer, kind=GroupKind(str(self.chosen[0])))


class Rename(PersistentButton, area="group", verb="rename", opens_modal=True):
    """Ask for another name or zone."""

    text = "group.button.rename"

    async def press(self, interaction: Interaction, answer: Answer) -> None:
        """Open the modal with what is there."""
        group = await house_of(interaction).services.groups.show(actor_of(interaction), GroupId(self.about))
        await answer.ask(RenameModal.showing(group, words_of(interaction)))


class RenameModal(PersistentModal, area="group", verb="rename"):
    """Name and time zone."""

    @classmethod
    def showing(cls, group: Group, words: Words) -> "RenameModal":
        """The modal as it is shown."""
        modal = cls(group.group_id, str(words("group.modal.title")))
        for name, value in (("name", group.name), ("zone", group.zone)):
            modal.add_item(
                discord.ui.Label(
                    text=str(words(f"group.modal.{name}")),
                    component=discord.ui.TextInput(custom_id=name, default=value, max_length=NAME_LIMIT),
                )
            )
        return modal

    @classmethod
    async def submitted(
        cls, interaction: Interaction, row: int, values: dict[str, list[str]], answer: Answer
    ) -> None:
        """Keep them and show the panel anew."""
        group = await house_of(interaction).services.groups.edit(
            actor_of(interaction),
            GroupId(row),
            name="".join(values.get("name", [])),
            zone="".join(values.get("zone", [])),
        )
        await answer.instead(panel(group, words_of(interaction)))


ITEMS: tuple[type[PersistentItem], ...] = (GroupChannels, GroupFacilitators, GroupKindMenu, Rename)
MODALS: tuple[type[PersistentModal], ...] = (RenameModal,)
