"""Names for identities, so that a channel is never handed in where a person is meant.

Our own row ids end in Id, Discord's ids in Snowflake (see the API reference, "Snowflakes").
"""

from typing import NewType

CaseId = NewType("CaseId", int)
GroupId = NewType("GroupId", int)
OutboxId = NewType("OutboxId", int)
PhraseId = NewType("PhraseId", int)
SignalId = NewType("SignalId", int)
TimerId = NewType("TimerId", int)

ChannelSnowflake = NewType("ChannelSnowflake", int)
GuildSnowflake = NewType("GuildSnowflake", int)
MessageSnowflake = NewType("MessageSnowflake", int)
RoleSnowflake = NewType("RoleSnowflake", int)
UserSnowflake = NewType("UserSnowflake", int)
