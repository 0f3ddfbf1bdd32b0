"""What a transaction offers: one shelf per area, all on the same connection."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from .allowances import Allowances
from .cards import Cards
from .cases import Cases
from .groups import Groups
from .installation import Installation
from .keyring import Keyring
from .outbox import Outbox
from .people import People
from .screening import Screening
from .servers import Servers
from .standbys import Standbys
from .timers import Timers
from .watermarks import Watermarks


class Transaction:
    """Open only inside Store.reading() or Store.writing()."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring, *, writing: bool = False) -> None:
        self.connection = connection
        self._keyring = keyring
        self._writing = writing

    @cached_property
    def servers(self) -> Servers:
        """What servers chose in /setup, and which channels are screened."""
        return Servers(self.connection)

    @cached_property
    def groups(self) -> Groups:
        """Groups with their channels and facilitators."""
        return Groups(self.connection)

    @cached_property
    def people(self) -> People:
        """What single people chose, and the keys to their words."""
        return People(self.connection, self._keyring)

    @cached_property
    def cases(self) -> Cases:
        """Cases, their signals and their history."""
        return Cases(self.connection, self.people, writing=self._writing)

    @cached_property
    def screening(self) -> Screening:
        """A server's own phrases, and how often each rule was right."""
        return Screening(self.connection)

    @cached_property
    def timers(self) -> Timers:
        """What falls due."""
        return Timers(self.connection)

    @cached_property
    def outbox(self) -> Outbox:
        """What must be sent."""
        return Outbox(self.connection)

    @cached_property
    def cards(self) -> Cards:
        """Which of our messages can change later."""
        return Cards(self.connection)

    @cached_property
    def standbys(self) -> Standbys:
        """Who of a team welcomes alerts privately."""
        return Standbys(self.connection)

    @cached_property
    def allowances(self) -> Allowances:
        """How many private conversations were begun lately."""
        return Allowances(self.connection)

    @cached_property
    def installation(self) -> Installation:
        """Small facts about this installation."""
        return Installation(self.connection)

    @cached_property
    def watermarks(self) -> Watermarks:
        """How far channels have been read."""
        return Watermarks(self.connection)

    @property
    def left_work(self) -> bool:
        """Whether this transaction left something to send or to wait for."""
        return any(
            shelf.left_work
            for name in ("timers", "outbox")
            if isinstance(shelf := self.__dict__.get(name), Timers | Outbox)
        )
