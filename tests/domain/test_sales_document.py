"""The document that an ERP is asked for, made of the order and its pair."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from domain.order import Order, Payment
from domain.policy import DocumentKind, Pair
from domain.posting import ErpDocument, ErpLine, ErpState, SalesDocument, sales_document
from domain.totals import Arithmetic, pricings
from tests.domain.specimens import NOON, address, order, pair

TODAY = NOON.date()


def _document(placed: Order, rules: Pair | None = None) -> SalesDocument:
    (pricing, *_) = pricings(placed, Arithmetic(), Decimal("0.05"))
    return sales_document(
        placed, rules or pair(), key="shop:1042:order:1", customer_code="C1", pricing=pricing, today=TODAY
    )


def test_the_document_carries_what_the_buyer_ordered() -> None:
    placed = order(billing=address(city="Paris"), comment="Ring twice")

    document = _document(placed, pair(document=DocumentKind.QUOTATION, warehouse="02"))

    assert (document.key, document.customer_code) == ("shop:1042:order:1", "C1")
    assert (document.kind, document.warehouse) == (DocumentKind.QUOTATION, "02")
    assert (document.order_number, document.currency) == (placed.number, "EUR")
    assert (document.billing, document.delivery) == (placed.billing, placed.delivery)
    assert document.comment == "Ring twice"
    assert document.ordered_on == TODAY


def _delivery(**changed: Any) -> timedelta:
    return _document(order(**changed), pair(deliver_days=3)).deliver_on - TODAY


def test_the_delivery_day_is_the_buyers_else_the_pairs_and_never_past() -> None:
    assert _delivery() == timedelta(days=3)
    assert _delivery(deliver_by=TODAY + timedelta(days=9)) == timedelta(days=9)
    assert _delivery(deliver_by=TODAY - timedelta(days=9)) == timedelta(0)


def test_the_payment_terms_are_the_pairs_else_the_stores() -> None:
    assert _document(order(payment=Payment(method="invoice", terms="10 days"))).terms == "30 days"
    assert _document(order(payment=Payment(method="card", terms="10 days"))).terms == "10 days"
    assert _document(order(payment=Payment(method="barter"))).terms == ""


def test_a_document_is_delivered_as_soon_as_one_piece_is() -> None:
    def delivered(*open_quantities: str | None) -> bool:
        lines = tuple(
            ErpLine(sku="A", quantity=Decimal(6), open_quantity=None if left is None else Decimal(left))
            for left in open_quantities
        )
        kept = ErpDocument(kind=DocumentKind.ORDER, entry="1", number="1", state=ErpState.OPEN, lines=lines)
        return kept.delivered

    assert not delivered()
    assert not delivered("6", "6.000")
    assert not delivered(None, "6")
    assert delivered("6", "5.9")
    assert delivered("0", None)
