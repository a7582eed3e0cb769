"""What happens to an order after checkout, by its buyer's or an employee's hand.

Edits of an order move its `date_upd`. Overwriting the address record does not, and neither does a refund:
who polls orders by date alone never learns of those.
"""

from typing import Any

from sandbox.prestashop.buyers import address_like, address_values
from sandbox.prestashop.lines import Pricing, add_details
from sandbox.prestashop.money import Amount, Rounding, Totals, line_total, order_totals
from sandbox.prestashop.offers import ShopRefusal, find_article
from sandbox.prestashop.order_states import CANCELED, DELIVERED, PAID, SHIPPED
from sandbox.prestashop.payments import add_payment
from sandbox.prestashop.requests import LineEdit, OrderEdit, OrderLine, Payment, PostalAddress
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.status import set_current_state, tell_hooks
from sandbox.prestashop.stock import move_stock
from sandbox.prestashop.tables import Row


def order_row(state: ShopState, id_order: int) -> Row:
    """Return an order. Raises `ShopRefusal` (404) when there is none."""
    row = state.tables.row("orders", id_order)
    if row is None:
        raise ShopRefusal(f"no order {id_order}", 404)
    return row


def pay(state: ShopState, id_order: int, payment: Payment) -> None:
    """Let money arrive: accept the payment, or record it only (the state stays as it is)."""
    order = order_row(state, id_order)
    if payment.record_only or payment.amount is not None:
        amount = order["total_paid"] if payment.amount is None else payment.amount
        add_payment(state, order, amount, order["payment"], payment.transaction_id)
    if not payment.record_only:
        set_current_state(state, order, PAID, by="back office")


def cancel(state: ShopState, id_order: int) -> None:
    """Cancel an order that has not left yet; its pieces go back into stock."""
    order = order_row(state, id_order)
    if order["current_state"] in (SHIPPED, DELIVERED):
        raise ShopRefusal("the order has been shipped already", 409)
    set_current_state(state, order, CANCELED, by="back office")


def edit(state: ShopState, id_order: int, wanted: OrderEdit) -> None:
    """Change lines or the address of a placed order and add it up again."""
    order = order_row(state, id_order)
    for line in wanted.lines:
        _edit_line(state, order, line)
    if wanted.lines:
        _add_up(state, order)
    overwritten = wanted.address is not None and wanted.overwrite_address
    if wanted.address is not None:
        _edit_address(state, order, wanted.address, wanted.overwrite_address)
    state.ledger.write("edit", id_order=id_order, lines=len(wanted.lines), address=wanted.address is not None)
    if wanted.lines or not overwritten:
        tell_hooks(state, "order.edited", order)


def edit_carrier(state: ShopState, name: str, **changed: Any) -> Row:
    """Edit a carrier: the old record is marked deleted, a new id takes over its `id_reference`."""
    carriers = state.tables["carriers"]
    old = carriers.first(name=name, deleted=0)
    if old is None:
        raise ShopRefusal(f"no carrier {name!r}", 404)
    carriers.change(old, {"deleted": 1})
    return carriers.add({**old, "id": 0, "deleted": 0, **changed})


def _edit_line(state: ShopState, order: Row, wanted: LineEdit) -> None:
    details = state.tables["order_details"]
    known = line_of(state, order, wanted.sku)
    if known is None:
        line = _pricing(state, order).line(state, OrderLine(sku=wanted.sku, quantity=wanted.quantity))
        add_details(state, order, [line])
        move_stock(state, line.article.product["id"], line.article.id_combination, -wanted.quantity)
        return
    pieces = known["product_quantity"] - wanted.quantity
    move_stock(state, known["product_id"], known["product_attribute_id"], pieces)
    if not wanted.quantity:
        details.remove(known)
        return
    unit = Amount(known["unit_price_tax_excl"], known["unit_price_tax_incl"])
    total = line_total(unit, wanted.quantity, _rounding(order))
    details.change(
        known,
        {
            "product_quantity": wanted.quantity,
            "total_price_tax_excl": total.net,
            "total_price_tax_incl": total.gross,
        },
    )


def line_of(state: ShopState, order: Row, sku: str) -> Row | None:
    """Return the order's line of an article, None when it has none."""
    article = find_article(state, sku)
    return state.tables["order_details"].first(
        id_order=order["id"],
        product_id=article.product["id"],
        product_attribute_id=article.id_combination,
    )


def _pricing(state: ShopState, order: Row) -> Pricing:
    delivery = state.tables["addresses"].rows[order["id_address_delivery"]]
    return Pricing(
        state.tables["customers"].rows[order["id_customer"]],
        delivery["id_country"],
        state.tables["currencies"].rows[order["id_currency"]],
        order["id_lang"],
        _rounding(order),
    )


def _rounding(order: Row) -> Rounding:
    return Rounding(order["round_type"], order["round_mode"])


def _add_up(state: ShopState, order: Row) -> None:
    """Work the totals out again from the lines; shipping and wrapping stay what they were."""
    lines = state.tables["order_details"].find(id_order=order["id"])
    totals = order_totals(
        [Amount(line["total_price_tax_excl"], line["total_price_tax_incl"]) for line in lines],
        Amount(order["total_shipping_tax_excl"], order["total_shipping_tax_incl"]),
        Amount(order["total_wrapping_tax_excl"], order["total_wrapping_tax_incl"]),
        order["_reductions"],
        _rounding(order),
    )
    _renew_vouchers(state, order, totals)
    state.touch("orders", order, **totals.fields())


def _renew_vouchers(state: ShopState, order: Row, totals: Totals) -> None:
    rules = state.tables["order_cart_rules"]
    for row, value in zip(rules.find(id_order=order["id"]), totals.discounts, strict=True):
        rules.change(row, {"value": value.gross, "value_tax_excl": value.net})


def _edit_address(state: ShopState, order: Row, wanted: PostalAddress, overwrite: bool) -> None:
    customer = state.tables["customers"].rows[order["id_customer"]]
    if overwrite:
        record = state.tables["addresses"].rows[order["id_address_delivery"]]
        state.touch("addresses", record, **{**address_values(state, customer, wanted), **wanted.raw})
        return
    record = address_like(state, customer, wanted)
    state.touch("orders", order, id_address_delivery=record["id"], id_address_invoice=record["id"])
