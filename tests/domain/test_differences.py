"""What the ERP kept against what it was asked for: every difference is told, and nothing else is."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.order import Basis, OrderLine
from domain.policy import DocumentKind
from domain.posting import (
    Difference,
    ErpDocument,
    ErpLine,
    ErpState,
    SalesDocument,
    differences,
    sales_document,
)
from domain.totals import Adjustment, AdjustmentKind, Arithmetic, PricedLine, pricings
from tests.domain.specimens import NOON, line, order, pair

DISCOUNT = Adjustment(kind=AdjustmentKind.DISCOUNT, amount=Decimal("-1.00"), basis=Basis.NET)


def _asked(*lines: OrderLine, **changed: Any) -> SalesDocument:
    placed = order(*lines)
    (pricing, *_) = pricings(placed, Arithmetic(), Decimal("0.05"))
    document = sales_document(
        placed, pair(), key="shop:1042:order:1", customer_code="C1", pricing=pricing, today=NOON.date()
    )
    return document.model_copy(update=changed)


def _kept(asked: SalesDocument, *extra: ErpLine, **changed: Any) -> ErpDocument:
    sums = asked.pricing.expected
    facts: dict[str, Any] = {
        "kind": DocumentKind.ORDER,
        "entry": "501",
        "number": "2001",
        "state": ErpState.OPEN,
        "customer_code": "C1",
        "total": Money(sums.gross, "EUR"),
        "tax": Money(sums.tax, "EUR"),
        "lines": tuple(ErpLine(sku=each.sku, quantity=each.quantity) for each in asked.pricing.lines) + extra,
    }
    return ErpDocument.model_validate(facts | changed)


def _found(asked: SalesDocument, kept: ErpDocument) -> dict[str, tuple[str, str]]:
    total = Money(asked.pricing.expected.gross, asked.currency)
    return {row.what: (row.asked, row.found) for row in differences(asked, total, kept)}


def _with(asked: SalesDocument, *adjustments: Adjustment) -> SalesDocument:
    return asked.model_copy(update={"pricing": asked.pricing.model_copy(update={"adjustments": adjustments})})


def _lines(*texts: str) -> tuple[ErpLine, ...]:
    parts = [text.split() for text in texts]
    return tuple(ErpLine(sku=sku, quantity=Decimal(quantity)) for quantity, sku in parts)


ASKED = _asked(line(1), line(2))


def test_a_document_as_it_was_asked_for_differs_in_nothing() -> None:
    assert _found(ASKED, _kept(ASKED)) == {}


@pytest.mark.parametrize(
    ("what", "changed", "asked", "found"),
    [
        ("customer", {"customer_code": "C2"}, "C1", "C2"),
        ("state", {"state": ErpState.CANCELLED}, "open", "cancelled"),
        ("total", {"total": Money.parse("144.01 EUR")}, "144.00 EUR", "144.01 EUR"),
        ("total", {"total": Money.parse("144.00 USD")}, "144.00 EUR", "144.00 USD"),
        ("total", {"total": None}, "144.00 EUR", "None"),
        ("tax", {"tax": Money.parse("23.99 EUR")}, "24.00 EUR", "23.99 EUR"),
    ],
)
def test_a_difference_names_what_was_asked_and_what_was_found(
    what: str, changed: dict[str, Any], asked: str, found: str
) -> None:
    assert _found(ASKED, _kept(ASKED, **changed)) == {what: (asked, found)}


@pytest.mark.parametrize(
    "changed",
    [
        {"total": Money.parse("144.0000 EUR")},
        {"total": Money.parse("144.0049 EUR")},
        {"tax": None},
        {"state": ErpState.CLOSED},
        {"lines": _lines("6 WINE-2", "6.000000 WINE-1")},
    ],
    ids=str,
)
def test_what_means_the_same_is_no_difference(changed: dict[str, Any]) -> None:
    assert _found(ASKED, _kept(ASKED, **changed)) == {}


@pytest.mark.parametrize(
    ("kept", "asked", "found"),
    [
        (_lines("6 WINE-1"), "6 × WINE-2", "nothing"),
        (_lines("6 WINE-1", "5 WINE-2"), "6 × WINE-2", "5 × WINE-2"),
        (_lines("6 WINE-1", "6 OTHER"), "6 × WINE-2", "6 × OTHER"),
        (_lines("6 WINE-1", "6 WINE-2", "1 GIFT"), "nothing", "1 × GIFT"),
        (_lines("6 WINE-1", "6 WINE-1", "6 WINE-2"), "nothing", "6 × WINE-1"),
        ((), "6 × WINE-1, 6 × WINE-2", "nothing"),
    ],
    ids=str,
)
def test_lines_that_are_missing_or_too_many_are_named(
    kept: tuple[ErpLine, ...], asked: str, found: str
) -> None:
    assert _found(ASKED, _kept(ASKED, lines=kept)) == {"lines": (asked, found)}


def test_two_equal_lines_of_an_order_are_both_wanted() -> None:
    twice = _asked(line(1, sku="WINE"), line(2, sku="WINE"))

    assert _found(twice, _kept(twice)) == {}
    assert "lines" in _found(twice, _kept(twice, lines=_lines("6 WINE")))
    assert "lines" in _found(twice, _kept(twice, lines=_lines("12 WINE")))


def test_a_lost_line_is_not_made_up_for_by_a_discount_line() -> None:
    twice = _with(_asked(line(1, sku="WINE"), line(2, sku="WINE")), DISCOUNT)

    assert "lines" in _found(twice, _kept(twice, lines=_lines("6 WINE", "-1 DISCOUNT")))


def test_extra_lines_are_those_that_were_asked_for() -> None:
    asked = _with(ASKED, DISCOUNT)

    assert _found(asked, _kept(asked, *_lines("-1 DISCOUNT"))) == {}
    assert "lines" in _found(asked, _kept(asked))
    assert "lines" in _found(asked, _kept(asked, *_lines("-1 DISCOUNT", "1 GIFT")))
    assert "lines" in _found(ASKED, _kept(ASKED, *_lines("-1 DISCOUNT")))


def test_a_difference_in_the_last_of_many_lines_is_told() -> None:
    many = _asked(*(line(number) for number in range(1, 101)))
    kept = _kept(many)
    changed = kept.model_copy(update={"lines": (*kept.lines[:-1], *_lines("1 WINE-100"))})

    assert _found(many, changed) == {"lines": ("6 × WINE-100", "1 × WINE-100")}


def test_a_long_list_of_lines_is_cut_for_the_page_that_shows_it() -> None:
    many = _asked(*(line(number) for number in range(1, 501)))

    asked, found = _found(many, _kept(many, lines=()))["lines"]

    assert len(asked) <= 301
    assert found == "nothing"


LINES = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 2)), min_size=1, max_size=4)


@given(asked=LINES, found=LINES)
def test_lines_are_the_same_exactly_when_they_can_be_paired(
    asked: list[tuple[str, int]], found: list[tuple[str, int]]
) -> None:
    wanted = tuple(
        PricedLine(
            line_id="1",
            sku=sku,
            quantity=Decimal(count),
            price=Decimal(1),
            basis=Basis.NET,
            tax_rate=Decimal(0),
        )
        for sku, count in asked
    )
    document = ASKED.model_copy(update={"pricing": ASKED.pricing.model_copy(update={"lines": wanted})})
    kept = tuple(ErpLine(sku=sku, quantity=Decimal(count)) for sku, count in found)

    told = _found(document, _kept(document, lines=kept))

    assert ("lines" not in told) is (sorted(asked) == sorted(found))


def test_each_difference_is_told_once() -> None:
    all_wrong = _kept(
        ASKED, customer_code="C2", state=ErpState.CANCELLED, total=None, tax=Money.parse("1 EUR"), lines=()
    )

    rows = differences(ASKED, Money.parse("144 EUR"), all_wrong)

    assert [row.what for row in rows] == ["customer", "lines", "state", "total", "tax"]
    assert all(isinstance(row, Difference) and row.asked != row.found for row in rows)
