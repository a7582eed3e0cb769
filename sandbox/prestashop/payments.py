"""Invoices, delivery slips and payments of an order, as the shop numbers and links them.

Payments hang on the order's reference, so that split orders see the same row. What an invoice still wants is
its total, and that of invoices paid by the same payments, less those payments.
"""

from decimal import Decimal

from sandbox.prestashop.money import ZERO
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row

_COPIED = (
    "total_paid_tax_excl",
    "total_paid_tax_incl",
    "total_products",
    "total_products_wt",
    "total_shipping_tax_excl",
    "total_shipping_tax_incl",
    "total_wrapping_tax_excl",
    "total_wrapping_tax_incl",
)


def add_payment(
    state: ShopState,
    order: Row,
    amount: Decimal,
    label: str,
    transaction_id: str = "",
    invoice: Row | None = None,
) -> Row:
    """Record money for an order, and count it as really paid."""
    payment = state.insert(
        "order_payments",
        order_reference=order["reference"][:9],
        id_currency=order["id_currency"],
        amount=amount,
        payment_method=label,
        conversion_rate=order["conversion_rate"],
        transaction_id=transaction_id,
    )
    if invoice is not None:
        state.tables.paid_by.link(invoice["id"], payment["id"])
    state.touch("orders", order, total_paid_real=order["total_paid_real"] + payment["amount"])
    state.ledger.write("payment", id_order=order["id"], amount=str(payment["amount"]), method=label)
    return payment


def set_invoice(state: ShopState, order: Row, use_existing_payment: bool) -> None:
    """Make the order's first invoice; payments made before count for it only when asked."""
    if has_invoice(state, order):
        return
    invoice = _numberless_invoice(state, order) or _new_invoice(state, order)
    if state.settings.invoicing:
        state.tables["order_invoices"].change(invoice, {"number": state.next_number("invoice")})
    _note_invoice(state, order, invoice)
    if use_existing_payment:
        for payment in state.tables["order_payments"].find(order_reference=order["reference"][:9]):
            state.tables.paid_by.link(invoice["id"], payment["id"])
    number = invoice["number"] if state.settings.invoicing else order["invoice_number"]
    state.touch("orders", order, invoice_date=invoice["date_add"], invoice_number=number)


def set_delivery_slip(state: ShopState, order: Row) -> None:
    """Prepare the delivery slip of an order that has no invoice."""
    if not has_invoice(state, order) and _numberless_invoice(state, order) is None:
        _new_invoice(state, order)


def set_delivery(state: ShopState, order: Row) -> None:
    """Number the order's delivery slips and set the delivery date anew."""
    invoices, number = state.tables["order_invoices"], order["delivery_number"]
    for invoice in invoices.find(id_order=order["id"]):
        if not invoice["delivery_number"]:
            number = state.next_number("delivery")
            invoices.change(invoice, {"delivery_number": number, "delivery_date": state.now()})
    state.touch("orders", order, delivery_number=number, delivery_date=state.now())


def pay_rest(state: ShopState, order: Row, label: str) -> None:
    """Record a payment for whatever the order's invoices still want."""
    for invoice in state.tables["order_invoices"].find(id_order=order["id"]):
        rest = rest_to_pay(state, invoice)
        if rest > 0:
            add_payment(state, order, rest, label, invoice=invoice)


def rest_to_pay(state: ShopState, invoice: Row) -> Decimal:
    """Tell what an invoice still wants."""
    paid_by = state.tables.paid_by
    invoices, payments = state.tables["order_invoices"].rows, state.tables["order_payments"].rows
    wanted = sum((invoices[each]["total_paid_tax_incl"] for each in paid_by.siblings(invoice["id"])), ZERO)
    paid = sum((payments[each]["amount"] for each in paid_by.payments(invoice["id"])), ZERO)
    return Decimal(wanted - paid)


def has_invoice(state: ShopState, order: Row) -> bool:
    """Tell whether the order has an invoice; with invoicing off, an unnumbered one counts."""
    rows = state.tables["order_invoices"].find(id_order=order["id"])
    return any(row["number"] or not state.settings.invoicing for row in rows)


def _numberless_invoice(state: ShopState, order: Row) -> Row | None:
    rows = state.tables["order_invoices"].find(id_order=order["id"])
    return next((row for row in rows if not row["number"]), None)


def _new_invoice(state: ShopState, order: Row) -> Row:
    totals = {name: order[name] for name in _COPIED}
    totals["total_discount_tax_excl"] = order["total_discounts_tax_excl"]
    totals["total_discount_tax_incl"] = order["total_discounts_tax_incl"]
    return state.insert("order_invoices", id_order=order["id"], **totals)


def _note_invoice(state: ShopState, order: Row, invoice: Row) -> None:
    """Write the invoice's id into the order's lines, parcels and vouchers."""
    for resource in ("order_details", "order_carriers", "order_cart_rules"):
        for row in state.tables[resource].find(id_order=order["id"]):
            if resource != "order_carriers" or not row["id_order_invoice"]:
                state.tables[resource].change(row, {"id_order_invoice": invoice["id"]})
