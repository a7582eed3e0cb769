"""When rules are looked at: edges fire once per transition, deadlines once a state has lasted too long."""

from enum import StrEnum
from types import MappingProxyType


class Trigger(StrEnum):
    """Something that happens to an order, or a state that lasts."""

    CAPTURED = "captured"
    VALIDATED = "validated"
    HELD = "held"
    POSTED = "posted"
    IN_DOUBT = "in_doubt"
    PICKED = "picked"
    SHIPPED = "shipped"
    INVOICED = "invoiced"
    DELIVERED = "delivered"
    RETURN_REQUESTED = "return_requested"
    PAYMENT_RECEIVED = "payment_received"
    STOCK_BELOW_MINIMUM = "stock_below_minimum"
    CONNECTION_DOWN = "connection_down"

    NOT_POSTED_AFTER = "not_posted_after"
    APPROVAL_PENDING_FOR = "approval_pending_for"
    ON_HOLD_FOR = "on_hold_for"
    IN_DOUBT_FOR = "in_doubt_for"
    NOT_SHIPPED_AFTER = "not_shipped_after"
    PAID_NOT_SHIPPED_AFTER = "paid_not_shipped_after"


class Phase(StrEnum):
    """Where in an order's life a trigger fires: it decides what is known and what can still be done."""

    CAPTURE = "capture"  # read from the store; nothing was asked of the ERP
    CHECKED = "checked"  # all checks passed; nothing is posted
    BESIDE = "beside"  # beside the order's life, wherever that is
    OUTSIDE = "outside"  # no order at all: a connection


PHASES = MappingProxyType(
    {
        Trigger.CAPTURED: Phase.CAPTURE,
        Trigger.VALIDATED: Phase.CHECKED,
        Trigger.CONNECTION_DOWN: Phase.OUTSIDE,
    }
    | {
        trigger: Phase.BESIDE
        for trigger in Trigger
        if trigger not in {"captured", "validated", "connection_down"}
    }
)

DEADLINES = frozenset(
    {
        Trigger.NOT_POSTED_AFTER,
        Trigger.APPROVAL_PENDING_FOR,
        Trigger.ON_HOLD_FOR,
        Trigger.IN_DOUBT_FOR,
        Trigger.NOT_SHIPPED_AFTER,
        Trigger.PAID_NOT_SHIPPED_AFTER,
    }
)
"""Those that need a rule's `after`."""
