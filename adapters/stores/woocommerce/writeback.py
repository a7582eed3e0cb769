"""What Waybill writes at an order: the ERP's number and a status.

Each write reads first and does nothing when the shop has it already, so each may run again after a failure;
after an answer that was lost or was an error, the shop is read once more. Only single fields are sent: an
order sent back as it was read would get all its lines a second time.
"""

from adapters.ports import STATUS_WENT_ON
from adapters.stores.notes import harmless, shows
from adapters.stores.order_ids import order_number
from adapters.stores.settling import settled
from adapters.stores.woocommerce.client import SHOP, WooCommerceClient
from adapters.stores.woocommerce.models import OrderMetas, OrderNote
from adapters.stores.woocommerce.settings import WooCommerceSettings
from domain.errors import BadConfiguration, Refused

_METAS = {"_fields": "id,status,meta_data"}
_LONGEST_NOTE = 1600
_WENT_ON = "the order has another status in the shop by now"


class OrderRecord:
    """Notes and meta data of orders."""

    def __init__(self, client: WooCommerceClient) -> None:
        self._client = client

    async def read(self, number: int) -> OrderMetas:
        """Read an order's status and meta data."""
        return await self._client.one(f"{SHOP}/orders/{number}", OrderMetas, _METAS)

    async def add_note(self, number: int, text: str, *, to_customer: bool) -> None:
        """Add a note, unless one says it already; the shop would take it any number of times."""
        path = f"{SHOP}/orders/{number}/notes"

        async def is_shown() -> bool:
            rows = (await self._client.page(path, OrderNote, {})).rows
            return any(shows(row.note, text) for row in rows)

        if not await is_shown():
            note = {"note": text, "customer_note": to_customer}
            await settled(self._client.write("POST", path, note), is_shown)

    async def set_meta(self, number: int, key: str, value: str) -> None:
        """Set one value; the shop replaces what stands under the key."""

        async def is_set() -> bool:
            return (await self.read(number)).meta(key) == value

        change = {"meta_data": [{"key": key, "value": value}]}
        await settled(self._client.write("PUT", f"{SHOP}/orders/{number}", change), is_set)


class WriteBack:
    """Writes of one shop."""

    def __init__(self, client: WooCommerceClient, settings: WooCommerceSettings) -> None:
        self._client, self._orders = client, OrderRecord(client)
        self._prefix, self._field = settings.note_prefix, settings.erp_number_field

    async def show_erp_number(self, order_id: str, text: str) -> None:
        """Add a private note for people, and the same under a meta key for programs."""
        number = order_number(order_id, self._client.connection)
        shown = harmless(self._prefix + text)[:_LONGEST_NOTE]
        await self._orders.add_note(number, shown, to_customer=False)
        kept = (await self._orders.read(number)).meta(self._field)
        if not shows(kept, shown):
            await self._orders.set_meta(number, self._field, "; ".join(filter(None, (kept, shown))))

    async def set_status(self, order_id: str, status: str, only_from: tuple[str, ...] = ()) -> None:
        """Set the status, with all that the shop does for it.

        With `only_from`, an order that has another status by now is left alone: raises `Refused`, as does
        one in the trash. What
        somebody else sets between our reading and our writing is lost: the shop has no such condition, and
        no list of an order's statuses to see it by.
        """
        number, wanted = order_number(order_id, self._client.connection), _slug(status)
        if not wanted:
            raise self._unknown(status)
        current, expected = (await self._orders.read(number)).status, {_slug(each) for each in only_from}
        if current == wanted:
            return
        if current == "trash" or (expected and current not in expected):
            # A status would fetch the order out of the trash, with all the mails of that status.
            raise Refused(
                "the order is in the shop's trash" if current == "trash" else _WENT_ON,
                code=STATUS_WENT_ON,
                field="status",
                connection=self._client.connection,
            )

        async def is_set() -> bool:
            return (await self._orders.read(number)).status == wanted

        try:
            path = f"{SHOP}/orders/{number}"
            await settled(self._client.write("PUT", path, {"status": wanted}), is_set)
        except Refused as refusal:
            if refusal.problem.field == "status":
                raise self._unknown(status) from None
            raise

    def _unknown(self, status: str) -> BadConfiguration:
        return BadConfiguration(
            "the shop has no such order status",
            quote=status,
            field="status",
            remedy="Name a status by its slug, for example completed.",
            connection=self._client.connection,
        )


def _slug(status: str) -> str:
    """Return a status as the API names it; in the shop's database it has `wc-` before it."""
    return status.removeprefix("wc-")
