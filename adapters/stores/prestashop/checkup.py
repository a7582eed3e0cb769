"""The connection test: each thing Waybill needs of a shop, and the sentence that puts it right."""

from collections.abc import Iterator, Mapping

from adapters.ports import Finding
from adapters.stores.findings import broken
from adapters.stores.prestashop.client import PrestaShopClient
from adapters.stores.prestashop.lookups import Lookups
from adapters.stores.prestashop.models import OrderMark
from domain.errors import BadCredentials, NotPermitted, WaybillError

_READ = (
    "orders",
    "order_details",
    "order_states",
    "order_histories",
    "order_carriers",
    "order_payments",
    "order_cart_rules",
    "order_slip",
    "customers",
    "addresses",
    "groups",
    "carriers",
    "countries",
    "states",
    "currencies",
    "languages",
    "taxes",
    "messages",
    "configurations",
)
_TICK = "In the back office, Advanced Parameters > Webservice, edit the key and tick {verb} for {resource}."


class Checkup:
    """Tests one shop."""

    def __init__(self, client: PrestaShopClient, lookups: Lookups) -> None:
        self._client, self._lookups = client, lookups

    async def findings(self) -> tuple[Finding, ...]:
        """Look at one thing after the other; what cannot be reached at all ends the list."""
        try:
            root = await self._client.rights()
        except WaybillError as problem:
            refused = isinstance(problem, BadCredentials | NotPermitted)
            reached = (Finding(what="the shop answers", ok=True),) if refused else ()
            what = "the webservice key is accepted" if refused else "the shop answers"
            return (*reached, broken(what, problem))
        rights = {
            str(node.tag): {str(verb).upper() for verb, allowed in node.attrib.items() if allowed == "true"}
            for node in root.iter()
            if node.get("get") is not None
        }
        return (
            Finding(what="the shop answers", ok=True),
            Finding(what="the webservice key is accepted", ok=True),
            *self._rights(rights),
            await self._order(),
            self._version(),
            await self._zone(),
        )

    def _rights(self, rights: Mapping[str, set[str]]) -> Iterator[Finding]:
        missing = [
            (verb, resource)
            for verb, resource in (*(("GET", each) for each in _READ), *self._writes())
            if verb not in rights.get(resource, ())
        ]
        if not missing:
            yield Finding(what="the webservice key has every right it needs", ok=True)
        for verb, resource in missing:
            fix = _TICK.format(verb=verb, resource=resource)
            yield Finding(what=f"the webservice key may {verb} {resource}", ok=False, fix=fix)

    def _writes(self) -> tuple[tuple[str, str], ...]:
        if self._client.can_patch:
            return (("POST", "order_histories"), ("PATCH", "orders"), ("PATCH", "order_carriers"))
        return (("POST", "order_histories"), ("POST", "messages"), ("PUT", "order_carriers"))

    async def _order(self) -> Finding:
        what = "orders can be read"
        try:
            await self._client.rows(
                "orders", OrderMark, {"limit": "1", "display": "[id,date_upd,current_state]"}
            )
        except WaybillError as problem:
            return broken(what, problem)
        return Finding(what=what, ok=True)

    def _version(self) -> Finding:
        version = self._client.version
        numbers = tuple(int(part) for part in version.split(".")[:3] if part.isdecimal())
        if numbers >= (1, 7, 8):
            return Finding(what=f"PrestaShop {version}", ok=True)
        fix = "Waybill needs PrestaShop 1.7.8 or newer, and the header PSWS-Version in its answers."
        return Finding(what=f"PrestaShop {version or 'of unknown version'}", ok=False, fix=fix)

    async def _zone(self) -> Finding:
        try:
            return Finding(what=f"the shop's time zone is {await self._lookups.zone()}", ok=True)
        except WaybillError as problem:
            return broken("the shop's time zone is known", problem)
