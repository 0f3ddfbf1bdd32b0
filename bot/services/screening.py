"""Which channels are screened, and that everybody can know it (S11)."""

from dataclasses import dataclass, replace

from bot.domain.ids import ChannelSnowflake, GuildSnowflake
from bot.domain.letter import Letter, LetterKind, Urgency
from bot.domain.server import ScreenedChannel, Server
from bot.store.engine import Store
from bot.store.transaction import Transaction

from .ports import Clock, Surroundings
from .screens import Screens, SelfTest


@dataclass(frozen=True, slots=True)
class ScreeningView:
    """What is screened on a server; for everyone."""

    server: Server
    channels: tuple[ScreenedChannel, ...]
    reads_content: bool
    categories: tuple[str, ...] = ()
    unreviewed: tuple[str, ...] = ()
    """Those of the languages whose lexicon nobody who speaks them has read yet."""
    last_test: SelfTest | None = None


class Screening:
    """Keeps the list of screened channels equal to: the groups' channels, and any others chosen."""

    def __init__(self, store: Store, clock: Clock, surroundings: Surroundings, screens: Screens) -> None:
        self._store = store
        self._clock = clock
        self._surroundings = surroundings
        self._screens = screens

    async def view(self, guild: GuildSnowflake) -> ScreeningView:
        """What is screened here."""
        async with self._store.reading() as tx:
            server = await tx.servers.load(guild)
            screened = await tx.servers.screened(guild)
        return ScreeningView(
            server,
            screened,
            self._surroundings.reads_content(),
            self._screens.categories(guild),
            tuple(each for each in server.languages if not self._screens.reviewed(each)),
            self._screens.last_test,
        )

    async def apply(
        self, tx: Transaction, guild: GuildSnowflake, chosen: tuple[ChannelSnowflake, ...] | None = None
    ) -> None:
        """Bring the list up to date. chosen: the others; None leaves them as they are.

        A channel that is new gets its door, and is screened once it stands; one that left is told so.
        Before set-up was saved nothing is screened: there would be nobody to tell.
        """
        before = {each.channel_snowflake: each for each in await tx.servers.screened(guild)}
        if chosen is None:
            chosen = tuple(each.channel_snowflake for each in before.values() if each.chosen)
        server = await tx.servers.load(guild)
        meeting = [channel for group in await tx.groups.of_server(guild) for channel in group.channels]
        wanted = dict.fromkeys([*meeting, *chosen]) if server.is_set_up else {}
        after = {
            channel: replace(
                before.get(channel, ScreenedChannel(guild, channel, chosen=False)), chosen=channel in chosen
            )
            for channel in wanted
        }
        await tx.servers.set_screened(guild, tuple(after.values()))
        for channel, screened in after.items():
            if screened.announced_at is None:
                await self._put(tx, LetterKind.DOOR, guild, channel)
        for channel in before.keys() - after.keys():
            await self._put(tx, LetterKind.DOOR_SHUT, guild, channel)

    async def _put(
        self, tx: Transaction, kind: LetterKind, guild: GuildSnowflake, channel: ChannelSnowflake
    ) -> None:
        if await tx.outbox.waiting(kind, channel):
            return
        now = self._clock.now()
        count = await tx.outbox.count(kind, channel)
        await tx.outbox.put(
            Letter(
                kind,
                # Sent letters are forgotten after a while and the count begins again; the time does not.
                f"{kind}:{channel}:{count}:{int(now.timestamp() * 1_000_000)}",
                now,
                guild=guild,
                subject_id=channel,
                urgency=Urgency.NOTICE,
            ),
            now,
        )
