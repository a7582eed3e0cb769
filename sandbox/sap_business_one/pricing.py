"""Prices, discounts, taxes and totals of a document, as the document engine computes them.

A line wants a small consistent set: a quantity and one price. Which of several sent prices wins, and that the
others are then recomputed from it, follows the vendor's KBA 3697554; so does the refusal of a discount of a
hundred percent or more that such a recomputation can end in.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox.sap_business_one.errors import ServiceLayerError, document_rule
from sandbox.sap_business_one.wire import Row

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
PRICES = ("UnitPrice", "Price", "PriceAfterVAT", "GrossPrice", "DiscountPercent", "LineTotal", "RowTotalFC")
"""What a caller may send of a line's price; any of them, a new quantity or a new tax reprices the line."""


@dataclass(frozen=True)
class Terms:
    """What holds for every line of one document. `rate` is local currency for one of the document's."""

    currency: str
    rate: Decimal
    foreign: bool
    decimals: int
    local_decimals: int
    price_decimals: int
    discount: Decimal
    tax_on_total: bool

    def amount(self, value: Decimal) -> Decimal:
        """Return an amount in the document's currency."""
        return rounded(value, self.decimals)

    def price(self, value: Decimal) -> Decimal:
        """Return a price as precisely as the company keeps them."""
        return rounded(value, self.price_decimals)

    def local(self, value: Decimal) -> Decimal:
        """Return an amount of the document's currency in local currency."""
        return rounded(value * self.rate, self.local_decimals) if self.foreign else value


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Round half away from zero."""
    return value.quantize(ONE.scaleb(-decimals), ROUND_HALF_UP)


def price_line(line: Row, sent: Row, tax: Decimal, terms: Terms, number: int) -> None:
    """Fill in a line's prices, its total and its tax from what was sent for it."""
    factor = ONE + tax / HUNDRED
    wish = _wish(line, sent, factor, terms)
    unit, price, discount = _unit_price_discount(wish, line, terms, number)
    if discount >= HUNDRED:
        raise _whole_discount(number)
    line.update(UnitPrice=unit, Price=price, DiscountPercent=discount, TaxPercentagePerRow=tax)
    line.update(Currency=terms.currency, Rate=terms.rate if terms.foreign else ZERO)
    line["PriceAfterVAT"] = terms.price(price * factor) if wish.gross is None else wish.gross
    line["GrossPrice"] = terms.price(unit * factor)
    total = price * line["Quantity"] if wish.total is None else wish.total
    if wish.gross is not None:
        total = terms.amount(wish.gross * line["Quantity"]) / factor
    _set_total(line, terms.amount(total), terms)
    _tax_line(line, wish.gross, terms)


def total_document(document: Row, tax_rates: dict[str, Decimal], terms: Terms) -> None:
    """Fill in the totals of a document whose lines and freight are priced."""
    lines, freight = document["DocumentLines"], document["DocumentAdditionalExpenses"]
    net = sum((_own(line, terms) for line in lines), ZERO)
    discount = terms.amount(net * terms.discount / HUNDRED)
    charges = sum((charge["LineTotalFC" if terms.foreign else "LineTotal"] for charge in freight), ZERO)
    tax = _tax(document, tax_rates, terms)
    rounding = document.get("RoundingDiffAmount") or ZERO if document.get("Rounding") == "tYES" else ZERO
    total = net - discount + charges + tax + rounding
    _set_totals(document, total, tax, discount, terms)


def price_freight(charge: Row, tax: Decimal, terms: Terms) -> None:
    """Fill in one freight line; its amount is in the document's currency, net or (LineGross) with tax."""
    net, gross = charge.get("LineTotal"), charge.get("LineGross")
    if net is None and gross is not None:
        own = terms.amount(gross / (ONE + tax / HUNDRED))
        own_tax = terms.amount(gross) - own
    else:
        own = terms.amount(net or ZERO)
        own_tax = terms.amount(own * tax / HUNDRED)
    charge["TaxPercent"] = tax
    for name, amount in (("LineTotal", own), ("TaxSum", own_tax), ("LineGross", own + own_tax)):
        charge[name] = terms.local(amount)
        charge[f"{name}FC"] = amount if terms.foreign else ZERO
        charge[f"{name}Sys"] = charge[name]


def freight_as_sent(charge: Row, foreign: bool) -> Row:
    """Return a stored freight line as it would be sent, to price it anew."""
    return {**charge, "LineTotal": charge["LineTotalFC" if foreign else "LineTotal"], "LineGross": None}


def retax_line(line: Row, terms: Terms) -> None:
    """Recompute the tax of a line whose document got another discount."""
    _tax_line(line, None, terms)


@dataclass(frozen=True)
class _Wish:
    """What was sent for a line's price, as far as it counts: a total beats a gross price beats a net one."""

    discount: Decimal
    unit: Decimal | None
    price: Decimal | None
    gross: Decimal | None
    total: Decimal | None


def _wish(line: Row, sent: Row, factor: Decimal, terms: Terms) -> _Wish:
    discount = sent.get("DiscountPercent")
    if discount is None:
        discount = line.get("DiscountPercent") or ZERO
    total = sent.get("RowTotalFC") if terms.foreign else None
    if total is None:
        total = sent.get("LineTotal")
    gross = None if total is not None else _gross_price(sent, discount)
    price = sent.get("Price")
    if total is not None:
        price = terms.price(total / line["Quantity"])
    elif gross is not None:
        price = terms.price(gross / factor)
    return _Wish(discount, sent.get("UnitPrice"), price, gross, total)


def _unit_price_discount(
    wish: _Wish, line: Row, terms: Terms, number: int
) -> tuple[Decimal, Decimal, Decimal]:
    """Return the three that belong together, two of them recomputed where the third was sent."""
    left = ONE - wish.discount / HUNDRED
    if wish.price is None:
        unit: Decimal = line["UnitPrice"] if wish.unit is None else wish.unit
        return unit, terms.price(unit * left), wish.discount
    if wish.unit is not None:
        return wish.unit, wish.price, _discount(wish.unit, wish.price)
    if left <= 0:
        raise _whole_discount(number)
    return terms.price(wish.price / left), wish.price, wish.discount


def _gross_price(sent: Row, discount: Decimal) -> Decimal | None:
    after: Decimal | None = sent.get("PriceAfterVAT")
    before: Decimal | None = sent.get("GrossPrice")
    if after is None and before is not None:
        return before * (ONE - discount / HUNDRED)
    return after


def _discount(unit: Decimal, price: Decimal) -> Decimal:
    if unit == 0:
        return ZERO
    return rounded((ONE - price / unit) * HUNDRED, 6)


def _whole_discount(number: int) -> ServiceLayerError:
    return document_rule("10001058 - Enter a discount percentage of less than 100", "RDR1.DiscPrcnt", number)


def _set_total(line: Row, own: Decimal, terms: Terms) -> None:
    line["LineTotal"] = terms.local(own)
    line["RowTotalFC"] = own if terms.foreign else ZERO
    line["RowTotalSC"] = line["LineTotal"]


def _own(line: Row, terms: Terms) -> Decimal:
    """Return a line's net total in the document's currency."""
    total: Decimal = line["RowTotalFC"] if terms.foreign else line["LineTotal"]
    return total


def _tax_line(line: Row, gross_price: Decimal | None, terms: Terms) -> None:
    own = _own(line, terms)
    if gross_price is not None and not terms.discount:
        tax = terms.amount(gross_price * line["Quantity"]) - own
    else:
        taxed = own * (ONE - terms.discount / HUNDRED)
        tax = terms.amount(taxed * line["TaxPercentagePerRow"] / HUNDRED)
    line["NetTaxAmountFC"] = tax if terms.foreign else ZERO
    line["NetTaxAmount"] = line["NetTaxAmountSC"] = line["TaxTotal"] = terms.local(tax)
    line["GrossTotal"] = line["GrossTotalSC"] = line["LineTotal"] + line["TaxTotal"]
    line["GrossTotalFC"] = own + tax if terms.foreign else ZERO


def _tax(document: Row, tax_rates: dict[str, Decimal], terms: Terms) -> Decimal:
    """Return the document's tax: the sum of its lines' tax, or of its tax groups' where so set up."""
    line_tax, charge_tax = ("NetTaxAmountFC", "TaxSumFC") if terms.foreign else ("NetTaxAmount", "TaxSum")
    freight = document["DocumentAdditionalExpenses"]
    if not terms.tax_on_total:
        lines = sum((line[line_tax] for line in document["DocumentLines"]), ZERO)
        return lines + sum((charge[charge_tax] for charge in freight), ZERO)
    taxed: dict[str, Decimal] = defaultdict(Decimal)
    for line in document["DocumentLines"]:
        taxed[line["VatGroup"]] += _own(line, terms) * (ONE - terms.discount / HUNDRED)
    for charge in freight:
        taxed[charge["VatGroup"]] += charge["LineTotalFC" if terms.foreign else "LineTotal"]
    return sum((terms.amount(net * tax_rates[group] / HUNDRED) for group, net in taxed.items()), ZERO)


def _set_totals(document: Row, total: Decimal, tax: Decimal, discount: Decimal, terms: Terms) -> None:
    amounts = (
        (total, "DocTotal", "DocTotalFc", "DocTotalSys"),
        (tax, "VatSum", "VatSumFc", "VatSumSys"),
        (discount, "TotalDiscount", "TotalDiscountFC", "TotalDiscountSC"),
    )
    for amount, local, foreign, system in amounts:
        document[local] = document[system] = terms.local(amount)
        document[foreign] = amount if terms.foreign else ZERO
