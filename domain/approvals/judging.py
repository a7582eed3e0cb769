"""What makes a decision count. One judge for every channel."""

import hashlib
import hmac
from collections.abc import Iterable

from domain.approvals.asking import Worth, covers, level_of, may_decide, worth_of
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
    earlier: Iterable[ApprovalRequest] = (),
) -> None:
    """Raise `DecisionRefused` unless this decision may be taken now.

    `authors` are those who changed the order: with four eyes they cannot approve it. `earlier` are the
    requests that were approved before and still hold.
    """
    if request is None or order is None or pair is None or request.standing is Standing.VOID:
        raise DecisionRefused("the order does not wait for an approval")
    if request.standing is not Standing.OPEN:
        by = _name(request.decided_by, pair) if request.decided_by else "time"
        raise DecisionRefused(f"already {request.standing.value} by {by}")
    if decision.request != request.number or decision.revision != request.revision:
        raise DecisionRefused("the order was changed since; look at it again and decide on its new state")
    person = pair.people.get(decision.approver)
    if person is None or person.id not in request.asked:
        raise DecisionRefused(f"{decision.approver} may not decide on this order")
    if not _code_fits(decision, request):
        raise DecisionRefused("the approver's code does not belong to this request")
    seats = seats_of(person, request, worth_of(order, pair), pair)
    if not seats:
        raise DecisionRefused(
            f"{person.name} may not decide on this order any more: role or limit do not allow it"
        )
    if decision.verdict is Verdict.REJECT:
        if not decision.reason.strip():
            raise DecisionRefused("a rejection needs a reason")
        return
    _refuse_own(person, order, request, pair, authors)
    _refuse_second(person, request, pair, earlier)
    _refuse_used(seats, request, pair)


def place_of(decision: Decision, request: ApprovalRequest, order: Order, pair: Pair) -> str:
    """Return in whose place a person decides; empty: in their own."""
    person = pair.people.get(decision.approver)
    if person is None:
        return ""
    seats = seats_of(person, request, worth_of(order, pair), pair)
    used = {vote.seat for vote in request.approvals}
    seat = next((seat for seat in seats if seat not in used), person.id)
    return "" if seat == person.id else seat


def seats_of(person: Approver, request: ApprovalRequest, worth: Worth, pair: Pair) -> tuple[str, ...]:
    """Return by whose right a person may decide: their own first, then of those they stand in for."""
    level = level_of(request, pair)
    if level is None or not covers(person, worth):
        return ()
    people = pair.people
    principals = [people[name] for name in request.stands_in.get(person.id, ()) if name in people]
    return tuple(
        holder.id
        for holder in (person, *principals)
        if may_decide(holder, level, worth, escalated=request.escalated)
    )


def _refuse_own(
    person: Approver, order: Order, request: ApprovalRequest, pair: Pair, authors: frozenset[str]
) -> None:
    policy = pair.policy(request.policy)
    own = person.id in authors or _is_buyer(person, order)
    if own and (policy is None or policy.four_eyes):
        raise DecisionRefused("nobody approves an order they placed or corrected themselves")


def _refuse_second(
    person: Approver, request: ApprovalRequest, pair: Pair, earlier: Iterable[ApprovalRequest]
) -> None:
    if any(vote.approver == person.id for vote in request.approvals):
        raise DecisionRefused("you approved already; another person must approve too")
    if person.id in spent_on(request.policy, pair, earlier):
        raise DecisionRefused("you approved on an earlier level; another person must approve on this one")


def spent_on(policy: str, pair: Pair, earlier: Iterable[ApprovalRequest]) -> frozenset[str]:
    """Return those whose approval on an earlier level of a policy was their only one."""
    found = pair.policy(policy)
    if found is None or found.same_person:
        return frozenset()
    return frozenset(
        vote.approver for request in earlier if request.policy == policy for vote in request.approvals
    )


def _refuse_used(seats: tuple[str, ...], request: ApprovalRequest, pair: Pair) -> None:
    """Refuse who has no right left that nobody used yet: a person and their deputy count once."""
    used = {vote.seat: vote.approver for vote in request.approvals}
    if all(seat in used for seat in seats):
        by, seat = _name(used[seats[0]], pair), _name(seats[0], pair)
        raise DecisionRefused(
            f"{by} approved already in the place of {seat}; another person must approve too"
        )


def _name(approver: str, pair: Pair) -> str:
    return pair.people[approver].name if approver in pair.people else approver


def _is_buyer(person: Approver, order: Order) -> bool:
    email = person.email.strip().casefold()
    return bool(email) and email == order.customer.email.strip().casefold()


def code_hash(code: str) -> str:
    """Return what a history may keep of an approver's code."""
    return hashlib.sha256(code.encode()).hexdigest()


def _code_fits(decision: Decision, request: ApprovalRequest) -> bool:
    wanted = request.code_hashes.get(decision.approver, "")
    return bool(wanted) and hmac.compare_digest(code_hash(decision.code.strip()), wanted)
