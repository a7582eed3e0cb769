"""Random baskets: what the domain expects of the ERP's arithmetic is what the ERP calculates."""

from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.errors import TotalsDiffer
from domain.money import Money, rounded
from domain.order import Basis, Charge, Discount, DiscountLevel, Order, OrderLine
from domain.totals import pricings
from sandbox.catalogue import ARTICLES, CURRENCIES, TAXES, Article
from tests.adapters.erp_conformance_bench import TOLERANCE, ErpBench, document, order

HUNDRED = Decimal(100)


def _line(article: Article, pieces: int, number: int, currency: str, rounding: str) -> OrderLine:
    """Return a line rounded as stores do: on the unit, on the line, or not before the total."""
    rate = TAXES[article.tax]
    unit_net = rounded(article.net * CURRENCIES[currency], 6)
    digits = 2 if rounding == "unit" else 6
    unit_gross = rounded(unit_net * (1 + rate / HUNDRED), digits)
    kept = 6 if rounding == "total" else 2
    return OrderLine(
        id=str(number),
        sku=article.sku,
        quantity=Decimal(pieces),
        unit_net=unit_net,
        unit_gross=unit_gross,
        net=rounded(unit_net * pieces, kept),
        gross=rounded(unit_gross * pieces, kept),
        tax_rate=rate,
    )


def _voucher(lines: tuple[OrderLine, ...], percent: Decimal, level: DiscountLevel) -> Discount:
    net, gross = (
        rounded(sum((getattr(line, side) for line in lines), Decimal(0)) * percent / HUNDRED, 2)
        for side in ("net", "gross")
    )
    return Discount(name="SUMMER", net=net, gross=gross, level=level)


@st.composite
def baskets(draw: st.DrawFn) -> Order:
    """Draw an order of the catalogue's articles as a store would total it."""
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    rounding = draw(st.sampled_from(["unit", "line", "total"]))
    wanted = draw(st.lists(st.tuples(st.sampled_from(ARTICLES), st.integers(1, 12)), min_size=1, max_size=6))
    lines = tuple(
        _line(article, pieces, number, currency, rounding)
        for number, (article, pieces) in enumerate(wanted, 1)
    )
    percent = draw(st.sampled_from([None, Decimal(5), Decimal("12.5"), Decimal("33.33")]))
    discounts = () if percent is None else (_voucher(lines, percent, DiscountLevel.ORDER),)
    shipping, wrapping = (
        Charge(code="2", net=net, gross=rounded(net * Decimal("1.2"), 2), tax_rate=Decimal(20))
        for net in draw(
            st.tuples(
                st.sampled_from([Decimal(0), Decimal("4.99"), Decimal("8.25")]),
                st.sampled_from([Decimal(0), Decimal("1.67")]),
            )
        )
    )
    return order(
        *lines,
        currency=currency,
        discounts=discounts,
        shipping=shipping,
        wrapping=wrapping,
        price_basis=draw(st.sampled_from(Basis)),
    )


class Baskets:
    """Random baskets."""

    @settings(
        max_examples=60,
        deadline=None,
        # One served ERP serves all examples, and several classes inherit this one test.
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.filter_too_much,
            HealthCheck.differing_executors,
        ],
    )
    @given(placed=baskets())
    async def test_erp_calculates_what_the_domain_expects(self, bench: ErpBench, placed: Order) -> None:
        try:
            ways = pricings(placed, bench.erp.arithmetic, TOLERANCE)
        except TotalsDiffer:
            assume(False)

        for way in ways:
            seen = await bench.erp.preview(document(bench.erp, placed, pricing=way))

            assert seen.total == Money(way.expected.gross, placed.currency), way.method
            assert seen.tax == Money(way.expected.tax, placed.currency), way.method
