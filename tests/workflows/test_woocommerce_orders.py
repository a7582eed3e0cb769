"""Orders of a WooCommerce shop, from its checkout over a webhook or its list into the ERP and back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.stages import Stage
from sandbox.serving import serving
from sandbox.woocommerce import DEFAULT_KEY, DEFAULT_SECRET, DEFAULT_SIGNING_KEY, WooCommerce, create_app
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.test_reconciler import reconcile


@dataclass
class Corner:
    """A shop, and the house that serves it."""

    shop: WooCommerce
    house: House

    def sell(self, **cart: object) -> int:
        """Let Anna, whom the ERP knows, buy."""
        line = {"sku": "WINE-RED-75", "quantity": 2}
        usual = {"customer": "anna.moreau@example.com", "lines": [line, {"sku": "OLIVE-OIL-50"}]}
        return int(self.shop.place_order({**usual, **cart})["id"])

    def posted(self, order_id: int) -> list[Decimal]:
        """Return the totals of the order's documents in the ERP."""
        return [Decimal(str(each["DocTotal"])) for each in self.house.orders_in_erp(order_id)]

    def notes(self, order_id: int) -> list[str]:
        """Return what Waybill wrote at the order."""
        return [each["note"] for each in self.shop.notes[order_id] if "SAP Business One" in each["note"]]


@pytest.fixture
async def corner(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[Corner]:
    secrets = {"consumer_key": DEFAULT_KEY, "consumer_secret": DEFAULT_SECRET, "hook": DEFAULT_SIGNING_KEY}
    for name, secret in secrets.items():
        (tmp_path / name).write_text(secret)
    shop = WooCommerce()
    async with serving(create_app(shop)) as url:

        def choose(raw: dict[str, Any]) -> None:
            raw["connections"][raw["pairs"]["main"]["store"]] = {
                "kind": "woocommerce",
                "base_url": url,
                "consumer_key": f"file:{tmp_path}/consumer_key",
                "consumer_secret": f"file:{tmp_path}/consumer_secret",
                "webhook_secrets": [f"file:{tmp_path}/hook"],
                "requests_per_second": 0,
            }
            raw["pairs"]["main"]["status_when_shipped"] = "completed"
            raw["pairs"]["main"]["payments"] = {
                "bacs": {"timing": "prepaid"},
                "cod": {"timing": "on_delivery"},
            }

        async with house(temporal_server, tmp_path, change=choose) as running:
            yield Corner(shop, running)


def subscribe(corner: Corner) -> None:
    """Let the shop post webhooks to the gateway."""
    corner.shop.subscribe(f"{corner.house.gateway_url}/webhooks/{corner.house.store}", DEFAULT_SIGNING_KEY)


async def test_order_told_by_webhook_is_posted_once_to_the_cent(corner: Corner) -> None:
    subscribe(corner)
    order_id = corner.sell(coupons=[{"percent": 7}], fees=[{"name": "Gift wrapping", "net": "2.50"}])

    await corner.house.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    await corner.shop.deliveries.drained()

    assert corner.posted(order_id) == [corner.shop.orders[order_id]["total"]]
    assert len(corner.notes(order_id)) == 1


async def test_order_whose_webhook_was_lost_is_found_in_the_list(corner: Corner) -> None:
    await reconcile(corner.house)
    order_id = corner.sell(payment_method="cod")

    await reconcile(corner.house)
    await corner.house.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    assert corner.posted(order_id) == [corner.shop.orders[order_id]["total"]]


async def test_order_waits_for_its_money_and_goes_on_when_it_comes(corner: Corner) -> None:
    subscribe(corner)
    order_id = corner.sell(paid=False)
    await corner.shop.deliveries.drained()
    await corner.house.until(order_id, Stage.RECEIVED, Stage.CHECKING, Stage.HELD)
    waited = corner.posted(order_id)

    corner.shop.set_status(order_id, "processing")

    await corner.house.until(order_id, Stage.POSTED)
    assert (waited, len(corner.posted(order_id))) == ([], 1)


async def test_order_cancelled_in_the_shop_is_cancelled_in_the_erp(corner: Corner) -> None:
    subscribe(corner)
    order_id = corner.sell()
    await corner.house.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    corner.shop.set_status(order_id, "cancelled")

    await corner.house.until(order_id, Stage.CANCELLED)


async def test_disabled_webhooks_are_on_again_after_the_list_was_read(corner: Corner) -> None:
    subscribe(corner)
    for webhook in corner.shop.webhooks.values():
        webhook["status"] = "disabled"
    await reconcile(corner.house)
    order_id = corner.sell()

    await corner.house.until(order_id, Stage.POSTED)

    await corner.shop.deliveries.drained()
    assert {each["status"] for each in corner.shop.webhooks.values()} == {"active"}
    assert {each["status"] for each in corner.shop.ledger.of("webhook", outcome="sent")} == {202}


async def test_order_put_into_the_trash_is_cancelled_in_the_erp_without_a_webhook(corner: Corner) -> None:
    await reconcile(corner.house)
    order_id = corner.sell()
    await reconcile(corner.house)
    await corner.house.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    corner.shop.trash(order_id)
    await reconcile(corner.house)
    await corner.house.until(order_id, Stage.CANCELLED)

    assert len(corner.house.company.ledger.of("cancel")) == 1


async def test_guests_who_buy_twice_are_one_customer_in_the_erp(corner: Corner) -> None:
    subscribe(corner)
    first, second = (corner.sell(customer="", email="gil@example.com") for _ in range(2))
    other = corner.sell(customer="", email="gwen@example.com")
    for order_id in (first, second, other):
        await corner.house.until(order_id, Stage.POSTED)

    codes = [corner.house.orders_in_erp(order_id)[0]["CardCode"] for order_id in (first, second, other)]

    assert codes[0] == codes[1] != codes[2]


async def test_unsigned_order_is_refused_and_a_greeting_is_not(corner: Corner) -> None:
    subscribe(corner)
    corner.shop.faults.arm("webhook_forge", path="order.created")
    corner.shop.faults.arm("webhook_lose", path="order.updated", times=None)
    corner.sell()
    await corner.shop.deliveries.drained()
    await corner.shop.deliveries.ping(next(iter(corner.shop.webhooks.values())))

    async def answered() -> list[int] | None:
        return [each["status"] for each in corner.shop.ledger.of("webhook", outcome="sent")] or None

    assert await eventually(answered) == [401]
    assert [each["status"] for each in corner.shop.ledger.of("ping")] == [200]
    assert await corner.house.waybill.inbox.counts() == {}


@pytest.mark.parametrize("told_by", ["webhook", "list"])
async def test_refund_made_in_the_shop_is_credited_in_the_erp(corner: Corner, told_by: str) -> None:
    running, staff = corner.house, corner.house.company.staff
    await running.watch_erp()
    await reconcile(running)
    order_id = corner.sell(coupons=[{"percent": 10}])
    await reconcile(running)
    view = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    assert view.document is not None
    staff.invoice_delivery(staff.deliver(int(view.document.entry))["DocEntry"])
    await running.until(order_id, Stage.SHIPPED, where=lambda view: len(view.papers) == 2)

    if told_by == "webhook":
        subscribe(corner)
    refund = corner.shop.refund(order_id, {"lines": [{"sku": "WINE-RED-75", "quantity": 1}]})
    if told_by == "list":
        await reconcile(running)
    view = await running.until(
        order_id, *Stage, where=lambda view: any(each.credited for each in view.returns)
    )

    (made,) = view.returns
    assert made.reference == f"refund-{refund['id']}"
    assert made.credited is not None
    assert made.credited.amount == refund["amount"]


async def test_shop_shows_that_an_order_was_shipped_and_with_which_parcel(corner: Corner) -> None:
    await corner.house.watch_erp()
    subscribe(corner)
    order_id = corner.sell()
    view = await corner.house.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    assert view.document is not None

    corner.house.company.staff.deliver(int(view.document.entry), tracking="1Z001")

    async def completed() -> bool | None:
        return corner.shop.orders[order_id]["status"] == "completed" or None

    async def tracked() -> bool | None:
        return any("1Z001" in each["note"] for each in corner.shop.notes[order_id]) or None

    assert await eventually(completed)
    assert await eventually(tracked)
