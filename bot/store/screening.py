"""A server's own phrases, and how often each rule was right there."""

from collections.abc import Iterable

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import GuildSnowflake, PhraseId
from bot.domain.screening import OwnPhrase, RuleRecord, Verdict
from bot.domain.tier import Tier

from .schema import screening_phrase, screening_record
from .upsert import insert_once


class Screening:
    """Rows of screening_phrase and screening_record."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def phrases(self, guild: GuildSnowflake | None = None) -> tuple[OwnPhrase, ...]:
        """The phrases of one server, or of all of them for the screens in memory; the oldest first."""
        wanted = select(screening_phrase).order_by(screening_phrase.c.phrase_id)
        if guild is not None:
            wanted = wanted.where(screening_phrase.c.guild_snowflake == guild)
        rows = await self._connection.execute(wanted)
        return tuple(
            OwnPhrase(
                PhraseId(row.phrase_id),
                GuildSnowflake(row.guild_snowflake),
                row.phrase,
                Tier(row.tier) if row.tier is not None else None,
            )
            for row in rows
        )

    async def add_phrase(self, guild: GuildSnowflake, words: str, tier: Tier | None) -> None:
        """Keep a phrase; the same words a second time take the place of the first."""
        values = {"guild_snowflake": guild, "phrase": words, "tier": int(tier) if tier is not None else None}
        if not await insert_once(self._connection, screening_phrase, values, "guild_snowflake", "phrase"):
            await self._connection.execute(
                update(screening_phrase)
                .where(screening_phrase.c.guild_snowflake == guild, screening_phrase.c.phrase == words)
                .values(tier=values["tier"])
            )

    async def remove_phrase(self, guild: GuildSnowflake, words: str) -> bool:
        """Forget a phrase; False when there was none of these words."""
        result = await self._connection.execute(
            delete(screening_phrase).where(
                screening_phrase.c.guild_snowflake == guild, screening_phrase.c.phrase == words
            )
        )
        return result.rowcount > 0

    async def judge(self, guild: GuildSnowflake, rules: Iterable[str], verdict: Verdict, by: int = 1) -> None:
        """Count a verdict for each of these rules; by=-1 takes one back, and never below nothing."""
        for rule in dict.fromkeys(rules):
            where = (
                screening_record.c.guild_snowflake == guild,
                screening_record.c.rule == rule,
                screening_record.c.verdict == verdict,
            )
            known = await self._connection.scalar(select(func.count()).where(*where))
            if known:
                await self._connection.execute(
                    update(screening_record)
                    .where(*where, screening_record.c.count + by >= 0)
                    .values(count=screening_record.c.count + by)
                )
            elif by > 0:
                await self._connection.execute(
                    insert(screening_record).values(
                        guild_snowflake=guild, rule=rule, verdict=verdict, count=by
                    )
                )

    async def records(self, guild: GuildSnowflake) -> tuple[RuleRecord, ...]:
        """Each rule that was judged at least once, those judged most often first."""
        record = screening_record.c
        rows = await self._connection.execute(
            select(record.rule, record.verdict, record.count.label("times")).where(
                record.guild_snowflake == guild, record.count > 0
            )
        )
        counts: dict[str, dict[Verdict, int]] = {}
        for row in rows:
            counts.setdefault(row.rule, {})[Verdict(row.verdict)] = row.times
        records = (RuleRecord(rule, verdicts) for rule, verdicts in counts.items())
        return tuple(sorted(records, key=lambda record: (-record.judged, record.rule)))
