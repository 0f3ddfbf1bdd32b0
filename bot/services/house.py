"""All services together, as the ui and the cogs are handed them."""

from dataclasses import dataclass

from .cases import Cases
from .groups import Groups
from .screening import Screening
from .setup import Setup
from .signals import Signals
from .standby import Standby
from .status import Status
from .support import Support
from .tuning import Tuning


@dataclass(frozen=True, slots=True)
class Services:
    """One per area."""

    cases: Cases
    groups: Groups
    screening: Screening
    setup: Setup
    signals: Signals
    standby: Standby
    status: Status
    support: Support
    tuning: Tuning
