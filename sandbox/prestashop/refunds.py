"""Refunds by an employee, and returns that buyers ask for.

A slip's totals are the lines' (`order_slip_details`, whose `id` is the slip's); a voucher's part that is kept
is off one of the two totals only, and an amount of the employee's choice stands in `amount` alone
(PrestaShop 8.2, src/Adapter/Order/Refund/OrderSlipCreator.php).
"""

from decimal import Decimal
from typing import Any

from sandbox.prestashop.backoffice import line_of, order_row
from sandbox.prestashop.money import Amount
from sandbox.prestashop.offers import ShopRefusal
from sandbox.prestashop.requests import Refund, RefundedLine
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.status import tell_hooks
from sandbox.prestashop.stock import move_stock
from sandbox.prestashop.tables import Row

_WITHOUT_VOUCHER, _OF_CHOICE = 1, 2
_CENT = Decimal("0.01")


def refund(state: ShopState, id_order: int, wanted: Refund) -> Row:
    """Make a partial refund: a slip, and the lines' refunded pieces. The hook module tells of it."""
    order = order_row(state, id_order)
    details = [_refund_line(state, order, line, wanted.restock) for line in wanted.lines]
    goods = sum((Amount(d["amount_tax_excl"], d["amount_tax_incl"]) for d in details), Amount())
    shipping = Amount(order["total_shipping_tax_excl"], order["total_shipping_tax_incl"])
    back = shipping if wanted.shipping else Amount()
    seen_net = _sees_net(state, order)
    slip = state.insert(
        "order_slip",
        id_customer=order["id_customer"],
        id_order=order["id"],
        conversion_rate=order["conversion_rate"],
        total_products_tax_excl=goods.net - (0 if seen_net else wanted.voucher_off),
        total_products_tax_incl=goods.gross - (wanted.voucher_off if seen_net else 0),
        total_shipping_tax_excl=back.net,
        total_shipping_tax_incl=back.gross,
        amount=wanted.chosen or (goods.net if seen_net else goods.gross),
        shipping_cost=wanted.shipping,
        shipping_cost_amount=back.gross,
        partial=0,
        order_slip_type=_kind(wanted),
    )
    slip["_order_slip_details"] = [{"id": slip["id"], **detail} for detail in details]
    state.ledger.write("refund", id_order=order["id"], id_order_slip=slip["id"], amount=str(goods.gross))
    tell_hooks(state, "order.refunded", order)
    return slip


def ask_for_return(state: ShopState, id_order: int) -> int:
    """Let the buyer ask to send goods back, and return the request's number; the webservice has none."""
    order = order_row(state, id_order)
    number = state.next_number("order_return")
    tell_hooks(state, "order.return_requested", order, id_order_return=number)
    return number


def _sees_net(state: ShopState, order: Row) -> bool:
    customer = state.tables["customers"].rows[order["id_customer"]]
    group = state.tables.row("groups", customer["id_default_group"])
    return group is not None and bool(group["price_display_method"])


def _kind(wanted: Refund) -> int:
    if wanted.chosen or wanted.shipping:
        return _OF_CHOICE
    return _WITHOUT_VOUCHER if wanted.voucher_off else 0


def _refund_line(state: ShopState, order: Row, wanted: RefundedLine, restock: bool) -> dict[str, Any]:
    line = line_of(state, order, wanted.sku)
    left = line["product_quantity"] - line["product_quantity_refunded"] if line else 0
    if line is None or not 0 < wanted.quantity <= left:
        raise ShopRefusal(f"{left} pieces of {wanted.sku!r} can be refunded")
    back = _worth(line, wanted)
    state.tables["order_details"].change(
        line,
        {
            "product_quantity_refunded": line["product_quantity_refunded"] + wanted.quantity,
            "product_quantity_reinjected": line["product_quantity_reinjected"] + wanted.quantity * restock,
            "total_refunded_tax_excl": line["total_refunded_tax_excl"] + back.net,
            "total_refunded_tax_incl": line["total_refunded_tax_incl"] + back.gross,
        },
    )
    if restock:
        move_stock(state, line["product_id"], line["product_attribute_id"], wanted.quantity)
    return {
        "id_order_detail": line["id"],
        "product_quantity": wanted.quantity,
        "amount_tax_excl": back.net,
        "amount_tax_incl": back.gross,
    }


def _worth(line: Row, wanted: RefundedLine) -> Amount:
    net, gross = line["unit_price_tax_excl"], line["unit_price_tax_incl"]
    given = gross * wanted.quantity if wanted.amount is None else wanted.amount
    return Amount((given * net / gross).quantize(_CENT) if gross else Decimal(0), given.quantize(_CENT))
