"""Recorded lives in which the store goes its own way: it refunds, delivers, cancels, sells again."""

from typing import Any

from domain.approvals.requests import Verdict
from domain.life import OrderView
from domain.returning import ReturnStage
from domain.stages import Stage
from tests.house import House
from tests.replay.later_lives import BY_OLGA, telling_all
from tests.workflows.driving import live
from tests.workflows.placing import CABINET, place

PAID, DELIVERED = 2, 5
ONE_BOTTLE = {"lines": [{"sku": "WINE-RED-75", "quantity": 1}]}

OPTIONS: dict[str, dict[str, Any]] = {
    name: {"change": telling_all, "printing": True} for name in ("refunded", "rejected_unsold", "kept")
}


def _is_at(position: int, stage: ReturnStage) -> Any:
    def fits(view: OrderView) -> bool:
        return len(view.returns) > position and view.returns[position].stage is stage

    return fits


async def _posted(house: House) -> tuple[int, int]:
    await house.watch_erp()
    order = place(house)
    view = await house.until(order, Stage.POSTED, where=lambda view: view.told_store)
    assert view.document is not None
    return order, int(view.document.entry)


async def refunded(house: House) -> str:
    """Refunded twice before the invoice: one is given up, one credited with it; then delivered."""
    order, entry = await _posted(house)
    delivery = house.company.staff.deliver(entry)
    await house.until(order, Stage.SHIPPED)
    for at in (0, 1):
        house.shop.refund(order, ONE_BOTTLE)
        view = await house.until(order, Stage.SHIPPED, where=_is_at(at, ReturnStage.REGISTERED))
    await house.desk.tell_return(house.store, str(order), view.returns[0].reference, "give_up", BY_OLGA)
    house.company.staff.invoice_delivery(delivery["DocEntry"])
    await house.until(order, Stage.SHIPPED, where=_is_at(1, ReturnStage.COMPLETED))
    house.shop.set_state(order, DELIVERED)
    await house.until(order, Stage.DELIVERED)
    return house.handle(order).id


async def rejected_unsold(house: House) -> str:
    """Rejected by its approver: the shop sells its pieces again."""
    order = place(house, CABINET)
    view = await house.until(order, Stage.AWAITING_APPROVAL)
    await house.update(order, "decide", house.decision(view, verdict=Verdict.REJECT))
    await house.until(order, Stage.REJECTED)
    await house.handle(order).result()
    return house.handle(order).id


async def kept(house: House) -> str:
    """Picked, cancelled in the shop and kept; then the shop takes it back, and cancels again."""
    order, entry = await _posted(house)
    house.company.staff.pick(entry)
    await house.until(order, Stage.PICKING)
    house.shop.cancel(order)
    await house.until(order, Stage.HELD)
    await house.update(order, "continue_order", BY_OLGA)
    await house.until(order, Stage.PICKING)
    house.shop.set_state(order, PAID)
    await live(house, order, lambda view: view.store_mark.endswith(f"/{PAID}"))
    house.shop.cancel(order)
    await house.until(order, Stage.HELD)
    await house.update(order, "release", BY_OLGA)
    await house.until(order, Stage.CANCELLED)
    await house.handle(order).result()
    return house.handle(order).id
