"""What single people chose, and the keys to their words."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import UserSnowflake
from bot.domain.person import Person

from .keyring import Keyring, WrappedKey
from .schema import person, person_key
from .upsert import insert_once, upsert


class People:
    """Rows of person and person_key."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    async def load(self, user: UserSnowflake) -> Person:
        """What the person chose; a Person who chose nothing when they are new."""
        found = (
            await self._connection.execute(select(person).where(person.c.user_snowflake == user))
        ).first()
        return Person(user, found.country, found.messages_allowed_at) if found else Person(user)

    async def save(self, changed: Person) -> None:
        """Keep what the person chose."""
        await upsert(
            self._connection,
            person,
            {
                "user_snowflake": changed.user_snowflake,
                "country": changed.country,
                "messages_allowed_at": changed.messages_allowed_at,
            },
        )

    async def seal(self, user: UserSnowflake, place: str, text: str) -> bytes:
        """Encrypt words that belong to a person, with their own key (made at first use)."""
        key = await self._key(user)
        if key is None:
            key = self._keyring.new_person_key(user)
            await insert_once(
                self._connection,
                person_key,
                {"user_snowflake": user, "master_key_id": key.master_key_id, "wrapped": key.wrapped},
                "user_snowflake",
            )
            key = await self._key(user) or key
        return self._keyring.seal(key, user, place, text)

    async def open(self, user: UserSnowflake, place: str, sealed: bytes | None) -> str | None:
        """Decrypt words of a person; None when there are none or the person was forgotten."""
        key = await self._key(user) if sealed is not None else None
        return (
            self._keyring.open(key, user, place, sealed) if key is not None and sealed is not None else None
        )

    async def forget_key(self, user: UserSnowflake) -> None:
        """Destroy the person's key: every word sealed with it is gone, wherever a copy lies."""
        await self._connection.execute(delete(person_key).where(person_key.c.user_snowflake == user))

    async def _key(self, user: UserSnowflake) -> WrappedKey | None:
        found = (
            await self._connection.execute(select(person_key).where(person_key.c.user_snowflake == user))
        ).first()
        return WrappedKey(found.master_key_id, found.wrapped) if found else None
