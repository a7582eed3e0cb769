"""Orders: look for them, and look at one."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from domain.life import OrderView
from domain.model import Frozen, Strict
from domain.rules.decisions import RuleDecision
from domain.stages import Stage
from records.order_pages import OrderFilter, Place, PlaceRefused
from starter.api.access import Reader
from starter.api.inputs import Instant, KnownOrder
from starter.api.problems import refusals
from starter.api.services import Given
from starter.api.shown import OrderShown, OrderSummary
from starter.gateway.problems import Refusal

router = APIRouter(tags=["orders"])


class OrderQuery(Strict):
    """Which orders."""

    stage: Stage | None = None
    connection: str = Field(default="", max_length=40, description="A store or an ERP.")
    needs_person: bool | None = Field(default=None, description="Whether somebody must do something.")
    hold: str = Field(default="", max_length=40, description="A hold's code.")
    number: str = Field(
        default="", max_length=100, description="The store's id or number, or the ERP's number."
    )
    placed_from: Instant | None = None
    placed_before: Instant | None = None
    changed_from: Instant | None = Field(default=None, description="Changed at this instant or later.")
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = Field(default=None, max_length=400, description="The `next` of the page before.")


class OrderList(Frozen):
    """A page of orders, the latest change first. `next` is where the following page begins; none: the end."""

    items: tuple[OrderSummary, ...]
    next: str | None


class DeedShown(Frozen):
    """Something that a person or a rule did to the order."""

    number: int
    at: datetime
    by: str
    what: str
    detail: str


class Explanation(Frozen):
    """Why an order is where it is, and who did what."""

    order: OrderShown
    deeds: tuple[DeedShown, ...]
    decisions: tuple[RuleDecision, ...] = Field(description="What rules decided, with what they saw.")


@router.get("/orders", responses=refusals(404))
async def list_orders(_: Reader, wanted: Annotated[OrderQuery, Query()], given: Given) -> OrderList:
    """List orders."""
    try:
        place = Place.parse(wanted.after) if wanted.after is not None else None
    except PlaceRefused as refusal:
        raise Refusal(404, str(refusal), field="query.after") from None
    chosen = OrderFilter.model_validate(wanted.model_dump())
    found = await given.pages.page(chosen, wanted.limit + 1, place)
    shown = found[: wanted.limit]
    return OrderList(
        items=tuple(OrderSummary.of(each.view) for each in shown),
        next=shown[-1].place.text() if len(found) > len(shown) else None,
    )


@router.get("/orders/{connection}/{order_id}", responses=refusals(404), response_model=OrderShown)
async def show_order(_: Reader, view: KnownOrder) -> OrderShown:
    """Show one order: where it is, what it waits for, its ERP document."""
    return OrderShown.of(view)


@router.get("/orders/{connection}/{order_id}/why", responses=refusals(404))
async def explain_order(_: Reader, view: KnownOrder, given: Given) -> Explanation:
    """Say why an order is where it is, and who did what."""
    decisions = await given.waybill.decisions.of(view.connection, view.store_order_id)
    return Explanation(order=OrderShown.of(view), deeds=await _deeds(view, given), decisions=decisions)


async def _deeds(view: OrderView, given: Given) -> tuple[DeedShown, ...]:
    rows = await given.waybill.orders.audit(view.connection, view.store_order_id)
    return tuple(DeedShown.model_validate(row.model_dump()) for row in rows)
