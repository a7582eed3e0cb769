"""The demo's reckoning: what adds up passes, and each kind of difference is found and named."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from domain.documents import KeptDocument
from domain.fulfilment import Paper
from domain.life import OrderView
from domain.money import Money
from domain.policy import DocumentKind, PaperKind
from domain.posting import ErpDocument, ErpState
from domain.returning import ReturnStage, ReturnView
from domain.stages import Stage
from starter.demo.board import Row
from starter.demo.cases import After, Case
from starter.demo.letters import due_letters, first_letter_difference
from starter.demo.paper_reckoning import first_paper_difference, papers_table
from starter.demo.reckoning import first_difference, summary
from starter.demo.stock_reckoning import first_stock_difference, shelves

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BUYER = "anna@shop.example"
DELIVERY, INVOICE, CREDIT = PaperKind.DELIVERY, PaperKind.INVOICE, PaperKind.CREDIT_NOTE
SOLD = {"1001": Money.parse("98.50 EUR"), "1002": Money.parse("20.00 USD")}
POSTED = ErpDocument(kind=DocumentKind.ORDER, entry="7", number="2101", state=ErpState.OPEN)


def paper(kind: PaperKind, entry: str, total: str, **facts: Any) -> Paper:
    on = date(2026, 11, 21)
    return Paper(kind=kind, entry=entry, number=f"4{entry}", on=on, total=Money.parse(total), **facts)


def kept(name: str) -> KeptDocument:
    return KeptDocument(sha256="a" * 64, name=name, size=9)


def view(order_id: str, **facts: Any) -> OrderView:
    known: dict[str, Any] = {"stage": Stage.SHIPPED, "document": POSTED, "number": f"N{order_id}"}
    known |= {"total": SOLD.get(order_id)}
    return OrderView(version=1, connection="shop", store_order_id=order_id, since=NOW, **(known | facts))


def views() -> list[OrderView]:
    """One order in euros with two parcels, an invoice and a credit note, one in dollars with a parcel."""
    euros = (
        paper(DELIVERY, "1", "68.50 EUR", tracking=("PX1",)),
        paper(DELIVERY, "2", "30.00 EUR", tracking=("PX2",)),
        paper(DELIVERY, "9", "68.50 EUR", cancelled=True),
        paper(INVOICE, "1", "98.50 EUR"),
        paper(CREDIT, "1", "15.00 EUR"),
    )
    return [view("1001", papers=euros), view("1002", papers=(paper(DELIVERY, "3", "20.00 USD"),))]


def entry(number: int, euros: str, dollars: str = "0") -> dict[str, Any]:
    currency = "USD" if Decimal(dollars) else "EUR"
    return {"DocEntry": number, "DocTotal": euros, "DocTotalFc": dollars, "currency": currency}


def ledger() -> dict[PaperKind, list[dict[str, Any]]]:
    return {
        DELIVERY: [entry(1, "68.5"), entry(2, "30"), entry(3, "18.18", "20")],
        INVOICE: [entry(1, "98.50")],
        CREDIT: [entry(1, "15")],
    }


def printed(*tables: Any) -> list[list[str]]:
    out = StringIO()
    Console(file=out, width=200).print(*tables)
    return [line.split() for line in out.getvalue().splitlines()]


def test_papers_that_agree_have_no_difference() -> None:
    assert first_paper_difference(SOLD, views(), ledger()) == ""


def test_papers_are_added_up_by_count_and_amount_without_the_cancelled() -> None:
    assert printed(papers_table(views())) == [
        ["shipped", "invoiced", "credited"],
        ["documents", "3", "1", "1"],
        ["EUR", "98.50", "98.50", "15.00"],
        ["USD", "20.00", "0", "0"],
    ]


@pytest.mark.parametrize(
    ("kind", "entries", "told"),
    [
        (INVOICE, [], "Waybill knows of the invoices 1, the ERP has none"),
        (CREDIT, [entry(1, "15"), entry(2, "15")], "of the credit notes 1, the ERP has 1, 2"),
        (
            INVOICE,
            [entry(1, "98.49")],
            "order 1001: Waybill has the invoice with 98.50 EUR, the ERP with 98.49",
        ),
        (DELIVERY, [entry(1, "68.5"), entry(2, "30"), entry(3, "18.18", "21")], "order 1002: "),
    ],
    ids=["lost", "doubled", "a cent", "in its own currency"],
)
def test_a_wrong_ledger_is_found(kind: PaperKind, entries: list[dict[str, Any]], told: str) -> None:
    assert told in first_paper_difference(SOLD, views(), ledger() | {kind: entries})


def test_an_invoice_over_another_sum_than_the_store_sold_for_is_found() -> None:
    found = first_paper_difference(SOLD | {"1001": Money.parse("98.00 EUR")}, views(), ledger())

    assert found == "order 1001: the store sold it for 98.00 EUR, invoiced is something else"


def order_entry(order_id: str, total: str = "98.50", number: int = 7) -> dict[str, Any]:
    return {**entry(number, total), "U_WebOrderId": f"shop:{order_id}:order:1"}


def test_orders_are_added_up_by_what_became_of_them() -> None:
    mixed = [view("1001"), view("1002", stage=Stage.HELD, document=None)]

    assert printed(summary(SOLD, mixed)) == [
        ["captured", "posted", "held", "rejected", "cancelled", "under", "way"],
        ["orders", "2", "1", "1", "0", "0", "0"],
        ["EUR", "98.50", "98.50", "0", "0", "0", "0"],
        ["USD", "20.00", "0", "20.00", "0", "0", "0"],
    ]


@pytest.mark.parametrize(
    ("entries", "note", "told"),
    [
        ([order_entry("1001")], "order 2101", ""),
        ([order_entry("1001"), order_entry("1001", number=8)], "order 2101", "the ERP has 2 documents of it"),
        ([], "order 2101", "the ERP has 0 documents of it"),
        ([order_entry("1001", "98.49")], "order 2101", "the ERP says 98.49 EUR"),
        ([order_entry("1001", number=8)], "order 2101", "Waybill recorded DocEntry 7, the ERP has 8"),
        ([order_entry("1001")], "order 2100", "does not show the ERP number 2101"),
        ([order_entry("1001"), order_entry("999")], "order 2101", "documents of unknown orders: 999"),
    ],
)
def test_a_wrong_ledger_of_orders_is_found(entries: list[dict[str, Any]], note: str, told: str) -> None:
    found = first_difference({"1001": SOLD["1001"]}, [view("1001")], entries, {"1001": note})

    assert told in found
    assert bool(found) == bool(told)


def mail(to: str = BUYER, files: tuple[str, ...] = (), text: str = "") -> dict[str, Any]:
    return {"to": [to], "attachments": list(files), "text": text}


def shipped_order() -> OrderView:
    label = ReturnView(
        reference="R1", stage=ReturnStage.COMPLETED, since=NOW, tracking="94", label=kept("label.pdf")
    )
    return views()[0].model_copy(
        update={"documents": (("invoice 41", kept("invoice-41.pdf")),), "returns": (label,)}
    )


RIGHT_MAILS = [
    mail(files=("invoice-41.pdf",)),
    mail(files=("label.pdf",)),
    mail(text="Tracking: PX1."),
    mail(text="Tracking: PX2."),
    mail("sales@shop.example", text="Tracking: PX2."),
]


def test_each_paper_label_and_parcel_is_told_by_one_mail() -> None:
    letters = due_letters(BUYER, shipped_order())

    assert [letter.file or letter.words for letter in letters] == [
        "invoice-41.pdf",
        "label.pdf",
        "PX1",
        "PX2",
    ]
    assert first_letter_difference(letters, RIGHT_MAILS) == ""


@pytest.mark.parametrize(
    ("mails", "told"),
    [
        (RIGHT_MAILS[1:], "the mail with invoice-41.pdf came 0 times"),
        ([*RIGHT_MAILS, RIGHT_MAILS[0]], "the mail with invoice-41.pdf came 2 times"),
        ([*RIGHT_MAILS, mail("other@shop.example", ("label.pdf",))], "the mail with label.pdf came 2 times"),
        ([mail("other@shop.example", ("invoice-41.pdf",)), *RIGHT_MAILS[1:]], "went to somebody else"),
        ([*RIGHT_MAILS, RIGHT_MAILS[2]], "the mail of parcel PX1 came 2 times"),
    ],
)
def test_a_wrong_mailbox_is_found(mails: list[Mapping[str, Any]], told: str) -> None:
    assert told in first_letter_difference(due_letters(BUYER, shipped_order()), mails)


def test_a_cancelled_order_is_told_so_once() -> None:
    letters = due_letters(BUYER, view("1001", stage=Stage.CANCELLED))

    assert first_letter_difference(letters, [mail(text="your order N1001 was cancelled")]) == ""
    assert "came 0 times" in first_letter_difference(letters, [mail(text="your order N1002")])


def row(order_id: str, quantity: int, **facts: Any) -> Row:
    after = After.SHIPPED if order_id == "1001" else After.NOTHING
    cart = {"customer": BUYER, "lines": [{"sku": "WINE", "quantity": quantity}]}
    return Row(Case("some order", cart, after=after), order_id, SOLD["1001"], view(order_id, **facts))


@pytest.mark.parametrize(("offered", "wrong"), [(83, False), (84, True), (95, True), (82, True)])
def test_what_held_orders_want_is_not_for_sale(offered: int, wrong: bool) -> None:
    rows = [row("1001", 6), row("1002", 12, stage=Stage.HELD, document=None)]
    rows += [row("1003", 9, stage=Stage.REJECTED, document=None)]
    stock = {"WINE": {"on_hand": "100", "committed": "5"}}

    found = first_stock_difference(shelves(rows, stock, [{"sku": "WINE", "stock": offered}]))

    assert bool(found) == wrong
