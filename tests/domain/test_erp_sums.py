"""A document calculated the ERP's way, against a second calculation that shares no line with it."""

from decimal import Decimal
from fractions import Fraction
from math import floor
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.order import Basis, Charge
from domain.totals import Adjustment, AdjustmentKind, Arithmetic, PricedLine, Pricing, erp_sums, split
from tests.domain.baskets import RATES

Taxed = list[tuple[Decimal, Fraction]]


def _coins(amount: Fraction, digits: int) -> int:
    """Round half away from zero to whole coins."""
    whole = floor(abs(amount) * int("1" + "0" * digits) + Fraction(1, 2))
    return whole if amount >= 0 else -whole


def _position(price: Decimal, pieces: Decimal, basis: Basis, rate: Decimal, digits: int) -> tuple[int, int]:
    """Return a position's net and its own tax, in coins."""
    total = _coins(Fraction(price) * Fraction(pieces), digits)
    if basis is Basis.NET:
        return total, _coins(Fraction(total, 10**digits) * Fraction(rate) / 100, digits)
    net = _coins(Fraction(total, 10**digits) * 100 / (100 + Fraction(rate)), digits)
    return net, total - net


def recalculated(pricing: Pricing, arithmetic: Arithmetic, digits: int) -> tuple[int, int]:
    """Return a document's net and tax in coins, in whole numbers and fractions only."""
    sent = [(line.price, line.quantity, line.basis, line.tax_rate) for line in pricing.lines]
    sent += [(extra.amount, Decimal(1), extra.basis, extra.tax_rate) for extra in pricing.adjustments]
    off, coin = Fraction(pricing.discount_percent) / 100, Fraction(1, 10**digits)
    net, groups = 0, dict[Decimal, Fraction]()
    for price, pieces, basis, rate in sent:
        own, tax = _position(price, pieces, basis, rate, digits)
        net += own
        due = own * coin * (1 - off) * Fraction(rate) / 100
        if arithmetic.tax_per_line or (basis is Basis.GROSS and arithmetic.gross_tax_per_line):
            due = coin * (tax if off == 0 else _coins(due, digits))
        groups[rate] = groups.get(rate, Fraction(0)) + due
    net -= _coins(net * coin * off, digits)
    freight, rate = _coins(Fraction(pricing.shipping.net), digits), pricing.shipping.tax_rate or Decimal(0)
    due = freight * coin * Fraction(rate) / 100
    groups[rate] = groups.get(rate, Fraction(0)) + (
        coin * _coins(due, digits) if arithmetic.tax_per_line else due
    )
    return net + freight, sum(_coins(tax, digits) for tax in groups.values())


def _document(seed: int) -> Pricing:
    random = Random(seed)  # noqa: S311 - not for secrets

    def amount(places: int) -> Decimal:
        return Decimal(random.randint(-50_000, 900_000)).scaleb(-places)

    lines = tuple(
        PricedLine(
            line_id=str(number),
            sku="A",
            quantity=Decimal(random.choice(["1", "2", "3", "37", "0.5"])),
            price=amount(random.randint(0, 6)),
            basis=random.choice(list(Basis)),
            tax_rate=random.choice(RATES),
        )
        for number in range(random.randint(1, 5))
    )
    extra = tuple(
        Adjustment(
            kind=kind, amount=amount(3), basis=random.choice(list(Basis)), tax_rate=random.choice(RATES)
        )
        for kind in random.sample(list(AdjustmentKind), random.randint(0, 2))
    )
    return Pricing(
        method="drawn",
        lines=lines,
        adjustments=extra,
        discount_percent=Decimal(random.choice(["0", "0", "5", "12.5", "33.33", "4.999988", "100"])),
        shipping=Charge(net=amount(3), tax_rate=random.choice([None, *RATES])),
    )


@pytest.mark.parametrize("digits", [2, 0, 3])
@pytest.mark.parametrize(
    "arithmetic",
    [
        Arithmetic(),
        Arithmetic(tax_per_line=False),
        Arithmetic(tax_per_line=False, gross_tax_per_line=True),
    ],
)
def test_a_document_is_calculated_as_an_erp_does(digits: int, arithmetic: Arithmetic) -> None:
    for seed in range(700):
        pricing = _document(seed)

        sums = erp_sums(pricing, arithmetic, digits)

        coins = tuple(int(amount.scaleb(digits)) for amount in (sums.net, sums.tax))
        assert coins == recalculated(pricing, arithmetic, digits), f"seed {seed}"
        assert sums.gross == sums.net + sums.tax


def _one(price: str, basis: Basis, **changed: object) -> Pricing:
    line = PricedLine(
        line_id="1", sku="A", quantity=Decimal(3), price=Decimal(price), basis=basis, tax_rate=Decimal(20)
    )
    return Pricing(method="one", lines=(line,)).model_copy(update=changed)


def test_the_tax_of_a_net_price_is_added_and_of_a_gross_price_is_taken_out() -> None:
    net = erp_sums(_one("3.333", Basis.NET), Arithmetic(), 2)
    gross = erp_sums(_one("3.333", Basis.GROSS), Arithmetic(), 2)

    assert (net.net, net.tax) == (Decimal("10.00"), Decimal("2.00"))
    assert (gross.net, gross.tax) == (Decimal("8.33"), Decimal("1.67"))


def test_a_header_discount_lowers_the_goods_and_their_tax_and_not_the_freight() -> None:
    shipping = Charge(net=Decimal("5.00"), tax_rate=Decimal(20))

    sums = erp_sums(
        _one("10.00", Basis.NET, discount_percent=Decimal(10), shipping=shipping), Arithmetic(), 2
    )

    assert (sums.net, sums.tax) == (Decimal("32.00"), Decimal("6.40"))


SHARES = st.dictionaries(st.integers(0, 9), st.decimals(0, 10_000, places=2), max_size=6)


@given(amount=st.decimals(-10_000, 10_000, places=4), shares=SHARES, digits=st.sampled_from([0, 2, 3]))
def test_the_parts_of_an_amount_add_up_to_its_coins(
    amount: Decimal, shares: dict[Decimal, Decimal], digits: int
) -> None:
    parts = split(amount, shares, digits)

    whole = _coins(Fraction(amount), digits)
    if sum(shares.values()):
        assert sum(int(part.scaleb(digits)) for part in parts.values()) == whole
        assert set(parts) == set(shares)
    else:
        assert parts == {}
    for key, part in parts.items():
        fair = Fraction(whole, 10**digits) * Fraction(shares[key]) / Fraction(sum(shares.values()))
        assert part == part.quantize(Decimal(1).scaleb(-digits))
        assert abs(Fraction(part) - fair) < Fraction(1, 10**digits)


@given(
    shares=st.dictionaries(st.integers(0, 9), st.decimals(-100, 100, places=2), max_size=6),
    cents=st.integers(),
)
def test_returned_goods_among_the_shares_lose_no_cent(shares: dict[Decimal, Decimal], cents: int) -> None:
    amount = Decimal(cents % 10**6).scaleb(-2)

    parts = split(amount, shares, 2)

    assert not parts or sum(parts.values()) == amount


def test_the_missing_cent_goes_where_most_was_cut_off() -> None:
    thirds = dict.fromkeys(map(Decimal, (5, 10, 20)), Decimal(1)) | {Decimal(20): Decimal("1.01")}

    assert split(Decimal("10.00"), thirds, 2) == {
        Decimal(5): Decimal("3.32"),
        Decimal(10): Decimal("3.32"),
        Decimal(20): Decimal("3.36"),
    }
