"""What the ERP did with a posted order: picked, shipped, invoiced, taken back, credited.

The ERP is always asked for the whole picture of one order. Events only say that it is worth asking again, so
doubled, late and shuffled ones change nothing.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.model import Frozen
from domain.money import Money
from domain.policy import PaperKind
from domain.posting import Difference, ErpDocument, ErpState
from domain.texts import pieces


class Picking(StrEnum):
    """How far the warehouse is with what is still to be shipped."""

    NOT_RELEASED = "not_released"
    RELEASED = "released"
    PARTLY_PICKED = "partly_picked"
    PICKED = "picked"


class PaperLine(Frozen):
    """Pieces of one order line on a document. `line_id` is the store's id of the line, if the ERP kept it.

    `base` is the `id` of the document the line was drawn from, "" for none.
    """

    line_id: str = ""
    sku: str
    quantity: Decimal
    base: str = ""


class Paper(Frozen):
    """A document that follows a sales document, as the ERP holds it.

    `entry` is its id there and `number` what people call it. A delivery has its parcels' tracking numbers
    and the carrier as the ERP names it. The total is the document's own (gross); invoices and credit notes
    have what of it is still open. `follows` are the `id`s of the documents it was drawn from (`order:7`,
    `delivery:4`), because an ERP may count each kind by itself. A cancelled one stays in the list. `ships`
    tells that goods left with a paper that is no delivery: an invoice drawn from the order itself. `key` is
    the one under which we made it, or made what it was drawn from.
    """

    kind: PaperKind
    entry: str
    number: str
    on: date
    cancelled: bool = False
    lines: tuple[PaperLine, ...] = ()
    tracking: tuple[str, ...] = ()
    carrier: str = ""
    total: Money | None = None
    open: Money | None = None
    follows: tuple[str, ...] = ()
    ships: bool = False
    key: str = ""

    @property
    def id(self) -> str:
        """Its kind and entry: `delivery:4`."""
        return f"{self.kind.value}:{self.entry}"


class Progress(Frozen):
    """The whole picture: the sales document with its open quantities, and all that follows it, by id."""

    document: ErpDocument
    picking: Picking = Picking.NOT_RELEASED
    papers: tuple[Paper, ...] = ()

    def of_kind(self, kind: PaperKind) -> tuple[Paper, ...]:
        """Return the documents of a kind that count, in the order of their making."""
        return tuple(paper for paper in self.papers if paper.kind is kind and not paper.cancelled)

    @property
    def shipped(self) -> dict[str, Decimal]:
        """Pieces shipped so far, by article."""
        found: dict[str, Decimal] = {}
        gone = (paper for paper in self.papers if paper.ships or paper.kind is PaperKind.DELIVERY)
        for paper in gone:
            for line in () if paper.cancelled else paper.lines:
                found[line.sku] = found.get(line.sku, Decimal(0)) + line.quantity
        return found

    @property
    def to_ship(self) -> Decimal:
        """Pieces that are still to be shipped; a line whose open quantity is unknown counts in full.

        Lines below zero (discounts) are no pieces.
        """
        return sum(
            (
                max(line.quantity if line.open_quantity is None else line.open_quantity, Decimal(0))
                for line in self.document.lines
            ),
            Decimal(0),
        )


class Delivery(StrEnum):
    """How an order ended, or did not end yet, as goods go."""

    OPEN = "open"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    CLOSED_BY_HAND = "closed_by_hand"
    CANCELLED = "cancelled"


def delivery_of(progress: Progress) -> Delivery:
    """Tell how far the goods are. *Closed by hand* and *cancelled* are other ends than *shipped*."""
    if progress.document.state is ErpState.CANCELLED:
        return Delivery.CANCELLED
    shipped = any(progress.shipped.values())
    if progress.to_ship <= 0 and shipped:
        return Delivery.SHIPPED
    if progress.document.state is ErpState.CLOSED:
        return Delivery.CLOSED_BY_HAND
    return Delivery.PARTLY_SHIPPED if shipped else Delivery.OPEN


def too_much(progress: Progress) -> tuple[Difference, ...]:
    """Return the articles of which more was shipped than the sales document asks for."""
    ordered: dict[str, Decimal] = {}
    for line in progress.document.lines:
        ordered[line.sku] = ordered.get(line.sku, Decimal(0)) + line.quantity
    return tuple(
        Difference(what=sku, asked=pieces(ordered.get(sku, Decimal(0))), found=pieces(quantity))
        for sku, quantity in sorted(progress.shipped.items())
        if quantity > ordered.get(sku, Decimal(0))
    )


def late_changes(before: Progress | None, now: Progress, *, cancelled: bool) -> tuple[Difference, ...]:
    """Return what the ERP changed of an order whose life was over, as against what was seen last.

    No news are: that what was closed or cancelled is so, what was paid of a paper, its tracking, and what we
    made ourselves for a return that went on.
    """
    state = before.document.state if before else ErpState.OPEN
    known = {ErpState.CLOSED, ErpState.CANCELLED} if cancelled else {ErpState.CLOSED, state}
    rows = []
    if now.document.state not in known:
        rows.append(Difference(what="the order", asked=state.value, found=now.document.state.value))
    old = {paper.id: _content(paper) for paper in before.papers} if before else {}
    for paper in now.papers:
        is_new = paper.id not in old
        if old.get(paper.id) != _content(paper) and not (is_new and f":{paper.kind.value}:" in paper.key):
            name = f"{paper.kind.value.replace('_', ' ')} {paper.number}"
            asked = "not there" if is_new else "as before"
            rows.append(Difference(what=name, asked=asked, found=_in_words(paper, is_new=is_new)))
    return tuple(rows)


def _content(paper: Paper) -> object:
    return paper.cancelled, tuple((line.sku, line.quantity) for line in paper.lines), paper.total


def _in_words(paper: Paper, *, is_new: bool) -> str:
    if paper.cancelled:
        return "cancelled"
    count = pieces(sum((line.quantity for line in paper.lines), Decimal(0)))
    return f"{'new' if is_new else 'changed'}, {count} pieces" + (f", {paper.total}" if paper.total else "")
