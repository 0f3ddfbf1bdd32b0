"""A case: one person somebody should reach. What may happen to it, and what may not."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from .ids import CaseId, ChannelSnowflake, GuildSnowflake, MessageSnowflake, SignalId, UserSnowflake
from .refusal import Refusal
from .tier import Tier

CLAIM_FOR = timedelta(minutes=30)
"""How long a claim holds without being renewed (S5)."""

FOLLOW_UP_AFTER = timedelta(hours=24)
FOLLOW_UP_AGAIN_AFTER = timedelta(hours=72)
"""A follow-up falls due 24 h after closing; it is brought up once more at 72 h (S5)."""

KEPT_FOR = timedelta(days=30)
"""How long a closed case is kept (P4)."""


UNREAD = "screen.could_not_read"
"""Stands in place of a rule's id when a message could not be screened."""


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a case ended (S5). There is no other way to close one."""

    REACHED = "reached"
    DECLINED = "declined"
    FALSE_ALARM = "false_alarm"
    HANDED_ON = "handed_on"
    NOT_REACHED = "not_reached"

    @property
    def needs_follow_up(self) -> bool:
        """Whether somebody should look in again after a day."""
        return self is not Outcome.FALSE_ALARM


class Source(StrEnum):
    """How a signal came to us."""

    MESSAGE = "message"  # words in a screened channel
    REQUEST = "request"  # the person asked for a moderator
    LOOK = "look"  # another member pointed at a message
    WORRY = "worry"  # another member is worried about the person


@dataclass(frozen=True, slots=True)
class Signal:
    """One detection in one message, or one request. It points; it never holds words (S7).

    origin: unique per server, so the same message read twice changes nothing.
    """

    guild_snowflake: GuildSnowflake
    person: UserSnowflake
    source: Source
    tier: Tier
    origin: str
    at: datetime
    rules: tuple[str, ...] = ()
    channel: ChannelSnowflake | None = None
    message: MessageSnowflake | None = None
    reporter: UserSnowflake | None = None
    person_is_staff: bool = False
    via_app: bool = False
    """True when an app spoke for the person (a proxy), so we cannot know who it is."""
    written_at: datetime | None = None
    """When it was written, if that was a while before it was heard."""
    signal_id: SignalId = SignalId(0)


class EventKind(StrEnum):
    """What can happen to a case; each becomes a line of its history."""

    OPENED = "opened"
    JOINED = "joined"
    RAISED = "raised"
    PAGED = "paged"
    SKIPPED = "skipped"
    CLAIMED = "claimed"
    RENEWED = "renewed"
    LAPSED = "lapsed"
    CONTACTED = "contacted"
    CLOSED = "closed"
    EXPLAINED = "explained"
    REOPENED = "reopened"
    FOLLOWED_UP = "followed_up"
    UNDELIVERED = "undelivered"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """A line of history: what, when, by whom. No words of anybody."""

    case_id: CaseId
    kind: EventKind
    at: datetime
    actor: UserSnowflake | None = None
    facts: dict[str, str | int] = field(default_factory=dict[str, str | int])


@dataclass(frozen=True, slots=True)
class Case:
    """One open matter per person and server; more signals join it (S4).

    paging_round grows each time paging starts over, so that timers of an older round are recognised.
    """

    case_id: CaseId
    guild_snowflake: GuildSnowflake
    person: UserSnowflake
    tier: Tier
    opened_at: datetime
    state: CaseState = CaseState.OPEN
    signals: int = 0
    person_is_staff: bool = False
    via_app: bool = False
    paging_round: int = 0
    claimed_by: UserSnowflake | None = None
    claimed_until: datetime | None = None
    contacted_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: UserSnowflake | None = None
    outcome: Outcome | None = None
    followed_up_at: datetime | None = None

    def joined_by(self, signal: Signal) -> "Case":
        """With one more signal; the tier only ever rises while the case is open."""
        return replace(
            self,
            signals=self.signals + 1,
            tier=max(self.tier, signal.tier),
            person_is_staff=self.person_is_staff or signal.person_is_staff,
        )

    def claimed(self, by: UserSnowflake, at: datetime) -> "Case":
        """With somebody responsible for the next 30 minutes.

        Refused for the person themself, for a closed case, and while another holds the claim.
        """
        self._refuse_if_about(by)
        self._refuse_if_closed()
        if self.state is CaseState.CLAIMED and self.claimed_by not in (None, by):
            raise Refusal("case.refusal.taken", case=self.case_id, owner=self.claimed_by)
        return replace(self, state=CaseState.CLAIMED, claimed_by=by, claimed_until=at + CLAIM_FOR)

    def renewed(self, by: UserSnowflake, at: datetime) -> "Case":
        """With the claim running for another 30 minutes; only who holds it can renew it."""
        self._refuse_if_closed()
        if self.state is not CaseState.CLAIMED or self.claimed_by != by:
            raise Refusal("case.refusal.not_yours", case=self.case_id)
        return replace(self, claimed_until=at + CLAIM_FOR)

    def contacted(self, by: UserSnowflake, at: datetime) -> "Case":
        """With the person contacted. Nobody responsible yet: whoever made contact now is."""
        self._refuse_if_about(by)
        self._refuse_if_closed()
        case = self if self.state is CaseState.CLAIMED and self.claimed_by != by else self.claimed(by, at)
        return replace(case, contacted_at=at)

    def lapsed(self, at: datetime) -> "Case | None":
        """Open again if the claim ran out in silence; None while it still holds or there is none."""
        if self.state is not CaseState.CLAIMED or self.claimed_until is None or self.claimed_until > at:
            return None
        return replace(
            self,
            state=CaseState.OPEN,
            claimed_by=None,
            claimed_until=None,
            paging_round=self.paging_round + 1,
        )

    def paged_anew(self) -> "Case":
        """With paging started over."""
        return replace(self, paging_round=self.paging_round + 1)

    def closed(self, by: UserSnowflake, outcome: Outcome, at: datetime) -> "Case":
        """Ended, with an outcome; nobody closes a case about themself."""
        self._refuse_if_about(by)
        self._refuse_if_closed()
        return replace(
            self,
            state=CaseState.CLOSED,
            closed_at=at,
            closed_by=by,
            outcome=outcome,
            claimed_until=None,
            followed_up_at=None,
        )

    def reopened(self, by: UserSnowflake, at: datetime) -> "Case":
        """Open again after a mistaken close, in the hands of whoever reopened it."""
        self._refuse_if_about(by)
        if self.state is not CaseState.CLOSED:
            raise Refusal("case.refusal.not_closed", case=self.case_id)
        return replace(
            self,
            state=CaseState.CLAIMED,
            claimed_by=by,
            claimed_until=at + CLAIM_FOR,
            closed_at=None,
            closed_by=None,
            outcome=None,
            paging_round=self.paging_round + 1,
        )

    def followed_up(self, by: UserSnowflake, at: datetime) -> "Case":
        """With the follow-up done."""
        self._refuse_if_about(by)
        if self.state is not CaseState.CLOSED:
            raise Refusal("case.refusal.not_closed", case=self.case_id)
        return replace(self, followed_up_at=at)

    def _refuse_if_about(self, actor: UserSnowflake) -> None:
        if actor == self.person:
            raise Refusal("case.refusal.about_you")

    def _refuse_if_closed(self) -> None:
        if self.state is CaseState.CLOSED:
            raise Refusal("case.refusal.closed", case=self.case_id)
