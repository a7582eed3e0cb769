"""WooCommerce as a store: 5.8 to 11, over the REST API v3."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from adapters.ports import ChangedOrders, Finding, WebhookEvent
from adapters.stores.order_ids import order_number
from adapters.stores.woocommerce import webhooks
from adapters.stores.woocommerce.changes import OrderChanges
from adapters.stores.woocommerce.checkup import Checkup
from adapters.stores.woocommerce.client import SHOP, WooCommerceClient
from adapters.stores.woocommerce.mapping import to_order
from adapters.stores.woocommerce.models import OrderMark, ShopOrder
from adapters.stores.woocommerce.refunds import Refunds
from adapters.stores.woocommerce.settings import WooCommerceSettings
from adapters.stores.woocommerce.stock import Stock
from adapters.stores.woocommerce.subscriptions import Subscriptions
from adapters.stores.woocommerce.tracking import TrackingNumbers
from adapters.stores.woocommerce.writeback import WriteBack
from domain.order import Order
from domain.refunds import StoreRefund
from domain.stock import PublishedStock, StoreStock

_EXACT = {"dp": "6"}
"""Decimals of the amounts: shops that round on the total have more in the lines than they show."""


class WooCommerce:
    """One shop, behind `adapters.ports.StorePort`."""

    def __init__(self, connection: str, settings: WooCommerceSettings) -> None:
        self._connection, self._settings = connection, settings
        self._client = WooCommerceClient(connection, settings)
        self._subscriptions = Subscriptions(self._client, settings)
        self._changes = OrderChanges(self._client, settings)
        self._writes = WriteBack(self._client, settings)
        self._tracking = TrackingNumbers(self._client, settings)
        self._stock = Stock(self._client)
        self._refunds = Refunds(self._client)

    async def answers(self) -> None:
        """Return when the shop answers and takes our key; raise what is in the way."""
        await self._client.page(f"{SHOP}/orders", OrderMark, {"per_page": "1", "_fields": "id"})

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection: reachable, key accepted, rights, version, webhooks."""
        return await Checkup(self._client, self._settings, self._subscriptions).findings()

    async def read_order(self, order_id: str) -> Order:
        """Read an order in full. Raises `NotFound` when the shop denies it."""
        number = order_number(order_id, self._connection)
        order = await self._client.one(f"{SHOP}/orders/{number}", ShopOrder, _EXACT)
        return to_order(self._connection, order, self._settings)

    async def changed_orders(self, cursor: Mapping[str, str]) -> ChangedOrders:
        """Read a page of new and changed orders; {} starts at the shop's present less the overlap.

        Webhooks that the shop disabled are switched on first, and missing ones made where the settings tell
        our address: what they missed is read after that.
        """
        await self._subscriptions.keep_on()
        return await self._changes.page(cursor)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, _: datetime, /) -> str:
        """Check a webhook's signature over its raw bytes and return the delivery id."""
        return webhooks.verify(headers, body, self._settings.webhook_secrets)

    def read_webhook(self, headers: Mapping[str, str], body: bytes, /) -> WebhookEvent:
        """Read a webhook whose signature was right."""
        ours = self._settings
        return webhooks.read(headers, body, ours.sub_orders, ours.orders_from, ours.drafts)

    async def refunds(self, order_id: str) -> tuple[StoreRefund, ...]:
        """Read what was given back of an order, the oldest first."""
        return await self._refunds.of_order(order_id)

    async def show_erp_number(self, order_id: str, text: str) -> None:
        """Show the ERP's number with the order. Safe to repeat: it is read before written."""
        await self._writes.show_erp_number(order_id, text)

    async def set_status(self, order_id: str, status: str, *, only_from: tuple[str, ...] = ()) -> None:
        """Set the order's status by its slug. Safe to repeat: it is read before written."""
        await self._writes.set_status(order_id, status, only_from)

    async def set_tracking(self, order_id: str, numbers: tuple[str, ...]) -> None:
        """Show the parcels' tracking numbers. Safe to repeat: they are read before written."""
        await self._tracking.show(order_id, numbers)

    async def read_stock(self, skus: tuple[str, ...]) -> StoreStock:
        """Read what is for sale of some articles, by their SKU."""
        return await self._stock.read(skus)

    async def publish_stock(
        self, levels: Mapping[str, Decimal], *, seen: Mapping[str, Decimal] | None = None
    ) -> PublishedStock:
        """Set what is for sale. Safe to repeat: it is read before written."""
        return await self._stock.publish(levels, seen)

    async def close(self) -> None:
        """Give back connections."""
        await self._client.close()
