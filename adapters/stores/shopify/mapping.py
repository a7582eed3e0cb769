"""The shop's order as a domain order. Pure: what it needs comes in with the documents.

Amounts are in the shop's currency, or in the buyer's where that was set. A line's amounts are after all
discounts, because Shopify has spread each over the lines to the cent and worked the tax out on what was left.
Pieces that were taken off before they left (edits, refunds) are not part of the order; pieces that came back
later still are, since `refunds` tells of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from decimal import Decimal

from adapters.stores.amounts import derived_rate, tidy
from adapters.stores.shopify.ids import number_of
from adapters.stores.shopify.models import (
    LineItem,
    MailingAddress,
    OrderMark,
    ShippingLine,
    ShopOrder,
    TaxLine,
)
from adapters.stores.shopify.refund_models import Refund, RefundLine
from adapters.stores.shopify.settings import ShopifySettings
from domain import order as domain
from domain.errors import FixData
from domain.money import currency_digits, rounded
from domain.order import Basis, Charge, Order, OrderLine, Party, Payment, StoreState

ZERO = Decimal(0)
CANCELLED = "CANCEL"
"""Restocked before it left."""
GONE = {"CANCELLED", "ERROR", "FAILURE"}
"""States of a fulfilment that is none any more."""
_RECEIVED = {"DELIVERED", "PICKED_UP"}
_PAYING, _SERIOUS = {"SALE", "CAPTURE", "AUTHORIZATION", "EMV_AUTHORIZATION"}, {"SUCCESS", "PENDING"}
_ON_TERMS, _FREE = "payment_terms", "free"
_PAID = {"PAID", "PARTIALLY_REFUNDED", "REFUNDED", ""}
"""Without a financial status there is nothing to pay."""
_OWED = {"PENDING", "PARTIALLY_PAID"}


def to_order(
    connection: str,
    read: ShopOrder,
    lines: Sequence[LineItem],
    refunds: Sequence[Refund],
    settings: ShopifySettings,
) -> Order:
    """Return the order as the domain knows it. Raises `FixData` for an order in two currencies at once."""
    _check_currency(connection, read, settings)
    digits = currency_digits(read.currency)
    sold = [
        made for line in lines if (made := _line(line, _kept(line, refunds), read.taxes_included, digits))
    ]
    is_empty = lines and not sold and not read.current_total.amount
    sold += _beside_the_goods(read, refunds, settings, digits)
    shipping = _shipping(read.shipping_lines.nodes, read.taxes_included, digits)
    gross = _total(read, lines, sold, shipping, refunds)
    untold = gross - sum((each.gross for each in sold), shipping.gross)
    return Order(
        connection=connection,
        store_id=read.number,
        number=read.name.strip() or read.number,
        state=StoreState.CANCELLED if is_empty else store_state(read, settings),
        store_status=read.fulfilment,
        mark=read.mark,
        placed_at=read.created_at,
        updated_at=read.updated_at,
        currency=read.currency,
        rate=tidy(rounded(read.rate, 6)) if read.rate else None,
        customer=_party(read, settings),
        billing=_address(read.billing or read.shipping),
        delivery=_address(read.shipping or read.billing),
        lines=tuple(sold[: settings.most_lines]),
        lines_left_out=max(len(sold) - settings.most_lines, 0),
        shipping=shipping,
        payment=_payment(read, settings),
        price_basis=Basis.GROSS if read.taxes_included else Basis.NET,
        net=tidy(sum((each.net for each in sold), shipping.net) + untold, digits),
        gross=tidy(gross, digits),
        comment=_comment(read),
    )


def _check_currency(connection: str, read: ShopOrder, settings: ShopifySettings) -> None:
    expected = read.seen_currency if settings.amounts == "buyer" else read.shop_currency
    if {read.total.currency, read.current_total.currency} != {expected}:
        sentence = "the order's amounts are in several currencies"
        raise FixData(sentence, field="currency", connection=connection)


def store_state(read: ShopOrder, settings: ShopifySettings) -> StoreState:
    """Return what the order's three states mean together: ended, then sent, then paid."""
    if read.cancelled_at:
        return StoreState.CANCELLED
    if read.fulfilment == "FULFILLED":
        shown = {each.display_status for each in read.fulfilments if each.status not in GONE}
        return StoreState.DELIVERED if shown and shown <= _RECEIVED else StoreState.SHIPPED
    on_terms = read.terms is not None and read.financial in _OWED
    return StoreState.CONFIRMED if on_terms or _is_paid(read, settings) else StoreState.AWAITING_PAYMENT


def _is_paid(read: ShopOrder, settings: ShopifySettings) -> bool:
    return read.financial in _PAID or (settings.authorized_is_confirmed and read.financial == "AUTHORIZED")


def is_taken(order: OrderMark, settings: ShopifySettings) -> bool:
    """Tell whether the list is to name an order: one of before Waybill is not, nor a test."""
    first = settings.orders_from
    is_ours = first is None or order.created_at.astimezone(UTC).date() >= first
    return is_ours and (settings.take_test_orders or not order.test)


def gave_back(line: RefundLine, taxes_included: bool) -> Decimal:
    """Return what a refund gave back for its pieces, gross."""
    return line.subtotal.amount + (ZERO if taxes_included else line.tax.amount)


def shipping_given_back(refund: Refund, taxes_included: bool) -> Decimal:
    """Return what a refund gave back of the shipping, gross."""
    parts = refund.shipping.nodes
    return sum((each.subtotal.amount + (ZERO if taxes_included else each.tax.amount) for each in parts), ZERO)


def duties_given_back(refund: Refund) -> Decimal:
    """Return what a refund gave back of the duties."""
    return sum((each.amount.amount for each in refund.duties), ZERO)


def came_back(refund: Refund) -> list[RefundLine]:
    """Return the lines of pieces that had left: those taken off before are no part of the order any more."""
    return [line for line in refund.lines.nodes if line.restock != CANCELLED and line.quantity]


def taken_off(refund: Refund) -> list[RefundLine]:
    """Return the lines of pieces that had not left."""
    return [line for line in refund.lines.nodes if line.restock == CANCELLED and line.quantity]


def _kept(line: LineItem, refunds: Iterable[Refund]) -> int:
    back = (each for refund in refunds for each in came_back(refund) if each.line.id == line.id)
    return min(line.current_quantity + sum(each.quantity for each in back), line.quantity)


def _line(line: LineItem, pieces: int, taxes_included: bool, digits: int) -> OrderLine | None:
    if not pieces:
        return None
    price = line.original_total.amount - sum((each.amount.amount for each in line.discounts), ZERO)
    net, gross = _net_and_gross(price, line.tax_lines, taxes_included)
    if pieces != line.quantity:
        net, gross = (rounded(each * pieces / line.quantity, digits) for each in (net, gross))
    ean = line.variant.barcode.strip() if line.variant else ""
    return OrderLine(
        id=number_of(line.id),
        sku=line.sku.strip() or ean,
        name=" - ".join(text for text in (line.title, line.variant_title) if text),
        quantity=Decimal(pieces),
        net=tidy(net, digits),
        gross=tidy(gross, digits),
        tax_rate=charged_rate(line.tax_lines, net, gross, digits),
        ean=ean,
    )


def _beside_the_goods(
    read: ShopOrder, refunds: Iterable[Refund], settings: ShopifySettings, digits: int
) -> Iterator[OrderLine]:
    """Yield duties and import fees as lines, for the shop has no line of them; what came back added again."""
    back = sum((duties_given_back(refund) for refund in refunds), ZERO)
    duties = (read.duties.amount if read.duties else ZERO) + back
    fees = read.fees.amount if read.fees else ZERO
    named = (("duties", "Duties", ZERO if read.duties_included else duties), ("fees", "Import fees", fees))
    for key, name, amount in named:
        if amount:
            yield OrderLine(
                id=key,
                sku=settings.duties_sku,
                name=name,
                quantity=Decimal(1),
                net=tidy(amount, digits),
                gross=tidy(amount, digits),
                tax_rate=ZERO,
            )


def _net_and_gross(price: Decimal, taxes: Iterable[TaxLine], taxes_included: bool) -> tuple[Decimal, Decimal]:
    tax = sum((each.price.amount for each in taxes), ZERO)
    return (price - tax, price) if taxes_included else (price, price + tax)


def charged_rate(taxes: Sequence[TaxLine], net: Decimal, gross: Decimal, digits: int) -> Decimal | None:
    """Several taxes add up. The amounts tell where an app leaves a rate untold, or the buyer is exempt."""
    rates = [each.rate for each in taxes if each.rate is not None]
    if len(rates) == len(taxes) and not (net == gross and rounded(net * sum(rates, ZERO), digits)):
        return tidy(sum(rates, ZERO) * 100)
    return derived_rate(net, gross, (), digits)


def _shipping(lines: Sequence[ShippingLine], taxes_included: bool, digits: int) -> Charge:
    """Several ways of shipping are one charge, under the first one's code."""
    amounts = [_net_and_gross(line.price.amount, line.tax_lines, taxes_included) for line in lines]
    net, gross = (sum((each[side] for each in amounts), ZERO) for side in (0, 1))
    rates = {
        charged_rate(line.tax_lines, *amount, digits) for line, amount in zip(lines, amounts, strict=True)
    }
    rate = rates.pop() if len(rates) == 1 else derived_rate(net, gross, (), digits)
    if not lines:
        return Charge()
    return Charge(
        code=lines[0].code or lines[0].title,
        name=", ".join(dict.fromkeys(line.title for line in lines if line.title)),
        net=tidy(net, digits),
        gross=tidy(gross, digits),
        tax_rate=rate,
    )


def _total(
    read: ShopOrder,
    lines: Sequence[LineItem],
    sold: Iterable[OrderLine],
    shipping: Charge,
    refunds: Sequence[Refund],
) -> Decimal:
    """Return the total: the shop's own, with what came back later added again.

    Where pieces were taken off a line, its amounts are shares of the whole line's and may differ from the
    shop's by a cent: then the parts count. Where the buyer paid in another currency, the shop has converted
    each amount by itself, the total too: that counts, and what the parts differ from it is a matter of cents.
    """
    included = read.taxes_included
    taken = sum((gave_back(line, included) for each in refunds for line in each.lines.nodes), ZERO)
    back = sum((gave_back(line, included) for each in refunds for line in came_back(each)), ZERO)
    beside = sum((shipping_given_back(each, included) + duties_given_back(each) for each in refunds), ZERO)
    parts = sum((line.gross for line in sold), shipping.gross)
    off = [line for line in lines if _kept(line, refunds) not in {0, line.quantity}]
    known = (read.current_total.amount + back + beside, read.total.amount - (taken - back))
    coin = Decimal(1).scaleb(-currency_digits(read.currency))
    if any(abs(total - parts) <= coin * len(off) for total in known):
        return parts
    return known[0]


def _payment(read: ShopOrder, settings: ShopifySettings) -> Payment:
    received = [
        each for each in read.transactions if each.kind in {"SALE", "CAPTURE"} and each.status == "SUCCESS"
    ]
    return Payment(
        method=_method(read),
        paid=_is_paid(read, settings),
        transaction=number_of(received[-1].id) if received else "",
        terms=read.terms.name if read.terms else "",
    )


def _method(read: ShopOrder) -> str:
    """Return the way that most of the money takes, the first of several alike: it stays what it was."""
    if read.terms:
        return _ON_TERMS
    ways = [
        each
        for each in read.transactions
        if each.kind in _PAYING and each.status in _SERIOUS and each.gateway
    ]
    if ways:
        return max(ways, key=lambda each: each.amount.amount).gateway
    return read.gateways[0] if read.gateways else "" if read.total.amount else _FREE


def _party(read: ShopOrder, settings: ShopifySettings) -> Party:
    """The buyer: a company where the shop sells to one, whoever of it ordered."""
    address = read.billing or read.shipping or MailingAddress()
    company = read.purchaser.company if read.purchaser else None
    place = read.purchaser.location if read.purchaser else None
    buyer = read.customer
    account = f"company-{number_of(company.id)}" if company else buyer.number if buyer else ""
    registered = place.tax.registration if place and place.tax else ""
    return Party(
        store_id=account,
        is_guest=not account,
        email=read.email,
        first_name=(buyer.first_name if buyer else "") or address.first_name,
        last_name=(buyer.last_name if buyer else "") or address.last_name,
        company=company.name if company else address.company,
        vat_id=registered or _named(read, settings.vat_id_attributes),
        phone=address.phone or read.phone,
        language=read.locale.partition("-")[0].lower(),
    )


def _named(read: ShopOrder, names: Iterable[str]) -> str:
    wanted = {name.casefold() for name in names}
    return next((each.value.strip() for each in read.attributes if each.key.casefold() in wanted), "")


def _address(address: MailingAddress | None) -> domain.Address:
    given = address or MailingAddress()
    return domain.Address(
        person=f"{given.first_name} {given.last_name}".strip(),
        company=given.company,
        street=given.address1,
        street2=given.address2,
        postcode=given.zip,
        city=given.city,
        state=given.province,
        country=given.country,
        phone=given.phone,
    )


def _comment(read: ShopOrder) -> str:
    ordered = f"Purchase order {read.po_number.strip()}" if read.po_number.strip() else ""
    return "\n".join(text for text in (read.note.strip(), ordered) if text)
