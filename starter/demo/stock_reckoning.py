"""Does the shop offer what the ERP has left to sell?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.stages import FINAL
from domain.texts import pieces
from starter.demo.board import Row
from starter.demo.floors import InStock


@dataclass(frozen=True)
class Shelf:
    """One article: what the ERP has and promised, what held orders want of it, what the shop offers."""

    sku: str
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
    """Return the first article of which the shop offers more or less than is left, or an empty text."""
    return next((str(shelf) for shelf in found if shelf.offered != shelf.left), "")


def _lines(row: Row) -> Iterator[tuple[str, Decimal]]:
    for line in row.case.cart.lines:
        yield line.sku, Decimal(line.quantity)


def _waits(row: Row) -> bool:
    """Tell whether an order is sold in the shop while the ERP does not have it."""
    return row.view is not None and row.view.document is None and row.view.stage not in FINAL
