"""Sales orders: made once under a key, found by it, calculated, read.

An order is made in steps that are each safe to repeat: an empty draft together with its external id, all its
lines with theirs, the confirmation. A draft that an earlier attempt left behind counts as not there, and is
thrown away before the next one.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any
from weakref import WeakValueDictionary

from adapters.erps.odoo.catalogue import Article, Catalogue
from adapters.erps.odoo.client import OdooClient, Row
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.mapping import (
    DRAFT_STATES,
    LINE_FIELDS,
    MOVE_FIELDS,
    ORDER_FIELDS,
    amounts,
    document_body,
    erp_document,
    is_unfinished,
)
from adapters.erps.odoo.partner_mapping import is_blocked
from adapters.erps.odoo.partners import Partners
from adapters.erps.odoo.records import one, reading, text
from adapters.erps.odoo.settings import OdooSettings
from domain.errors import ConnectionDown, FixData, FixSetup, InDoubt, NotFound, Passing, Refused, WaybillError
from domain.money import rounded
from domain.policy import DocumentKind
from domain.posting import ErpDocument, ErpTotals, SalesDocument

ORDERS, LINES, ORDER, LINE = "sale.order", "sale.order.line", "order", "line"
_PREVIEW = "Waybill preview"


class Documents:
    """The company's orders and quotations."""

    def __init__(
        self,
        client: OdooClient,
        settings: OdooSettings,
        catalogue: Catalogue,
        ids: ExternalIds,
        partners: Partners,
    ) -> None:
        self._client, self._settings, self._catalogue = client, settings, catalogue
        self._ids, self._partners = ids, partners
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def preview(self, document: SalesDocument) -> ErpTotals:
        """Let Odoo calculate: a draft under a name of its own, read and thrown away. No number is used up."""
        header, lines = await self._resolved(document, check=False)
        commands = [[0, 0, _native(line)] for _, line in lines]
        values = {**_native(header), "name": _PREVIEW, "origin": "", "order_line": commands}
        try:
            made = await self._client.create(ORDERS, values, {"tracking_disable": True})
            try:
                order = await self._order(str(made))
            finally:
                await self._client.call(ORDERS, "unlink", ids=[made], writes=True)
        except InDoubt as lost:
            raise Passing(
                "the preview was lost", quote=lost.problem.quote, connection=self._client.connection
            ) from lost
        with reading(self._client.connection):
            total, tax = amounts(order, document.currency)
        return ErpTotals(total=total, tax=tax)

    async def create(self, document: SalesDocument) -> ErpDocument:
        """Make the document under its key, or return the one that is there.

        Raises `InDoubt` when nobody knows whether it was made.
        """
        async with self._turns.setdefault(document.key, asyncio.Lock()):
            found = await self._ids.find(ORDER, document.key, ORDERS)
            if found:
                order = await self._order(str(found))
                if not is_unfinished(order, document.kind):
                    return await self._as_erp(order, document.kind, document.key)
                await self._discard(found)
            header, lines = await self._resolved(document, check=True)
            made = await self._ids.load(ORDER, document.key, ORDERS, header)
            try:
                await self._finish(made, document, lines)
            except (FixData, FixSetup):
                # Somebody else may have confirmed it meanwhile; a draft that stays counts as not there.
                if text(await self._order(str(made)), "state") in DRAFT_STATES:
                    with suppress(WaybillError):
                        await self._discard(made)
                    raise
            return await self._just_made(made, document)

    async def find(self, key: str, kind: DocumentKind) -> ErpDocument | None:
        """Look for the document with our key. Cancelled ones are returned, half made ones are not."""
        found = await self._ids.find(ORDER, key, ORDERS)
        if not found:
            return None
        try:
            order = await self._order(str(found))
        except NotFound:
            return None
        return None if is_unfinished(order, kind) else await self._as_erp(order, kind, key)

    async def read(self, kind: DocumentKind, entry: str) -> ErpDocument:
        """Read a document by its id. Raises `NotFound`."""
        order = await self._order(entry)
        keys = await self._ids.keys(ORDER, ORDERS, (order["id"],))
        return await self._as_erp(order, kind, keys.get(order["id"], ""))

    async def order(self, entry: str) -> Row:
        """Read an order as it comes. Raises `NotFound`."""
        return await self._order(entry)

    async def lines(self, order: Row) -> list[Row]:
        """Read an order's lines as they come."""
        return await self._client.rows(LINES, [["order_id", "=", order["id"]]], LINE_FIELDS)

    async def _order(self, entry: str) -> Row:
        if not (entry.isascii() and entry.isdecimal() and len(entry) < 10):
            raise NotFound("no order of Odoo has such an id", connection=self._client.connection)
        rows = await self._client.rows(ORDERS, [["id", "=", int(entry)]], ORDER_FIELDS)
        if not rows:
            raise NotFound("Odoo has no such order", connection=self._client.connection)
        return rows[0]

    async def _as_erp(self, order: Row, kind: DocumentKind, key: str) -> ErpDocument:
        lines = await self.lines(order)
        moves = await self.moves(order, "outgoing")
        with reading(self._client.connection):
            articles = await self._catalogue.skus(one(line, "product_id") for line in lines)
            buyer, currency = one(order, "partner_id"), one(order, "currency_id")
            return erp_document(
                order,
                lines,
                articles,
                kind=kind,
                key=key,
                customer=(await self._partners.codes({buyer}))[buyer],
                currency=(await self._catalogue.currencies((currency,)))[currency],
                charges=frozenset({self._settings.shipping_item, *self._settings.charges.values()}),
                moves=moves,
            )

    async def moves(self, order: Row, direction: str) -> list[Row]:
        """Read what goes out for an order's lines, or comes back: `outgoing`, `incoming`."""
        domain = [
            ["sale_line_id.order_id", "=", order["id"]],
            ["picking_id.picking_type_code", "=", direction],
        ]
        return await self._client.rows("stock.move", domain, MOVE_FIELDS)

    async def _just_made(self, made: int, document: SalesDocument) -> ErpDocument:
        try:
            return await self._as_erp(await self._order(str(made)), document.kind, document.key)
        except (Passing, ConnectionDown, NotFound) as unread:
            raise InDoubt(
                "it was made, but cannot be read",
                quote=unread.problem.quote,
                connection=self._client.connection,
            ) from unread

    async def _finish(self, made: int, document: SalesDocument, lines: list[tuple[str, Row]]) -> None:
        """Give an empty draft its lines and confirm it, as far as it is one."""
        state = text(await self._order(str(made)), "state")
        if state not in DRAFT_STATES:
            return
        named = {f"{document.key}:{name}": {"order_id/.id": made, **line} for name, line in lines}
        await self._ids.load_all(LINE, LINES, named)
        if document.kind is DocumentKind.ORDER:
            await self._client.call(ORDERS, "action_confirm", ids=[made], writes=True)

    async def _discard(self, draft: int) -> None:
        """Throw a draft away that nobody confirmed. Raises what stands in the way."""
        order = await self._order(str(draft))
        if text(order, "state") == "sent":
            await self._client.call(ORDERS, "action_cancel", ids=[draft], writes=True)
        await self._client.call(ORDERS, "unlink", ids=[draft], writes=True)

    async def _resolved(self, document: SalesDocument, *, check: bool) -> tuple[Row, list[tuple[str, Row]]]:
        """Return header and named lines with ids in place of names. Raises before anything is written."""
        body = document_body(document, self._settings, self._client.connection)
        partner = await self._customer(body.pop("partner"))
        if check and is_blocked(partner):
            raise Refused(
                "the customer is archived or blocked in Odoo",
                code="customer_blocked",
                field="customer.code",
                connection=self._client.connection,
            )
        wanted = body.pop("order_line")
        lines = await self._lines(wanted, check=check)
        warehouse = await self._catalogue.warehouse(body.pop("warehouse", ""))
        header = {
            "partner_id/.id": partner["id"],
            "partner_invoice_id/.id": await self._partners.address(partner, document.billing, "invoice")
            if check
            else partner["id"],
            "partner_shipping_id/.id": await self._partners.address(partner, document.delivery, "delivery")
            if check
            else partner["id"],
            "pricelist_id/.id": await self._catalogue.pricelist(body.pop("currency")),
            "payment_term_id/.id": body.pop("payment_term", None),
            "carrier_id/.id": body.pop("carrier", None),
            "warehouse_id/.id": warehouse or None,
            "company_id/.id": (await self._catalogue.company()).id,
            **body,
        }
        known = await self._client.fields(ORDERS)
        return {
            name: value
            for name, value in header.items()
            # Delivery methods and warehouses belong to modules that may not be installed.
            if value is not None and ("/" not in name or name.partition("/")[0] in known)
        }, lines

    async def _customer(self, code: str) -> Row:
        try:
            return await self._partners.named(code)
        except NotFound as unknown:
            raise Refused(
                unknown.problem.sentence,
                code=unknown.problem.code,
                field="customer.code",
                remedy=unknown.problem.remedy,
                connection=self._client.connection,
            ) from None

    async def _lines(self, wanted: list[dict[str, Any]], *, check: bool) -> list[tuple[str, Row]]:
        unit = await self._client.first_of(LINES, "product_uom", "product_uom_id")
        tax = await self._client.first_of(LINES, "tax_id", "tax_ids")
        articles = await self._catalogue.articles(line["sku"] for line in wanted if "sku" in line)
        lines: list[tuple[str, Row]] = []
        goods = 0
        for place, line in enumerate(wanted, 1):
            if "text" in line:
                lines.append((f"+text{place}", _note(line["text"], place)))
                continue
            goods += "use" not in line
            article = await self._article(line, articles, goods, check=check)
            rate, price = line["rate"], line["price"]
            tax_id = int(line["tax"]) if line.get("tax") else await self._tax(rate, gross=line["gross"])
            if tax_id is None:
                # No tax of this rate has its price included: the price is written without it.
                price = rounded(price * 100 / (100 + rate), self._settings.price_digits)
                tax_id = await self._catalogue.tax(rate, included=False)
            name = line.get("line_id") or f"+{line.get('use')}{place}"
            values = {
                "product_id/.id": article.id,
                "name": line.get("name") or article.name,
                "product_uom_qty": line["quantity"],
                f"{unit}/.id": article.unit,
                "price_unit": price,
                f"{tax}/.id": [tax_id] if tax_id else [],
                "sequence": place,
                **line.get("fields", {}),
            }
            lines.append((name, values))
        return lines

    async def _tax(self, rate: Decimal, *, gross: bool) -> int | None:
        return await self._catalogue.tax(rate, included=gross and bool(rate))

    async def _article(
        self, line: Mapping[str, Any], articles: Mapping[str, Article], place: int, *, check: bool
    ) -> Article:
        if "use" in line:
            return await self._catalogue.stand_in(line["use"], line["sku"])
        article = articles.get(line["sku"])
        if article is None:
            raise self._catalogue.unknown_article(line["sku"], place)
        if check and not article.for_sale:
            raise Refused(
                "an article is archived or not for sale in Odoo",
                quote=article.name,
                code="item_blocked",
                field=f"line.{place}.sku",
                connection=self._client.connection,
            )
        return article


def _note(words: str, place: int) -> Row:
    return {"display_type": "line_note", "name": words, "sequence": place, "product_uom_qty": Decimal(0)}


def _native(values: Mapping[str, Any]) -> Row:
    """Return a load's columns as `create` takes them."""
    found: Row = {}
    for column, value in values.items():
        name, many, _ = column.partition("/.id")
        found[name] = [[6, 0, value]] if many and isinstance(value, list) else value
    return found
