"""Read one order: one request, more for many lines and one for each refund."""

from adapters.stores.order_ids import no_such_order
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.ids import order_gid
from adapters.stores.shopify.mapping import is_taken, to_order
from adapters.stores.shopify.models import LineItem, MoreLines, ShopOrder
from adapters.stores.shopify.refunds import Refunds
from adapters.stores.shopify.settings import ShopifySettings
from domain.errors import FixData
from domain.order import Order


class OrderReading:
    """Reads orders."""

    def __init__(self, client: ShopifyClient, refunds: Refunds, settings: ShopifySettings) -> None:
        self._client, self._refunds, self._settings = client, refunds, settings

    async def order(self, order_id: str) -> Order:
        """Read an order in full. Raises `NotFound`, and `FixData` for one that is not to be taken."""
        connection = self._client.connection
        read = await self.document(order_id)
        self._check_taken(read)
        gid = order_gid(order_id, connection)
        lines = await self._lines(gid, read)
        refunds = await self._refunds.all_of(gid, read.refunds)
        return to_order(connection, read, lines, refunds, self._settings)

    def _check_taken(self, read: ShopOrder) -> None:
        if is_taken(read, self._settings):
            return
        kind, key = ("a test", "take_test_orders") if read.test else ("of before Waybill", "orders_from")
        raise FixData(
            f"the order is {kind}",
            field="test" if read.test else "placed_at",
            remedy=f"Nothing to do; to take such orders, change {key} in waybill.toml.",
            connection=self._client.connection,
        )

    async def document(self, order_id: str) -> ShopOrder:
        """Read the shop's document of an order. Raises `NotFound`."""
        connection = self._client.connection
        gid = order_gid(order_id, connection)
        read = await self._client.read_one(ShopOrder, operations.ORDER, "order", id=gid)
        if read is None:
            raise no_such_order(connection)
        return read

    async def _lines(self, gid: str, read: ShopOrder) -> list[LineItem]:
        lines, info = list(read.lines.nodes), read.lines.info
        while info.more:
            page = await self._client.read_one(
                MoreLines, operations.MORE_LINES, "order", id=gid, after=info.end
            )
            if page is None or not page.lines.nodes:
                raise no_such_order(self._client.connection)
            lines += page.lines.nodes
            info = page.lines.info
        return lines
