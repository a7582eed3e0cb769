"""The connection test: each thing Waybill needs of a shop, and the sentence that puts it right."""

from collections.abc import Iterator

from adapters.ports import Finding
from adapters.stores.findings import broken
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.models import Installation, OrderMark, Page, ShopFacts
from adapters.stores.shopify.reading import OrderReading
from adapters.stores.shopify.settings import ShopifySettings
from adapters.stores.shopify.stock import locations, which_location
from domain.errors import BadCredentials, NotPermitted, WaybillError

SCOPES = (
    "read_orders",
    "write_orders",
    "read_products",
    "read_customers",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
)
"""What the app is asked for. A write scope brings its read scope with it."""
_GRANT = "Add {scope} to the app's scopes, release the version and approve it in the shop."


class Checkup:
    """Tests one shop."""

    def __init__(self, client: ShopifyClient, settings: ShopifySettings, reading: OrderReading) -> None:
        self._client, self._settings, self._reading = client, settings, reading

    async def findings(self) -> tuple[Finding, ...]:
        """Look at one thing after the other; what cannot be reached at all ends the list."""
        try:
            data = await self._client.read(operations.SHOP)
            installation = self._client.parsed(
                Installation, data.get("currentAppInstallation"), "currentAppInstallation"
            )
            shop = self._client.parsed(ShopFacts, data.get("shop"), "shop")
        except WaybillError as problem:
            refused = isinstance(problem, BadCredentials | NotPermitted)
            reached = (Finding(what="the shop answers", ok=True),) if refused else ()
            return (*reached, broken("the token is accepted" if refused else "the shop answers", problem))
        return (
            Finding(what="the shop answers", ok=True),
            Finding(what="the token is accepted", ok=True),
            *self._scopes({scope.handle for scope in installation.scopes}),
            self._name(shop),
            self._version(),
            await self._orders(),
            await self._location(),
        )

    def _scopes(self, granted: set[str]) -> Iterator[Finding]:
        granted |= {scope.replace("write_", "read_", 1) for scope in granted}
        missing = [scope for scope in SCOPES if scope not in granted]
        if not missing:
            yield Finding(what="the app has every scope it needs", ok=True)
        for scope in missing:
            yield Finding(what=f"the app has the scope {scope}", ok=False, fix=_GRANT.format(scope=scope))

    def _name(self, shop: ShopFacts) -> Finding:
        what = f"the shop is {shop.domain}, its currency {shop.currency}"
        if shop.domain.lower() == self._settings.shop:
            return Finding(what=what, ok=True)
        return Finding(what=what, ok=False, fix=f"Set shop in waybill.toml to {shop.domain}.")

    def _version(self) -> Finding:
        asked = self._settings.api_version
        what = f"the Admin API {asked} answers"
        if self._client.version in {"", asked} and not self._client.deprecated:
            return Finding(what=what, ok=True)
        said = self._client.deprecated or f"version {self._client.version} answered"
        return Finding(what=what, ok=False, fix=f"Take a newer Waybill, or name another api_version: {said}.")

    async def _orders(self) -> Finding:
        """Read one in full: what the app may not see of buyers is said of no list."""
        what = "orders can be read"
        try:
            data = await self._client.read(operations.NEWEST)
            page = self._client.parsed(Page[OrderMark], data.get("orders"), "orders")
            for each in page.nodes:
                await self._reading.document(each.number)
        except WaybillError as problem:
            return broken(what, problem)
        return Finding(what=what, ok=True)

    async def _location(self) -> Finding:
        what = "it is known where the shop's stock is"
        try:
            found = await locations(self._client)
        except WaybillError as problem:
            return broken(what, problem)
        wanted = self._settings.location
        fitting = [each for each in found if each.active and wanted in {"", each.id.rpartition("/")[2]}]
        if len(fitting) == 1:
            return Finding(what=what, ok=True)
        return broken(what, which_location([each for each in found if each.active], self._client.connection))
