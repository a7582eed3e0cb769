"""The ERP's number, as a metafield of the order. Read before it is written; a later number replaces it."""

from adapters.stores.order_ids import no_such_order
from adapters.stores.settling import settled
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.ids import order_gid
from adapters.stores.shopify.models import OrderNumber
from adapters.stores.shopify.refusals import check
from adapters.stores.shopify.settings import ShopifySettings


class WriteBack:
    """Writes of one shop that touch the order alone."""

    def __init__(self, client: ShopifyClient, settings: ShopifySettings) -> None:
        self._client = client
        self._namespace, self._key = settings.metafield_namespace, settings.metafield_key

    async def show_erp_number(self, order_id: str, text: str) -> None:
        """Show the ERP's number with the order."""
        gid, shown = order_gid(order_id, self._client.connection), " ".join(text.split())
        if await self._shown(gid) == shown:
            return

        async def is_shown() -> bool:
            return await self._shown(gid) == shown

        await settled(self._write(gid, shown), is_shown)

    async def _shown(self, gid: str) -> str:
        found = await self._client.read_one(
            OrderNumber, operations.ERP_NUMBER, "order", id=gid, namespace=self._namespace, key=self._key
        )
        if found is None:
            raise no_such_order(self._client.connection)
        return found.metafield.value if found.metafield else ""

    async def _write(self, gid: str, text: str) -> None:
        metafield = {
            "ownerId": gid,
            "namespace": self._namespace,
            "key": self._key,
            "type": "single_line_text_field",
            "value": text,
        }
        errors = await self._client.write(operations.SET_ERP_NUMBER, metafields=[metafield])
        check(errors, "the ERP's number", self._client.connection)
