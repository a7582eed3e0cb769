"""What a kind of system can do beyond taking orders, and what a pair's settings ask of its two."""

from collections.abc import Iterator
from enum import StrEnum

from domain.policy import DocumentKind, Pair


class Capability(StrEnum):
    """Something that a pair may ask for and not every system can do."""

    STATUS = "set an order's status"
    TRACKING = "show tracking numbers"
    STOCK = "take what is for sale"
    REFUNDS = "tell of refunds"
    WEBHOOKS = "send webhooks"
    NEW_CUSTOMERS = "create customers"
    CREDIT = "tell a customer's credit"
    QUOTATIONS = "keep quotations"
    DRAFTS = "keep drafts"
    PAPERS = "print papers as PDF"
    RETURNS = "take goods and money back"
    PAYMENTS = "enter incoming payments"
    RESTOCK = "request what is to be bought"
    EVENTS = "send webhooks of what happens to an order"


class Role(StrEnum):
    """Which side of a pair."""

    STORE = "store"
    ERP = "erp"


def asked_by(pair: Pair) -> Iterator[tuple[str, Role, Capability]]:
    """Yield what a pair asks for: the key of its settings, which side, what that must be able to do."""
    statuses = ("posted", "picking", "partly_shipped", "shipped", "delivered", "cancelled")
    for name in (f"status_when_{status}" for status in statuses):
        if getattr(pair, name):
            yield name, Role.STORE, Capability.STATUS
    wanted = (
        ("publish_stock", pair.publish_stock, Role.STORE, Capability.STOCK),
        ("document", pair.document is DocumentKind.QUOTATION, Role.ERP, Capability.QUOTATIONS),
        ("document", pair.document is DocumentKind.DRAFT, Role.ERP, Capability.DRAFTS),
        ("documents", bool(pair.documents), Role.ERP, Capability.PAPERS),
        ("register_payments", pair.register_payments, Role.ERP, Capability.PAYMENTS),
        ("restock", pair.restock, Role.ERP, Capability.RESTOCK),
        ("create_customers", pair.create_customers, Role.ERP, Capability.NEW_CUSTOMERS),
    )
    yield from ((key, role, capability) for key, asks, role, capability in wanted if asks)
