"""The buyer's checkout: from a cart to one order per package.

`place` writes the orders with their lines, parcels and vouchers and takes the stock; `finish` gives them
their first state. A hook that fires between the two sees an order without a state and without a history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.prestashop.cart import Cart, fill_cart, shipping, shipping_rate, shop_rounding, wrapping
from sandbox.prestashop.lines import CartLine, add_details
from sandbox.prestashop.money import Amount, Reduction, Totals, order_totals
from sandbox.prestashop.order_states import (
    BACKORDER_PAID,
    BACKORDER_UNPAID,
)
from sandbox.prestashop.payments import add_payment
from sandbox.prestashop.requests import OrderRequest, Voucher
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.status import (
    GIVES_STOCK_BACK,
    add_history,
    change_state,
    send_state_mail,
    tell_hooks,
)
from sandbox.prestashop.stock import move_stock, stock_row
from sandbox.prestashop.tables import Row


@dataclass(frozen=True)
class Placed:
    """Orders that are written and wait for their first state."""

    cart: Cart
    orders: tuple[Row, ...]


def place(state: ShopState, request: OrderRequest) -> Placed:
    """Fill a cart and write its orders. Raises `ShopRefusal` for what the front office would not sell."""
    return write_orders(state, fill_cart(state, request))


def write_orders(state: ShopState, cart: Cart) -> Placed:
    """Write the orders of a cart, one per package."""
    reference = state.coin_reference()
    packages = sorted({line.package for line in cart.lines})
    orders = tuple(
        _write_order(state, cart, reference, package, package == packages[0]) for package in packages
    )
    _note_comment(state, cart, orders[-1])
    if cart.request.delete_addresses:
        for address in (cart.delivery, cart.invoice):
            state.touch("addresses", address, deleted=1)
    if state.settings.early_hook:
        for order in orders:
            tell_hooks(state, "order.created", order, cart.first_state)
    return Placed(cart, orders)


def finish(state: ShopState, placed: Placed) -> None:
    """Give placed orders their first state, and record what was paid at checkout."""
    cart, early = placed.cart, state.settings.early_hook
    if state.tables["order_states"].rows[cart.first_state]["logable"]:
        whole = sum((order["total_paid"] for order in placed.orders), Decimal(0))
        add_payment(state, placed.orders[-1], whole, cart.label, cart.request.transaction_id)
    for order in placed.orders:
        change_state(state, order, cart.first_state, by="checkout", use_existing_payment=True)
        add_history(state, order, cart.first_state, announce=early)
        send_state_mail(state, order)
        _put_on_backorder(state, order, announce=early)
        if not early:
            tell_hooks(state, "order.created", order)


def _write_order(state: ShopState, cart: Cart, reference: str, package: int, first: bool) -> Row:
    """Write one package's order. Vouchers and the wrapping go with the first."""
    lines = [line for line in cart.lines if line.package == package]
    totals = order_totals(
        [line.total for line in lines],
        shipping(state, cart),
        wrapping(state, cart) if first else Amount(),
        cart.reductions if first else (),
        shop_rounding(state),
    )
    order = _insert_order(state, cart, reference, totals, cart.reductions if first else [])
    add_details(state, order, lines)
    _insert_parcel(state, order, lines)
    if first:
        _insert_vouchers(state, order, cart.request.vouchers, totals.discounts)
    if cart.first_state not in GIVES_STOCK_BACK:
        for line in lines:
            move_stock(state, line.article.product["id"], line.article.id_combination, -line.quantity)
    state.tables["orders"].change(order, cart.request.raw)
    state.ledger.write(
        "order",
        id_order=order["id"],
        reference=order["reference"],
        id_cart=order["id_cart"],
        id_customer=order["id_customer"],
        email=cart.customer["email"],
        currency=cart.currency["iso_code"],
        total_paid_tax_incl=str(order["total_paid_tax_incl"]),
        total_paid_tax_excl=str(order["total_paid_tax_excl"]),
        lines=[[line.article.fact("reference"), line.quantity] for line in lines],
    )
    return order


def _insert_order(
    state: ShopState, cart: Cart, reference: str, totals: Totals, reductions: list[Reduction]
) -> Row:
    request = cart.request
    return state.insert(
        "orders",
        id_address_delivery=cart.delivery["id"],
        id_address_invoice=cart.invoice["id"],
        id_cart=cart.row["id"],
        id_currency=cart.currency["id"],
        id_lang=request.language,
        id_customer=cart.customer["id"],
        id_carrier=cart.carrier["id"],
        module=request.module,
        payment=cart.label,
        id_shop=1,
        id_shop_group=1,
        secure_key=cart.customer["secure_key"],
        gift=request.gift_wrapping,
        gift_message=request.gift_message,
        carrier_tax_rate=shipping_rate(state, cart),
        round_mode=state.settings.round_mode,
        round_type=state.settings.round_type,
        conversion_rate=cart.currency["conversion_rate"],
        reference=reference,
        _reductions=reductions,
        **totals.fields(),
    )


def _insert_parcel(state: ShopState, order: Row, lines: Sequence[CartLine]) -> None:
    state.insert(
        "order_carriers",
        id_order=order["id"],
        id_carrier=order["id_carrier"],
        weight=sum((line.article.product["weight"] * line.quantity for line in lines), Decimal(0)),
        shipping_cost_tax_excl=order["total_shipping_tax_excl"],
        shipping_cost_tax_incl=order["total_shipping_tax_incl"],
    )


def _insert_vouchers(
    state: ShopState, order: Row, vouchers: Sequence[Voucher], values: Sequence[Amount]
) -> None:
    for voucher, value in zip(vouchers, values, strict=True):
        state.insert(
            "order_cart_rules",
            id_order=order["id"],
            id_cart_rule=state.next_number("cart_rule"),
            name=voucher.name,
            value=value.gross,
            value_tax_excl=value.net,
            free_shipping=voucher.free_shipping,
        )


def _note_comment(state: ShopState, cart: Cart, last: Row) -> None:
    """Keep the buyer's comment; of split orders only the last one is named in it."""
    if cart.request.comment:
        state.insert(
            "messages",
            id_cart=cart.row["id"],
            id_order=last["id"],
            id_customer=cart.customer["id"],
            message=cart.request.comment,
        )


def _put_on_backorder(state: ShopState, order: Row, *, announce: bool) -> None:
    """Move an order on to backorder when it took more than there was."""
    short = [
        line
        for line in state.tables["order_details"].find(id_order=order["id"])
        if (row := stock_row(state, line["product_id"], line["product_attribute_id"])) and row["quantity"] < 0
    ]
    if short and order["current_state"] not in GIVES_STOCK_BACK:
        target = BACKORDER_PAID if order["valid"] else BACKORDER_UNPAID
        change_state(state, order, target, by="backorder", use_existing_payment=True)
        add_history(state, order, target, announce=announce)
