"""When the stock of an order's articles is worth publishing: when goods moved, or may move again."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.facts import ItemStock
from domain.fulfilment import Paper, PaperLine, Picking, Progress
from domain.policy import DocumentKind, PaperKind
from domain.posting import ErpDocument, ErpLine, ErpState
from domain.stock import goods_held, sellable


def document(open_quantity: str | None = "6", **changed: Any) -> ErpDocument:
    """Return a sales order of six bottles."""
    left = None if open_quantity is None else Decimal(open_quantity)
    line = ErpLine(sku="WINE", quantity=Decimal(6), open_quantity=left)
    facts = {"kind": DocumentKind.ORDER, "entry": "501", "number": "2001", "state": ErpState.OPEN}
    return ErpDocument.model_validate({**facts, "lines": (line,), **changed})


def paper(kind: PaperKind, **changed: Any) -> Paper:
    """Return a paper of two bottles."""
    facts = {"kind": kind, "entry": "9", "number": "900", "on": date(2026, 3, 29)}
    return Paper.model_validate({**facts, "lines": (PaperLine(sku="WINE", quantity=Decimal(2)),), **changed})


def held(*papers: Paper, of: ErpDocument | None = None, picking: Picking = Picking.NOT_RELEASED) -> str:
    """Return what the ERP holds of an order with these papers."""
    chosen = of or document()
    return goods_held(chosen, Progress(document=chosen, papers=papers, picking=picking))


@pytest.mark.parametrize(
    "same",
    [
        held(picking=Picking.PICKED),
        held(of=document(None)),
        held(of=document("6.000000")),
        held(paper(PaperKind.INVOICE)),
        held(paper(PaperKind.RETURN_REQUEST)),
        goods_held(document(), None),
    ],
    ids=["picked", "nothing open yet", "other digits", "invoiced", "return asked for", "not looked at"],
)
def test_what_moves_no_goods_asks_for_no_publication(same: str) -> None:
    assert same == held()


@pytest.mark.parametrize(
    "other",
    [
        held(of=document("4")),
        held(of=document("0", state=ErpState.CLOSED)),
        held(of=document(entry="502")),
        held(paper(PaperKind.DELIVERY)),
        held(paper(PaperKind.DELIVERY, cancelled=True)),
        held(paper(PaperKind.RETURN)),
        held(paper(PaperKind.CREDIT_NOTE)),
        held(paper(PaperKind.INVOICE, ships=True)),
    ],
    ids=["open", "closed", "posted anew", "delivered", "undone", "returned", "credited", "billed from order"],
)
def test_what_moves_goods_asks_for_one(other: str) -> None:
    assert other != held()
    assert other != held(paper(PaperKind.DELIVERY, lines=(PaperLine(sku="WINE", quantity=Decimal(1)),)))


def test_pieces_of_all_orders_and_spellings_are_taken_off_once() -> None:
    items = (ItemStock(sku="WINE", available=Decimal("10.5")), ItemStock(sku="GIN", available=Decimal(4)))

    found = sellable(items, {"wine ": Decimal(2), "WINE": Decimal(3), "OTHER": Decimal(9)}, 1)

    assert found.levels == {"WINE": Decimal(4), "GIN": Decimal(3)}


def test_unknown_stock_is_never_zero() -> None:
    items = (ItemStock(sku="WINE"), ItemStock(sku="GIN", known=False), ItemStock(sku="FEE", stocked=False))

    found = sellable(items, {}, 0)

    assert found.levels == {}
    assert sorted(found.left_out) == ["GIN", "WINE"]
