"""PrestaShop as a store: 1.7.8 to 9, over the classic webservice, which alone has the orders."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from adapters.ports import ChangedOrders, Finding, WebhookEvent
from adapters.stores.prestashop import webhooks
from adapters.stores.prestashop.changes import OrderChanges
from adapters.stores.prestashop.checkup import Checkup
from adapters.stores.prestashop.client import PrestaShopClient
from adapters.stores.prestashop.lookups import Lookups
from adapters.stores.prestashop.reading import OrderReading
from adapters.stores.prestashop.refunds import Refunds
from adapters.stores.prestashop.settings import PrestaShopSettings
from adapters.stores.prestashop.stock import Stock
from adapters.stores.prestashop.writeback import WriteBack
from domain.order import Order
from domain.refunds import StoreRefund
from domain.stock import PublishedStock, StoreStock


class PrestaShop:
    """One shop, behind `adapters.ports.StorePort`."""

    def __init__(self, connection: str, settings: PrestaShopSettings) -> None:
        self._settings = settings
        self._client = PrestaShopClient(connection, settings)
        self._lookups = Lookups(self._client, settings)
        self._reading = OrderReading(self._client, self._lookups, settings)
        self._changes = OrderChanges(self._client, self._lookups, settings)
        self._writes = WriteBack(self._client, self._lookups, settings)
        self._stock = Stock(self._client, settings)
        self._refunds = Refunds(self._client, self._lookups)

    async def answers(self) -> None:
        """Return when the shop answers and takes our key; raise what is in the way."""
        await self._client.rights()

    async def test(self) -> tuple[Finding, ...]:
        """Look at the connection: reachable, key accepted, each right that is needed, version, time zone."""
        return await Checkup(self._client, self._lookups).findings()

    async def read_order(self, order_id: str) -> Order:
        """Read an order in full. Raises `NotFound` when the shop denies it."""
        return await self._reading.order(order_id)

    async def changed_orders(self, cursor: Mapping[str, str]) -> ChangedOrders:
        """Read a page of new and changed orders; {} starts at the shop's present less the overlap."""
        return await self._changes.page(cursor)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Check a webhook's signature over its raw bytes and return the delivery id."""
        return webhooks.verify(headers, body, now, self._settings.webhook_secrets)

    def read_webhook(self, _: Mapping[str, str], body: bytes, /) -> WebhookEvent:
        """Read a webhook whose signature was right."""
        return webhooks.read(body, self._settings.id_shop)

    async def refunds(self, order_id: str) -> tuple[StoreRefund, ...]:
        """Read the credit slips of an order, the oldest first."""
        return await self._refunds.of_order(order_id)

    async def show_erp_number(self, order_id: str, text: str) -> None:
        """Show the ERP's number with the order. Safe to repeat: it is read before written."""
        await self._writes.show_erp_number(order_id, text)

    async def set_status(self, order_id: str, status: str, *, only_from: tuple[str, ...] = ()) -> None:
        """Set the order's status by its number in the shop. Safe to repeat: it is read before written."""
        await self._writes.set_status(order_id, status, only_from)

    async def set_tracking(self, order_id: str, numbers: tuple[str, ...]) -> None:
        """Show the parcels' tracking numbers. Safe to repeat: they are read before written."""
        await self._writes.set_tracking(order_id, numbers)

    async def read_stock(self, skus: tuple[str, ...]) -> StoreStock:
        """Read what is for sale of some articles, by their reference."""
        return await self._stock.read(skus)

    async def publish_stock(
        self, levels: Mapping[str, Decimal], *, seen: Mapping[str, Decimal] | None = None
    ) -> PublishedStock:
        """Set what is for sale. Safe to repeat: it is read before written."""
        return await self._stock.publish(levels, seen)

    async def close(self) -> None:
        """Give back connections."""
        await self._client.close()
