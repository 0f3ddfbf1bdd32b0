"""Groups: made, changed, listed and ended by server managers."""

from bot.domain import policy
from bot.domain.group import GROUPS_PER_SERVER, Group, GroupKind, checked_name, checked_zone
from bot.domain.ids import ChannelSnowflake, GroupId, GuildSnowflake, UserSnowflake
from bot.domain.policy import Actor
from bot.domain.refusal import Refusal
from bot.store.engine import Store
from bot.store.transaction import Transaction

from .ports import Clock
from .screening import Screening
from .signals import Signals


class Groups:
    """A server can hold several; the channels of each are screened while it lasts."""

    def __init__(self, store: Store, clock: Clock, screening: Screening, signals: Signals) -> None:
        self._store = store
        self._clock = clock
        self._screening = screening
        self._signals = signals

    async def create(
        self,
        actor: Actor,
        name: str,
        kind: GroupKind = GroupKind.OPEN,
        channels: tuple[ChannelSnowflake, ...] = (),
        facilitators: tuple[UserSnowflake, ...] = (),
        zone: str | None = None,
    ) -> Group:
        """Make a group. Without a zone it has the server's. Refused: a name that is taken."""
        policy.require_manager(actor)
        name = checked_name(name)
        guild = actor.guild_snowflake
        async with self._store.writing() as tx:
            existing = await tx.groups.of_server(guild)
            if len(existing) >= GROUPS_PER_SERVER:
                raise Refusal("group.refusal.too_many", limit=GROUPS_PER_SERVER)
            _refuse_if_taken(existing, name)
            server = await tx.servers.load(guild)
            group = await tx.groups.add(
                Group(
                    GroupId(0),
                    guild,
                    name,
                    kind,
                    checked_zone(zone) if zone else server.zone,
                    channels,
                    facilitators,
                )
            )
            await self._screening.apply(tx, guild)
        await self._signals.refresh()
        return group

    async def edit(
        self,
        actor: Actor,
        group_id: GroupId,
        *,
        name: str | None = None,
        kind: GroupKind | None = None,
        zone: str | None = None,
        channels: tuple[ChannelSnowflake, ...] | None = None,
        facilitators: tuple[UserSnowflake, ...] | None = None,
    ) -> Group:
        """Change what is given; the rest stays."""
        policy.require_manager(actor)
        guild = actor.guild_snowflake
        async with self._store.writing() as tx:
            group = await self._load(tx, guild, group_id)
            if name is not None:
                others = tuple(each for each in await tx.groups.of_server(guild) if each.group_id != group_id)
                group = group.renamed(name)
                _refuse_if_taken(others, group.name)
            if kind is not None:
                group = group.with_kind(kind)
            if zone is not None:
                group = group.with_zone(zone)
            if channels is not None:
                group = group.with_channels(channels)
            if facilitators is not None:
                group = group.with_facilitators(facilitators)
            await tx.groups.save(group)
            await self._screening.apply(tx, guild)
        await self._signals.refresh()
        return group

    async def close(self, actor: Actor, group_id: GroupId) -> Group:
        """End the group: its channels are screened no longer unless another group or a choice keeps them."""
        policy.require_manager(actor)
        async with self._store.writing() as tx:
            group = (await self._load(tx, actor.guild_snowflake, group_id)).closed(self._clock.now())
            await tx.groups.save(group)
            await self._screening.apply(tx, actor.guild_snowflake)
        await self._signals.refresh()
        return group

    async def show(self, actor: Actor, group_id: GroupId) -> Group:
        """One group, for its panel."""
        policy.require_manager(actor)
        async with self._store.reading() as tx:
            return await self._load(tx, actor.guild_snowflake, group_id)

    async def named(self, actor: Actor, name: str) -> Group:
        """The group of this name, for those who manage it; refused when there is none."""
        policy.require_manager(actor)
        for group in await self.list(actor.guild_snowflake):
            if group.name.casefold() == " ".join(name.split()).casefold():
                return group
        raise Refusal("group.refusal.gone")

    async def list(self, guild: GuildSnowflake) -> tuple[Group, ...]:
        """The groups of a server, for everyone."""
        async with self._store.reading() as tx:
            return await tx.groups.of_server(guild)

    async def _load(self, tx: Transaction, guild: GuildSnowflake, group_id: GroupId) -> Group:
        group = await tx.groups.find(guild, group_id)
        if group is None or group.closed_at is not None:
            raise Refusal("group.refusal.gone")
        return group


def _refuse_if_taken(existing: tuple[Group, ...], name: str) -> None:
    if any(each.name.casefold() == name.casefold() for each in existing):
        raise Refusal("group.refusal.taken", name=name)
