"""The shop's order as a domain order. Pure; amounts are rounded so that the parts add up to the total.

Coupons are in the lines: the shop takes them off line by line, with each line's own tax, so no header
discount could be as exact. Fees above zero are one charge beside the shipping; those below zero are
discounts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.stores.amounts import derived_rate, tidy, to_the_cent
from adapters.stores.woocommerce.models import DRAFTS, LineItem, ShopAddress, ShopOrder, TaxedLine, TaxLine
from adapters.stores.woocommerce.settings import WooCommerceSettings
from domain.errors import FixData
from domain.money import LARGEST, currency_digits, exact, rounded
from domain.order import Address, Basis, Charge, Discount, Order, OrderLine, Party, Payment, StoreState

ZERO = Decimal(0)
_UNIT_DIGITS = 6
STATES: Mapping[str, StoreState] = {
    **dict.fromkeys(DRAFTS, StoreState.PLACING),
    "pending": StoreState.AWAITING_PAYMENT,
    "on-hold": StoreState.AWAITING_PAYMENT,
    "failed": StoreState.AWAITING_PAYMENT,
    "processing": StoreState.CONFIRMED,
    "completed": StoreState.SHIPPED,
    "cancelled": StoreState.CANCELLED,
    "refunded": StoreState.CANCELLED,
    "trash": StoreState.CANCELLED,
}
"""The core's statuses. A failed payment may be tried again; one of a plug-in is judged by the payment."""


@dataclass(frozen=True)
class _Part:
    """A line with its amounts to the cent."""

    line: TaxedLine
    net: Decimal
    gross: Decimal
    tax_rate: Decimal | None


def to_order(connection: str, order: ShopOrder, settings: WooCommerceSettings) -> Order:
    """Return the order as the domain knows it. Raises `FixData` where it has no currency or no date."""
    currency, placed = _currency(connection, order), order.date_created_gmt or order.date_modified_gmt
    if placed is None:
        sentence = "the shop does not tell when the order was placed"
        raise FixData(sentence, field="placed_at", connection=connection)
    digits = currency_digits(currency)
    parts, items = _parts(order, digits), order.line_items[: settings.most_lines]
    basis = Basis.GROSS if order.prices_include_tax else Basis.NET
    return Order(
        connection=connection,
        store_id=str(order.id),
        number=order.number.strip() or str(order.id),
        state=store_state(order, settings),
        store_status=order.status,
        mark=order.mark,
        placed_at=placed,
        updated_at=order.date_modified_gmt or placed,
        currency=currency,
        rate=_kept_rate(order, settings),
        customer=_party(order, settings),
        billing=_address(order.billing, order.billing.phone),
        delivery=_delivery(order),
        lines=tuple(_line(item, parts[item.id]) for item in items),
        lines_left_out=len(order.line_items) - len(items),
        discounts=tuple(
            _discount(parts[fee.id], fee.name, basis) for fee in order.fee_lines if fee.total < 0
        ),
        shipping=_shipping(order, parts, digits),
        wrapping=_fees(order, parts, digits),
        payment=Payment(
            method=order.payment_method,
            paid=order.date_paid_gmt is not None,
            transaction=order.transaction_id,
        ),
        price_basis=basis,
        net=rounded(order.total - order.total_tax, digits),
        gross=rounded(order.total, digits),
        comment=order.customer_note,
    )


def store_state(order: ShopOrder, settings: WooCommerceSettings) -> StoreState:
    """Return what the status means: by the merchant's table, else the core's, else by the payment."""
    status = order.status.removeprefix("wc-")
    known = settings.states.get(status) or STATES.get(status)
    if known:
        return known
    return StoreState.CONFIRMED if order.date_paid_gmt else StoreState.AWAITING_PAYMENT


def _parts(order: ShopOrder, digits: int) -> dict[int, _Part]:
    """Work out every line of whatever kind, by its id, which is unique in the shop.

    A shop that shows more decimals than its currency has keeps them in the total, too: nobody pays those.
    """
    lines: list[TaxedLine] = [*order.line_items, *order.fee_lines, *order.shipping_lines]
    if len({line.id for line in lines}) < len(lines):
        raise FixData("two lines of the order have the same id in the shop", field="lines")
    paid, untaxed = rounded(order.total, digits), rounded(order.total - order.total_tax, digits)
    gross = to_the_cent([line.total + line.total_tax for line in lines], paid, digits)
    net = to_the_cent([line.total for line in lines], untaxed, digits)
    rates = {tax.rate_id: tax for tax in order.tax_lines}
    return {
        line.id: _Part(line, tidy(net[place], digits), tidy(gross[place], digits), _rate(line, rates, digits))
        for place, line in enumerate(lines)
    }


def _rate(line: TaxedLine, rates: Mapping[str, TaxLine], digits: int) -> Decimal | None:
    """Return the line's percentage: the rates it names where they explain its tax, else what its tax says.

    Named rates do not when they share a line: a shipping cost split over the goods' rates.
    """
    named = [rates[tax.id] for tax in line.taxes if tax.total and tax.id in rates]
    known = [rate.rate_percent for rate in named if rate.rate_percent is not None]
    stacked = _stacked(named) if len(known) == len(named) else None
    if stacked is not None:
        off = abs(rounded(line.total * stacked / 100, digits) - rounded(line.total_tax, digits))
        if off <= Decimal(1).scaleb(-digits):
            return tidy(stacked)
    return derived_rate(line.total, line.total + line.total_tax, known, digits)


def _stacked(rates: Iterable[TaxLine]) -> Decimal:
    """Add rates up; a compound one is taken of the price with the others' taxes."""
    plain = sum((rate.rate_percent or ZERO for rate in rates if not rate.compound), ZERO)
    factor = 1 + plain / 100
    for rate in rates:
        if rate.compound:
            factor *= 1 + (rate.rate_percent or ZERO) / 100
    return (factor - 1) * 100


def _line(item: LineItem, part: _Part) -> OrderLine:
    return OrderLine(
        id=str(item.id),
        sku=item.sku.strip() or item.global_unique_id.strip(),
        name=item.name,
        quantity=tidy(item.quantity),
        unit_net=_unit(item.total, item.quantity),
        unit_gross=_unit(item.total + item.total_tax, item.quantity),
        net=part.net,
        gross=part.gross,
        tax_rate=part.tax_rate,
        ean=item.global_unique_id.strip(),
    )


def _unit(total: Decimal, quantity: Decimal) -> Decimal | None:
    if not quantity or abs(total) > abs(quantity) * LARGEST:
        return None
    return tidy(rounded(total / quantity, _UNIT_DIGITS), 2)


def _discount(part: _Part, name: str, basis: Basis) -> Discount:
    return Discount(name=name, net=-part.net, gross=-part.gross, basis=basis)


def _shipping(order: ShopOrder, parts: Mapping[int, _Part], digits: int) -> Charge:
    """Join the ways of shipping: the first names the carrier, as `flat_rate:3`."""
    if not order.shipping_lines:
        return Charge()
    first = order.shipping_lines[0]
    ways = [parts[line.id] for line in order.shipping_lines]
    names = dict.fromkeys(line.method_title for line in order.shipping_lines if line.method_title)
    code = ":".join(filter(None, (first.method_id, first.instance_id)))
    return _charge(code, ", ".join(names), ways, digits)


def _fees(order: ShopOrder, parts: Mapping[int, _Part], digits: int) -> Charge:
    fees = [fee for fee in order.fee_lines if fee.total >= 0]
    names = dict.fromkeys(fee.name for fee in fees if fee.name)
    return _charge("", ", ".join(names), [parts[fee.id] for fee in fees], digits) if fees else Charge()


def _charge(code: str, name: str, parts: Sequence[_Part], digits: int) -> Charge:
    net, gross = sum((part.net for part in parts), ZERO), sum((part.gross for part in parts), ZERO)
    rates = {part.tax_rate for part in parts if part.gross}
    rate = rates.pop() if len(rates) == 1 else derived_rate(net, gross, (), digits)
    return Charge(code=code, name=name, net=net, gross=gross, tax_rate=rate)


def _currency(connection: str, order: ShopOrder) -> str:
    code = order.currency
    if len(code) != 3 or not code.isascii() or not code.isupper():
        raise FixData("the shop does not tell the order's currency", field="currency", connection=connection)
    return code


def _kept_rate(order: ShopOrder, settings: WooCommerceSettings) -> Decimal | None:
    """Return the rate that a currency plug-in kept with the order; one that is no number is none."""
    kept = next((each.value for each in order.meta_data if each.key == settings.rate_field), "")
    try:
        return exact(kept) if kept else None
    except ValueError:
        return None


def _party(order: ShopOrder, settings: WooCommerceSettings) -> Party:
    """A guest has no record in the shop; the VAT id stays as typed, for the checks judge it."""
    billing = order.billing
    metas = {each.key: each.value.strip() for each in order.meta_data}
    return Party(
        store_id=str(order.customer_id) if order.customer_id else f"guest-{order.id}",
        is_guest=not order.customer_id,
        email=billing.email,
        first_name=billing.first_name,
        last_name=billing.last_name,
        company=billing.company,
        vat_id=next((metas[key] for key in settings.vat_fields if metas.get(key)), ""),
        phone=billing.phone,
    )


def _delivery(order: ShopOrder) -> Address:
    """Goods that need no shipping leave the address empty: then the bill's holds."""
    there = order.billing if order.shipping.is_empty else order.shipping
    return _address(there, order.shipping.phone or order.billing.phone)


def _address(address: ShopAddress, phone: str) -> Address:
    return Address(
        person=f"{address.first_name} {address.last_name}".strip(),
        company=address.company,
        street=address.address_1,
        street2=address.address_2,
        postcode=address.postcode,
        city=address.city,
        state=address.state,
        country=address.country,
        phone=phone,
    )
