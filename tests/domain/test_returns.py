"""What may be taken back or credited of an order, from the whole picture of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.fulfilment import Paper, PaperLine, Progress
from domain.money import Money
from domain.order import Charge
from domain.policy import DocumentKind, PaperKind
from domain.posting import KEY_LENGTH, ErpDocument, ErpState
from domain.returns import TakeBack, TakenLine, drawn_lines, left_of, left_to_credit, paper_key

DELIVERY, INVOICE, CREDIT = PaperKind.DELIVERY, PaperKind.INVOICE, PaperKind.CREDIT_NOTE
REQUEST = PaperKind.RETURN_REQUEST


def paper(kind: PaperKind, entry: str, *lines: tuple[str, int], base: str = "", **facts: Any) -> Paper:
    """Return a paper of lines (line id, pieces), all of one article."""
    drawn = tuple(
        PaperLine(line_id=line_id, sku="WINE", quantity=Decimal(many), base=base) for line_id, many in lines
    )
    return Paper(kind=kind, entry=entry, number=entry, on=date(2026, 1, 15), lines=drawn, **facts)


def progress(*papers: Paper) -> Progress:
    order = ErpDocument(kind=DocumentKind.ORDER, entry="1", number="1", state=ErpState.OPEN)
    return Progress(document=order, papers=papers)


def euros(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def test_nothing_invoiced_leaves_nothing_to_credit() -> None:
    assert left_to_credit(progress(paper(DELIVERY, "1", ("1", 2)))) is None


def test_credited_and_cancelled_papers_are_reckoned() -> None:
    found = progress(
        paper(INVOICE, "1", total=euros("60")),
        paper(INVOICE, "2", total=euros("40")),
        paper(INVOICE, "3", total=euros("500"), cancelled=True),
        paper(CREDIT, "1", total=euros("15")),
        paper(CREDIT, "2", total=euros("99"), cancelled=True),
    )

    assert left_to_credit(found) == euros("85")


def test_what_was_drawn_from_a_paper_is_no_longer_left() -> None:
    invoice = paper(INVOICE, "1", ("1", 5))
    found = progress(
        invoice,
        paper(CREDIT, "1", ("1", 2), base="invoice:1"),
        paper(CREDIT, "2", ("1", 2), base="invoice:2"),
        paper(CREDIT, "3", ("1", 1), base="invoice:1", cancelled=True),
    )

    assert left_of(invoice, found) == {("1", "WINE"): Decimal(3)}


def test_pieces_are_chosen_line_by_line_and_never_more_than_there_are() -> None:
    found = progress(
        paper(INVOICE, "1", ("1", 2), ("2", 1)),
        paper(INVOICE, "2", ("1", 3)),
        paper(CREDIT, "1", ("1", 1), base="invoice:1"),
    )

    of_line = drawn_lines(found, CREDIT, "1", "WINE", Decimal(9))
    of_article = drawn_lines(found, CREDIT, "", "WINE", Decimal(2))

    assert [(line.base, line.quantity) for line in of_line] == [
        ("invoice:1", Decimal(1)),
        ("invoice:2", Decimal(3)),
    ]
    assert [(line.line_id, line.quantity) for line in of_article] == [("1", Decimal(1)), ("2", Decimal(1))]


def test_return_is_drawn_from_deliveries_and_not_from_what_was_invoiced() -> None:
    found = progress(
        paper(DELIVERY, "1", ("1", 2)),
        paper(INVOICE, "7", ("1", 2), base="delivery:1"),
        paper(DELIVERY, "2", ("1", 2)),
    )

    lines = drawn_lines(found, PaperKind.RETURN, "1", "WINE", Decimal(4))

    assert [(line.base, line.quantity) for line in lines] == [("delivery:2", Decimal(2))]


def test_goods_that_another_return_announced_are_left_to_it() -> None:
    mine = paper(REQUEST, "1", ("1", 1), base="invoice:1", key="shop:7:return_request:R1")
    other = paper(REQUEST, "2", ("1", 2), base="invoice:1", key="shop:7:return_request:R2")
    by_hand = paper(REQUEST, "3", ("1", 1), base="invoice:1")
    here = paper(PaperKind.RETURN, "4", ("1", 2), base="return_request:2", follows=("return_request:2",))
    found = progress(paper(INVOICE, "1", ("1", 5)), mine, other, by_hand, here)

    def drawn(*keys: str) -> list[tuple[str, Decimal]]:
        lines = drawn_lines(found, CREDIT, "", "WINE", Decimal(9), keys=frozenset(keys))
        return [(line.base, line.quantity) for line in lines]

    others = [("return_request:3", Decimal(1)), ("invoice:1", Decimal(1))]
    assert drawn() == others
    assert drawn("shop:7:return_request:R1") == [("return_request:1", Decimal(1)), *others]
    assert ("return:4", Decimal(2)) in drawn("shop:7:return_request:R2")


def taking(**changes: Any) -> TakeBack:
    line = TakenLine(base="invoice:1", sku="WINE", quantity=Decimal(1))
    facts = {"key": "k", "kind": CREDIT, "sales_entry": "1", "on": date(2026, 1, 15), "lines": (line,)}
    return TakeBack.model_validate({**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"kind": INVOICE}, "invoice"),
        ({"kind": PaperKind.RETURN, "to_stock": False}, "only a credit note"),
        ({"kind": PaperKind.RETURN, "shipping": Charge(gross=Decimal(6))}, "only a credit note"),
        ({"lines": ()}, "nothing"),
        ({"lines": (TakenLine(base="invoice:1", sku="WINE", quantity=Decimal(0)),)}, "above zero"),
    ],
)
def test_what_makes_no_sense_is_named(changes: dict[str, Any], word: str) -> None:
    (fault,) = taking(**changes).faults()

    assert word in fault
    assert not list(taking().faults())


def test_key_fits_its_column_and_stays_another_one() -> None:
    long = "an-order-number-of-an-uncommonly-talkative-store-"

    keys = {paper_key("shop", long, "credit_note", str(number)) for number in range(9)}

    assert {len(key) for key in keys} == {KEY_LENGTH}
    assert len(keys) == 9
    assert paper_key("shop", "1042", "payment", "77") == "shop:1042:payment:77"
