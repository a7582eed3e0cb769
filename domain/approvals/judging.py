"""What makes a decision count. One judge for every channel."""

import hashlib
import hmac

from domain.approvals.policies import Approver
from domain.approvals.requests import ApprovalRequest, Decision, DecisionRefused, Standing, Verdict
from domain.order import Order
from domain.policy import Pair


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
