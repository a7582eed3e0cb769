"""Tracking numbers: the core has no field for them, so they go where a shop of this kind shows them.

Into the plug-in Shipment Tracking, or Advanced Shipment Tracking, where its routes are there, else into a
note and the meta key that plug-ins and themes read. The advanced one takes the id in the address for an
order's number first: where a plug-in counts orders on its own, the parcel would land at another order. The
core's own fulfilments (10.x) are left out: each names the pieces in its parcel, which a number does not tell.
"""

from collections.abc import Iterable

from adapters.stores.notes import harmless
from adapters.stores.order_ids import order_number
from adapters.stores.settling import settled
from adapters.stores.woocommerce.client import SHOP, WooCommerceClient
from adapters.stores.woocommerce.models import OrderNumber, Shipment, Site
from adapters.stores.woocommerce.settings import Tracking, WooCommerceSettings
from adapters.stores.woocommerce.writeback import OrderRecord
from domain.errors import BadConfiguration, BadCredentials, NotPermitted, Refused

PLUGIN, ADVANCED = "wc-shipment-tracking/v3", "wc-ast"
_FIELD = "_tracking_number"


class TrackingNumbers:
    """Writes tracking numbers into one shop."""

    def __init__(self, client: WooCommerceClient, settings: WooCommerceSettings) -> None:
        self._client, self._orders, self._settings = client, OrderRecord(client), settings
        self._found: frozenset[str] | None = None

    async def show(self, order_id: str, numbers: tuple[str, ...]) -> None:
        """Show the parcels' numbers at the order."""
        number = order_number(order_id, self._client.connection)
        wanted = tuple(self._clean(numbers))
        if not wanted:
            return
        if await self._goes_into_plugin(number):
            await self._show_in_plugin(number, wanted)
        else:
            await self._show_in_note(number, ", ".join(wanted))

    async def _goes_into_plugin(self, number: int) -> bool:
        wanted = self._settings.tracking
        if wanted is Tracking.NOTE:
            return False
        if self._found is None:
            self._found = await self._plugins(number)
        if PLUGIN not in self._found and wanted is Tracking.AUTO:
            return False
        by_number = any(each.startswith(ADVANCED) for each in self._found)
        if not by_number or await self._is_its_number(number):
            return True
        if wanted is Tracking.AUTO:
            return False
        raise Refused(
            "the plug-in Advanced Shipment Tracking finds orders by their number, and this one has another",
            field="tracking",
            remedy='Set tracking = "auto" in waybill.toml: such an order gets a note.',
            connection=self._client.connection,
        )

    async def _plugins(self, number: int) -> frozenset[str]:
        """Return the site's parts; where it hides them, the plug-in's route tells that it is there."""
        try:
            return frozenset((await self._client.one("", Site, {"_fields": "namespaces"})).namespaces)
        except (BadCredentials, NotPermitted):
            pass
        try:
            await self._client.page(_parcels(number), Shipment, {})
        except BadConfiguration:
            return frozenset()
        return frozenset({PLUGIN, ADVANCED})

    async def _is_its_number(self, number: int) -> bool:
        asked = {"_fields": "id,number"}
        order = await self._client.one(f"{SHOP}/orders/{number}", OrderNumber, asked)
        return order.number == str(number)

    async def _show_in_plugin(self, number: int, wanted: tuple[str, ...]) -> None:
        """Add each number that is not there: the plug-in takes the same one any number of times."""
        path = _parcels(number)

        async def shown() -> set[str]:
            return {row.tracking_number for row in (await self._client.page(path, Shipment, {})).rows}

        there = await shown()
        for each in wanted:
            if each in there:
                continue

            async def is_shown(tracking: str = each) -> bool:
                return tracking in await shown()

            provider = self._settings.tracking_provider
            parcel = {"custom_tracking_provider": provider, "tracking_number": each}
            await settled(self._client.write("POST", path, parcel), is_shown)

    async def _show_in_note(self, number: int, text: str) -> None:
        """The meta key is what a repetition looks at, so the note comes first."""
        if (await self._orders.read(number)).meta(_FIELD) == text:
            return
        note = f"Tracking: {text}"
        await self._orders.add_note(number, note, to_customer=self._settings.mail_customer)
        await self._orders.set_meta(number, _FIELD, text)

    def _clean(self, numbers: Iterable[str]) -> Iterable[str]:
        for position, each in enumerate(numbers, 1):
            clean = harmless(each)
            if not clean or clean != each.strip():
                raise Refused(
                    f"the number of parcel {position} cannot be a tracking number",
                    field=f"tracking.{position}",
                    connection=self._client.connection,
                )
            yield clean


def _parcels(number: int) -> str:
    return f"{PLUGIN}/orders/{number}/shipment-trackings"
