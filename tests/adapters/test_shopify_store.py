"""The Shopify adapter as a store: the suite of all stores, against the sandbox shop."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from decimal import Decimal

import pytest

from adapters.ports import StorePort
from adapters.stores.shopify import Shopify, ShopifySettings
from sandbox.serving import serving
from sandbox.shopify import DEFAULT_SECRET, DEFAULT_TOKEN, DOMAIN, Settings, Shop, create_app
from sandbox.shopify.webhooks import sign
from tests.adapters.store_conformance import StoreConformance
from tests.adapters.store_conformance_stand import Sold, StoreStand, Trouble

_FAULTS = {
    Trouble.MAINTENANCE: "html_503",
    Trouble.FIREWALL: "html_403",
    Trouble.TOO_MANY: "throttled",
    Trouble.CUT_BEFORE: "reset_before",
    Trouble.CUT_AFTER: "reset_after_commit",
    Trouble.FAILS_AFTER: "error_500_after_commit",
    Trouble.GARBLED: "truncated",
}
_LARGE = {"WINE-RED-75": 7, "OLIVE-OIL-50": 3, "CORKSCREW-STEEL": 2, "VOUCHER-BOX": 1}
_SMALL = {"GLASS-SET-4": 1}
DELIVERY = "b1d6a1f2-7a0e-4c58-9a55-7a4bb0a1c001"


class ShopifyStand(StoreStand):
    """A sandbox shop on loopback."""

    another_status = "IN_PROGRESS"
    signs_the_time = False

    def __init__(self, shop: Shop, base_url: str, server: AsyncExitStack) -> None:
        self.shop, self.base_url, self._server = shop, base_url, server
        self._open: list[Shopify] = []
        self.store: StorePort = self.port()

    def port(self, **settings: object) -> Shopify:
        """Open another port to the same shop."""
        known: dict[str, object] = {
            "shop": DOMAIN,
            "base_url": self.base_url,
            "access_token": DEFAULT_TOKEN,
            "webhook_secrets": [DEFAULT_SECRET],
            "page_size": 3,
        }
        port = Shopify("shop", ShopifySettings.model_validate({**known, **settings}))
        self._open.append(port)
        return port

    async def close(self) -> None:
        for port in self._open:
            await port.close()

    async def sell(
        self, *, paid: bool = True, comment: str = "", name: str = "", large: bool = False
    ) -> Sold:
        pieces = _LARGE if large else _SMALL
        address = {
            "street": "1 rue du Port",
            "postcode": "75001",
            "city": "Paris",
            "first_name": name or "Anna",
        }
        sale = self.shop.place(
            {
                "address": address,
                "lines": [{"sku": sku, "quantity": count} for sku, count in pieces.items()],
                "percent_off": 7 if large else 0,
                "paid": paid,
                "comment": comment,
            }
        )
        gross = self.shop.views.total(sale)
        return Sold(
            order_id=str(sale.number),
            gross=gross,
            net=gross - self.shop.views.tax(sale),
            currency="EUR",
            email="anna.moreau@example.com",
            country="FR",
            pieces=pieces,
        )

    def lose_webhooks(self) -> None:
        self.shop.settings.webhook_url = ""

    def change(self, order_id: str) -> None:
        self.shop.pack(order_id)

    def cancel(self, order_id: str) -> None:
        self.shop.cancel(order_id)

    def refund(self, order_id: str, sku: str, pieces: int, *, shipping: bool = False) -> None:
        self.shop.refund(order_id, {"lines": [{"sku": sku, "quantity": pieces}], "shipping": shipping})

    def set_clock(self, moment: datetime) -> None:
        self.shop.settings.now = lambda: moment

    def event(self, order_id: object) -> bytes:
        return json.dumps({"id": order_id, "name": "#1001", "test": False, "refunds": []}).encode()

    def other_event(self) -> bytes:
        return b'{"id": 7, "admin_graphql_api_id": "gid://shopify/Product/7"}'

    def signed(self, body: bytes, at: datetime, *, wrongly: bool = False) -> dict[str, str]:
        return {
            "x-shopify-topic": "products/update" if b"Product" in body else "orders/updated",
            "x-shopify-shop-domain": DOMAIN,
            "x-shopify-webhook-id": DELIVERY,
            "x-shopify-hmac-sha256": sign("not the secret" if wrongly else DEFAULT_SECRET, body),
        }

    def times_shown(self, order_id: str, text: str) -> int:
        return sum(value.count(text) for value in self.shop.sale(order_id).metafields.values())

    def statuses(self, order_id: str) -> list[str]:
        return list(self.shop.sale(order_id).history)

    def tracking(self, order_id: str) -> str:
        return " ".join(number for made in self.shop.sale(order_id).parcels for number in made.numbers)

    @property
    def skus(self) -> tuple[str, str]:
        return "GLASS-SET-4", "SHIRT-BLK-M"

    def stock(self, sku: str) -> Decimal:
        return Decimal(self.shop.variant(sku).stock[min(self.shop.locations)])

    def writes(self) -> int:
        seen = self.shop.ledger.of("request", method="WRITE")
        return sum(1 for each in seen if each["status"] < 300)

    def requests(self) -> int:
        return len(self.shop.ledger.of("request"))

    async def cause(self, trouble: Trouble, *, on_write: bool = False) -> None:
        if trouble is Trouble.GONE:
            await self._server.aclose()
            return
        self.shop.faults.clear()
        self.shop.faults.arm(_FAULTS[trouble], method="WRITE" if on_write else "READ")

    def with_wrong_key(self) -> StorePort:
        return self.port(access_token="shpat_wrong")

    def place(self, **cart: object) -> str:
        """Let somebody buy a set of glasses, or whatever the cart says, and return the order's id."""
        return str(self.shop.place({"lines": [{"sku": "GLASS-SET-4"}], **cart}).number)


@asynccontextmanager
async def opened(settings: Settings | None = None) -> AsyncIterator[ShopifyStand]:
    """Serve a new shop and open a port to it."""
    shop = Shop(settings or Settings(bucket=100_000, restore_rate=2000))
    async with AsyncExitStack() as server:
        base_url = await server.enter_async_context(serving(create_app(shop)))
        stand = ShopifyStand(shop, base_url, server)
        try:
            yield stand
        finally:
            await stand.close()


@pytest.fixture
async def stand() -> AsyncIterator[ShopifyStand]:
    async with opened() as ready:
        yield ready


class TestShopifyStore(StoreConformance):
    """Inherits every fact of the suite."""
