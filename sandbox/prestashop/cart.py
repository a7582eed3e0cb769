"""A cart that is being bought: who, where to, by which carrier, at which prices."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.prestashop.buyers import addresses_of, buyer_of
from sandbox.prestashop.lines import CartLine, cart_lines
from sandbox.prestashop.money import Amount, Reduction, Rounding, taxed
from sandbox.prestashop.offers import ShopRefusal, tax_for
from sandbox.prestashop.order_states import PAID, PAYMENT_MODULES, REMOTE_PAYMENT, PaymentModule
from sandbox.prestashop.requests import OrderRequest
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row

CARRIER_PRICES: dict[str, Decimal] = {
    "Click and collect": Decimal(0),
    "Parcel": Decimal("7.083333"),
    "Pallet": Decimal("41.666667"),
}
"""What a carrier costs without tax, in EUR; a carrier that is not here costs nothing."""
_STANDARD_TAX = 1


@dataclass
class Cart:
    """All that is known once the buyer presses the button."""

    request: OrderRequest
    row: Row
    customer: Row
    delivery: Row
    invoice: Row
    currency: Row
    carrier: Row
    lines: list[CartLine]
    reductions: list[Reduction]
    first_state: int
    label: str


def fill_cart(state: ShopState, request: OrderRequest) -> Cart:
    """Fill a cart. Raises `ShopRefusal` for what the front office would not sell."""
    currency = state.tables["currencies"].first(iso_code=request.currency)
    carrier = state.tables["carriers"].first(name=request.carrier, deleted=0, active=1)
    if currency is None or carrier is None:
        raise ShopRefusal(f"no currency {request.currency!r} or no carrier {request.carrier!r}")
    first_state, label = _payment_terms(state, request)
    customer = buyer_of(state, request)
    delivery, invoice = addresses_of(state, request, customer)
    lines, reductions = cart_lines(state, request, customer, delivery, currency, shop_rounding(state))
    row = state.insert(
        "carts",
        id_address_delivery=delivery["id"],
        id_address_invoice=invoice["id"],
        id_currency=currency["id"],
        id_customer=customer["id"],
        id_lang=request.language,
        id_carrier=carrier["id"],
        id_shop=1,
        id_shop_group=1,
        secure_key=customer["secure_key"],
        _cart_rows=[line.cart_row(delivery["id"]) for line in lines],
    )
    return Cart(
        request,
        row,
        customer,
        delivery,
        invoice,
        currency,
        carrier,
        lines,
        reductions,
        first_state,
        label,
    )


def _payment_terms(state: ShopState, request: OrderRequest) -> tuple[int, str]:
    """Return the order's first state and what its payment is called."""
    module = PAYMENT_MODULES.get(request.module, PaymentModule(request.module, REMOTE_PAYMENT, True))
    paid = module.pays_at_once if request.paid is None else request.paid
    first = request.state or (module.state if paid == module.pays_at_once else _other_state(paid))
    if first not in state.tables["order_states"].rows:
        raise ShopRefusal(f"this shop has no order state {first}")
    return first, request.payment or module.label


def _other_state(paid: bool) -> int:
    """Return the state of an order paid in advance by wire, or not yet paid online."""
    return PAID if paid else PAYMENT_MODULES["ps_wirepayment"].state


def shop_rounding(state: ShopState) -> Rounding:
    """Return how the merchant rounds."""
    return Rounding(state.settings.round_type, state.settings.round_mode)


def shipping_rate(state: ShopState, cart: Cart) -> Decimal:
    """Return the tax on the shipping, in percent."""
    tax = tax_for(state, cart.carrier["id_tax_rules_group"], cart.delivery["id_country"])
    return Decimal(tax["rate"]) if tax else Decimal(0)


def shipping(state: ShopState, cart: Cart) -> Amount:
    """Return what the carrier costs, unrounded."""
    net = CARRIER_PRICES.get(cart.carrier["name"], Decimal(0)) * cart.currency["conversion_rate"]
    return Amount(net, taxed(net, shipping_rate(state, cart)))


def wrapping(state: ShopState, cart: Cart) -> Amount:
    """Return what gift wrapping costs, unrounded."""
    if not cart.request.gift_wrapping:
        return Amount()
    net = state.settings.wrapping_net * cart.currency["conversion_rate"]
    tax = tax_for(state, _STANDARD_TAX, cart.delivery["id_country"])
    return Amount(net, taxed(net, Decimal(tax["rate"]) if tax else Decimal(0)))
