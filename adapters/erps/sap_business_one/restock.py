"""Purchase requests for articles that run short."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from adapters.erps.sap_business_one.batch import Write
from adapters.erps.sap_business_one.client import ServiceLayer, literal
from adapters.erps.sap_business_one.models import Whole, Wire, read_as
from adapters.erps.sap_business_one.refusals import KeyExists
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.erps.sap_business_one.writing import write_under_key
from adapters.ports import RestockLine
from domain.errors import BadConfiguration, InDoubt, Passing
from domain.posting import shortened_key


class Request(Wire):
    """A purchase request."""

    DocEntry: Whole
    DocNum: Whole


def today() -> date:
    """Return the day."""
    return datetime.now(UTC).date()


class Restock:
    """The company's purchase requests."""

    def __init__(
        self, layer: ServiceLayer, settings: SapBusinessOneSettings, day: Callable[[], date] = today
    ) -> None:
        self._layer, self._settings, self._day = layer, settings, day

    async def request(self, reference: str, lines: tuple[RestockLine, ...], warehouse: str) -> str:
        """Ask for the articles once for a reference, and return the request's number.

        The key's row makes a repeat harmless, so a lost answer is `Passing`, not in doubt.
        """
        self._check_requester()
        key = restock_key(reference)
        found = await self._find(key)
        if found:
            return found
        needed_on = self._day() + timedelta(days=self._settings.restock_days)
        body = restock_body(key, lines, warehouse, needed_on, self._settings)
        try:
            made = await write_under_key(self._layer, self._settings, key, Write("PurchaseRequests", body))
            return str(read_as(Request, made, self._layer.connection, writes=True).DocNum)
        except (KeyExists, InDoubt) as lost:
            raise Passing(
                "the articles may have been requested already; asking again requests none twice",
                quote=lost.problem.quote,
                connection=self._layer.connection,
            ) from lost

    async def _find(self, key: str) -> str:
        wanted = f"{self._settings.order_column} eq {literal(key)}"
        rows = await self._layer.rows("PurchaseRequests", "DocEntry,DocNum", wanted)
        requests = [read_as(Request, row, self._layer.connection) for row in rows]
        return str(min(requests, key=lambda each: each.DocEntry).DocNum) if requests else ""

    def _check_requester(self) -> None:
        if not self._settings.requester:
            field = f"connections.{self._layer.connection}.requester"
            raise BadConfiguration(
                "nobody is named in whose name articles are requested",
                field=field,
                remedy=f"Set {field} in waybill.toml to a user code of SAP Business One.",
                connection=self._layer.connection,
            )


def restock_key(reference: str) -> str:
    """Return the key of a purchase request; it never meets the key of an order."""
    return shortened_key(f"restock:{reference}")


def restock_body(
    key: str,
    lines: tuple[RestockLine, ...],
    warehouse: str,
    needed_on: date,
    settings: SapBusinessOneSettings,
) -> dict[str, Any]:
    """Return a purchase request. `RequriedDate` is the vendor's spelling; ReqType 12 says a user asks."""
    summed: dict[str, Decimal] = {}
    for line in lines:
        summed[line.sku] = summed.get(line.sku, Decimal(0)) + line.quantity
    placed = {"WarehouseCode": warehouse} if warehouse else {}
    branch = {} if settings.branch is None else {"BPL_IDAssignedToInvoice": settings.branch}
    return {
        "RequriedDate": needed_on,
        "Requester": settings.requester,
        "ReqType": 12,
        "NumAtCard": key,
        settings.order_column: key,
        "DocumentLines": [
            {"ItemCode": sku, "Quantity": quantity, "RequiredDate": needed_on, **placed}
            for sku, quantity in summed.items()
        ],
        **branch,
    }
