"""The stages of an order's life and the moves between them: the one table that all others read."""

from enum import StrEnum
from types import MappingProxyType


class Stage(StrEnum):
    """Where an order is."""

    RECEIVED = "received"
    CHECKING = "checking"
    HELD = "held"
    AWAITING_APPROVAL = "awaiting_approval"
    POSTING = "posting"
    IN_DOUBT = "in_doubt"
    POSTED = "posted"
    PICKING = "picking"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The stage in words."""
        return self.value.replace("_", " ")


MOVES = MappingProxyType(
    {
        Stage.RECEIVED: frozenset({Stage.CHECKING, Stage.HELD, Stage.CANCELLED, Stage.REJECTED}),
        Stage.CHECKING: frozenset(
            {Stage.HELD, Stage.AWAITING_APPROVAL, Stage.POSTING, Stage.CANCELLED, Stage.REJECTED}
        ),
        Stage.HELD: frozenset(
            {
                Stage.RECEIVED,
                Stage.CHECKING,
                Stage.AWAITING_APPROVAL,
                Stage.POSTING,
                Stage.IN_DOUBT,
                Stage.POSTED,
                Stage.PICKING,
                Stage.SHIPPED,
                Stage.DELIVERED,
                Stage.COMPLETED,
                Stage.CANCELLED,
                Stage.REJECTED,
            }
        ),
        Stage.AWAITING_APPROVAL: frozenset(
            {Stage.CHECKING, Stage.HELD, Stage.POSTING, Stage.CANCELLED, Stage.REJECTED}
        ),
        Stage.POSTING: frozenset({Stage.CHECKING, Stage.HELD, Stage.IN_DOUBT, Stage.POSTED, Stage.CANCELLED}),
        Stage.IN_DOUBT: frozenset({Stage.POSTING, Stage.HELD, Stage.POSTED}),
        # Checked again: the ERP's people cancelled its document, and it is to be posted anew.
        Stage.POSTED: frozenset(
            {
                Stage.HELD,
                Stage.CHECKING,
                Stage.PICKING,
                Stage.SHIPPED,
                Stage.COMPLETED,
                Stage.CANCELLED,
            }
        ),
        Stage.PICKING: frozenset(
            {Stage.HELD, Stage.CHECKING, Stage.SHIPPED, Stage.COMPLETED, Stage.CANCELLED}
        ),
        Stage.SHIPPED: frozenset({Stage.HELD, Stage.PICKING, Stage.DELIVERED, Stage.COMPLETED}),
        # Back to picking: the ERP's people cancelled the delivery after all.
        Stage.DELIVERED: frozenset({Stage.HELD, Stage.PICKING, Stage.COMPLETED}),
        # What comes late opens a completed order again, and holds one that was cancelled in the ERP.
        Stage.COMPLETED: frozenset({Stage.HELD, Stage.SHIPPED}),
        Stage.REJECTED: frozenset[Stage](),
        Stage.CANCELLED: frozenset({Stage.HELD}),
    }
)

FINAL = frozenset({Stage.COMPLETED, Stage.REJECTED, Stage.CANCELLED})
"""Stages in which an order's life is over."""

IN_ERP = frozenset({Stage.POSTED, Stage.PICKING, Stage.SHIPPED, Stage.DELIVERED, Stage.COMPLETED})
"""Stages in which the ERP holds the order's document."""


class MoveNotAllowed(ValueError):
    """A move that the table does not have: always a bug of ours."""


def move(now: Stage, then: Stage) -> Stage:
    """Return `then`, or raise `MoveNotAllowed` when the table has no such move."""
    if then not in MOVES[now]:
        raise MoveNotAllowed(f"an order that is {now.label} cannot become {then.label}")
    return then
