"""Shopify as a store, over the GraphQL Admin API of one dated version."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from adapters.ports import ChangedOrders, Finding, WebhookEvent
from adapters.stores.shopify import operations, webhooks
from adapters.stores.shopify.changes import OrderChanges
from adapters.stores.shopify.checkup import Checkup
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.fulfilling import Fulfilling
from adapters.stores.shopify.reading import OrderReading
from adapters.stores.shopify.refunds import Refunds
from adapters.stores.shopify.settings import ShopifySettings
from adapters.stores.shopify.stock import Stock
from adapters.stores.shopify.subscriptions import Subscriptions
from adapters.stores.shopify.writeback import WriteBack
from domain.order import Order
from domain.refunds import StoreRefund
from domain.stock import PublishedStock, StoreStock


class Shopify:
    """One shop, behind `adapters.ports.StorePort`. Orders are known by their numbers, without `gid://`."""

    def __init__(self, connection: str, settings: ShopifySettings) -> None:
        self._settings = settings
        self._client = ShopifyClient(connection, settings)
        self._refunds = Refunds(self._client)
        self._reading = OrderReading(self._client, self._refunds, settings)
        self._changes = OrderChanges(self._client, settings)
        self._writes = WriteBack(self._client, settings)
        self._fulfilling = Fulfilling(self._client, settings)
        self._stock = Stock(self._client, settings)
        self._subscriptions = Subscriptions(self._client, settings)

    async def answers(self) -> None:
        """Return when the shop answers and takes our token; raise what is in the way."""
        await self._client.read(operations.SCOPES)

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection: token, scopes, name, version, what can be read, location, webhooks."""
        found = await Checkup(self._client, self._settings, self._reading).findings()
        return (*found, *await self._subscriptions.findings())

    async def read_order(self, order_id: str) -> Order:
        """Read an order in full, in the shop's currency. Raises `NotFound` when the shop denies it."""
        return await self._reading.order(order_id)

    async def changed_orders(self, cursor: Mapping[str, str]) -> ChangedOrders:
        """Read a page of new and changed orders; {} starts behind the last change there is."""
        await self._subscriptions.keep_on()
        return await self._changes.page(cursor)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, _now: datetime, /) -> str:
        """Check a webhook's signature over its raw bytes and its shop; return the delivery id."""
        return webhooks.verify(headers, body, self._settings.shop, self._settings.webhook_secrets)

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Read a webhook whose signature was right."""
        settings = self._settings
        return webhooks.read(headers, body, tests=settings.take_test_orders, placed_from=settings.orders_from)

    async def refunds(self, order_id: str) -> tuple[StoreRefund, ...]:
        """Read the refunds of an order, the oldest first; pieces that had not left are not in them."""
        return await self._refunds.of_order(order_id)

    async def show_erp_number(self, order_id: str, text: str) -> None:
        """Show the ERP's number as a metafield. Safe to repeat: it is read before written."""
        await self._writes.show_erp_number(order_id, text)

    async def set_status(self, order_id: str, status: str, *, only_from: tuple[str, ...] = ()) -> None:
        """Bring an order to `IN_PROGRESS` or `FULFILLED`. Safe to repeat: it is read before written."""
        await self._fulfilling.set_status(order_id, status, only_from)

    async def set_tracking(self, order_id: str, numbers: tuple[str, ...]) -> None:
        """Fulfil what is open with the parcels' numbers. Safe to repeat: they are read before written."""
        await self._fulfilling.set_tracking(order_id, numbers)

    async def set_tracking_of_part(
        self, order_id: str, numbers: tuple[str, ...], sent: Mapping[str, Decimal]
    ) -> None:
        """Fulfil the pieces that have left with the parcels' numbers. Safe to repeat."""
        await self._fulfilling.set_tracking_of_part(order_id, numbers, sent)

    async def read_stock(self, skus: tuple[str, ...]) -> StoreStock:
        """Read what is for sale of some articles at the location."""
        return await self._stock.read(skus)

    async def publish_stock(
        self, levels: Mapping[str, Decimal], *, seen: Mapping[str, Decimal] | None = None
    ) -> PublishedStock:
        """Set what is for sale. Safe to repeat: each write names the number it replaces."""
        return await self._stock.publish(levels, seen)

    async def close(self) -> None:
        """Give back connections."""
        await self._client.close()
