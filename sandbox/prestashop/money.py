"""The shop's arithmetic: rounding, lines, vouchers and an order's totals.

Prices are kept with six places; what a buyer sees is rounded to two, at a place the merchant chose
(per item, per line or on the total). Every amount exists twice, with and without tax, and each is
rounded for itself: that is why the tax of the lines does not always add up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

SIX = Decimal("0.000001")
CENT = Decimal("0.01")
ZERO = Decimal(0)
_MODES = {0: ROUND_CEILING, 1: ROUND_FLOOR, 2: ROUND_HALF_UP, 3: ROUND_HALF_DOWN, 4: ROUND_HALF_EVEN}
_HALF_ODD = 5
PER_ITEM, PER_LINE, ON_TOTAL = 1, 2, 3


@dataclass(frozen=True)
class Rounding:
    """When (`type`) and how (`mode`) amounts are rounded to cents."""

    type: int
    mode: int

    def cents(self, amount: Decimal) -> Decimal:
        """Round to two places."""
        if self.mode == _HALF_ODD:
            even = amount.quantize(CENT, ROUND_HALF_EVEN)
            tie = abs(amount - even) == CENT / 2
            return even + (CENT if amount > even else -CENT) if tie else even
        return amount.quantize(CENT, _MODES[self.mode])


@dataclass(frozen=True)
class Amount:
    """An amount without and with tax."""

    net: Decimal = ZERO
    gross: Decimal = ZERO

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.net + other.net, self.gross + other.gross)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.net - other.net, self.gross - other.gross)


def taxed(net: Decimal, rate: Decimal) -> Decimal:
    """Add tax of `rate` percent, to six places."""
    return (net * (1 + rate / 100)).quantize(SIX, ROUND_HALF_UP)


def untaxed(gross: Decimal, rate: Decimal) -> Decimal:
    """Take tax of `rate` percent out, to six places: what a shop keeps of a price typed with tax."""
    return (gross / (1 + rate / 100)).quantize(SIX, ROUND_HALF_UP)


def line_total(unit: Amount, quantity: int, rounding: Rounding) -> Amount:
    """Multiply a unit price, rounding where the merchant wants it."""
    if rounding.type == PER_ITEM:
        return Amount(rounding.cents(unit.net) * quantity, rounding.cents(unit.gross) * quantity)
    if rounding.type == PER_LINE:
        return Amount(rounding.cents(unit.net * quantity), rounding.cents(unit.gross * quantity))
    return Amount(unit.net * quantity, unit.gross * quantity)


def rounded(amount: Amount, rounding: Rounding) -> Amount:
    """Round both sides to cents, each for itself."""
    return Amount(rounding.cents(amount.net), rounding.cents(amount.gross))


@dataclass(frozen=True)
class Reduction:
    """What a voucher takes off: a percentage or an amount of the goods, and perhaps the shipping."""

    percent: Decimal = ZERO
    amount: Decimal = ZERO
    amount_with_tax: bool = True
    free_shipping: bool = False
    gift: Amount = Amount()

    def of(self, goods: Amount, shipping: Amount, rounding: Rounding) -> Amount:
        """Work out the voucher's value: against goods not yet discounted, and the shipping it frees."""
        value = Amount(goods.net * self.percent / 100, goods.gross * self.percent / 100)
        value += self._fixed(goods)
        value += self.gift
        value = Amount(min(value.net, goods.net), min(value.gross, goods.gross))
        return rounded(value + shipping, rounding)

    def _fixed(self, goods: Amount) -> Amount:
        """Split an amount into its tax by the average rate of the goods, as the shop does."""
        if not self.amount or not goods.net:
            return Amount()
        average = ((goods.gross - goods.net) / goods.net).quantize(Decimal("0.001"), ROUND_HALF_UP)
        if self.amount_with_tax:
            return Amount(self.amount / (1 + average), self.amount)
        return Amount(self.amount, self.amount * (1 + average))


@dataclass(frozen=True)
class Totals:
    """An order's totals; `discounts` lists each voucher's value."""

    products: Amount
    shipping: Amount
    wrapping: Amount
    discounts: tuple[Amount, ...]

    @property
    def discount(self) -> Amount:
        """All vouchers together."""
        return sum(self.discounts, Amount())

    @property
    def paid(self) -> Amount:
        """What the buyer owes: goods, shipping and wrapping less the discounts, on both sides."""
        return self.products + self.shipping + self.wrapping - self.discount

    def fields(self) -> dict[str, Decimal]:
        """Write the totals under the names the order has for them."""
        named = {"discounts": self.discount, "shipping": self.shipping, "wrapping": self.wrapping}
        values = {"total_products": self.products.net, "total_products_wt": self.products.gross}
        for name, amount in {**named, "paid": self.paid}.items():
            values[f"total_{name}"] = amount.gross
            values[f"total_{name}_tax_incl"] = amount.gross
            values[f"total_{name}_tax_excl"] = amount.net
        return values


def order_totals(
    lines: Iterable[Amount],
    shipping: Amount,
    wrapping: Amount,
    reductions: Sequence[Reduction],
    rounding: Rounding,
) -> Totals:
    """Add an order up. Vouchers apply one after the other, each to what the earlier ones left."""
    products = rounded(sum(lines, Amount()), rounding)
    shipping, wrapping = rounded(shipping, rounding), rounded(wrapping, rounding)
    goods_left, shipping_left, discounts = products, shipping, []
    for reduction in reductions:
        freed = shipping_left if reduction.free_shipping else Amount()
        value = reduction.of(goods_left, freed, rounding)
        discounts.append(value)
        goods_left, shipping_left = goods_left - (value - freed), shipping_left - freed
    return Totals(products, shipping, wrapping, tuple(discounts))
