"""What an ERP changes of an order that was over: news for a person, or nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.fulfilment import Paper, PaperLine, Progress, late_changes
from domain.money import Money
from domain.policy import DocumentKind, PaperKind
from domain.posting import ErpDocument, ErpState

DAY = date(2026, 1, 5)
INVOICE = Paper(
    kind=PaperKind.INVOICE,
    entry="9",
    number="901",
    on=DAY,
    lines=(PaperLine(sku="RED", quantity=Decimal(6)),),
    total=Money(Decimal("90.00"), "EUR"),
    open=Money(Decimal("90.00"), "EUR"),
)
CREDIT = INVOICE.model_copy(update={"kind": PaperKind.CREDIT_NOTE, "number": "902"})


def seen(*papers: Paper, state: ErpState = ErpState.CLOSED) -> Progress:
    document = ErpDocument(kind=DocumentKind.ORDER, entry="7", number="701", state=state)
    return Progress(document=document, papers=papers)


def changed(paper: Paper, **facts: Any) -> Paper:
    return paper.model_copy(update=facts)


@pytest.mark.parametrize(
    "now",
    [
        seen(INVOICE),
        seen(changed(INVOICE, open=Money(Decimal(0), "EUR"))),
        seen(changed(INVOICE, tracking=("1Z",), key="shop:1:order:1")),
        seen(INVOICE, changed(CREDIT, key="shop:1:credit_note:R1")),
    ],
    ids=["the same", "paid", "tracked", "made by ourselves"],
)
def test_what_is_no_news_is_passed_over(now: Progress) -> None:
    assert late_changes(seen(INVOICE), now, cancelled=False) == ()


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (seen(INVOICE, CREDIT), ("credit note 902", "new, 6 pieces, 90.00 EUR")),
        (seen(changed(INVOICE, cancelled=True)), ("invoice 901", "cancelled")),
        (
            seen(changed(INVOICE, total=Money(Decimal(80), "EUR"))),
            ("invoice 901", "changed, 6 pieces, 80 EUR"),
        ),
        (seen(INVOICE, state=ErpState.OPEN), ("the order", "open")),
        (seen(INVOICE, state=ErpState.CANCELLED), ("the order", "cancelled")),
    ],
    ids=["new", "cancelled", "another amount", "open again", "order cancelled"],
)
def test_what_is_news_is_named(now: Progress, says: tuple[str, str]) -> None:
    (row,) = late_changes(seen(INVOICE), now, cancelled=False)

    assert (row.what, row.found) == says


@pytest.mark.parametrize("state", [ErpState.CANCELLED, ErpState.CLOSED])
def test_that_a_cancelled_order_is_cancelled_is_no_news(state: ErpState) -> None:
    assert late_changes(None, seen(state=state), cancelled=True) == ()
