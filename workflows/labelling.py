"""What a return's label says: from the buyer's address back to the warehouse, with what comes back in it."""

import hashlib
import re

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.labels import LabelAsked
    from adapters.label_port import REFERENCE, LabelItem, LabelRequest, Parcel
    from domain.money import Money
    from domain.order import Order, OrderLine
    from domain.policy import Pair
    from domain.returning import ReturnAsked, ReturnedLine


def label_of(order: Order, pair: Pair, asked: ReturnAsked) -> LabelAsked:
    """Return the label that is wanted for a return; its reference is unique in the whole installation."""
    if pair.return_address is None:
        raise RuntimeError("a pair with a label service has a return address")
    items = (_item(order, wanted) for wanted in asked.lines)
    return LabelAsked(
        connection=order.connection,
        store_order_id=order.store_id,
        labels=pair.labels,
        request=LabelRequest(
            reference=_reference(f"{order.connection}-{order.store_id}-{asked.reference}"),
            order_number=order.number,
            customer=order.delivery,
            customer_email=order.customer.email,
            warehouse=pair.return_address,
            parcel=Parcel(grams=pair.label_grams),
            items=tuple(item for item in items if item is not None),
        ),
    )


def _reference(text: str) -> str:
    """Shorten a reference to what the services take; a digest of the whole keeps it unique."""
    if re.fullmatch(REFERENCE, text):
        return text
    return f"R-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _item(order: Order, wanted: ReturnedLine) -> LabelItem | None:
    line = next((line for line in order.lines if _is_meant(line, wanted)), None)
    if line is None or wanted.quantity < 1:
        return None
    each = Money(line.gross / line.quantity, order.currency).rounded()
    return LabelItem(
        sku=line.sku, description=line.name or line.sku, quantity=int(wanted.quantity), value=each
    )


def _is_meant(line: OrderLine, wanted: ReturnedLine) -> bool:
    return line.id == wanted.line_id if wanted.line_id else line.sku == wanted.sku
