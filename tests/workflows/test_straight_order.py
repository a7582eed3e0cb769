"""The main job: a paid order becomes one sales order in the ERP, and the store shows its number."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from domain.money import Money
from domain.stages import Stage
from tests.house import House
from tests.workflows.placing import ANNA, BODEGA, cart, note_of, place


async def test_a_paid_order_is_posted_and_told_to_the_store(running: House) -> None:
    order_id = place(running, {"sku": "WINE-RED-75", "quantity": 6}, {"sku": "OLIVE-OIL-50", "quantity": 2})

    view = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    (entry,) = running.orders_in_erp(order_id)
    assert view.document is not None
    assert view.document.entry == str(entry["DocEntry"])
    assert note_of(running, order_id) == f"SAP Business One order {view.document.number}"
    found = await running.waybill.references.find(view.document.number)
    assert [reference.ours for reference in found] == [f"{running.store}:{order_id}:order:1"]


CARTS: dict[str, dict[str, Any]] = {
    "one piece": cart(),
    "gross prices that do not divide": cart({"sku": "CORKSCREW-STEEL", "quantity": 7, "gross": "8.99"}),
    "tiny prices": cart({"sku": "PUMP-SEAL-17", "quantity": 999}),
    "thirds": cart({"sku": "WINE-CRATE-6", "quantity": 3}, {"sku": "SHIRT-BLK-S", "quantity": 3}),
    "percent voucher over two rates": cart(
        {"sku": "GLASS-SET-4", "quantity": 3}, {"sku": "BOOK-CELLAR"}, vouchers=[{"percent": "7.5"}]
    ),
    "amount voucher": cart(
        {"sku": "GLASS-SET-4"}, {"sku": "OLIVE-OIL-50", "quantity": 3}, vouchers=[{"amount": "10"}]
    ),
    "free shipping voucher": cart(vouchers=[{"free_shipping": True}]),
    "voucher and free shipping": cart(vouchers=[{"percent": "10", "free_shipping": True}]),
    "gift wrapping": cart(gift_wrapping=True),
    "dollars": cart({"sku": "GLASS-SET-4", "quantity": 2}, customer=BODEGA, currency="USD"),
    "pounds with a voucher": cart(
        {"sku": "GLASS-SET-4", "quantity": 2}, currency="GBP", vouchers=[{"percent": "15"}]
    ),
}


@pytest.mark.parametrize("name", CARTS)
async def test_the_document_equals_the_order_to_the_cent(running: House, name: str) -> None:
    (placed,) = running.shop.place_order(CARTS[name])

    view = await running.until(placed.id_order, Stage.POSTED, Stage.HELD)

    assert view.stage is Stage.POSTED, view.because
    assert view.document is not None
    assert (
        view.document.total
        == Money(placed.total_paid_tax_incl, str(CARTS[name].get("currency", "EUR"))).rounded()
    )


@pytest.mark.parametrize("round_type", [1, 2, 3])
async def test_each_way_the_store_rounds_is_reproduced(running: House, round_type: int) -> None:
    running.shop.settings.round_type = round_type
    lines = [
        {"sku": sku, "quantity": quantity}
        for sku, quantity in (("CORKSCREW-STEEL", 7), ("OLIVE-OIL-50", 11), ("PUMP-SEAL-17", 333))
    ]

    view = await running.until(place(running, *lines), Stage.POSTED, Stage.HELD)

    assert view.stage is Stage.POSTED, view.because
    assert view.document is not None
    assert view.document.total == view.total


async def test_a_guest_becomes_a_customer_once(running: House) -> None:
    guest = {
        "guest": {"email": "new.guest@example.com", "first_name": "Nora", "last_name": "Nouvelle"},
        "address": {"street": "1 rue Neuve", "postcode": "75001", "city": "Paris", "country": "FR"},
        "module": "stripe_official",
        "lines": [{"sku": "GLASS-SET-4"}],
    }
    ids = [running.shop.place_order(guest)[0].id_order for _ in range(3)]

    views = [await running.until(order_id, Stage.POSTED) for order_id in ids]

    assert len({view.document.customer_code for view in views if view.document}) == 1
    assert len(running.company.ledger.of("partner")) == 1


async def test_fifty_webhooks_for_one_order_post_it_once(running: House) -> None:
    for _ in range(50):
        running.shop.faults.arm("webhook_double_new_id")

    order_id = place(running)
    await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    assert len(running.orders_in_erp(order_id)) == 1


async def test_two_orders_of_one_cart_are_two_documents(running: House) -> None:
    placed = running.shop.place_order(
        cart({"sku": "WINE-RED-75", "package": 0}, {"sku": "GLASS-SET-4", "package": 1})
    )

    views = [await running.until(each.id_order, Stage.POSTED) for each in placed]

    assert len({view.document.entry for view in views if view.document}) == 2
    assert len({each.reference for each in placed}) == 1


async def test_many_orders_at_once_are_all_posted_once(running: House) -> None:
    ids = [place(running, customer=ANNA) for _ in range(30)]

    await asyncio.gather(*(running.until(order_id, Stage.POSTED) for order_id in ids))

    assert [len(running.orders_in_erp(order_id)) for order_id in ids] == [1] * 30
    assert running.company.ledger.of("order").__len__() == 30


async def test_the_history_stays_small(running: House) -> None:
    order_id = place(running, *({"sku": "OLIVE-OIL-50", "quantity": 2},) * 10)
    await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    history = await running.handle(order_id).fetch_history()

    assert len(history.events) <= 60
    assert sum(event.ByteSize() for event in history.events) <= 40_000


async def test_stock_below_its_minimum_is_requested_once(running: House) -> None:
    running.company.staff.set_stock("GLASS-SET-4", Decimal(12))

    order_id = place(running, {"sku": "GLASS-SET-4", "quantity": 5})
    view = await running.until(
        order_id, Stage.POSTED, where=lambda view: any("minimum" in text for text in view.warnings)
    )

    assert view.document is not None
    assert running.company.ledger.of("purchase_request") == []
