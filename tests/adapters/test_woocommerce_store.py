"""The WooCommerce adapter as a store: the suite of all stores, against the sandbox shop."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.ports import StorePort
from adapters.stores.woocommerce import WooCommerce, WooCommerceSettings
from sandbox.serving import serving
from sandbox.woocommerce import DEFAULT_KEY, DEFAULT_SECRET, DEFAULT_SIGNING_KEY, Settings, create_app
from sandbox.woocommerce import WooCommerce as Shop
from sandbox.woocommerce.deliveries import sign
from tests.adapters.store_conformance import StoreConformance
from tests.adapters.store_conformance_stand import Sold, StoreStand, Trouble

HOOK = "https://waybill.example.com/webhooks/shop"
_FAULTS = {
    Trouble.MAINTENANCE: "html_503",
    Trouble.FIREWALL: "html_403",
    Trouble.TOO_MANY: "rate_limited_429",
    Trouble.CUT_BEFORE: "reset_before",
    Trouble.CUT_AFTER: "reset_after_commit",
    Trouble.FAILS_AFTER: "error_500_after_commit",
    Trouble.GARBLED: "printed_warning",
}
_LARGE = {"WINE-RED-75": 7, "OLIVE-OIL-50": 3, "CORKSCREW-STEEL": 2, "VOUCHER-BOX": 1}
_SMALL = {"GLASS-SET-4": 1}


class WooCommerceStand(StoreStand):
    """A sandbox shop on loopback."""

    another_status = "completed"
    signs_the_time = False
    writes_a_note = 2

    def __init__(self, shop: Shop, base_url: str, server: AsyncExitStack) -> None:
        self.shop, self.base_url, self._server = shop, base_url, server
        self._open: list[WooCommerce] = []
        shop.subscribe(HOOK, DEFAULT_SIGNING_KEY)
        shop.settings.sends_webhooks = False
        self.store: StorePort = self.port()

    def port(self, **settings: object) -> WooCommerce:
        """Open another port to the same shop."""
        known: dict[str, object] = {
            "base_url": self.base_url,
            "consumer_key": DEFAULT_KEY,
            "consumer_secret": DEFAULT_SECRET,
            "webhook_secrets": [DEFAULT_SIGNING_KEY],
            "requests_per_second": 0,
            "page_size": 3,
        }
        port = WooCommerce("shop", WooCommerceSettings.model_validate({**known, **settings}))
        self._open.append(port)
        return port

    async def close(self) -> None:
        for port in self._open:
            await port.close()

    async def sell(
        self, *, paid: bool = True, comment: str = "", name: str = "", large: bool = False
    ) -> Sold:
        pieces = _LARGE if large else _SMALL
        address = {"street": "1 rue du Port", "postcode": "75001", "city": "Paris", "country": "FR"}
        order = self.place(
            customer="anna.moreau@example.com",
            address={**address, "first_name": name},
            lines=[{"sku": sku, "quantity": count} for sku, count in pieces.items()],
            coupons=[{"percent": 7}] if large else [],
            fees=[{"name": "Gift wrapping", "net": "2.50"}] if large else [],
            paid=paid,
            comment=comment,
        )
        return Sold(
            order_id=str(order["id"]),
            gross=order["total"],
            net=order["total"] - order["total_tax"],
            currency="EUR",
            email="anna.moreau@example.com",
            country="FR",
            pieces=pieces,
        )

    def place(self, **cart: object) -> dict[str, Any]:
        """Let somebody buy a set of glasses, or whatever the cart says."""
        return self.shop.place_order({"lines": [{"sku": "GLASS-SET-4"}], **cart})

    def lose_webhooks(self) -> None:
        self.shop.webhooks.clear()

    def change(self, order_id: str) -> None:
        self.shop.set_status(int(order_id), "completed")

    def cancel(self, order_id: str) -> None:
        self.shop.set_status(int(order_id), "cancelled")

    def refund(self, order_id: str, sku: str, pieces: int, *, shipping: bool = False) -> None:
        line = {"sku": sku, "quantity": pieces}
        self.shop.refund(int(order_id), {"lines": [line], "shipping": shipping})

    def set_clock(self, moment: datetime) -> None:
        self.shop.settings.now = lambda: moment

    def event(self, order_id: object) -> bytes:
        return json.dumps({"id": order_id, "status": "processing", "parent_id": 0}).encode()

    def other_event(self) -> bytes:
        return b'{"id": 7, "sku": "GLASS-SET-4"}'

    def signed(self, body: bytes, at: datetime, *, wrongly: bool = False) -> dict[str, str]:
        return {
            "x-wc-webhook-topic": "product.updated" if body == self.other_event() else "order.updated",
            "x-wc-webhook-signature": sign("another" if wrongly else DEFAULT_SIGNING_KEY, body),
        }

    def times_shown(self, order_id: str, text: str) -> int:
        notes = self.shop.notes[int(order_id)]
        return sum(each["note"].count(text) for each in notes if not each["customer_note"])

    def statuses(self, order_id: str) -> list[str]:
        return [each["status"] for each in self.shop.ledger.of("status", id=int(order_id))]

    def tracking(self, order_id: str) -> str:
        metas = self.shop.orders[int(order_id)]["meta_data"]
        return " ".join(str(each["value"]) for each in metas if each["key"] == "_tracking_number")

    @property
    def skus(self) -> tuple[str, str]:
        return "GLASS-SET-4", "SHIRT-BLK-M"

    def stock(self, sku: str) -> Decimal:
        return Decimal(self.shop.product(sku)["stock_quantity"])

    def writes(self) -> int:
        seen = self.shop.ledger.of("request")
        return sum(1 for each in seen if each["method"] != "GET" and each["status"] < 300)

    def requests(self) -> int:
        return len(self.shop.ledger.of("request"))

    async def cause(self, trouble: Trouble, *, on_write: bool = False) -> None:
        if trouble is Trouble.GONE:
            await self._server.aclose()
            return
        self.shop.faults.clear()
        for method in ("POST", "PUT") if on_write else ("GET",):
            self.shop.faults.arm(_FAULTS[trouble], method=method)

    def with_wrong_key(self) -> StorePort:
        return self.port(consumer_key="ck_" + "0" * 40)

    def asked(self) -> list[str]:
        """Return what was asked for so far, as verbs and routes."""
        return [f"{each['method']} {each['path']}" for each in self.shop.ledger.of("request")]


@asynccontextmanager
async def opened(settings: Settings | None = None) -> AsyncIterator[WooCommerceStand]:
    """Serve a new shop and open a port to it."""
    shop = Shop(settings)
    async with AsyncExitStack() as server:
        base_url = await server.enter_async_context(serving(create_app(shop)))
        stand = WooCommerceStand(shop, base_url + shop.settings.base_path, server)
        try:
            yield stand
        finally:
            await stand.close()


@pytest.fixture
async def stand() -> AsyncIterator[WooCommerceStand]:
    async with opened() as ready:
        yield ready


class TestWooCommerceStore(StoreConformance):
    """Inherits every fact of the suite."""
