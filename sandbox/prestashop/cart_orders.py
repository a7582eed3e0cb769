"""Orders made through the webservice: POST carts, then POST orders, which runs the shop's own checkout.

The totals come from the cart. Where the total the caller names is another, the order lands in the payment
error state; a cart can be ordered once.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.prestashop.cart import Cart, shop_rounding
from sandbox.prestashop.checkout import finish, write_orders
from sandbox.prestashop.errors import ScriptStopped
from sandbox.prestashop.kinds import decimal_of, leading_integer
from sandbox.prestashop.lines import Pricing
from sandbox.prestashop.offers import Article
from sandbox.prestashop.order_states import PAYMENT_ERROR, PAYMENT_MODULES, REMOTE_PAYMENT
from sandbox.prestashop.requests import OrderLine, OrderRequest
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row

_ORDERED_ALREADY = "Cart cannot be loaded or an order has already been placed using this cart"
_CENT = Decimal("0.01")


def order_cart(state: ShopState, written: Mapping[str, Any]) -> Row:
    """Turn a cart into an order and return its row."""
    if written["module"] not in PAYMENT_MODULES:
        raise ScriptStopped("Call to a member function validateOrder() on bool")
    row = state.tables.row("carts", leading_integer(written["id_cart"]))
    rows = row.get("_cart_rows", []) if row else []
    if row is None or not rows or state.tables["orders"].find(id_cart=row["id"]):
        raise ScriptStopped(_ORDERED_ALREADY)
    cart = _cart(state, row, rows, written)
    placed = write_orders(state, cart)
    order = placed.orders[-1]
    if abs(decimal_of(written["total_paid"]) - order["total_paid"]) >= _CENT:
        cart.first_state = PAYMENT_ERROR
    finish(state, placed)
    return order


def _cart(state: ShopState, row: Row, rows: list[dict[str, int]], written: Mapping[str, Any]) -> Cart:
    def named(resource: str, field: str) -> Row:
        found = state.tables.row(resource, row[field] or leading_integer(str(written[field])))
        if found is None:
            raise ScriptStopped(f"Can't load {resource} status")
        return found

    customer, delivery = named("customers", "id_customer"), named("addresses", "id_address_delivery")
    currency = named("currencies", "id_currency")
    pricing = Pricing(customer, delivery["id_country"], currency, row["id_lang"], shop_rounding(state))
    lines = [
        pricing.line_of(state, _article(state, each), OrderLine(sku="-", quantity=each["quantity"]))
        for each in rows
    ]
    request = OrderRequest(
        customer=customer["email"],
        lines=(OrderLine(sku="-"),),
        module=written["module"],
        language=row["id_lang"],
    )
    return Cart(
        request,
        row,
        customer,
        delivery,
        named("addresses", "id_address_invoice"),
        currency,
        named("carriers", "id_carrier"),
        lines,
        [],
        REMOTE_PAYMENT,
        written["payment"],
    )


def _article(state: ShopState, cart_row: dict[str, int]) -> Article:
    product = state.tables.row("products", cart_row.get("id_product", 0))
    if product is None:
        raise ScriptStopped("Can't load products status")
    return Article(product, state.tables.row("combinations", cart_row.get("id_product_attribute", 0)))
