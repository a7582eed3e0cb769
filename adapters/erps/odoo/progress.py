"""The state of one order: what is picked, shipped, taken back, invoiced and credited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from adapters.erps.odoo.catalogue import Article, Catalogue
from adapters.erps.odoo.client import OdooClient, Row
from adapters.erps.odoo.documents import LINE, LINES, ORDER, ORDERS, Documents
from adapters.erps.odoo.external_ids import ExternalIds
from adapters.erps.odoo.mapping import done
from adapters.erps.odoo.records import day, label, many, number, one, reading, text
from domain.fulfilment import Paper, PaperLine, Picking, Progress
from domain.money import Money
from domain.policy import DocumentKind, PaperKind

PICKINGS, INVOICES, INVOICE_LINES = "stock.picking", "account.move", "account.move.line"
GOODS = "goods"
"""The external ids of returns that only bring back what a credit note is for; they are no papers."""
RETURN_MARK, CREDIT_MARK = "return=", "credited="
"""Behind an announced return's origin: the key of what it was received for, a return or a credit note."""
PICKING_FIELDS = (
    "name", "state", "picking_type_id", "picking_type_code", "date_done", "scheduled_date", "carrier_id",
    "carrier_tracking_ref", "printed", "origin", "sale_id", "partner_id", "location_id", "location_dest_id",
)  # fmt: skip
INVOICE_FIELDS = (
    "name", "state", "move_type", "invoice_date", "date", "currency_id", "amount_total", "amount_residual",
    "reversed_entry_id", "invoice_line_ids", "invoice_origin", "partner_id", "journal_id", "line_ids",
)  # fmt: skip
INVOICE_LINE_FIELDS = (
    "move_id", "product_id", "quantity", "sale_line_ids", "price_unit", "price_total", "tax_ids", "name",
    "discount", "product_uom_id", "account_id",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """What papers are read with: whose order it is, its lines by the store's ids, the articles, the keys."""

    order: int
    line_ids: Mapping[int, str]
    articles: Mapping[int, Article]
    keys: Mapping[tuple[PaperKind, int], str]
    hidden: frozenset[int]


class ProgressOf:
    """Reads whole pictures."""

    def __init__(
        self, client: OdooClient, catalogue: Catalogue, ids: ExternalIds, documents: Documents
    ) -> None:
        self._client, self._catalogue, self._ids, self._documents = client, catalogue, ids, documents

    async def read(self, kind: DocumentKind, entry: str) -> Progress:
        """Read an order and all that follows it; a quotation has nothing that follows."""
        document = await self._documents.read(kind, entry)
        order = await self._documents.order(entry)
        out = await self._documents.moves(order, "outgoing")
        back = await self._documents.moves(order, "incoming")
        pickings = {row["id"]: row for row in await self._pickings([*out, *back])}
        invoices = await self.invoices(order)
        lines = await self.invoice_lines(invoices)
        view = await self._view(order, [*out, *back, *lines], pickings, invoices)
        with reading(self._client.connection):
            papers = [
                *self._deliveries(out, pickings, view),
                *self._returns(back, out, pickings, view),
                *await self._bills(invoices, lines, view),
            ]
            picked = _picking(out, pickings)
        return Progress(document=document, picking=picked, papers=tuple(papers))

    async def read_order(self, order: int) -> Progress:
        """Read the picture of a confirmed order by its id."""
        return await self.read(DocumentKind.ORDER, str(order))

    async def invoices(self, order: Row) -> list[Row]:
        """Read the invoices and credit notes of an order that are posted, or were."""
        known = many(order, "invoice_ids")
        if not known:
            return []
        # A credit note that gives back money alone has no line of the order's.
        wanted = [["state", "!=", "draft"], "|", ["id", "in", known], ["reversed_entry_id", "in", known]]
        return await self._client.rows(INVOICES, wanted, INVOICE_FIELDS)

    async def invoice_lines(self, invoices: Iterable[Row]) -> list[Row]:
        """Read the lines of invoices."""
        wanted = sorted({line for invoice in invoices for line in many(invoice, "invoice_line_ids")})
        found = (
            await self._client.rows(INVOICE_LINES, [["id", "in", wanted]], INVOICE_LINE_FIELDS)
            if wanted
            else []
        )
        return [row for row in found if one(row, "product_id")]

    async def _pickings(self, moves: list[Row]) -> list[Row]:
        wanted = sorted({one(move, "picking_id") for move in moves} - {0})
        return await self._client.rows(PICKINGS, [["id", "in", wanted]], PICKING_FIELDS) if wanted else []

    async def _view(
        self, order: Row, rows: list[Row], pickings: Mapping[int, Row], invoices: list[Row]
    ) -> View:
        articles = await self._catalogue.skus(one(row, "product_id") for row in rows)
        own = (await self._ids.keys(ORDER, ORDERS, (order["id"],))).get(order["id"], "")
        keyed = await self._ids.keys(LINE, LINES, many(order, "order_line"))
        named = {line: key.removeprefix(f"{own}:") for line, key in keyed.items()}
        keys: dict[tuple[PaperKind, int], str] = {}
        for kind, model, ids in (
            (PaperKind.RETURN_REQUEST, PICKINGS, list(pickings)),
            (PaperKind.RETURN, PICKINGS, list(pickings)),
            (PaperKind.CREDIT_NOTE, INVOICES, [row["id"] for row in invoices]),
        ):
            found = await self._ids.keys(kind.value, model, ids)
            keys |= {(kind, number_of): key for number_of, key in found.items()}
        keys |= {
            (PaperKind.RETURN, number_of): mark
            for number_of, row in pickings.items()
            if (mark := return_mark(row)) and (PaperKind.RETURN, number_of) not in keys
        }
        hidden = await self._ids.keys(GOODS, PICKINGS, list(pickings))
        lines = {line: "" if name.startswith("+") else name for line, name in named.items()}
        return View(order["id"], lines, articles, keys, frozenset(hidden))

    def _deliveries(self, moves: list[Row], pickings: Mapping[int, Row], view: View) -> list[Paper]:
        papers = []
        source = f"{DocumentKind.ORDER.value}:{view.order}"
        for number_of, row in pickings.items():
            if text(row, "picking_type_code") != "outgoing" or text(row, "state") != "done":
                continue
            own = [
                move
                for move in moves
                if one(move, "picking_id") == number_of and text(move, "state") == "done"
            ]
            papers.append(
                Paper(
                    kind=PaperKind.DELIVERY,
                    entry=str(number_of),
                    number=text(row, "name"),
                    on=day(row, "date_done", "scheduled_date"),
                    lines=tuple(_line(move, done(move), source, view) for move in own),
                    tracking=tuple(
                        part.strip() for part in text(row, "carrier_tracking_ref").split(",") if part.strip()
                    ),
                    carrier=label(row, "carrier_id"),
                    follows=(source,),
                )
            )
        return papers

    def _returns(
        self, back: list[Row], out: list[Row], pickings: Mapping[int, Row], view: View
    ) -> list[Paper]:
        """Return what was announced and what came: a return that was announced first is both."""
        origin = {move["id"]: f"{PaperKind.DELIVERY.value}:{one(move, 'picking_id')}" for move in out}
        papers = []
        for number_of, row in pickings.items():
            if text(row, "picking_type_code") != "incoming" or number_of in view.hidden:
                continue
            moves = [move for move in back if one(move, "picking_id") == number_of]
            sources = {move["id"]: origin.get(one(move, "origin_returned_move_id"), "") for move in moves}
            announced = (PaperKind.RETURN_REQUEST, number_of) in view.keys
            came, credited = text(row, "state") == "done", f" {CREDIT_MARK}" in text(row, "origin")
            if announced or not came:
                papers.append(_return(PaperKind.RETURN_REQUEST, row, moves, sources, view))
            if came and not credited:
                request = f"{PaperKind.RETURN_REQUEST.value}:{number_of}"
                bases = dict.fromkeys(sources, request) if announced else sources
                papers.append(_return(PaperKind.RETURN, row, moves, bases, view))
        return papers

    async def _bills(self, invoices: list[Row], lines: list[Row], view: View) -> list[Paper]:
        currencies = await self._catalogue.currencies(one(row, "currency_id") for row in invoices)
        return [
            bill(row, [line for line in lines if one(line, "move_id") == row["id"]], currencies, view)
            for row in invoices
        ]


def return_mark(picking: Row) -> str:
    """Return the key of the return that an announced one was carried out for."""
    return text(picking, "origin").partition(f" {RETURN_MARK}")[2]


def unmarked(origin: str) -> str:
    """Return an origin without what we wrote behind it."""
    return origin.partition(f" {RETURN_MARK}")[0].partition(f" {CREDIT_MARK}")[0]


def _return(kind: PaperKind, row: Row, moves: list[Row], bases: Mapping[int, str], view: View) -> Paper:
    asked = text(row, "state") != "done"
    return Paper(
        kind=kind,
        entry=str(row["id"]),
        number=text(row, "name"),
        on=day(row, "date_done", "scheduled_date"),
        cancelled=text(row, "state") == "cancel",
        lines=tuple(
            _line(move, number(move, "product_uom_qty") if asked else done(move), bases[move["id"]], view)
            for move in moves
        ),
        follows=tuple(dict.fromkeys(base for base in bases.values() if base)),
        key=view.keys.get((kind, row["id"]), ""),
    )


def _line(move: Row, quantity: Decimal, base: str, view: View) -> PaperLine:
    return PaperLine(
        line_id=view.line_ids.get(one(move, "sale_line_id"), ""),
        sku=view.articles[one(move, "product_id")].sku,
        quantity=quantity,
        base=base,
    )


def bill(row: Row, lines: list[Row], currencies: Mapping[int, str], view: View) -> Paper:
    """Return an invoice, or a credit note with the papers that its pieces are drawn from."""
    credit = text(row, "move_type") == "out_refund"
    currency = currencies[one(row, "currency_id")]
    bases = _bases(row, credit=credit, order=view.order)
    goods = [line for line in lines if not view.articles[one(line, "product_id")].service]
    return Paper(
        kind=PaperKind.CREDIT_NOTE if credit else PaperKind.INVOICE,
        entry=str(row["id"]),
        number=text(row, "name"),
        on=day(row, "invoice_date", "date"),
        cancelled=text(row, "state") == "cancel",
        lines=tuple(
            PaperLine(
                line_id=next((view.line_ids.get(each, "") for each in many(line, "sale_line_ids")), ""),
                sku=view.articles[one(line, "product_id")].sku,
                quantity=abs(number(line, "quantity")),
                base=_base_of(line, bases),
            )
            for line in goods
        ),
        total=Money(abs(number(row, "amount_total")), currency).rounded(),
        open=Money(abs(number(row, "amount_residual")), currency).rounded(),
        follows=tuple(bases),
        key=view.keys.get((PaperKind.CREDIT_NOTE, row["id"]), "") if credit else "",
    )


def _bases(row: Row, *, credit: bool, order: int) -> list[str]:
    """Return the papers that an invoice or a credit note follows; ours name theirs in the origin."""
    if not credit:
        return [f"{DocumentKind.ORDER.value}:{order}"]
    named = [part for part in text(row, "invoice_origin").split() if ":" in part]
    kinds = {kind.value for kind in PaperKind}
    named = [part for part in named if part.partition(":")[0] in kinds]
    reversed_entry = one(row, "reversed_entry_id")
    return named or ([f"{PaperKind.INVOICE.value}:{reversed_entry}"] if reversed_entry else [])


def _base_of(line: Row, bases: list[str]) -> str:
    """Return the paper that a line is drawn from: the line's text ends with it where there are several."""
    said = text(line, "name").rpartition(" ⟵ ")[2]
    return said if said in bases else (bases[0] if bases else "")


def _picking(moves: list[Row], pickings: Mapping[int, Row]) -> Picking:
    """Tell how far the warehouse is with what is still to go."""
    waiting = [move for move in moves if text(move, "state") not in ("done", "cancel")]
    # Since 17 a quantity is a reservation until it is marked as picked.
    taken: list[Decimal] = [done(move) if move.get("picked", True) else Decimal(0) for move in waiting]
    if any(taken):
        whole = all(
            some >= number(move, "product_uom_qty") for some, move in zip(taken, waiting, strict=True)
        )
        return Picking.PICKED if whole else Picking.PARTLY_PICKED
    printed = any(
        pickings[one(move, "picking_id")].get("printed") for move in waiting if one(move, "picking_id")
    )
    return Picking.RELEASED if printed else Picking.NOT_RELEASED
