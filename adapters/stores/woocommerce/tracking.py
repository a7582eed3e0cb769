"""Tracking numbers: the core has no field for them, so they go where a shop of this kind shows them.

Into the plug-in Shipment Tracking where its routes are there, else into a note and the meta key that plug-ins
and themes read. The core's own fulfilments (10.x) are left out: they are off by default and the names of
their keys differ between its documents and its code.
"""

from collections.abc import Iterable

from adapters.stores.notes import harmless
from adapters.stores.order_ids import order_number
from adapters.stores.settling import settled
from adapters.stores.woocommerce.client import WooCommerceClient
from adapters.stores.woocommerce.models import Shipment, Site
from adapters.stores.woocommerce.settings import Tracking, WooCommerceSettings
from adapters.stores.woocommerce.writeback import OrderRecord
from domain.errors import Refused

PLUGIN = "wc-shipment-tracking/v3"
_FIELD = "_tracking_number"


class TrackingNumbers:
    """Writes tracking numbers into one shop."""

    def __init__(self, client: WooCommerceClient, settings: WooCommerceSettings) -> None:
        self._client, self._orders, self._settings = client, OrderRecord(client), settings
        self._has_plugin: bool | None = None

    async def show(self, order_id: str, numbers: tuple[str, ...]) -> None:
        """Show the parcels' numbers at the order."""
        number = order_number(order_id, self._client.connection)
        wanted = tuple(self._clean(numbers))
        if not wanted:
            return
        if await self._plugin_is_there():
            await self._show_in_plugin(number, wanted)
        else:
            await self._show_in_note(number, ", ".join(wanted))

    async def _plugin_is_there(self) -> bool:
        if self._settings.tracking is not Tracking.AUTO:
            return self._settings.tracking is Tracking.PLUGIN
        if self._has_plugin is None:
            self._has_plugin = PLUGIN in (await self._client.one("", Site, {})).namespaces
        return self._has_plugin

    async def _show_in_plugin(self, number: int, wanted: tuple[str, ...]) -> None:
        """Add each number that is not there: the plug-in takes the same one any number of times."""
        path = f"{PLUGIN}/orders/{number}/shipment-trackings"

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
