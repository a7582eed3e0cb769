"""How a company calculates a line and a document."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.odoo.database import OdooDatabase, Row

CENT, FINE = Decimal("0.01"), Decimal("0.0000001")


def cents(amount: Decimal) -> Decimal:
    """Round half up to the cent."""
    return amount.quantize(CENT, "ROUND_HALF_UP")


def line_sums(
    db: "OdooDatabase",
    price: Decimal,
    quantity: Decimal,
    taxes: Iterable["Row"],
    discount: Decimal = Decimal(0),
) -> tuple[Decimal, Decimal]:
    """Return a line's total without tax, and its tax: to the cent, or finer where it is rounded globally.

    A tax that the price includes is what is left of it, to the cent however the company rounds.
    """
    unit = FINE if db.settings.rounds_globally else CENT
    base = cents(price * (1 - discount / 100) * quantity)
    net, tax_sum = base, Decimal(0)
    for tax in taxes:
        if tax.get("price_include"):
            net = cents(base * 100 / (100 + tax["amount"]))
            tax_sum += base - net
        else:
            tax_sum += (base * tax["amount"] / 100).quantize(unit, "ROUND_HALF_UP")
    return net, tax_sum


def totals(sums: Iterable[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """Return a document's total without tax and its tax."""
    pairs = list(sums)
    net = sum((each for each, _ in pairs), Decimal(0))
    return net, cents(sum((tax for _, tax in pairs), Decimal(0)))
