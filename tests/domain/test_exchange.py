"""What is ordered instead of returned goods: certain prices and taxes, or a refusal that says what to say."""

from decimal import Decimal

import pytest

from domain.exchange import left_to_settle, replacement_order
from domain.money import Money
from domain.order import Charge, Discount, Order, OrderLine
from domain.returning import Replacement, ReturnAsked, ReturnedLine, ReturnRefused
from tests.domain.specimens import order as specimen


def line(number: int, sku: str, quantity: int, net: str, gross: str, rate: str = "20") -> OrderLine:
    return OrderLine(
        id=str(number),
        sku=sku,
        quantity=Decimal(quantity),
        net=Decimal(net),
        gross=Decimal(gross),
        tax_rate=Decimal(rate),
    )


RED = line(1, "RED", 6, "75.00", "90.00")
OIL = line(2, "OIL", 2, "16.10", "16.99", "5.5")


def sold(*lines: OrderLine) -> Order:
    return specimen().model_copy(
        update={
            "lines": lines,
            "discounts": (Discount(net=Decimal(5), gross=Decimal(6)),),
            "shipping": Charge(code="1", net=Decimal(5), gross=Decimal(6), tax_rate=Decimal(20)),
        }
    )


def asked(*instead: Replacement, back: str = "RED") -> ReturnAsked:
    lines = (ReturnedLine(sku=back, quantity=Decimal(2)),) if back else ()
    return ReturnAsked(reference="R1", lines=lines, instead=instead)


def wanted(sku: str, quantity: int = 1, price: str | None = None) -> Replacement:
    return Replacement(sku=sku, quantity=Decimal(quantity), price=Decimal(price) if price else None)


def test_the_same_article_costs_what_it_did_and_nothing_else_of_the_order_comes_along() -> None:
    order = replacement_order(sold(RED, OIL), asked(wanted("RED", 2)))

    assert (order.net, order.gross) == (Decimal("25.00"), Decimal("30.00"))
    assert order.lines[0].tax_rate == Decimal(20)
    assert (order.discounts, order.shipping, order.lines[0].id) == ((), Charge(), "R1-1")


def test_another_article_of_the_order_costs_what_it_did_there_with_its_own_tax() -> None:
    order = replacement_order(sold(RED, OIL), asked(wanted("OIL", 1)))

    assert (order.net, order.gross, order.lines[0].tax_rate) == (
        Decimal("8.05"),
        Decimal("8.50"),
        Decimal("5.5"),
    )


def test_an_article_that_is_not_of_the_order_costs_what_was_said_and_is_taxed_as_what_comes_back() -> None:
    order = replacement_order(sold(RED, OIL), asked(wanted("WHITE", 3, "11.90")))

    assert (order.gross, order.net, order.lines[0].tax_rate) == (
        Decimal("35.70"),
        Decimal("29.75"),
        Decimal(20),
    )


def test_a_price_that_is_said_counts_for_an_article_of_the_order_too() -> None:
    assert replacement_order(sold(RED), asked(wanted("RED", 2, "0.50"))).gross == Decimal("1.00")


@pytest.mark.parametrize(
    ("lines", "request_", "says"),
    [
        ((RED,), asked(wanted("WHITE", 2)), "say it, with tax, as WHITE=2@PRICE"),
        ((RED, line(3, "RED", 1, "10.00", "12.00")), asked(wanted("RED")), "at several prices"),
        ((RED,), asked(wanted("RED"), back=""), "say which pieces come back"),
        ((RED,), asked(wanted("RED"), back="BLUE"), "no line BLUE"),
    ],
)
def test_what_is_not_certain_is_refused(
    lines: tuple[OrderLine, ...], request_: ReturnAsked, says: str
) -> None:
    with pytest.raises(ReturnRefused, match=says):
        replacement_order(sold(*lines), request_)


def test_a_foreign_article_for_lines_of_several_rates_is_refused() -> None:
    both = ReturnAsked(
        reference="R1",
        lines=(ReturnedLine(sku="RED", quantity=Decimal(1)), ReturnedLine(sku="OIL", quantity=Decimal(1))),
        instead=(wanted("WHITE", 1, "11.90"),),
    )

    with pytest.raises(ReturnRefused, match="several rates"):
        replacement_order(sold(RED, OIL), both)


@pytest.mark.parametrize(
    ("credited", "ordered", "says"),
    [
        ("30.00", "35.70", "the buyer owes 5.70 EUR"),
        ("30.00", "23.80", "6.20 EUR are owed to the buyer"),
        ("30.00", "30.00", ""),
    ],
)
def test_who_owes_whom_is_said(credited: str, ordered: str, says: str) -> None:
    assert left_to_settle(Money(Decimal(credited), "EUR"), Money(Decimal(ordered), "EUR")) == says
