"""The connection test: each thing Waybill needs of a shop, and the sentence that puts it right."""

from adapters.ports import Finding
from adapters.stores.findings import broken
from adapters.stores.woocommerce.client import SHOP, WooCommerceClient
from adapters.stores.woocommerce.mapping import STATES
from adapters.stores.woocommerce.models import OrderMark, Site, StatusCount, SystemStatus
from adapters.stores.woocommerce.settings import WooCommerceSettings
from adapters.stores.woocommerce.subscriptions import Subscriptions
from domain.errors import BadCredentials, NotFound, NotPermitted, WaybillError

_ACCEPTED, _READ = "the key is accepted", "the key may read orders and products"
_WRITE = "the key may write orders"
_NOTHING = 0
"""The id of no order: asking to change it tells whether we may, and changes nothing."""


class Checkup:
    """Tests one shop."""

    def __init__(
        self, client: WooCommerceClient, settings: WooCommerceSettings, subscriptions: Subscriptions
    ) -> None:
        self._client, self._settings, self._subscriptions = client, settings, subscriptions

    async def findings(self) -> tuple[Finding, ...]:
        """Look at one thing after the other; what cannot be reached at all ends the list."""
        answers = "WordPress answers, with the REST API of WooCommerce"
        try:
            site = await self._site()
        except WaybillError as problem:
            return (broken(answers, problem),)
        if site is not None and SHOP not in site.namespaces:
            fix = "Switch the plug-in WooCommerce on (3.5 or newer), or correct base_url in waybill.toml."
            return (Finding(what=answers, ok=False, fix=fix),)
        try:
            await self._client.page(f"{SHOP}/orders", OrderMark, {"per_page": "1", "_fields": "id"})
        except WaybillError as problem:
            return (Finding(what=answers, ok=True), broken(_ACCEPTED, problem))
        return (
            Finding(what=answers, ok=True),
            Finding(what=_ACCEPTED, ok=True),
            await self._reads(),
            await self._writes(),
            await self._version(),
            *await self._statuses(),
            *await self._webhooks(),
        )

    async def _site(self) -> Site | None:
        """Return what the site says of itself; None where a security plug-in hides that from visitors.

        The key is no help: WooCommerce looks at it for its own routes only.
        """
        try:
            return await self._client.one("", Site, {"_fields": "namespaces"})
        except (BadCredentials, NotPermitted):
            return None

    async def _statuses(self) -> tuple[Finding, ...]:
        """Name the statuses of plug-ins whose meaning nobody told, where the key may see them."""
        try:
            page = await self._client.page(f"{SHOP}/reports/orders/totals", StatusCount, {})
        except WaybillError:
            return ()
        unknown = [row.slug for row in page.rows if row.slug not in {*STATES, *self._settings.states}]
        if not unknown:
            return ()
        names = ", ".join(unknown)
        what = f"the statuses of plug-ins are judged by the payment unless `states` tells: {names}"
        return (Finding(what=what, ok=True),)

    async def _reads(self) -> Finding:
        try:
            await self._client.page(f"{SHOP}/products", OrderMark, {"per_page": "1", "_fields": "id"})
        except WaybillError as problem:
            return broken(_READ, problem)
        return Finding(what=_READ, ok=True)

    async def _writes(self) -> Finding:
        try:
            await self._client.write("PUT", f"{SHOP}/orders/{_NOTHING}", {})
        except NotFound:
            return Finding(what=_WRITE, ok=True)
        except WaybillError as problem:
            return broken(_WRITE, problem)
        return Finding(what=_WRITE, ok=True)

    async def _version(self) -> Finding:
        try:
            # The whole report lets the shop call others before it answers.
            asked = {"_fields": "environment.version"}
            report = await self._client.one(f"{SHOP}/system_status", SystemStatus, asked)
        except WaybillError as problem:
            return broken("the version of WooCommerce is known", problem)
        version = report.environment.version
        numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
        if numbers >= (5, 8):
            return Finding(what=f"WooCommerce {version}", ok=True)
        fix = "Waybill needs WooCommerce 5.8 or newer: older ones cannot list what changed."
        return Finding(what=f"WooCommerce {version or 'of unknown version'}", ok=False, fix=fix)

    async def _webhooks(self) -> tuple[Finding, ...]:
        try:
            return await self._subscriptions.findings()
        except WaybillError as problem:
            return (broken("the shop's webhooks can be looked at", problem),)
