"""What approvers are asked and what they answer."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from domain.approvals.calendar import BusinessCalendar
from domain.approvals.policies import Expiry
from domain.durations import Duration
from domain.model import Frozen
from domain.money import Money
from domain.texts import Plain


class Verdict(StrEnum):
    """What an approver says."""

    APPROVE = "approve"
    REJECT = "reject"


class Channel(StrEnum):
    """Where a decision came from."""

    PAGE = "page"
    CLI = "cli"
    TEMPORAL = "temporal"
    SLACK = "slack"
    API = "api"


class Decision(Frozen):
    """One person's answer to one request, for the order revision that they were shown.

    `code` proves the person: it is in the mail that asked them, and nowhere else.
    """

    verdict: Verdict
    approver: Plain
    request: int
    revision: str
    reason: Plain = ""
    channel: Channel
    code: str = ""


class DecisionRefused(ValueError):
    """The decision does not count; the text says why, for the person who made it."""


class Standing(StrEnum):
    """What became of a request."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    VOID = "void"


class Reminder(StrEnum):
    """What time does to an open request."""

    REMIND = "remind"
    DEPUTY = "deputy"
    ESCALATE = "escalate"
    EXPIRE = "expire"


class Due(Frozen):
    """What time does to a request, and when."""

    what: Reminder
    at: datetime


class Away(Frozen):
    """Somebody is away: until which day, and who decides meanwhile (empty: their usual deputy)."""

    until: date
    deputy: str = ""


class AskingPlan(Frozen):
    """What is settled when people are asked: who is away now, and when time does what to the question."""

    away: dict[str, Away] = Field(default_factory=dict)
    timetable: tuple[Due, ...] = ()


class PlanWanted(Frozen):
    """What a plan is made of: the steps with their durations since the asking, and the time that counts."""

    steps: tuple[tuple[Reminder, Duration], ...]
    calendar: BusinessCalendar | None
    asked_at: datetime
    now: datetime


class Vote(Frozen):
    """One person's decision that was taken. `stands_in_for` names in whose place; empty: in their own."""

    approver: Plain
    verdict: Verdict
    at: datetime
    channel: Channel
    stands_in_for: str = ""
    reason: Plain = ""

    @property
    def seat(self) -> str:
        """Whose right to decide was used."""
        return self.stands_in_for or self.approver


class Seen(Frozen):
    """What approvers were shown of an order, to tell what changed since: the total, and hashes."""

    total: Money
    lines: str
    customer: str
    country: str
    address: str


class ApprovalRequest(Frozen):
    """A question to the approvers of one level: which amount, of which revision, and who was asked so far.

    `stands_in` says of deputies in whose place they were asked, `votes` who decided so far.
    """

    number: int
    revision: str
    total: Money
    role: str
    because: str
    asked: tuple[str, ...]
    asked_at: datetime
    standing: Standing = Standing.OPEN
    decided_by: str = ""
    reason: str = ""
    code_hashes: dict[str, str] = Field(default_factory=dict)
    policy: str = ""
    level: int = 1
    levels: int = 1
    quorum: int = 1
    stands_in: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    votes: tuple[Vote, ...] = ()
    escalated: bool = False
    timetable: tuple[Due, ...] = ()
    on_expiry: Expiry = Expiry.HOLD
    seen: Seen | None = None
    told_of: str = Field(default="", description="The last revision whose change was judged.")

    @property
    def approvals(self) -> tuple[Vote, ...]:
        """The votes for it."""
        return tuple(vote for vote in self.votes if vote.verdict is Verdict.APPROVE)

    @property
    def missing(self) -> int:
        """How many more persons must approve."""
        return max(self.quorum - len(self.approvals), 0)

    def with_vote(self, vote: Vote) -> "ApprovalRequest":
        """Return the request with one more vote: rejected by any, approved by enough."""
        votes = (*(each for each in self.votes if each.approver != vote.approver), vote)
        taken = self.model_copy(update={"votes": votes})
        if vote.verdict is Verdict.APPROVE and taken.missing:
            return taken
        standing = Standing.APPROVED if vote.verdict is Verdict.APPROVE else Standing.REJECTED
        answer = {"standing": standing, "decided_by": vote.approver, "reason": vote.reason}
        return taken.model_copy(update=answer)
