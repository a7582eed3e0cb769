"""Requests for quotation for articles that run short."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from adapters.erps.odoo.catalogue import Catalogue
from adapters.erps.odoo.client import OdooClient
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.partners import Partners
from adapters.erps.odoo.records import text
from adapters.erps.odoo.settings import OdooSettings
from adapters.ports import RestockLine
from domain.errors import BadConfiguration, InDoubt, NotFound, Passing
from domain.posting import shortened_key

_PURCHASES, _KIND = "purchase.order", "restock"


def today() -> date:
    """Return the day."""
    return datetime.now(UTC).date()


class Restock:
    """The company's purchases."""

    def __init__(
        self,
        client: OdooClient,
        settings: OdooSettings,
        catalogue: Catalogue,
        ids: ExternalIds,
        partners: Partners,
        day: Callable[[], date] = today,
    ) -> None:
        self._client, self._settings, self._catalogue = client, settings, catalogue
        self._ids, self._partners, self._day = ids, partners, day

    async def request(self, reference: str, lines: tuple[RestockLine, ...], warehouse: str) -> str:
        """Ask for the articles once for a reference, and return the request's number.

        The external id makes a repeat harmless, so a lost answer is `Passing`, not in doubt.
        """
        key = shortened_key(reference)
        found = await self._ids.find(_KIND, key, _PURCHASES)
        try:
            found = found or await self._ids.load(
                _KIND, key, _PURCHASES, await self._values(key, lines, warehouse)
            )
        except InDoubt as lost:
            raise Passing(
                "the articles may have been requested already; asking again requests none twice",
                quote=lost.problem.quote,
                connection=self._client.connection,
            ) from lost
        rows = await self._client.rows(_PURCHASES, [["id", "=", found]], ("name",))
        if not rows:
            raise Passing("the request cannot be read yet", connection=self._client.connection)
        return text(rows[0], "name")

    async def _values(self, key: str, lines: tuple[RestockLine, ...], warehouse: str) -> dict[str, object]:
        supplier = await self._supplier()
        summed: dict[str, Decimal] = {}
        for line in lines:
            summed[line.sku] = summed.get(line.sku, Decimal(0)) + line.quantity
        articles = await self._catalogue.articles(summed)
        needed = f"{(self._day() + timedelta(days=self._settings.restock_days)).isoformat()} 12:00:00"
        unit = await self._client.first_of("purchase.order.line", "product_uom", "product_uom_id")
        rows = []
        for place, (sku, quantity) in enumerate(summed.items(), 1):
            if sku not in articles:
                raise self._catalogue.unknown_article(sku, place)
            rows.append(
                {
                    "product_id/.id": articles[sku].id,
                    "name": articles[sku].name,
                    "product_qty": quantity,
                    f"{unit}/.id": articles[sku].unit,
                    "price_unit": Decimal(0),
                    "date_planned": needed,
                }
            )
        values: dict[str, object] = {"partner_id/.id": supplier, "origin": key, "order_line": rows}
        return values | await self._receipts(warehouse)

    async def _receipts(self, warehouse: str) -> dict[str, object]:
        """Return where the goods are to arrive."""
        place = await self._catalogue.warehouse(warehouse)
        if not place:
            return {}
        rows = await self._client.rows("stock.warehouse", [["id", "=", place]], ("in_type_id",))
        receipts = rows[0].get("in_type_id") if rows else None
        return {"picking_type_id/.id": receipts[0]} if isinstance(receipts, list) and receipts else {}

    async def _supplier(self) -> int:
        field = f"connections.{self._client.connection}.supplier"
        remedy = f"Set {field} in waybill.toml to the reference of a contact, or # and its id."
        if not self._settings.supplier:
            raise BadConfiguration(
                "nobody is named whom articles are requested from",
                field=field,
                remedy=remedy,
                connection=self._client.connection,
            )
        try:
            return int((await self._partners.named(self._settings.supplier))["id"])
        except NotFound as problem:
            raise BadConfiguration(
                problem.problem.sentence, field=field, remedy=remedy, connection=self._client.connection
            ) from None
