"""Who may do what. One table, asked again at every press."""

from dataclasses import dataclass, field

from .ids import GuildSnowflake, RoleSnowflake, UserSnowflake
from .refusal import Refusal
from .server import Server


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts, as Discord described them with this very interaction."""

    user_snowflake: UserSnowflake
    guild_snowflake: GuildSnowflake
    roles: frozenset[RoleSnowflake] = field(default_factory=frozenset[RoleSnowflake])
    manages_server: bool = False
    owns_server: bool = False


def is_manager(actor: Actor) -> bool:
    """Whether the actor may change settings of the server (Discord's "Manage Server")."""
    return actor.manages_server or actor.owns_server


def is_moderator(actor: Actor, server: Server) -> bool:
    """Whether the actor receives alerts here. The owner counts: the ladder ends with them."""
    return server.is_staff(actor.roles) or actor.owns_server


def is_facilitator(actor: Actor, server: Server) -> bool:
    """Whether the actor is called when the moderators do not answer."""
    return server.facilitators_role is not None and server.facilitators_role in actor.roles


def require_manager(actor: Actor) -> None:
    """Refuses anyone who may not manage the server."""
    if not is_manager(actor):
        raise Refusal("policy.refusal.manager")


def require_moderator(actor: Actor, server: Server) -> None:
    """Refuses anyone who is not a moderator here."""
    if not is_moderator(actor, server):
        raise Refusal("policy.refusal.moderator")


def require_tuner(actor: Actor, server: Server) -> None:
    """Refuses anyone who neither receives the alerts nor manages the server."""
    if not (is_manager(actor) or is_moderator(actor, server)):
        raise Refusal("policy.refusal.tuner")


def require_responder(actor: Actor, server: Server, *, facilitators_called: bool) -> None:
    """Refuses anyone who is not called: moderators always are, facilitators once it came to them."""
    if not (facilitators_called and is_facilitator(actor, server)):
        require_moderator(actor, server)
