"""What a store may sell: published = on hand − committed − sold but not in the ERP yet − buffer.

A number that nobody knows is not published at all: unknown is never zero, and never the old figure plus one.
"""

import hashlib
from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal

from pydantic import Field

from domain.facts import ItemStock
from domain.fulfilment import Progress
from domain.model import Frozen
from domain.policy import PaperKind
from domain.posting import ErpDocument, ErpLine


class StoreStock(Frozen):
    """What a store has for sale, by SKU, and why some of the articles asked for have no such number."""

    levels: dict[str, Decimal] = Field(default_factory=dict)
    left_out: dict[str, str] = Field(default_factory=dict, description="SKU to the reason.")


class PublishedStock(Frozen):
    """What became of a publication: what was written, and why some articles could not be.

    `moved` are articles whose stock in the store was another than it was seen to be: they were left alone.
    """

    written: dict[str, Decimal] = Field(default_factory=dict)
    left_out: dict[str, str] = Field(default_factory=dict, description="SKU to the reason.")
    moved: tuple[str, ...] = ()


def same_article(sku: str) -> str:
    """Return what two spellings of one SKU share: systems differ in case and in blanks at its ends."""
    return sku.strip().casefold()


def sellable(items: Iterable[ItemStock], demand: Mapping[str, Decimal], buffer: int) -> StoreStock:
    """Work out what a store may sell of each article, in whole pieces; articles without a stock have none.

    `demand` counts the pieces, by SKU, of orders that the ERP does not have yet.
    """
    sold: dict[str, Decimal] = {}
    for sku, pieces in demand.items():
        sold[same_article(sku)] = sold.get(same_article(sku), Decimal(0)) + pieces
    levels: dict[str, Decimal] = {}
    left_out: dict[str, str] = {}
    for item in items:
        if not item.known:
            left_out[item.sku] = "the ERP has no such article"
        elif item.stocked and item.available is None:
            left_out[item.sku] = "the ERP does not tell its stock"
        elif item.stocked and item.available is not None:
            free = item.available - sold.get(same_article(item.sku), Decimal(0)) - buffer
            levels[item.sku] = max(free.to_integral_value(ROUND_FLOOR), Decimal(0))
    return StoreStock(levels=levels, left_out=left_out)


def goods_held(document: ErpDocument, progress: Progress | None) -> str:
    """Return a short text that changes when, and only when, the ERP's stock may change by this document.

    It is made of what is still open of each line and of the papers that moved goods, or took them back.
    """
    papers = progress.papers if progress else ()
    held = [
        document.entry,
        document.state.value,
        *(f"{line.sku} {_open(line):f}" for line in document.lines),
        *(
            f"{paper.id} {paper.cancelled} {line.sku} {line.quantity:f}"
            for paper in papers
            if paper.ships or paper.kind not in {PaperKind.INVOICE, PaperKind.RETURN_REQUEST}
            for line in paper.lines
        ),
    ]
    return hashlib.sha256("\n".join(held).encode()).hexdigest()[:16]


def _open(line: ErpLine) -> Decimal:
    open_quantity = line.quantity if line.open_quantity is None else line.open_quantity
    return open_quantity.normalize()
