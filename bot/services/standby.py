"""Who of the team welcomes alerts privately when the channels cannot be used (P8)."""

from bot.domain import policy
from bot.domain.ids import GuildSnowflake, UserSnowflake
from bot.domain.letter import Letter, LetterKind, Urgency
from bot.domain.policy import Actor
from bot.store.engine import Store

from .ports import Clock


class Standby:
    """Chosen by each for themself, on each server anew."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def begin(self, actor: Actor) -> None:
        """Alerts may come to the actor privately; a first message shows whether they can. Moderators only."""
        guild, user, now = actor.guild_snowflake, actor.user_snowflake, self._clock.now()
        async with self._store.writing() as tx:
            policy.require_moderator(actor, await tx.servers.load(guild))
            if not await tx.standbys.begin(guild, user, now):
                return
            await tx.outbox.put(
                Letter(
                    LetterKind.STANDBY,
                    f"standby:{guild}:{user}:{int(now.timestamp() * 1000)}",
                    now,
                    guild=guild,
                    user=user,
                    urgency=Urgency.PERSON,
                ),
                now,
            )

    async def stop(self, guild: GuildSnowflake, user: UserSnowflake) -> None:
        """No more private alerts from this server, at once; whoever it is may stop their own."""
        async with self._store.writing() as tx:
            await tx.standbys.stop(guild, user)
