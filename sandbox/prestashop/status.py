"""A change of an order's state, and everything the flags of the new state set off."""

from sandbox.prestashop.order_states import CANCELED, PAYMENT_ERROR
from sandbox.prestashop.payments import has_invoice, pay_rest, set_delivery, set_delivery_slip, set_invoice
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.stock import move_stock
from sandbox.prestashop.tables import Row

GIVES_STOCK_BACK = (PAYMENT_ERROR, CANCELED)


def set_current_state(state: ShopState, order: Row, new_id: int, by: str) -> bool:
    """Change the state as the order's own setter does: not when it is the same, and always with a mail."""
    if not new_id or new_id == order["current_state"]:
        return False
    change_state(state, order, new_id, by=by, use_existing_payment=not has_invoice(state, order))
    add_history(state, order, new_id)
    send_state_mail(state, order)
    return True


def change_state(
    state: ShopState, order: Row, new_id: int, *, by: str, use_existing_payment: bool = False
) -> None:
    """Run the whole change, whatever the order's state was before. The history row is `add_history`'s."""
    new = state.tables["order_states"].rows[new_id]
    old = state.tables.row("order_states", order["current_state"])
    if old is not None:
        _move_stock(state, order, old, new)
    former = order["current_state"]
    state.touch("orders", order, current_state=new_id, valid=new["logable"])
    if new["invoice"] and not order["invoice_number"]:
        set_invoice(state, order, use_existing_payment)
    elif new["delivery"] and not order["delivery_number"]:
        set_delivery_slip(state, order)
    if new["paid"]:
        pay_rest(state, order, order["payment"])
    if new["delivery"]:
        set_delivery(state, order)
    state.ledger.write("status", id_order=order["id"], id_order_state=new_id, former=former, by=by)


def add_history(
    state: ShopState, order: Row, id_order_state: int, id_employee: int = 0, *, announce: bool = True
) -> Row:
    """Append to the order's history and tell the hook module."""
    row = state.insert(
        "order_histories", id_order=order["id"], id_order_state=id_order_state, id_employee=id_employee
    )
    state.touch("orders", order, current_state=id_order_state)
    if announce:
        tell_hooks(state, "order.status_changed", order, id_order_state)
    return row


def tell_hooks(
    state: ShopState, event: str, order: Row, id_order_state: int | None = None, **more: int
) -> None:
    """Put an event about an order into the hook module's outbox."""
    known = order["current_state"] if id_order_state is None else id_order_state
    data = {"id_order": order["id"], "id_order_state": known, **more}
    state.webhooks.emit(event, state.settings.now(), data)


def send_state_mail(state: ShopState, order: Row) -> bool:
    """Mail the buyer when the order's state has a mail; False when the mail server failed."""
    current = state.tables.row("order_states", order["current_state"])
    if current is None or not current["send_email"]:
        return True
    return send_mail(state, order, current["template"][order["id_lang"]])


def send_mail(state: ShopState, order: Row, template: str) -> bool:
    """Send the buyer one mail; False when the mail server failed."""
    customer = state.tables.row("customers", order["id_customer"])
    if customer is None or not template:
        return True
    sent = state.faults.take("mail_fails") is None
    state.ledger.write("mail", id_order=order["id"], template=template, to=customer["email"], sent=sent)
    return sent


def _move_stock(state: ShopState, order: Row, old: Row, new: Row) -> None:
    """Give the pieces back on cancellation or payment error, take them again when that is undone."""
    back = new["id"] in GIVES_STOCK_BACK and not new["logable"]
    was_back = old["id"] in GIVES_STOCK_BACK
    if back and (old["logable"] or not was_back):
        direction = 1
    elif new["logable"] and not old["logable"] and was_back:
        direction = -1
    else:
        return
    for line in state.tables["order_details"].find(id_order=order["id"]):
        pieces = direction * line["product_quantity"]
        move_stock(state, line["product_id"], line["product_attribute_id"], pieces)
