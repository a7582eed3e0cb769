"""The shop's documents as a domain order. Pure: what it needs of the shop comes in with the documents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from adapters.stores.amounts import derived_rate, tidy
from adapters.stores.prestashop.discounts import discounts
from adapters.stores.prestashop.lookups import Needed, ShopFacts
from adapters.stores.prestashop.models import (
    Address,
    Customer,
    Iso,
    Message,
    OrderCartRule,
    OrderDetail,
    OrderPayment,
    OrderState,
    ShopOrder,
)
from adapters.stores.prestashop.settings import PrestaShopSettings
from adapters.stores.prestashop.times import to_utc
from domain import order as domain
from domain.errors import FixData
from domain.money import currency_digits
from domain.order import Basis, Charge, Order, OrderLine, Party, Payment, StoreState

ZERO = Decimal(0)
_EX_TAX = 1


@dataclass(frozen=True)
class Documents:
    """Everything read about one order. `due` is what all orders under its reference cost together."""

    order: ShopOrder
    customer: Customer | None = None
    addresses: Sequence[Address] = ()
    details: Sequence[OrderDetail] = ()
    cart_rules: Sequence[OrderCartRule] = ()
    payments: Sequence[OrderPayment] = ()
    messages: Sequence[Message] = ()
    due: Decimal | None = None

    def address(self, number: int) -> Address:
        """Return one of the addresses, an empty one when the shop lost it."""
        return next((each for each in self.addresses if each.id == number), Address(id=number))

    @property
    def needed(self) -> Needed:
        """What the documents refer to by number."""
        order = self.order
        return Needed(
            countries=frozenset(address.id_country for address in self.addresses),
            regions=frozenset(address.id_state for address in self.addresses),
            taxes=frozenset(tax for detail in self.details for tax in detail.associations.taxes),
            currency=order.id_currency,
            language=order.id_lang,
            carrier=order.id_carrier,
            state=order.current_state,
            group=self.customer.id_default_group if self.customer else 0,
        )


def to_order(connection: str, read: Documents, shop: ShopFacts, settings: PrestaShopSettings) -> Order:
    """Return the order as the domain knows it. Raises `FixData` where it has no currency or no date."""
    order, currency = read.order, _currency(connection, read.order, shop)
    digits = currency_digits(currency)
    details = sorted(read.details, key=lambda detail: detail.id)
    lines = tuple(_line(detail, shop, digits) for detail in details[: settings.most_lines])
    basis = _price_basis(read, shop)
    placed = _moment(connection, order, shop)
    return Order(
        connection=connection,
        store_id=str(order.id),
        number=order.reference.strip() or str(order.id),
        state=store_state(order, shop, settings),
        store_status=str(order.current_state),
        mark=order.mark,
        placed_at=placed,
        updated_at=to_utc(order.date_upd, shop.zone) if order.date_upd else placed,
        currency=currency,
        rate=tidy(order.conversion_rate) if order.conversion_rate else None,
        customer=_party(read, shop),
        billing=_address(read.address(order.id_address_invoice), shop),
        delivery=_address(read.address(order.id_address_delivery), shop),
        lines=lines,
        lines_left_out=len(details) - len(lines),
        discounts=discounts(order, read.cart_rules, basis, digits),
        shipping=_shipping(order, lines, shop, digits),
        wrapping=_wrapping(order, lines, digits),
        payment=_payment(read, shop, settings),
        price_basis=basis,
        net=tidy(order.total_paid_tax_excl, digits),
        gross=tidy(order.total_paid_tax_incl, digits),
        comment=_comment(read.messages),
    )


def store_state(order: ShopOrder, shop: ShopFacts, settings: PrestaShopSettings) -> StoreState:
    """Return what the state means: by the merchant's table, else the shop's constants, else its flags."""
    number = order.current_state
    if number in settings.states:
        return settings.states[number]
    if number == 0:
        return StoreState.PLACING
    if number in settings.cancelled_states or number in shop.cancelling:
        return StoreState.CANCELLED
    if number in settings.delivered_states or number in shop.delivered:
        return StoreState.DELIVERED
    flags = shop.order_states.get(number)
    if flags is not None and flags.shipped:
        return StoreState.SHIPPED
    # `valid` is the shop's own copy of the flag: it tells even for a state that the list does not show.
    sold = flags.paid or flags.logable if flags is not None else order.valid
    return StoreState.CONFIRMED if sold or number in settings.paid_states else StoreState.AWAITING_PAYMENT


def state_is_paid(order: ShopOrder, states: Mapping[int, OrderState], settings: PrestaShopSettings) -> bool:
    """Tell whether the order's state says that it is paid."""
    flags = states.get(order.current_state)
    return order.current_state in settings.paid_states or (flags is not None and flags.paid)


def received(order: ShopOrder, payments: Iterable[OrderPayment]) -> Decimal:
    """Return what was received in the order's currency; a payment in another one is not counted."""
    return sum((each.amount for each in payments if each.id_currency == order.id_currency), ZERO)


def _payment(read: Documents, shop: ShopFacts, settings: PrestaShopSettings) -> Payment:
    """Payments hang on the reference, which orders split from one cart share.

    So they prove an order paid only when they cover all orders under that reference; when in doubt, it is
    not. `total_paid_real` is not looked at: real shops count it twice.
    """
    due = read.due if read.due is not None else read.order.total_paid_tax_incl
    covered = received(read.order, read.payments) >= due
    transactions = [each.transaction_id for each in read.payments if each.transaction_id]
    return Payment(
        method=read.order.module,
        paid=state_is_paid(read.order, shop.order_states, settings) or covered,
        transaction=transactions[-1] if transactions else "",
    )


def _currency(connection: str, order: ShopOrder, shop: ShopFacts) -> str:
    found = shop.currencies.get(order.id_currency)
    code = found.iso_code if found else ""
    if len(code) != 3 or not code.isascii() or not code.isupper():
        raise FixData("the shop does not tell the order's currency", field="currency", connection=connection)
    return code


def _moment(connection: str, order: ShopOrder, shop: ShopFacts) -> datetime:
    local = order.date_add or order.date_upd
    if local is None:
        sentence = "the shop does not tell when the order was placed"
        raise FixData(sentence, field="placed_at", connection=connection)
    return to_utc(local, shop.zone)


def _price_basis(read: Documents, shop: ShopFacts) -> Basis:
    """The price the buyer's group is shown leads; where the group is not known, the one with tax."""
    group = shop.groups.get(read.customer.id_default_group) if read.customer else None
    return Basis.NET if group and group.price_display_method == _EX_TAX else Basis.GROSS


def _line(detail: OrderDetail, shop: ShopFacts, digits: int) -> OrderLine:
    ean = detail.product_ean13.strip()
    return OrderLine(
        id=str(detail.id),
        sku=detail.product_reference.strip() or ean,
        name=detail.product_name,
        quantity=tidy(detail.product_quantity, 0),
        unit_net=_tidy_or_none(detail.unit_price_tax_excl, digits),
        unit_gross=_tidy_or_none(detail.unit_price_tax_incl, digits),
        net=tidy(detail.total_price_tax_excl, digits),
        gross=tidy(detail.total_price_tax_incl, digits),
        tax_rate=_tax_rate(detail, shop),
        ean=ean,
    )


def _tax_rate(detail: OrderDetail, shop: ShopFacts) -> Decimal | None:
    """Several taxes add up. A line without a tax is free of it only when its amounts say so too."""
    taxes = [shop.taxes.get(number) for number in detail.associations.taxes]
    known = [tax.rate for tax in taxes if tax is not None]
    if known and len(known) == len(taxes):
        return tidy(sum(known, ZERO))
    untaxed = not taxes and detail.total_price_tax_excl == detail.total_price_tax_incl
    return ZERO if untaxed else None


def _shipping(order: ShopOrder, lines: Sequence[OrderLine], shop: ShopFacts, digits: int) -> Charge:
    """The carrier's `id_reference` is its code: its id is a new one after each edit."""
    carrier = shop.carriers.get(order.id_carrier)
    net, gross = order.total_shipping_tax_excl, order.total_shipping_tax_incl
    rate = tidy(order.carrier_tax_rate) if order.carrier_tax_rate is not None else None
    if rate is None or (rate == 0 and net != gross):
        rate = derived_rate(net, gross, _rates(lines), digits)
    return Charge(
        code=str(carrier.id_reference or carrier.id) if carrier else "",
        name=carrier.name if carrier else "",
        net=tidy(net, digits),
        gross=tidy(gross, digits),
        tax_rate=rate,
    )


def _wrapping(order: ShopOrder, lines: Sequence[OrderLine], digits: int) -> Charge:
    net, gross = order.total_wrapping_tax_excl, order.total_wrapping_tax_incl
    if not net and not gross:
        return Charge()
    rates = _rates(lines) if order.carrier_tax_rate is None else (*_rates(lines), order.carrier_tax_rate)
    return Charge(
        name="Gift wrapping",
        net=tidy(net, digits),
        gross=tidy(gross, digits),
        tax_rate=derived_rate(net, gross, rates, digits),
    )


def _rates(lines: Sequence[OrderLine]) -> tuple[Decimal, ...]:
    return tuple(line.tax_rate for line in lines if line.tax_rate is not None)


def _party(read: Documents, shop: ShopFacts) -> Party:
    """The VAT id stays exactly as typed: the checks judge it. The address' company belongs to it."""
    billing = read.address(read.order.id_address_invoice)
    buyer = read.customer or Customer(id=read.order.id_customer)
    return Party(
        store_id=str(read.order.id_customer),
        is_guest=buyer.is_guest,
        email=buyer.email,
        first_name=buyer.firstname or billing.firstname,
        last_name=buyer.lastname or billing.lastname,
        company=billing.company or buyer.company,
        vat_id=billing.vat_number,
        phone=billing.phone or billing.phone_mobile,
        language=_code(shop.languages, read.order.id_lang).lower(),
        group=str(buyer.id_default_group or ""),
    )


def _address(address: Address, shop: ShopFacts) -> domain.Address:
    return domain.Address(
        person=f"{address.firstname} {address.lastname}".strip(),
        company=address.company,
        street=address.address1,
        street2=address.address2,
        postcode=address.postcode,
        city=address.city,
        state=_code(shop.regions, address.id_state),
        country=_code(shop.countries, address.id_country),
        phone=address.phone or address.phone_mobile,
    )


def _code(table: Mapping[int, Iso], number: int) -> str:
    found = table.get(number)
    return found.iso_code if found else ""


def _tidy_or_none(amount: Decimal | None, digits: int) -> Decimal | None:
    return None if amount is None else tidy(amount, digits)


def _comment(messages: Iterable[Message]) -> str:
    """Join what the buyer wrote; private messages and those of employees are the merchant's."""
    texts = (each.message.strip() for each in sorted(messages, key=lambda each: each.id) if _of_buyer(each))
    return "\n".join(text for text in texts if text)


def _of_buyer(message: Message) -> bool:
    return not message.private and not message.id_employee
