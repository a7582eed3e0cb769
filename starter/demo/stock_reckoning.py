"""Does the shop offer what the ERP has left to sell?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.policy import PaperKind
from domain.stages import FINAL
from domain.texts import pieces
from sandbox.catalogue import ARTICLES
from starter.demo.board import Row
from starter.demo.floors import InStock

_BEGINNING = {article.sku: Decimal(article.on_hand) for article in ARTICLES}


@dataclass(frozen=True)
class Shelf:
    """One article: what the ERP has and promised, what held orders want of it, what the shop offers.

    `due` is what the ERP ought to have: what the merchant began with, less what was shipped, with what came
    back.
    """

    sku: str
    due: Decimal
    on_hand: Decimal
    committed: Decimal
    waiting: Decimal
    offered: Decimal

    @property
    def left(self) -> Decimal:
        """What is left to sell."""
        return self.on_hand - self.committed - self.waiting

    def __str__(self) -> str:
        waiting = f" less {pieces(self.waiting)} in orders that are held" if self.waiting else ""
        return (
            f"{self.sku}: the ERP has {pieces(self.on_hand)} less {pieces(self.committed)} promised{waiting},"
            f" the shop offers {pieces(self.offered)}"
        )


def shelves(
    rows: Sequence[Row], erp_stock: Mapping[str, InStock], offered: Mapping[str, Decimal]
) -> tuple[Shelf, ...]:
    """Return the articles of the orders that went on after their posting, each once."""
    skus = dict.fromkeys(sku for row in rows if row.case.after for sku, _ in _lines(row))
    return tuple(
        Shelf(
            sku=sku,
            due=_BEGINNING[sku]
            - _moved(rows, sku, PaperKind.DELIVERY)
            + _moved(rows, sku, PaperKind.CREDIT_NOTE),
            on_hand=erp_stock[sku].on_hand,
            committed=erp_stock[sku].committed,
            waiting=sum(
                (count for row in rows if _waits(row) for each, count in _lines(row) if each == sku),
                Decimal(0),
            ),
            offered=offered[sku],
        )
        for sku in skus
    )


def first_stock_difference(found: Iterable[Shelf]) -> str:
    """Return the first article of which the ERP has, or the shop offers, more or less than is left."""
    for shelf in found:
        if shelf.on_hand != shelf.due:
            there = f"the ERP has {pieces(shelf.on_hand)}"
            return f"{shelf.sku}: {pieces(shelf.due)} ought to be left of what there was, {there}"
        if shelf.offered != shelf.left:
            return str(shelf)
    return ""


def _moved(rows: Iterable[Row], sku: str, kind: PaperKind) -> Decimal:
    """Return how many pieces the papers of a kind are about; each credit note of the demo is for goods."""
    papers = (paper for row in rows if row.view for paper in row.view.papers)
    lines = (line for paper in papers if paper.kind is kind and not paper.cancelled for line in paper.lines)
    return sum((line.quantity for line in lines if line.sku == sku), Decimal(0))


def _lines(row: Row) -> Iterator[tuple[str, Decimal]]:
    for line in row.case.cart.lines:
        yield line.sku, Decimal(line.quantity)


def _waits(row: Row) -> bool:
    """Tell whether an order is sold in the shop while the ERP does not have it."""
    return row.view is not None and row.view.document is None and row.view.stage not in FINAL
