"""The demo's reckoning: what adds up passes, and each kind of difference is found and named."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from domain.documents import KeptDocument
from domain.fulfilment import Paper, PaperLine
from domain.life import OrderView
from domain.money import Money
from domain.policy import DocumentKind, PaperKind
from domain.posting import ErpDocument, ErpState
from domain.returning import ReturnStage, ReturnView
from domain.stages import Stage
from starter.demo.board import Row
from starter.demo.carts import Buyer, Cart, Wanted
from starter.demo.cases import After, Case
from starter.demo.floors import Booked, BookedPaper, InStock
from starter.demo.letters import due_letters, first_letter_difference
from starter.demo.paper_reckoning import first_paper_difference, papers_table
from starter.demo.reckoning import first_difference, summary
from starter.demo.stock_reckoning import first_stock_difference, shelves
from starter.demo.storefronts import Shown
from starter.demo.tally import Tally, tallies_table

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


def booked(number: int, total: str) -> BookedPaper:
    return BookedPaper(str(number), Money.parse(total))


def books() -> dict[PaperKind, list[BookedPaper]]:
    return {
        DELIVERY: [booked(1, "68.50 EUR"), booked(2, "30.00 EUR"), booked(3, "20.00 USD")],
        INVOICE: [booked(1, "98.50 EUR")],
        CREDIT: [booked(1, "15.00 EUR")],
    }


def printed(*tables: Any) -> list[list[str]]:
    out = StringIO()
    Console(file=out, width=200).print(*tables)
    return [line.split() for line in out.getvalue().splitlines()]


def test_papers_that_agree_have_no_difference() -> None:
    assert first_paper_difference(SOLD, views(), books()) == ""


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
        (
            CREDIT,
            [booked(1, "15.00 EUR"), booked(2, "15.00 EUR")],
            "of the credit notes 1, the ERP has 1, 2",
        ),
        (
            INVOICE,
            [booked(1, "98.49 EUR")],
            "order 1001: Waybill has the invoice with 98.50 EUR, the ERP with 98.49",
        ),
        (INVOICE, [BookedPaper("1", None)], "Waybill has the invoice with 98.50 EUR, the ERP with None"),
        (DELIVERY, [*books()[DELIVERY][:2], booked(3, "21.00 USD")], "order 1002: "),
    ],
    ids=["lost", "doubled", "a cent", "no amount", "in its own currency"],
)
def test_a_wrong_ledger_is_found(kind: PaperKind, entries: list[BookedPaper], told: str) -> None:
    assert told in first_paper_difference(SOLD, views(), books() | {kind: entries})


def test_shipments_of_an_erp_without_amounts_are_counted() -> None:
    plain = paper(DELIVERY, "1", "1.00 EUR").model_copy(update={"total": None})
    known = [view("1001", papers=(plain,))]
    none: dict[PaperKind, list[BookedPaper]] = {INVOICE: [], CREDIT: []}

    assert first_paper_difference(SOLD, known, {DELIVERY: [BookedPaper("1", None)], **none}) == ""
    assert "2" in first_paper_difference(SOLD, known, {DELIVERY: [BookedPaper("2", None)], **none})


def test_an_invoice_over_another_sum_than_the_store_sold_for_is_found() -> None:
    found = first_paper_difference(SOLD | {"1001": Money.parse("98.00 EUR")}, views(), books())

    assert found == "order 1001: the store sold it for 98.00 EUR, invoiced is something else"


def order(order_id: str, total: str = "98.50 EUR", number: int = 7, **facts: Any) -> Booked:
    return Booked(str(number), f"shop:{order_id}:order:1", Money.parse(total), **facts)


def test_orders_are_added_up_by_what_became_of_them() -> None:
    mixed = [view("1001"), view("1002", stage=Stage.HELD, document=None)]

    assert printed(summary(SOLD, mixed)) == [
        ["captured", "posted", "held", "rejected", "cancelled", "under", "way"],
        ["orders", "2", "1", "1", "0", "0", "0"],
        ["EUR", "98.50", "98.50", "0", "0", "0", "0"],
        ["USD", "20.00", "0", "20.00", "0", "0", "0"],
    ]


@pytest.mark.parametrize(
    ("orders", "note", "told"),
    [
        ([order("1001")], "order 2101", ""),
        ([order("1001"), order("1001", number=8)], "order 2101", "the ERP has 2 documents of it"),
        ([], "order 2101", "the ERP has 0 documents of it"),
        ([order("1001", "98.49 EUR")], "order 2101", "the ERP says 98.49 EUR"),
        ([order("1001", "98.50 USD")], "order 2101", "the ERP says 98.50 USD"),
        ([order("1001", number=8)], "order 2101", "Waybill recorded entry 7, the ERP has 8"),
        ([order("1001", is_cancelled=True)], "order 2101", "the ERP's document is cancelled"),
        ([order("1001")], "order 2100", "does not show the ERP number 2101"),
        ([order("1001"), order("999")], "order 2101", "documents of unknown orders: 999"),
    ],
)
def test_a_wrong_ledger_of_orders_is_found(orders: list[Booked], note: str, told: str) -> None:
    shown = {"1001": Shown("4", (), note)}

    found = first_difference({"1001": SOLD["1001"]}, [view("1001")], orders, shown, "6")

    assert told in found
    assert bool(found) == bool(told)


@pytest.mark.parametrize(
    ("is_cancelled", "status", "told"),
    [(True, "6", ""), (False, "6", "the ERP's document is open"), (True, "4", "the store shows 4")],
)
def test_a_cancelled_order_is_cancelled_everywhere(is_cancelled: bool, status: str, told: str) -> None:
    cancelled, shown = view("1001", stage=Stage.CANCELLED), {"1001": Shown(status, (), "")}
    orders = [order("1001", is_cancelled=is_cancelled)]

    found = first_difference({"1001": SOLD["1001"]}, [cancelled], orders, shown, "6")

    assert told in found
    assert bool(found) == bool(told)


def test_a_pair_is_told_in_one_row() -> None:
    held = view("1002", stage=Stage.HELD, document=None)
    shown = {"1001": Shown("4", (), "order 2101"), "1002": Shown("2", (), "")}
    tally = Tally.of([shipped_order(), held], shown, "")

    rows = printed(tallies_table([("this", tally, 41.6), ("that", Tally(difference="a cent"), 0.4)]))

    assert "to the cent" in " ".join(rows[0])
    assert rows[1] == ["this", "2", "1", "0", "0", "1", "yes", "1", "of", "1", "2", "1", "1", "42"]
    assert rows[2] == ["that", "0", "0", "0", "0", "0", "no", "0", "of", "0", "0", "0", "0", "0"]


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


WINE = "WINE-RED-75"
"""The merchant begins with 500."""


def row(order_id: str, quantity: int, **facts: Any) -> Row:
    after = After.SHIPPED if order_id == "1001" else After.NOTHING
    cart = Cart(Buyer(BUYER, "Anna", "Moreau"), (Wanted(WINE, quantity),))
    return Row(Case("some order", cart, after=after), order_id, SOLD["1001"], view(order_id, **facts))


def moved(kind: PaperKind, quantity: int, **facts: Any) -> Paper:
    line = PaperLine(sku=WINE, quantity=Decimal(quantity))
    return paper(kind, "1", "1.00 EUR", lines=(line,), **facts)


def stock(on_hand: int) -> dict[str, InStock]:
    return {WINE: InStock(on_hand=Decimal(on_hand), committed=Decimal(5))}


@pytest.mark.parametrize(("offered", "wrong"), [(483, False), (484, True), (495, True), (482, True)])
def test_what_held_orders_want_is_not_for_sale(offered: int, wrong: bool) -> None:
    rows = [row("1001", 6), row("1002", 12, stage=Stage.HELD, document=None)]
    rows += [row("1003", 9, stage=Stage.REJECTED, document=None)]

    found = first_stock_difference(shelves(rows, stock(500), {WINE: Decimal(offered)}))

    assert bool(found) == wrong


@pytest.mark.parametrize(("on_hand", "wrong"), [(495, False), (494, True), (500, True)])
def test_what_was_shipped_is_gone_and_what_came_back_is_here(on_hand: int, wrong: bool) -> None:
    papers = (moved(DELIVERY, 6), moved(CREDIT, 1), moved(DELIVERY, 6, cancelled=True))

    found = first_stock_difference(
        shelves([row("1001", 6, papers=papers)], stock(on_hand), {WINE: Decimal(on_hand - 5)})
    )

    assert bool(found) == wrong
