"""What approvers are asked and what they answer."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

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


class Standing(StrEnum):
    """What became of a request."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    VOID = "void"


class ApprovalRequest(Frozen):
    """A question to the approvers: which amount, of which revision, and who was asked so far."""

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


class DecisionRefused(ValueError):
    """The decision does not count; the text says why, for the person who made it."""


class Reminder(StrEnum):
    """What time does to an open request."""

    REMIND = "remind"
    DEPUTY = "deputy"
    ESCALATE = "escalate"
    EXPIRE = "expire"
