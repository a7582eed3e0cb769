"""Orders of a Shopify shop, from its checkout over a webhook or its list into the ERP and back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.stages import Stage
from sandbox.serving import serving
from sandbox.shopify import DEFAULT_SECRET, DEFAULT_TOKEN, DOMAIN, Settings, Shop, create_app
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.test_reconciler import reconcile


@dataclass
class Corner:
    """A shop, and the house that serves it."""

    shop: Shop
    house: House

    def sell(self, **cart: object) -> int:
        """Let Anna, whom the ERP knows, buy."""
        lines = [{"sku": "WINE-RED-75", "quantity": 7}, {"sku": "OLIVE-OIL-50", "quantity": 3}]
        return self.shop.place({"lines": lines, **cart}).number

    def total(self, number: int) -> Decimal:
        """Return what the order costs now."""
        return self.shop.views.total(self.shop.sale(number))

    def posted(self, number: int) -> list[Decimal]:
        """Return the totals of the order's documents in the ERP."""
        return [Decimal(str(each["DocTotal"])) for each in self.house.orders_in_erp(number)]

    def listen(self) -> None:
        """Let the shop post webhooks to the gateway."""
        self.shop.settings.webhook_url = f"{self.house.gateway_url}/webhooks/{self.house.store}"


@asynccontextmanager
async def opened(temporal_server: TemporalServer, tmp_path: Path, **statuses: str) -> AsyncIterator[Corner]:
    """Open a shop and its house; `statuses` are those that the pair sets."""
    for name, secret in {"token": DEFAULT_TOKEN, "hook": DEFAULT_SECRET}.items():
        (tmp_path / name).write_text(secret)
    shop = Shop(Settings(bucket=100_000, restore_rate=2000))
    async with serving(create_app(shop)) as url:

        def choose(raw: dict[str, Any]) -> None:
            raw["connections"][raw["pairs"]["main"]["store"]] = {
                "kind": "shopify",
                "shop": DOMAIN,
                "base_url": url,
                "access_token": f"file:{tmp_path}/token",
                "webhook_secrets": [f"file:{tmp_path}/hook"],
            }
            raw["pairs"]["main"].update(payments={"shopify_payments": {"timing": "prepaid"}}, **statuses)

        async with house(temporal_server, tmp_path, change=choose) as running:
            yield Corner(shop, running)


@pytest.fixture
async def corner(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[Corner]:
    statuses = {"status_when_picking": "IN_PROGRESS", "status_when_shipped": "FULFILLED"}
    async with opened(temporal_server, tmp_path, **statuses) as corner:
        yield corner


async def test_order_told_by_webhook_is_posted_once_to_the_cent(corner: Corner) -> None:
    corner.listen()
    number = corner.sell(percent_off=7)

    await corner.house.until(number, Stage.POSTED, where=lambda view: view.told_store)
    await corner.shop.webhooks.drained()

    assert corner.posted(number) == [corner.total(number)]
    (shown,) = corner.shop.sale(number).metafields.values()
    assert shown.startswith("SAP Business One order ")


async def test_order_whose_webhook_was_lost_is_found_in_the_list(corner: Corner) -> None:
    await reconcile(corner.house)
    number = corner.sell()

    await reconcile(corner.house)
    await corner.house.until(number, Stage.POSTED, where=lambda view: view.told_store)

    assert corner.posted(number) == [corner.total(number)]


async def test_order_waits_for_its_money_and_goes_on_when_it_comes(corner: Corner) -> None:
    corner.listen()
    number = corner.sell(paid=False)
    await corner.shop.webhooks.drained()
    await corner.house.until(number, Stage.RECEIVED, Stage.CHECKING, Stage.HELD)
    waited = corner.posted(number)

    corner.shop.pay(number)

    await corner.house.until(number, Stage.POSTED)
    assert (waited, len(corner.posted(number))) == ([], 1)


async def test_order_cancelled_in_the_shop_is_cancelled_in_the_erp(corner: Corner) -> None:
    corner.listen()
    number = corner.sell()
    await corner.house.until(number, Stage.POSTED, where=lambda view: view.told_store)

    corner.shop.cancel(number)

    await corner.house.until(number, Stage.CANCELLED)


async def test_delivery_of_the_erp_fulfils_the_order_with_its_parcel(corner: Corner) -> None:
    corner.listen()
    await corner.house.watch_erp()
    number = corner.sell()
    view = await corner.house.until(number, Stage.POSTED, where=lambda view: view.told_store)
    assert view.document is not None
    entry = int(view.document.entry)

    async def is_shown_picked() -> bool | None:
        return corner.shop.sale(number).fulfilment == "IN_PROGRESS" or None

    corner.house.company.staff.pick(entry)
    # An order that is shipped before the shop was told of the picking is shown as shipped only.
    await eventually(is_shown_picked)
    corner.house.company.staff.deliver(entry, tracking="1Z001")
    await corner.house.until(number, Stage.SHIPPED)

    async def is_fulfilled() -> list[str] | None:
        sale = corner.shop.sale(number)
        return sale.parcels[0].numbers if sale.fulfilment == "FULFILLED" and sale.parcels else None

    assert await eventually(is_fulfilled) == ["1Z001"]
    assert corner.shop.sale(number).history == ["UNFULFILLED", "IN_PROGRESS", "FULFILLED"]
    assert len(corner.shop.sale(number).parcels) == 1


async def test_refund_of_the_shop_becomes_one_credit_note(corner: Corner) -> None:
    corner.listen()
    await corner.house.watch_erp()
    number = corner.sell()
    view = await corner.house.until(number, Stage.POSTED, where=lambda view: view.told_store)
    assert view.document is not None
    staff = corner.house.company.staff
    staff.invoice_delivery(staff.deliver(int(view.document.entry), tracking="1Z001")["DocEntry"])
    await corner.house.until(number, Stage.SHIPPED, where=lambda view: len(view.papers) == 2)

    made = corner.shop.refund(number, {"lines": [{"sku": "WINE-RED-75", "quantity": 2}], "shipping": True})

    async def credited() -> list[Decimal] | None:
        notes = corner.house.company.ledger.of("credit_note")
        return [Decimal(str(note["DocTotal"])) for note in notes] or None

    assert await eventually(credited) == [made.money]


async def test_pieces_taken_off_a_posted_order_without_restocking_stop_it_before_they_are_sent(
    corner: Corner,
) -> None:
    corner.listen()
    number = corner.sell(paid=False, authorized=True)
    await corner.house.until(number, Stage.POSTED, where=lambda view: view.told_store)

    line = {"sku": "WINE-RED-75", "quantity": 2, "restock": "NO_RESTOCK"}
    corner.shop.refund(number, {"lines": [line]})
    view = await corner.house.until(number, Stage.HELD)

    assert view.hold is not None
    assert view.hold.code == "changed_after_posting"
    assert "5 × WINE-RED-75" in {row.asked for row in view.hold.differences}
    assert view.returns == ()


async def test_part_delivery_of_the_erp_fulfils_that_part(corner: Corner) -> None:
    corner.listen()
    await corner.house.watch_erp()
    number = corner.sell()
    view = await corner.house.until(number, Stage.POSTED, where=lambda view: view.told_store)
    assert view.document is not None
    entry, staff = int(view.document.entry), corner.house.company.staff

    staff.deliver(entry, {0: Decimal(2)}, tracking="1Z001")

    async def is_told(parcels: int) -> list[tuple[list[int], list[str]]] | None:
        made = corner.shop.sale(number).parcels
        told = [([pieces for _, pieces in each.lines], each.numbers) for each in made]
        return told if len(told) == parcels else None

    assert await eventually(lambda: is_told(1)) == [([2], ["1Z001"])]
    assert corner.shop.sale(number).fulfilment == "PARTIALLY_FULFILLED"
    staff.deliver(entry, tracking="1Z002")
    assert await eventually(lambda: is_told(2)) == [([2], ["1Z001"]), ([5, 3], ["1Z002"])]


async def test_rest_that_leaves_without_a_number_of_its_own_is_fulfilled_too(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with opened(temporal_server, tmp_path) as corner:
        corner.listen()
        await corner.house.watch_erp()
        number = corner.sell()
        view = await corner.house.until(number, Stage.POSTED, where=lambda view: view.told_store)
        assert view.document is not None
        entry, staff = int(view.document.entry), corner.house.company.staff

        async def is_sent(pieces: int) -> bool | None:
            made = corner.shop.sale(number).parcels
            return sum(each for parcel in made for _, each in parcel.lines) == pieces or None

        staff.deliver(entry, {0: Decimal(2)}, tracking="1Z001")
        await eventually(lambda: is_sent(2))
        staff.deliver(entry)
        await eventually(lambda: is_sent(10))

    assert corner.shop.sale(number).fulfilment == "FULFILLED"
