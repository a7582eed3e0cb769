"""The PrestaShop adapter as a store: the suite of all stores, against the sandbox shop."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from decimal import Decimal

import pytest
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from adapters.ports import StorePort
from adapters.stores.prestashop import PrestaShop, PrestaShopSettings
from sandbox.prestashop import DEFAULT_KEY, DEFAULT_SIGNING_KEY, Settings, create_app
from sandbox.prestashop import PrestaShop as Shop
from sandbox.prestashop.webhooks import another_secret, sign
from sandbox.serving import serving
from tests.adapters.store_conformance import StoreConformance
from tests.adapters.store_conformance_stand import Sold, StoreStand, Trouble

_FAULTS = {
    Trouble.MAINTENANCE: "html_503",
    Trouble.FIREWALL: "html_403",
    Trouble.TOO_MANY: "rate_limited_429",
    Trouble.CUT_BEFORE: "reset_before",
    Trouble.CUT_AFTER: "reset_after_commit",
    Trouble.FAILS_AFTER: "error_500_after_commit",
    Trouble.GARBLED: "printed_notice",
}
_PROCESSING, _CANCELLED = 3, 6
_LARGE = {"WINE-RED-75": 7, "OLIVE-OIL-50": 3, "CORKSCREW-STEEL": 2, "VOUCHER-BOX": 1}
_SMALL = {"GLASS-SET-4": 1}


class PrestaShopStand(StoreStand):
    """A sandbox shop on loopback."""

    another_status = str(_PROCESSING)

    def __init__(self, shop: Shop, base_url: str, server: AsyncExitStack) -> None:
        self.shop, self.base_url, self._server = shop, base_url, server
        self._open: list[PrestaShop] = []
        self.store: StorePort = self.port()

    def port(self, **settings: object) -> PrestaShop:
        """Open another port to the same shop."""
        known: dict[str, object] = {
            "base_url": self.base_url,
            "key": DEFAULT_KEY,
            "webhook_secrets": [DEFAULT_SIGNING_KEY],
            "requests_per_second": 0,
            "page_size": 3,
        }
        port = PrestaShop("shop", PrestaShopSettings.model_validate({**known, **settings}))
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
        if name:
            address["first_name"] = name
        (placed,) = self.shop.place_order(
            {
                "customer": "anna.moreau@example.com",
                "address": address,
                "lines": [{"sku": sku, "quantity": pieces} for sku, pieces in pieces.items()],
                "vouchers": [{"percent": 7, "free_shipping": True}] if large else [],
                "gift_wrapping": large,
                "paid": paid,
                "comment": comment,
            }
        )
        return Sold(
            order_id=str(placed.id_order),
            gross=placed.total_paid_tax_incl,
            net=placed.total_paid_tax_excl,
            currency="EUR",
            email="anna.moreau@example.com",
            country="FR",
            pieces=pieces,
        )

    def lose_webhooks(self) -> None:
        self.shop.settings.webhook_url = ""

    def change(self, order_id: str) -> None:
        self.shop.set_state(int(order_id), _PROCESSING)

    def cancel(self, order_id: str) -> None:
        self.shop.set_state(int(order_id), _CANCELLED)

    def refund(self, order_id: str, sku: str, pieces: int, *, shipping: bool = False) -> None:
        line = {"sku": sku, "quantity": pieces}
        self.shop.refund(int(order_id), {"lines": [line], "shipping": shipping})

    def set_clock(self, moment: datetime) -> None:
        self.shop.settings.now = lambda: moment

    def event(self, order_id: object) -> bytes:
        event = {"type": "order.status_changed", "shop_id": 1, "data": {"id_order": order_id}}
        return json.dumps(event).encode()

    def other_event(self) -> bytes:
        return b'{"type": "customer.updated", "shop_id": 1, "data": {"id_customer": 7}}'

    def signed(self, body: bytes, at: datetime, *, wrongly: bool = False) -> dict[str, str]:
        secret = another_secret(DEFAULT_SIGNING_KEY) if wrongly else DEFAULT_SIGNING_KEY
        seconds = int(at.timestamp())
        return {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(seconds),
            "webhook-signature": sign(secret, "msg_1", seconds, body),
        }

    def times_shown(self, order_id: str, text: str) -> int:
        messages = [row["message"] for row in self.shop.rows("messages", id_order=int(order_id))]
        return sum(shown.count(text) for shown in (self.shop.order(int(order_id))["note"], *messages))

    def statuses(self, order_id: str) -> list[str]:
        rows = self.shop.rows("order_histories", id_order=int(order_id))
        return [str(row["id_order_state"]) for row in rows]

    def tracking(self, order_id: str) -> str:
        (row,) = self.shop.rows("order_carriers", id_order=int(order_id))
        return str(row["tracking_number"])

    @property
    def skus(self) -> tuple[str, str]:
        return "GLASS-SET-4", "SHIRT-BLK-M"

    def stock(self, sku: str) -> Decimal:
        found = self.shop.stock_of(sku)
        assert found is not None
        return Decimal(found)

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
        for method in ("POST", "PATCH") if on_write else ("GET",):
            self.shop.faults.arm(_FAULTS[trouble], method=method)

    def with_wrong_key(self) -> StorePort:
        return self.port(key="A" * 32)

    def seen(self, since: int = 0) -> list[str]:
        """Return the resources asked for, from a number of requests on."""
        asked = self.shop.ledger.of("request")[since:]
        return [each["path"].removeprefix("/api/") for each in asked]

    def place(self, **cart: object) -> str:
        """Let somebody buy a set of glasses, or whatever the cart says, and return the first order's id."""
        usual = {"customer": "anna.moreau@example.com", "lines": [{"sku": "GLASS-SET-4"}], "paid": True}
        return str(self.shop.place_order({**usual, **cart})[0].id_order)


Front = Callable[[Request, RequestResponseEndpoint], Awaitable[Response]]
"""Something between us and the shop: it may change what is asked, or answer by itself."""


@asynccontextmanager
async def opened(
    settings: Settings | None = None, front: Front | None = None
) -> AsyncIterator[PrestaShopStand]:
    """Serve a new shop and open a port to it."""
    shop = Shop(settings)
    app = create_app(shop)
    if front is not None:
        app.add_middleware(BaseHTTPMiddleware, dispatch=front)
    async with AsyncExitStack() as server:
        base_url = await server.enter_async_context(serving(app))
        stand = PrestaShopStand(shop, base_url, server)
        try:
            yield stand
        finally:
            await stand.close()


@pytest.fixture
async def stand() -> AsyncIterator[PrestaShopStand]:
    async with opened() as ready:
        yield ready


class TestPrestaShopStore(StoreConformance):
    """Inherits every fact of the suite."""
