"""Who must approve an order, who may, and what makes a decision count. One judge for every channel."""

import hashlib
import hmac
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from domain.model import Frozen
from domain.money import Money
from domain.order import Order
from domain.policy import Approver, Pair
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


def approval_needed(order: Order, pair: Pair) -> str:
    """Return why this order needs a person, or an empty text when it needs none."""
    limit = pair.approval.limit
    if limit is None:
        return ""
    total = order.in_base(pair.base_currency)
    if total is None:
        return (
            f"the total {order.total} has no rate to {pair.base_currency} and cannot be compared with {limit}"
        )
    return f"the total {total} is above {limit}" if total > limit else ""


def may_decide(person: Approver, total: Money, role: str) -> bool:
    """Whether a person's role and limit cover an amount in the base currency."""
    return role in person.roles and (person.limit is None or total <= person.limit)


def approvers_for(total: Money, pair: Pair, role: str) -> tuple[str, ...]:
    """Return the ids of those whose role and limit cover the amount."""
    return tuple(person.id for person in pair.approvers if may_decide(person, total, role))


def deputies_of(asked: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    """Return the deputies of those asked; a deputy decides with the authority they stand in for."""
    people = pair.people
    deputies = [people[name].deputy for name in asked if name in people and people[name].deputy]
    return tuple(dict.fromkeys(name for name in deputies if name not in asked))


def timetable(pair: Pair) -> tuple[tuple[Reminder, float], ...]:
    """Return what happens to an open request, with the seconds after it was asked, in order."""
    policy = pair.approval
    steps = [
        (Reminder.REMIND, policy.remind_after.total_seconds()),
        (Reminder.DEPUTY, policy.deputy_after.total_seconds()),
        (Reminder.EXPIRE, policy.expire_after.total_seconds()),
    ]
    if policy.escalate_to:
        steps.append((Reminder.ESCALATE, policy.escalate_after.total_seconds()))
    in_order = sorted(steps, key=lambda step: step[1])
    last = next(place for place, step in enumerate(in_order) if step[0] is Reminder.EXPIRE)
    return tuple(in_order[: last + 1])


def judge(
    decision: Decision,
    request: ApprovalRequest | None,
    order: Order | None,
    pair: Pair | None,
    authors: frozenset[str],
) -> None:
    """Raise `DecisionRefused` unless this decision may be taken now.

    `authors` are those who changed the order: with four eyes they cannot approve it.
    """
    if request is None or order is None or pair is None or request.standing is Standing.VOID:
        raise DecisionRefused("the order does not wait for an approval")
    if request.standing is not Standing.OPEN:
        by = pair.people[request.decided_by].name if request.decided_by in pair.people else "time"
        raise DecisionRefused(f"already {request.standing.value} by {by}")
    if decision.request != request.number or decision.revision != request.revision:
        raise DecisionRefused("the order was changed since; look at it again and decide on its new state")
    person = pair.people.get(decision.approver)
    if person is None or person.id not in request.asked:
        raise DecisionRefused(f"{decision.approver} may not decide on this order")
    if not _code_fits(decision, request):
        raise DecisionRefused("the approver's code does not belong to this request")
    if decision.verdict is Verdict.REJECT and not decision.reason.strip():
        raise DecisionRefused("a rejection needs a reason")
    own = person.id in authors or _is_buyer(person, order)
    if decision.verdict is Verdict.APPROVE and pair.approval.four_eyes and own:
        raise DecisionRefused("nobody approves an order they placed or corrected themselves")


def _is_buyer(person: Approver, order: Order) -> bool:
    email = person.email.strip().casefold()
    return bool(email) and email == order.customer.email.strip().casefold()


def code_hash(code: str) -> str:
    """Return what a history may keep of an approver's code."""
    return hashlib.sha256(code.encode()).hexdigest()


def _code_fits(decision: Decision, request: ApprovalRequest) -> bool:
    wanted = request.code_hashes.get(decision.approver, "")
    return bool(wanted) and hmac.compare_digest(code_hash(decision.code.strip()), wanted)
