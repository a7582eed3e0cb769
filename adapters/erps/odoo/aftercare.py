"""Goods taken back and money given back: each made once under its own external id.

The wizards that people use make their documents without an external id, so what they make is loaded here:
the same return, the same credit note, in one transaction with the id. A draft that an earlier attempt left
behind is thrown away before the next one.
"""

import asyncio
from decimal import Decimal
from weakref import WeakValueDictionary

from adapters.erps.odoo.catalogue import Catalogue
from adapters.erps.odoo.client import OdooClient, Row
from adapters.erps.odoo.credit_notes import credit_values, settles
from adapters.erps.odoo.documents import Documents
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.progress import INVOICES, PICKINGS, ProgressOf
from adapters.erps.odoo.records import one, text
from adapters.erps.odoo.returns import Returns
from adapters.erps.odoo.settings import OdooSettings
from domain.errors import ConnectionDown, InDoubt, Passing, Refused
from domain.fulfilment import Paper, Progress
from domain.policy import PaperKind
from domain.returns import TakeBack, left_of, left_to_credit

_CREDIT = PaperKind.CREDIT_NOTE
_MODELS = {PaperKind.RETURN_REQUEST: PICKINGS, PaperKind.RETURN: PICKINGS, _CREDIT: INVOICES}


class Aftercare:
    """What takes goods and money back."""

    def __init__(
        self,
        client: OdooClient,
        settings: OdooSettings,
        catalogue: Catalogue,
        ids: ExternalIds,
        documents: Documents,
        progress: ProgressOf,
    ) -> None:
        self._client, self._settings, self._catalogue = client, settings, catalogue
        self._ids, self._documents, self._progress = ids, documents, progress
        self._returns = Returns(client, ids, documents)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take_back(self, wanted: TakeBack) -> Paper:
        """Make a return request, a return or a credit note; or return the one that is there."""
        for fault in wanted.faults():
            raise Refused(fault, connection=self._client.connection)
        async with self._turns.setdefault(wanted.key, asyncio.Lock()):
            return await self._take_back(wanted)

    async def _take_back(self, wanted: TakeBack) -> Paper:
        found = await self.find_paper(wanted.kind, wanted.key)
        if found is not None:
            await self._set_off_again(wanted, found)
            return found
        picture = await self._progress.read(wanted.sales_kind, wanted.sales_entry)
        order = await self._documents.order(wanted.sales_entry)
        self._check_pieces(wanted, picture)
        if wanted.kind is _CREDIT:
            await self._credit(wanted, order, picture)
        else:
            await self._returns.make(wanted, order)
        try:
            made = await self.find_paper(wanted.kind, wanted.key)
        except (Passing, ConnectionDown) as unread:
            raise InDoubt(
                "it was made, but the answer cannot be read", connection=self._client.connection
            ) from unread
        if made is None:
            raise InDoubt("it was made, and is not there yet", connection=self._client.connection)
        return made

    async def _set_off_again(self, wanted: TakeBack, found: Paper) -> None:
        """Set a credit note off, if the attempt before ended between posting it and this."""
        if wanted.kind is _CREDIT and not found.cancelled and found.open is not None and found.open.amount:
            order = await self._documents.order(wanted.sales_entry)
            await settles(self._client, int(found.entry), await self._owed(order))

    async def _owed(self, order: Row) -> list[Row]:
        return [
            row
            for row in await self._progress.invoices(order)
            if text(row, "state") == "posted" and text(row, "move_type") == "out_invoice"
        ]

    async def find_paper(self, kind: PaperKind, key: str) -> Paper | None:
        """Look for what was made under a key. Drafts count as not there."""
        found = await self._ids.find(kind.value, key, _MODELS[kind])
        if not found and kind is PaperKind.RETURN:
            found = await self._returns.carried_out(key)
        order = await self._order_behind(kind, found) if found else 0
        if not order:
            return None
        picture = await self._progress.read_order(order)
        return next((paper for paper in picture.of_kind(kind) if paper.entry == str(found)), None)

    async def _order_behind(self, kind: PaperKind, found: int) -> int:
        if kind is _CREDIT:
            notes = await self._client.rows(INVOICES, [["id", "=", found]], ("reversed_entry_id",))
            invoices = [found, *(one(note, "reversed_entry_id") for note in notes)]
            rows = await self._client.rows("sale.order", [["invoice_ids", "in", invoices]], ("name",))
            return int(rows[0]["id"]) if rows else 0
        rows = await self._client.rows(PICKINGS, [["id", "=", found]], ("sale_id",))
        return one(rows[0], "sale_id") if rows else 0

    def _check_pieces(self, wanted: TakeBack, picture: Progress) -> None:
        """Refuse what no paper of the order has, or has no more."""
        papers = {paper.id: paper for paper in picture.papers if not paper.cancelled}
        asked: dict[tuple[str, str, str], Decimal] = {}
        for line in wanted.lines:
            name = (line.base, line.line_id, line.sku)
            asked[name] = asked.get(name, Decimal(0)) + line.quantity
        for (base, line_id, sku), quantity in asked.items():
            if base not in papers:
                raise Refused(f"{base} is no document of this order", connection=self._client.connection)
            there = sum(
                (
                    some
                    for (its, article), some in left_of(papers[base], picture).items()
                    if article == sku and (not line_id or its in (line_id, ""))
                ),
                Decimal(0),
            )
            if quantity > there:
                raise Refused(
                    f"{base} has {there:f} × {sku} left to take back, not {quantity:f}",
                    code="more_than_left",
                    connection=self._client.connection,
                )

    async def _credit(self, wanted: TakeBack, order: Row, picture: Progress) -> None:
        invoices = await self._owed(order)
        lines = await self._progress.invoice_lines(invoices)
        values, worth = await credit_values(wanted, order, invoices, lines, self._catalogue, self._settings)
        left = left_to_credit(picture)
        if left is None or worth > left.amount:
            raise Refused(
                f"{worth:f} is more than was invoiced and not credited yet",
                code="more_than_invoiced",
                connection=self._client.connection,
            )
        if wanted.to_stock:
            await self._returns.bring_back(wanted, order)
        draft = await self._ids.find(_CREDIT.value, wanted.key, INVOICES)
        if draft:
            await self._client.call(INVOICES, "unlink", ids=[draft], writes=True)
        made = await self._ids.load(_CREDIT.value, wanted.key, INVOICES, values)
        await self._client.call(INVOICES, "action_post", ids=[made], writes=True)
        await settles(self._client, made, invoices)
