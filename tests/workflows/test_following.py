"""A posted order is followed through the ERP: picked, shipped in parts, closed, cancelled, completed."""

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.fulfilment import Delivery
from domain.life import Asked, OrderView
from domain.stages import Stage
from records.strays import Stray
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.placing import place

PREPARING, SHIPPED, PARTLY = "3", "4", "9"
BY_OLGA = Asked(by="olga", reason="as agreed")


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose ERP is watched, and whose shop is told each status."""

    def choose(raw: dict[str, Any]) -> None:
        statuses = {"status_when_picking": PREPARING, "status_when_partly_shipped": PARTLY}
        raw["pairs"]["main"].update(statuses, status_when_shipped=SHIPPED)

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        yield running


async def posted(running: House, **facts: Any) -> tuple[int, int]:
    """Place an order and return its number in the shop and its DocEntry."""
    order_id = place(running, **facts)
    view = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    assert view.document is not None
    return order_id, int(view.document.entry)


def shop_shows(running: House, order_id: int) -> tuple[str, str]:
    """Return the order's status and tracking numbers as the shop has them."""
    (parcel,) = running.shop.state.tables["order_carriers"].find(id_order=order_id)
    return str(running.shop.order(order_id)["current_state"]), str(parcel["tracking_number"])


async def until_shop_shows(running: House, order_id: int, status: str, tracking: str) -> None:
    async def look() -> bool | None:
        return shop_shows(running, order_id) == (status, tracking) or None

    try:
        await eventually(look)
    except TimeoutError:
        raise AssertionError(f"the shop shows {shop_shows(running, order_id)}") from None


async def until_parked(running: House, fits: Callable[[Stray], bool]) -> Stray:
    async def look() -> Stray | None:
        return next((stray for stray in await running.waybill.strays.all() if fits(stray)), None)

    return await eventually(look)


def has_papers(count: int) -> Callable[[OrderView], bool]:
    return lambda view: len(view.papers) == count


async def test_an_order_is_picked_and_shipped_in_two_parcels(watched: House) -> None:
    order_id, entry = await posted(watched)

    watched.company.staff.pick(entry)
    await watched.until(order_id, Stage.PICKING)
    await until_shop_shows(watched, order_id, PREPARING, "")
    watched.company.staff.deliver(entry, {0: Decimal(2)}, tracking="1Z001")
    partly = await watched.until(order_id, Stage.PICKING, where=has_papers(1))
    await until_shop_shows(watched, order_id, PARTLY, "1Z001")
    watched.company.staff.deliver(entry, tracking="1Z002")
    shipped = await watched.until(order_id, Stage.SHIPPED)
    await until_shop_shows(watched, order_id, SHIPPED, "1Z001,1Z002")

    assert partly.delivery is Delivery.PARTLY_SHIPPED
    assert partly.because.startswith("2 pieces shipped")
    assert [paper.tracking for paper in shipped.papers] == [("1Z001",), ("1Z002",)]
    assert [
        sum(line.quantity for line in paper.lines if line.sku == "WINE-RED-75") for paper in shipped.papers
    ] == [2, 4]


async def test_invoices_and_credit_notes_are_seen_with_their_totals(watched: House) -> None:
    order_id, entry = await posted(watched)
    delivery = watched.company.staff.deliver(entry)
    invoice = watched.company.staff.invoice_delivery(delivery["DocEntry"])
    watched.company.staff.credit_invoice(invoice["DocEntry"], {0: Decimal(1)})

    view = await watched.until(order_id, Stage.SHIPPED, where=has_papers(3))

    papers = {paper.kind.value: paper for paper in view.papers}
    billed, credited = papers["invoice"].total, papers["credit_note"].total
    assert billed is not None
    assert credited is not None
    assert credited.amount * 6 == billed.amount
    assert papers["credit_note"].follows == (f"invoice:{papers['invoice'].entry}",)


async def test_a_cancelled_delivery_is_no_shipment(watched: House) -> None:
    order_id, entry = await posted(watched)
    delivery = watched.company.staff.deliver(entry, tracking="1Z001")
    await watched.until(order_id, Stage.SHIPPED)

    watched.company.staff.cancel_delivery(delivery["DocEntry"])
    view = await watched.until(order_id, Stage.PICKING)

    assert view.delivery is Delivery.OPEN
    assert view.because == "nothing is shipped any more"


async def test_an_order_closed_by_hand_asks_a_person_and_is_not_called_shipped(watched: House) -> None:
    order_id, entry = await posted(watched)
    watched.company.staff.deliver(entry, {0: Decimal(2)})
    await watched.until(order_id, Stage.PICKING)

    watched.company.staff.close_order(entry)
    held = await watched.until(order_id, Stage.HELD)
    assert held.hold is not None
    assert (held.hold.code, held.delivery) == ("closed_by_hand", Delivery.CLOSED_BY_HAND)
    await watched.update(order_id, "continue_order", BY_OLGA)
    first = held.hold.number
    again = await watched.until(
        order_id, Stage.HELD, where=lambda view: view.hold is not None and view.hold.number != first
    )
    await watched.update(order_id, "release", BY_OLGA)
    released = await watched.until(order_id, Stage.SHIPPED)

    assert again.hold is not None
    assert released.delivery is Delivery.SHIPPED


async def test_an_order_cancelled_in_the_erp_is_posted_anew_or_ends(watched: House) -> None:
    order_id, entry = await posted(watched)
    other_id, other_entry = await posted(watched)
    for each in (entry, other_entry):
        watched.company.staff.cancel_order(each)
    for each in (order_id, other_id):
        held = await watched.until(each, Stage.HELD)
        assert held.hold is not None
        assert held.hold.code == "cancelled_in_erp"

    await watched.update(order_id, "continue_order", BY_OLGA)
    await watched.update(other_id, "cancel", BY_OLGA)
    anew = await watched.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    await watched.until(other_id, Stage.CANCELLED)

    assert anew.document is not None
    assert anew.document.entry != str(entry)
    assert [row["U_WebOrderId"][-2:] for row in watched.orders_in_erp(order_id)] == [":1", ":2"]


async def test_an_order_is_completed_after_its_return_window(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["return_window"] = "1s"

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        order_id, entry = await posted(running)
        running.company.staff.deliver(entry)
        done = await running.until(order_id, Stage.COMPLETED)

        assert "return window" in done.because


async def test_a_document_of_an_order_that_nobody_knows_is_parked_once(watched: House) -> None:
    order_id, entry = await posted(watched)
    with watched.company.transaction():
        stranger = {**watched.company.orders.row(entry), "U_WebOrderId": "elsewhere:1:order:1"}
        lines = [{"ItemCode": "WINE-RED-75", "Quantity": 1}]
        made = watched.company.orders.create(
            {
                "CardCode": stranger["CardCode"],
                "DocDueDate": "2026-01-20",
                "U_WebOrderId": stranger["U_WebOrderId"],
                "DocumentLines": lines,
            }
        )
    watched.company.staff.deliver(made["DocEntry"])

    stray = await until_parked(watched, lambda stray: "elsewhere:1:order:1" in stray.reason)
    view = await watched.view(order_id)

    assert stray.connection == watched.erp
    assert view is not None
    assert view.stage is Stage.POSTED


async def test_a_broken_promise_is_shown_until_it_is_kept(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["promises"] = {"shipped": "1s", "posted": "1h"}

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        order_id, entry = await posted(running)
        broken = await running.until(order_id, Stage.POSTED, where=lambda view: bool(view.broken_promises))
        running.company.staff.deliver(entry)
        kept = await running.until(order_id, Stage.SHIPPED)

        assert (broken.broken_promises, broken.needs_person) == (("shipped",), True)
        assert (kept.broken_promises, kept.needs_person) == ((), False)


async def test_a_tracking_number_that_the_shop_refuses_keeps_no_status_back(watched: House) -> None:
    order_id, entry = await posted(watched)

    watched.company.staff.deliver(entry, tracking="Ñ é|1")
    await until_shop_shows(watched, order_id, SHIPPED, "")
    view = await watched.until(order_id, Stage.SHIPPED, where=lambda view: bool(view.warnings))

    assert view.hold is None
    assert "does not take the tracking numbers" in view.warnings[0]
