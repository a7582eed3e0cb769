"""Approvals: what waits for a decision, and decisions by tokens that are bound to a person."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from activities.approval_links import DecisionLink
from domain.approvals.requests import Channel, Verdict
from domain.life import OrderView
from domain.model import Frozen
from starter.api.access import Caller, Decider, Reader
from starter.api.inputs import Because, Key, KnownOrder, Whole
from starter.api.order_commands import desk_for
from starter.api.problems import refusals
from starter.api.services import Given, Services
from starter.api.shown import ApprovalShown, OrderShown, OrderSummary
from starter.gateway.problems import Refusal

router = APIRouter(tags=["approvals"])


class Waiting(Frozen):
    """An order that waits for a decision."""

    order: OrderSummary
    approval: ApprovalShown


class DecisionGiven(Because):
    """A decision on what was shown: the request's number, and the revision of the order."""

    request: Whole = Field(ge=1, le=2**53, description="The approval's `number`.")
    revision: str = Field(max_length=100, description="The approval's `revision`.")


@router.get("/approvals", responses=refusals())
async def list_approvals(
    caller: Reader,
    given: Given,
    mine: Annotated[bool, Query(description="Only where the token's person is asked.")] = False,
) -> tuple[Waiting, ...]:
    """List the orders that wait for a decision, those asked for first in front."""
    found = [
        Waiting(order=OrderSummary.of(view), approval=ApprovalShown.of(view.approval))
        for view in await given.approvals.open_ones()
        if view.approval
    ]
    return tuple(each for each in found if not mine or caller.token.person in each.approval.asked)


@router.post("/orders/{connection}/{order_id}/approve", responses=refusals(404, 409))
async def approve_order(
    caller: Decider, view: KnownOrder, decision: DecisionGiven, given: Given, key: Key = None
) -> OrderShown:
    """Approve an order, as the person whom the token is bound to."""
    return await _decide(caller, view, decision, Verdict.APPROVE, given, key)


@router.post("/orders/{connection}/{order_id}/reject", responses=refusals(404, 409))
async def reject_order(
    caller: Decider, view: KnownOrder, decision: DecisionGiven, given: Given, key: Key = None
) -> OrderShown:
    """Reject an order with a reason; it is never posted."""
    return await _decide(caller, view, decision, Verdict.REJECT, given, key)


async def _decide(
    caller: Caller,
    view: OrderView,
    decision: DecisionGiven,
    verdict: Verdict,
    given: Services,
    key: str | None,
) -> OrderShown:
    if not caller.token.person:
        raise Refusal(
            403, f"the token {caller.token.name} is bound to no approver, so that nobody decides with it"
        )
    link = DecisionLink(
        approver=caller.token.person,
        connection=view.connection,
        store_order_id=view.store_order_id,
        request=decision.request,
        revision=decision.revision,
    )
    decided = given.waybill.links.decision(link, verdict, Channel.API, decision.reason)
    desk = desk_for(caller, key, given)
    return OrderShown.of(await desk.decide(view.connection, view.store_order_id, decided))
