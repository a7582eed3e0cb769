"""Recorded lives that go on after the order was posted: shipped, taken back, paid late, undone, told."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from domain.life import Asked, OrderView
from domain.policy import Goods
from domain.returning import Replacement, ReturnAsked, ReturnedLine, ReturnStage
from domain.stages import Stage
from starter.feeds import feed_id
from tests.house import House, eventually
from tests.workflows.placing import place
from workflows.return_life import return_id

BY_OLGA = Asked(by="olga", reason="as agreed")
TWO_BOTTLES = (ReturnedLine(sku="WINE-RED-75", quantity=Decimal(2)),)


def telling_all(raw: dict[str, Any]) -> None:
    """Let the shop show each status, keep papers, publish stock, enter late payments, tell the customer."""
    pair = raw["pairs"]["main"]
    pair.update(
        status_when_picking="3",
        status_when_partly_shipped="9",
        status_when_shipped="4",
        status_when_cancelled="6",
        documents=["delivery", "invoice"],
        publish_stock=True,
        register_payments=True,
    )
    raw["connections"][pair["erp"]]["bank_account"] = "_SYS00000000001"
    raw["notices"] = [{"event": ["shipped", "credited", "cancelled"], "audience": "customer"}]


def closing_soon(raw: dict[str, Any]) -> None:
    """The same, with a return window that is over at once and promises that are broken."""
    telling_all(raw)
    raw["pairs"]["main"].update(return_window="2s", promises={"shipped": "1s"})


OPTIONS: dict[str, dict[str, Any]] = {
    "completed": {"change": closing_soon, "printing": True},
    "returned": {"change": telling_all, "printing": True},
    "returning": {},
    "paid_late": {"change": telling_all, "printing": True},
    "undone": {"change": telling_all, "printing": True},
    "fed": {},
    "exchanging": {"change": telling_all, "printing": True},
    "carried": {},
    "reopened": {"change": closing_soon, "printing": True},
    "shown_late": {"change": closing_soon, "printing": True},
}


async def _posted(house: House, **facts: Any) -> tuple[int, int]:
    await house.watch_erp()
    order = place(house, **facts)
    view = await house.until(order, Stage.POSTED, where=lambda view: view.told_store)
    assert view.document is not None
    return order, int(view.document.entry)


def _has(papers: int, documents: int) -> Any:
    def fits(view: OrderView) -> bool:
        return len(view.papers) == papers and len(view.documents) == documents

    return fits


async def completed(house: House) -> str:
    """Picked, late, shipped in two parcels, invoiced, mailed, and over after its return window."""
    order, entry = await _posted(house)
    await house.until(order, Stage.POSTED, where=lambda view: bool(view.broken_promises))
    house.company.staff.pick(entry)
    await house.until(order, Stage.PICKING)
    first = house.company.staff.deliver(entry, {0: Decimal(2)}, tracking="1Z001")
    await house.until(order, Stage.PICKING, where=_has(1, 1))
    house.company.staff.invoice_delivery(first["DocEntry"])
    house.company.staff.deliver(entry, tracking="1Z002")
    await house.until(order, Stage.COMPLETED, where=_has(3, 3))
    return house.handle(order).id


def _is_at(stage: ReturnStage) -> Callable[[OrderView], bool]:
    return lambda view: view.returns[0].stage is stage


async def _waiting(house: House) -> int:
    """Let two bottles of a shipped and invoiced order be on their way back."""
    order, entry = await _posted(house)
    delivery = house.company.staff.deliver(entry)
    house.company.staff.invoice_delivery(delivery["DocEntry"])
    await house.until(order, Stage.SHIPPED, where=lambda view: len(view.papers) == 2)
    await house.update(order, "ask_return", ReturnAsked(reference="R1", lines=TWO_BOTTLES, by="olga"))
    await house.until(order, Stage.SHIPPED, where=_is_at(ReturnStage.WAITING_FOR_GOODS))
    return order


async def _arrive(house: House, order: int) -> None:
    await house.desk.tell_return(house.store, str(order), "R1", "goods_arrived", BY_OLGA)
    await house.until(order, Stage.SHIPPED, where=_is_at(ReturnStage.COMPLETED))


async def _returned(house: House) -> int:
    order = await _waiting(house)
    await _arrive(house, order)
    return order


async def returned(house: House) -> str:
    """Shipped, invoiced, two bottles came back and were credited: the order's life."""
    return house.handle(await _returned(house)).id


async def returning(house: House) -> str:
    """The same: the return's life."""
    return return_id(house.store, str(await _returned(house)), "R1")


async def paid_late(house: House) -> str:
    """Paid after it was posted."""
    order, _ = await _posted(house, module="ps_cashondelivery")
    house.shop.pay(order)

    async def entered() -> bool | None:
        deeds = await house.waybill.orders.audit(house.store, str(order))
        return any(deed.what == "entered the payment" for deed in deeds) or None

    await eventually(entered)
    return house.handle(order).id


async def undone(house: House) -> str:
    """Partly shipped, then cancelled: the rest is closed, the parcel comes back."""
    order, entry = await _posted(house)
    house.company.staff.deliver(entry, {0: Decimal(2)})
    await house.until(order, Stage.PICKING, where=_has(1, 1))
    await house.update(order, "cancel", BY_OLGA)
    await house.until(
        order,
        Stage.SHIPPED,
        where=lambda view: any(each.stage is ReturnStage.WAITING_FOR_GOODS for each in view.returns),
    )
    return house.handle(order).id


async def fed(house: House) -> str:
    """The feed of an ERP that was woken twice and met trouble."""
    order, entry = await _posted(house)
    feed = house.client.get_workflow_handle(feed_id(house.erp))
    await feed.signal("wake")
    house.company.staff.deliver(entry)
    await house.until(order, Stage.SHIPPED)
    await feed.signal("wake")
    return feed.id


async def exchanging(house: House) -> str:
    """Two bottles come back, two others are sent instead, in one parcel: the return's life."""
    order, entry = await _posted(house)
    delivery = house.company.staff.deliver(entry)
    house.company.staff.invoice_delivery(delivery["DocEntry"])
    await house.until(order, Stage.SHIPPED, where=lambda view: len(view.papers) == 2)
    white = Replacement(sku="WINE-WHITE-75", quantity=Decimal(2), price=Decimal("11.90"))
    asked = ReturnAsked(reference="R1", lines=TWO_BOTTLES, instead=(white,), by="olga")
    await house.update(order, "ask_return", asked)
    await house.until(order, Stage.SHIPPED, where=_is_at(ReturnStage.WAITING_FOR_GOODS))
    await house.desk.tell_return(house.store, str(order), "R1", "goods_arrived", BY_OLGA)
    view = await house.until(order, Stage.SHIPPED, where=lambda view: bool(view.returns[0].replacement))
    replacement = view.returns[0].replacement
    assert replacement is not None
    house.company.staff.deliver(int(replacement.entry), tracking="1Z003")
    await house.until(order, Stage.SHIPPED, where=_is_at(ReturnStage.COMPLETED))
    return return_id(house.store, str(order), "R1")


async def carried(house: House) -> str:
    """A return that waited so long for its goods that it went on in a new run: the life there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workflows.return_life.LONG_HISTORY", 30)
        order = await _waiting(house)
        handle = house.client.get_workflow_handle(return_id(house.store, str(order), "R1"))
        first = (await handle.describe()).run_id

        async def goes_on() -> bool | None:
            await handle.signal("erp_event")
            return (await handle.describe()).run_id != first or None

        await eventually(goes_on)
    await _arrive(house, order)
    return handle.id


async def _over(house: House) -> tuple[int, int]:
    order, entry = await _posted(house)
    delivery = house.company.staff.deliver(entry)
    invoice = house.company.staff.invoice_delivery(delivery["DocEntry"])
    await house.until(order, Stage.COMPLETED, where=_has(2, 2))
    await house.handle(order).result()
    return order, int(invoice["DocEntry"])


async def reopened(house: House) -> str:
    """A return of a completed order, asked for by a person: the order's second life."""
    order, _ = await _over(house)
    asked = ReturnAsked(reference="R1", lines=TWO_BOTTLES, goods=Goods.BACK, by="olga")
    await house.update(order, "ask_return", asked)
    await house.until(order, Stage.COMPLETED, where=lambda view: len(view.papers) == 3)
    return house.handle(order).id


async def shown_late(house: House) -> str:
    """A credit note that the ERP's people made of a completed order, taken as it is."""
    order, invoice = await _over(house)
    house.company.staff.credit_invoice(invoice, {0: Decimal(1)})
    await house.until(order, Stage.HELD)
    await house.update(order, "release", BY_OLGA)
    await house.until(order, Stage.COMPLETED, where=lambda view: len(view.papers) == 3)
    return house.handle(order).id
