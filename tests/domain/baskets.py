"""Random baskets, totalled the way real stores do it: per piece, per line or on the total, taxes beside."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from domain.order import Basis, Charge, Discount, DiscountLevel, Order, OrderLine
from domain.totals import Arithmetic
from tests.domain.specimens import order

ZERO = Decimal(0)
NO_CHARGE = Charge()
RATES = tuple(Decimal(rate) for rate in ("20", "20", "20", "19", "5.5", "10", "7", "0"))
DIGITS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
ARITHMETICS = (
    Arithmetic(),
    Arithmetic(tax_per_line=False),
    Arithmetic(price_digits=4, percent_digits=4),
    Arithmetic(price_digits=2, percent_digits=2),
)
PIECE, LINE, TOTAL = "piece", "line", "total"


@dataclass(frozen=True)
class Till:
    """How one store adds up."""

    currency: str
    rounds: str
    basis: Basis

    @property
    def digits(self) -> int:
        """The currency's digits."""
        return DIGITS[self.currency]

    def cut(self, amount: Decimal, digits: int | None = None) -> Decimal:
        """Round half up to the coin, or to the digits named."""
        return amount.quantize(Decimal(1).scaleb(-(self.digits if digits is None else digits)), ROUND_HALF_UP)

    def line(self, number: int, net: Decimal, rate: Decimal, pieces: int) -> OrderLine:
        """Total one line: each side is rounded for itself, as shops do."""
        unit_net, unit_gross = self.cut(net, 6), self.cut(net * (100 + rate) / 100, 6)
        if self.rounds == PIECE:
            unit_net, unit_gross = self.cut(unit_net), self.cut(unit_gross)
        kept = 6 if self.rounds == TOTAL else self.digits
        return OrderLine(
            id=str(number),
            sku=f"SKU-{number}",
            quantity=Decimal(pieces),
            unit_net=unit_net,
            unit_gross=unit_gross,
            net=self.cut(unit_net * pieces, kept),
            gross=self.cut(unit_gross * pieces, kept),
            tax_rate=rate,
        )

    def charge(self, net: Decimal, rate: Decimal, code: str = "") -> Charge:
        """Round a charge on both sides."""
        return Charge(
            code=code,
            net=self.cut(net),
            gross=self.cut(net * (100 + rate) / 100),
            tax_rate=rate if net else None,
        )


def _net_and_gross(lines: tuple[OrderLine, ...]) -> tuple[Decimal, Decimal]:
    return sum((line.net for line in lines), ZERO), sum((line.gross for line in lines), ZERO)


def _voucher(random: Random, till: Till, lines: tuple[OrderLine, ...]) -> Discount:
    """A percentage, or an amount whose tax is the average of the goods: a shop does not split it by rate."""
    net, gross = _net_and_gross(lines)
    if random.random() < 0.5 or not gross:
        percent = Decimal(random.choice(["5", "10", "12.5", "33.33", "50"]))
        return Discount(
            name="PERCENT", net=till.cut(net * percent / 100), gross=till.cut(gross * percent / 100)
        )
    amount = min(Decimal(random.randint(1, 2000)).scaleb(-till.digits), till.cut(gross))
    return Discount(name="AMOUNT", net=till.cut(amount * net / gross), gross=amount)


def basket(seed: int) -> Order:
    """Return a random order as a store would have totalled it."""
    random = Random(seed)  # noqa: S311 - not for secrets
    till = Till(
        currency=random.choice(["EUR", "EUR", "EUR", "USD", "JPY", "KWD"]),
        rounds=random.choice([PIECE, LINE, TOTAL]),
        basis=random.choice(list(Basis)),
    )
    lines = tuple(
        till.line(
            number,
            Decimal(random.randint(1, 300_000)).scaleb(-3),
            random.choice(RATES),
            random.choice([1, 1, 2, 3, 6, 12, 37]),
        )
        for number in range(1, random.randint(2, 7))
    )
    shipping = till.charge(Decimal(random.choice(["0", "4.99", "5.825", "8.25"])), Decimal(20), "2")
    wrapping = till.charge(Decimal(random.choice(["0", "0", "1.67"])), Decimal(20))
    discounts = []
    if random.random() < 0.5:
        discounts.append(_voucher(random, till, lines))
    if shipping.net and random.random() < 0.3:
        discounts.append(
            Discount(name="FREE", net=shipping.net, gross=shipping.gross, level=DiscountLevel.SHIPPING)
        )
    return totalled(till, lines, tuple(discounts), shipping, wrapping)


def totalled(
    till: Till,
    lines: tuple[OrderLine, ...],
    discounts: tuple[Discount, ...] = (),
    shipping: Charge = NO_CHARGE,
    wrapping: Charge = NO_CHARGE,
) -> Order:
    """Add an order up, each side for itself, rounded once more at the end."""
    net, gross = _net_and_gross(lines)
    off = (sum((each.net for each in discounts), ZERO), sum((each.gross for each in discounts), ZERO))
    return order(
        *lines,
        currency=till.currency,
        price_basis=till.basis,
        discounts=discounts,
        shipping=shipping,
        wrapping=wrapping,
        net=till.cut(net) + shipping.net + wrapping.net - off[0],
        gross=till.cut(gross) + shipping.gross + wrapping.gross - off[1],
    )
