"""What is given back as an amount carries the taxes of what was bought."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fulfilment import Paper, PaperLine, Progress
from domain.order import Charge, Order
from domain.policy import DocumentKind, PaperKind
from domain.posting import ErpDocument, ErpState
from domain.returning import ReturnAsked, money_back, spread
from tests.domain.specimens import NOON, line, order

D = Decimal
CENTS = st.decimals("0.00", "100000.00", places=2)
WEIGHTS = st.lists(st.decimals("0.01", "100000.00", places=2), min_size=1, max_size=6).map(tuple)


def mixed() -> Order:
    """Wine at 20 % for 72.00 and books at 5.5 % for 24.00; shipping is at 20 %."""
    books = line(2, quantity=D(2), net=D("22.75"), gross=D("24.00"), tax_rate=D("5.5"))
    return order(line(1), books, shipping=Charge(net=D(5), gross=D(6), tax_rate=D(20)))


def shown(*papers: tuple[PaperKind, str, int]) -> Progress:
    """Return what the ERP shows: a paper for each (kind, line id, pieces)."""
    document = ErpDocument(kind=DocumentKind.ORDER, entry="1", number="1", state=ErpState.OPEN)
    found = (
        Paper(
            kind=kind,
            entry=str(at),
            number=str(at),
            on=NOON.date(),
            lines=(PaperLine(line_id=line_id, sku=f"WINE-{line_id}", quantity=D(many)),),
        )
        for at, (kind, line_id, many) in enumerate(papers, 1)
    )
    return Progress(document=document, papers=tuple(found))


INVOICED = ((PaperKind.INVOICE, "1", 6), (PaperKind.INVOICE, "2", 2))


@pytest.mark.parametrize(
    ("credited", "shares"),
    [
        ((), {D(20): D("7.50"), D("5.5"): D("2.50")}),
        (((PaperKind.CREDIT_NOTE, "1", 4),), {D(20): D("5.00"), D("5.5"): D("5.00")}),
        (((PaperKind.CREDIT_NOTE, "1", 6),), {D("5.5"): D("10.00")}),
        (((PaperKind.CREDIT_NOTE, "1", 6), (PaperKind.CREDIT_NOTE, "2", 2)), {D(20): D("10.00")}),
    ],
)
def test_an_amount_is_spread_over_the_rates_of_what_is_left_to_credit(
    credited: tuple[tuple[PaperKind, str, int], ...], shares: dict[Decimal, Decimal]
) -> None:
    asked = ReturnAsked(reference="R1", amount=D(10))

    amounts, shipping = money_back(asked, mixed(), shown(*INVOICED, *credited))

    assert {charge.tax_rate: charge.gross for charge in amounts} == shares
    assert shipping is None


def test_an_amount_of_one_rate_is_one_line() -> None:
    asked = ReturnAsked(reference="R1", amount=D(12), shipping=D(6))

    amounts, shipping = money_back(asked, order(line(1)), shown(INVOICED[0]))

    assert [(charge.gross, charge.net, charge.tax_rate) for charge in amounts] == [(D(12), D(10), D(20))]
    assert shipping is not None


@given(CENTS, WEIGHTS)
def test_shares_add_up_and_are_whole_cents(amount: Decimal, weights: tuple[Decimal, ...]) -> None:
    shares = spread(amount, weights)

    assert sum(shares, D(0)) == amount
    assert all(share >= 0 and share == share.quantize(D("0.01")) for share in shares)
