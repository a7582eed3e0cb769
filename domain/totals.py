"""Find the prices under which the ERP's own arithmetic reproduces the store's total to the cent.

Stores round per unit, per line or per total, on net or on gross prices; an ERP rounds its own way. So the
ways an ERP document can be written are tried in order, each is calculated the ERP's way, and the first that
gives the store's total is taken. If none does, a rounding line within the tolerance closes the gap; beyond
the tolerance nothing is posted.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from itertools import product
from typing import TypeVar

from domain.errors import TotalsDiffer
from domain.model import Frozen
from domain.money import currency_digits, rounded
from domain.order import Basis, Charge, DiscountLevel, Order, OrderLine

ZERO = Decimal(0)
Key = TypeVar("Key")


class AdjustmentKind(StrEnum):
    """What an extra line of the document stands for."""

    DISCOUNT = "discount"
    WRAPPING = "wrapping"
    ROUNDING = "rounding"


class PricedLine(Frozen):
    """A document line as it is sent: the unit price in the basis that the ERP is told."""

    line_id: str
    sku: str
    quantity: Decimal
    price: Decimal
    basis: Basis
    tax_rate: Decimal


class Adjustment(Frozen):
    """An extra line of one piece; a discount's amount is negative."""

    kind: AdjustmentKind
    amount: Decimal
    basis: Basis
    tax_rate: Decimal = ZERO
    name: str = ""


class Arithmetic(Frozen):
    """How an ERP calculates: digits of a unit price and a percentage, and where it rounds the tax.

    `header_discount` says whether a document can have a discount on the whole of it, `gross_tax_per_line`
    that the tax within a gross price is rounded with its line even where other tax is not.
    """

    price_digits: int = 6
    percent_digits: int = 6
    tax_per_line: bool = True
    gross_tax_per_line: bool = False
    header_discount: bool = True


class Sums(Frozen):
    """A document's total without tax, its tax, and its total with tax."""

    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """The total with tax."""
        return self.net + self.tax


class Pricing(Frozen):
    """One way to write the document, and the sums the ERP is expected to find."""

    method: str
    lines: tuple[PricedLine, ...]
    discount_percent: Decimal = ZERO
    adjustments: tuple[Adjustment, ...] = ()
    shipping: Charge = Charge()
    charges: tuple[Charge, ...] = ()
    expected: Sums = Sums(net=ZERO, tax=ZERO)


class _Way(StrEnum):
    PERCENT = "header discount"
    LINES = "discount lines"


def adds_up_to(order: Order) -> Decimal:
    """Return what the order's parts sum up to, tax included."""
    goods = sum((line.gross for line in order.lines), ZERO)
    less = sum((discount.gross for discount in order.discounts), ZERO)
    charged = sum((charge.gross for charge in order.charges), ZERO)
    return goods + charged + order.shipping.gross + order.wrapping.gross - less


def pricings(order: Order, arithmetic: Arithmetic, tolerance: Decimal) -> tuple[Pricing, ...]:
    """Return the ways to write the document that give the store's total, the best first.

    Raises `TotalsDiffer` with the nearest total when no way comes within the tolerance.
    """
    digits = currency_digits(order.currency)
    tried = _tried(order, arithmetic)
    exact = [way for way in tried if way.expected.gross == order.gross]
    if exact:
        return tuple(exact)
    close = [way for way in tried if abs(order.gross - way.expected.gross) <= tolerance]
    closed = [_with_rounding(way, order, arithmetic, digits) for way in close]
    # A header discount takes its share of the rounding line too, and may leave the gap open.
    closed = [way for way in closed if way.expected.gross == order.gross]
    if not closed:
        found = tried[0].expected.gross
        raise TotalsDiffer(
            f"the store's total is {order.gross:f} {order.currency},"
            f" the nearest the ERP can reach is {found:f}"
        )
    return tuple(closed)


def nearest_pricing(order: Order, arithmetic: Arithmetic) -> Pricing:
    """Return the way that comes nearest to the store's total, however far that is."""
    return _tried(order, arithmetic)[0]


def _tried(order: Order, arithmetic: Arithmetic) -> list[Pricing]:
    digits = currency_digits(order.currency)
    ways = [_calculated(way, arithmetic, digits) for way in _ways(order, arithmetic, digits)]
    return sorted(
        ways, key=lambda way: (abs(order.gross - way.expected.gross), abs(order.net - way.expected.net))
    )


def _with_rounding(way: Pricing, order: Order, arithmetic: Arithmetic, digits: int) -> Pricing:
    gap = order.gross - way.expected.gross
    line = Adjustment(kind=AdjustmentKind.ROUNDING, amount=gap, basis=Basis.NET, name="Rounding")
    changed = {"adjustments": (*way.adjustments, line), "method": f"{way.method}, rounding line {gap:f}"}
    return _calculated(way.model_copy(update=changed), arithmetic, digits)


def _ways(order: Order, arithmetic: Arithmetic, digits: int) -> Iterator[Pricing]:
    bases = (order.price_basis, Basis.GROSS if order.price_basis is Basis.NET else Basis.NET)
    discounted = any(discount.level is not DiscountLevel.SHIPPING for discount in order.discounts)
    discounts = (_Way.PERCENT, _Way.LINES) if arithmetic.header_discount else (_Way.LINES,)
    ways = discounts if discounted else (None,)
    for way, basis in product(ways, bases):
        lines = tuple(_priced(line, basis, arithmetic, digits) for line in order.lines)
        percent = _discount_percent(order, basis, arithmetic) if way is _Way.PERCENT else ZERO
        extra = tuple(_discount_lines(order, basis, digits)) if way is _Way.LINES else ()
        yield Pricing(
            method=f"{basis.value} prices" + (f", {way.value}" if way else ""),
            lines=lines,
            discount_percent=percent,
            adjustments=(*extra, *_wrapping(order)),
            shipping=_shipping(order),
            charges=order.charges,
        )


def _priced(line: OrderLine, basis: Basis, arithmetic: Arithmetic, digits: int) -> PricedLine:
    total = line.net if basis is Basis.NET else line.gross
    stated = line.unit_net if basis is Basis.NET else line.unit_gross
    price = rounded(total / line.quantity, arithmetic.price_digits) if line.quantity else ZERO
    if stated is not None:
        stated = rounded(stated, arithmetic.price_digits)
        if rounded(stated * line.quantity, digits) == rounded(total, digits):
            price = stated
    return PricedLine(
        line_id=line.id,
        sku=line.sku,
        quantity=line.quantity,
        price=price,
        basis=basis,
        tax_rate=line.tax_rate if line.tax_rate is not None else ZERO,
    )


def _goods_discount(order: Order, basis: Basis) -> Decimal:
    of_goods = [discount for discount in order.discounts if discount.level is not DiscountLevel.SHIPPING]
    return sum((d.net if basis is Basis.NET else d.gross for d in of_goods), ZERO)


def _discount_percent(order: Order, basis: Basis, arithmetic: Arithmetic) -> Decimal:
    goods = sum((line.net if basis is Basis.NET else line.gross for line in order.lines), ZERO)
    if goods <= 0:
        return ZERO
    return rounded(_goods_discount(order, basis) * 100 / goods, arithmetic.percent_digits)


def _discount_lines(order: Order, basis: Basis, digits: int) -> Iterator[Adjustment]:
    shares: dict[Decimal, Decimal] = {}
    parts: tuple[OrderLine | Charge, ...] = (*order.lines, *order.charges)
    for line in parts:
        rate = line.tax_rate if line.tax_rate is not None else ZERO
        shares[rate] = shares.get(rate, ZERO) + (line.net if basis is Basis.NET else line.gross)
    for rate, amount in split(_goods_discount(order, basis), shares, digits).items():
        if amount:
            yield Adjustment(
                kind=AdjustmentKind.DISCOUNT,
                amount=-amount,
                basis=basis,
                tax_rate=rate,
                name=", ".join(discount.name for discount in order.discounts if discount.name)[:100],
            )


def split(amount: Decimal, shares: Mapping[Key, Decimal], digits: int) -> dict[Key, Decimal]:
    """Split an amount in proportion to the shares, in coins that add up to it (largest remainder)."""
    whole = sum(shares.values(), ZERO)
    if not whole:
        return {}
    amount, unit = rounded(amount, digits), Decimal(1).scaleb(-digits)
    exact = {key: amount * share / whole for key, share in shares.items()}
    parts = {key: part.quantize(unit, "ROUND_DOWN") for key, part in exact.items()}
    missing = int((amount - sum(parts.values(), ZERO)) / unit)
    step = unit if missing > 0 else -unit
    by_remainder = sorted(exact, key=lambda key: abs(exact[key] - parts[key]), reverse=True)
    for key in by_remainder[: abs(missing)]:
        parts[key] += step
    return parts


def _wrapping(order: Order) -> tuple[Adjustment, ...]:
    charge = order.wrapping
    if not charge.gross and not charge.net:
        return ()
    rate = charge.tax_rate if charge.tax_rate is not None else ZERO
    kind = AdjustmentKind.WRAPPING
    return (Adjustment(kind=kind, amount=charge.net, basis=Basis.NET, tax_rate=rate, name=charge.name),)


def _shipping(order: Order) -> Charge:
    off = [discount for discount in order.discounts if discount.level is DiscountLevel.SHIPPING]
    return order.shipping.model_copy(
        update={
            "net": order.shipping.net - sum((discount.net for discount in off), ZERO),
            "gross": order.shipping.gross - sum((discount.gross for discount in off), ZERO),
        }
    )


def _calculated(pricing: Pricing, arithmetic: Arithmetic, digits: int) -> Pricing:
    return pricing.model_copy(update={"expected": erp_sums(pricing, arithmetic, digits)})


def erp_sums(pricing: Pricing, arithmetic: Arithmetic, digits: int) -> Sums:
    """Calculate a document the way the ERP will: lines, header discount, tax, freight."""
    keep = 1 - pricing.discount_percent / 100
    net = ZERO
    taxes: list[tuple[Decimal, Decimal]] = []
    for price, quantity, basis, rate in _positions(pricing):
        line_net, line_tax = _line(price, quantity, basis, rate, digits)
        net += line_net
        per_line = arithmetic.tax_per_line or (arithmetic.gross_tax_per_line and basis is Basis.GROSS)
        if keep != 1 or not per_line:
            line_tax = line_net * keep * rate / 100
        taxes.append((rate, rounded(line_tax, digits) if per_line else line_tax))
    net -= rounded(net * pricing.discount_percent / 100, digits)
    for charge in (pricing.shipping, *pricing.charges):
        freight = rounded(charge.net, digits)
        rate = charge.tax_rate if charge.tax_rate is not None else ZERO
        tax = freight * rate / 100
        net += freight
        taxes.append((rate, rounded(tax, digits) if arithmetic.tax_per_line else tax))
    return Sums(net=net, tax=_tax_total(taxes, digits))


def _positions(pricing: Pricing) -> Iterator[tuple[Decimal, Decimal, Basis, Decimal]]:
    for line in pricing.lines:
        yield line.price, line.quantity, line.basis, line.tax_rate
    for extra in pricing.adjustments:
        yield extra.amount, Decimal(1), extra.basis, extra.tax_rate


def _line(
    price: Decimal, quantity: Decimal, basis: Basis, rate: Decimal, digits: int
) -> tuple[Decimal, Decimal]:
    total = rounded(price * quantity, digits)
    if basis is Basis.NET:
        return total, total * rate / 100
    net = rounded(total * 100 / (100 + rate), digits)
    return net, total - net


def _tax_total(taxes: list[tuple[Decimal, Decimal]], digits: int) -> Decimal:
    by_rate: dict[Decimal, Decimal] = {}
    for rate, tax in taxes:
        by_rate[rate] = by_rate.get(rate, ZERO) + tax
    return sum((rounded(tax, digits) for tax in by_rate.values()), ZERO)
