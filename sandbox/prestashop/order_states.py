"""The order states of a fresh PrestaShop 8 shop, their flags, and the constants that name them.

Source: the states and flags of a default install (1.7 and later numbering: 11 to 13 differ from 1.6).
A merchant's modules add more, with ids of their own; `PrestaShop.add_state` does the same.
"""

from dataclasses import dataclass

AWAITING_CHEQUE, PAID, PROCESSING, SHIPPED, DELIVERED, CANCELED = 1, 2, 3, 4, 5, 6
REFUNDED, PAYMENT_ERROR, BACKORDER_PAID, AWAITING_WIRE = 7, 8, 9, 10
REMOTE_PAYMENT, BACKORDER_UNPAID, AWAITING_COD = 11, 12, 13


@dataclass(frozen=True)
class OrderState:
    """One state. The flags decide what a change to it does."""

    id: int
    name: str
    template: str
    color: str
    module: str = ""
    invoice: bool = False
    logable: bool = False
    paid: bool = False
    shipped: bool = False
    delivery: bool = False
    send_email: bool = True
    pdf_invoice: bool = False


DEFAULT_STATES: tuple[OrderState, ...] = (
    OrderState(AWAITING_CHEQUE, "Awaiting check payment", "cheque", "#34209E", "ps_checkpayment"),
    OrderState(
        PAID,
        "Payment accepted",
        "payment",
        "#3498D8",
        invoice=True,
        logable=True,
        paid=True,
        pdf_invoice=True,
    ),
    OrderState(
        PROCESSING,
        "Processing in progress",
        "preparation",
        "#3498D8",
        invoice=True,
        logable=True,
        paid=True,
        delivery=True,
    ),
    OrderState(
        SHIPPED,
        "Shipped",
        "shipped",
        "#01B887",
        invoice=True,
        logable=True,
        paid=True,
        shipped=True,
        delivery=True,
    ),
    OrderState(
        DELIVERED,
        "Delivered",
        "",
        "#01B887",
        invoice=True,
        logable=True,
        paid=True,
        shipped=True,
        delivery=True,
        send_email=False,
    ),
    OrderState(CANCELED, "Canceled", "order_canceled", "#2C3E50"),
    OrderState(REFUNDED, "Refunded", "refund", "#01B887", invoice=True),
    OrderState(PAYMENT_ERROR, "Payment error", "payment_error", "#E74C3C"),
    OrderState(BACKORDER_PAID, "On backorder (paid)", "outofstock", "#3498D8", invoice=True, paid=True),
    OrderState(AWAITING_WIRE, "Awaiting bank wire payment", "bankwire", "#34209E", "ps_wirepayment"),
    OrderState(
        REMOTE_PAYMENT, "Remote payment accepted", "payment", "#3498D8", invoice=True, logable=True, paid=True
    ),
    OrderState(BACKORDER_UNPAID, "On backorder (not paid)", "outofstock", "#34209E"),
    OrderState(
        AWAITING_COD,
        "Awaiting Cash On Delivery validation",
        "cashondelivery",
        "#34209E",
        "ps_cashondelivery",
        send_email=False,
    ),
)

STATE_CONSTANTS: dict[str, int] = {
    "PS_OS_CHEQUE": AWAITING_CHEQUE,
    "PS_OS_PAYMENT": PAID,
    "PS_OS_PREPARATION": PROCESSING,
    "PS_OS_SHIPPING": SHIPPED,
    "PS_OS_DELIVERED": DELIVERED,
    "PS_OS_CANCELED": CANCELED,
    "PS_OS_REFUND": REFUNDED,
    "PS_OS_ERROR": PAYMENT_ERROR,
    "PS_OS_OUTOFSTOCK": BACKORDER_PAID,
    "PS_OS_OUTOFSTOCK_PAID": BACKORDER_PAID,
    "PS_OS_BANKWIRE": AWAITING_WIRE,
    "PS_OS_WS_PAYMENT": REMOTE_PAYMENT,
    "PS_OS_OUTOFSTOCK_UNPAID": BACKORDER_UNPAID,
    "PS_OS_COD_VALIDATION": AWAITING_COD,
}


@dataclass(frozen=True)
class PaymentModule:
    """A payment module: what the buyer reads, an order's first state, and whether it is paid by then."""

    label: str
    state: int
    pays_at_once: bool = False


PAYMENT_MODULES: dict[str, PaymentModule] = {
    "ps_wirepayment": PaymentModule("Bank wire", AWAITING_WIRE),
    "ps_checkpayment": PaymentModule("Payments by check", AWAITING_CHEQUE),
    "ps_cashondelivery": PaymentModule("Cash on delivery (COD)", AWAITING_COD),
    "ps_checkout": PaymentModule("PayPal", PAID, pays_at_once=True),
    "paypal": PaymentModule("PayPal", PAID, pays_at_once=True),
    "stripe_official": PaymentModule("Payment by Stripe", PAID, pays_at_once=True),
}
