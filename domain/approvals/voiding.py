"""What a change of the order does to an approval that was given, or is being asked for."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.approvals.asking import level_of, worth_of
from domain.approvals.judging import seats_of
from domain.approvals.policies import ApprovalPolicy, Change
from domain.approvals.requests import ApprovalRequest, Seen, Standing
from domain.order import Order
from domain.policy import Pair

_LINE = {"id", "sku", "quantity", "unit", "net", "gross", "lot", "serials", "expires"}
_WORDS: Mapping[Change, str] = MappingProxyType(
    {
        Change.LINES: "the lines",
        Change.CUSTOMER: "the customer",
        Change.COUNTRY: "the country of delivery",
        Change.ADDRESS: "the address of delivery",
    }
)


def seen_of(order: Order) -> Seen:
    """Return what is kept of an order as approvers were shown it."""
    return Seen(
        total=order.total,
        lines=_hash(order, {"lines": {"__all__": _LINE}, "lines_left_out": True}),
        customer=_hash(order, {"customer": {"store_id", "vat_id"}, "billing": True}),
        country=order.delivery.country,
        address=_hash(order, {"delivery": True}),
    )


def voided_because(request: ApprovalRequest, order: Order, pair: Pair, authors: frozenset[str]) -> str:
    """Return why a request and its votes do not hold for the order as it is now; empty when they do."""
    if request.revision == order.revision:
        return ""
    policy = pair.policy(request.policy)
    if policy is None or request.seen is None or Change.ANY in policy.voided_by:
        return "the order was changed"
    return (
        _what_changed(request.seen, seen_of(order), policy)
        or _own_change(request, policy, authors)
        or _beyond_limit(request, order, pair)
    )


def stands(request: ApprovalRequest, order: Order, pair: Pair, authors: frozenset[str]) -> bool:
    """Whether a level is approved for the order as it is now, by those whom it asks now."""
    level = level_of(request, pair)
    asks_the_same = level is not None and level.who == request.role
    enough = level is not None and max(len(request.approvals), 1) >= level.quorum
    approved = request.standing is Standing.APPROVED and asks_the_same and enough
    return approved and not voided_because(request, order, pair, authors)


def _what_changed(seen: Seen, now: Seen, policy: ApprovalPolicy) -> str:
    if now.total.currency != seen.total.currency:
        return f"the currency changed from {seen.total.currency} to {now.total.currency}"
    if now.total.amount * 100 > seen.total.amount * (100 + policy.tolerated_rise):
        more = f" by more than {policy.tolerated_rise.normalize():f} %" if policy.tolerated_rise else ""
        return f"the total rose from {seen.total} to {now.total}{more}"
    for change in policy.voided_by:
        if getattr(seen, change.value) != getattr(now, change.value):
            return f"{_WORDS[change]} changed"
    return ""


def _own_change(request: ApprovalRequest, policy: ApprovalPolicy, authors: frozenset[str]) -> str:
    own = [vote.approver for vote in request.approvals if vote.approver in authors]
    return f"{own[0]} approved and then corrected it" if policy.four_eyes and own else ""


def _beyond_limit(request: ApprovalRequest, order: Order, pair: Pair) -> str:
    worth, people = worth_of(order, pair), pair.people
    for vote in request.approvals:
        person = people.get(vote.approver)
        if person is None or vote.seat not in seats_of(person, request, worth, pair):
            return f"{vote.approver} may not decide on {worth.total}"
    return ""


def _hash(order: Order, what: Any) -> str:
    content = order.model_dump_json(include=what, exclude_defaults=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
