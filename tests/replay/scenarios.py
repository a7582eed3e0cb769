"""The lives that are recorded: each a short story played in a house, named by its history's file."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.approvals.requests import Verdict
from domain.corrections import Correction
from domain.life import Asked
from domain.stages import Stage
from tests.house import House, eventually
from tests.replay.approval_lives import approval_voided, approved_by_levels
from tests.replay.hooked_lives import hooked
from tests.replay.later_lives import (
    carried,
    completed,
    exchanging,
    fed,
    paid_late,
    reopened,
    returned,
    returning,
    shown_late,
    undone,
)
from tests.replay.ruled_lives import ruled, ruled_out, told_at_once
from tests.replay.store_lives import kept, refunded, rejected_unsold
from tests.workflows.placing import CABINET, place

Scenario = Callable[[House], Awaitable[str]]
UNKNOWN = {"sku": "WINE-RED-75", "quantity": 6, "raw": {"product_reference": "NO-SUCH"}}


async def straight(house: House) -> str:
    """Posted and told, nothing in the way."""
    order = place(house, *({"sku": "OLIVE-OIL-50", "quantity": 2},) * 10)
    await house.until(order, Stage.POSTED, where=lambda view: view.told_store)
    return house.handle(order).id


async def corrected(house: House) -> str:
    """Held for an unknown article, corrected, posted."""
    order = place(house, UNKNOWN)
    await house.until(order, Stage.HELD)
    await house.update(order, "correct", Correction(by="olga", fields={"line.1.sku": "WINE-RED-75"}))
    await house.update(order, "continue_order", Asked(by="olga"))
    await house.until(order, Stage.POSTED, where=lambda view: view.told_store)
    return house.handle(order).id


async def approved(house: House) -> str:
    """Above the limit, changed in the store while it waits, approved in its new state."""
    order = place(house, CABINET)
    first = await house.until(order, Stage.AWAITING_APPROVAL)
    house.shop.edit(order, {"lines": [{"sku": "CELLAR-CABINET", "quantity": 4}]})
    view = await house.until(
        order, Stage.AWAITING_APPROVAL, where=lambda view: view.revision != first.revision
    )
    await house.update(order, "decide", house.decision(view))
    await house.until(order, Stage.POSTED, where=lambda view: view.told_store)
    return house.handle(order).id


async def rejected(house: House) -> str:
    """Above the limit and rejected."""
    order = place(house, CABINET)
    view = await house.until(order, Stage.AWAITING_APPROVAL)
    await house.update(order, "decide", house.decision(view, verdict=Verdict.REJECT))
    await house.until(order, Stage.REJECTED)
    return house.handle(order).id


async def in_doubt(house: House) -> str:
    """The answer to the post was lost and the ERP shows the document late."""
    house.company.faults.arm("read_lag", seconds=2)
    house.company.faults.arm("reset_after_commit", path="$batch")
    order = place(house)
    await house.until(order, Stage.POSTED, where=lambda view: view.told_store)
    return house.handle(order).id


async def refused(house: House) -> str:
    """Refused by the ERP, continued, posted; then edited in the store, released, cancelled in the store."""
    house.company.faults.arm("closed_period")
    order = place(house)
    await house.until(order, Stage.HELD)
    await house.update(order, "continue_order", Asked(by="olga"))
    await house.until(order, Stage.POSTED, where=lambda view: view.told_store)
    house.shop.edit(order, {"lines": [{"sku": "WINE-RED-75", "quantity": 8}]})
    await house.until(order, Stage.HELD)
    await house.update(order, "release", Asked(by="olga"))
    await house.until(order, Stage.POSTED)
    house.shop.cancel(order)
    await house.until(order, Stage.CANCELLED)
    return house.handle(order).id


async def parked(house: House) -> str:
    """Waited for an ERP that was down, then went on."""
    house.company.faults.arm("bad_gateway_html", times=None)
    order = place(house)

    async def waits() -> Any:
        view = await house.view(order)
        return view.trouble if view else None

    await eventually(waits, seconds=60)
    house.company.faults.clear()
    await house.until(order, Stage.POSTED, where=lambda view: view.told_store)
    return house.handle(order).id


async def watched(house: House) -> str:
    """The watch over a connection that was down."""
    await parked(house)
    return f"connection:{house.erp}"


async def denied(house: House) -> str:
    """An order that its store does not know."""
    await house.waybill.inbox.counts()
    await house.start(987654)
    handle = house.handle(987654)

    async def ended() -> Any:
        return (await handle.describe()).close_time

    await eventually(ended, seconds=60)
    return handle.id


SCENARIOS: dict[str, Scenario] = {
    scenario.__name__: scenario
    for scenario in (
        *(straight, corrected, approved, rejected, in_doubt, refused, parked, watched, denied),
        *(completed, returned, returning, paid_late, undone, fed),
        *(exchanging, carried, reopened, shown_late),
        *(approved_by_levels, approval_voided),
        *(ruled, ruled_out, told_at_once, hooked),
        *(refunded, rejected_unsold, kept),
    )
}
