"""Where in an order's life hooks are called, and the hooks that a pair has called without any rule."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.model import Frozen
from domain.rules.triggers import DEADLINES, Trigger


class HookPoint(StrEnum):
    """Where in an order's life a hook is called.

    Rules call hooks at their triggers: the point has the trigger's name, `overdue` for all deadlines.
    `before_posting` and `completed` are a pair's own.
    """

    CAPTURED = "captured"
    VALIDATED = "validated"
    BEFORE_POSTING = "before_posting"
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
    OVERDUE = "overdue"
    COMPLETED = "completed"


PAIR_POINTS = frozenset({HookPoint.BEFORE_POSTING, HookPoint.COMPLETED})
"""Those that no rule calls hooks at."""


def point_of(trigger: Trigger) -> HookPoint | None:
    """Return the point of a rule's trigger; None for what concerns no order."""
    if trigger in DEADLINES:
        return HookPoint.OVERDUE
    return None if trigger is Trigger.CONNECTION_DOWN else HookPoint(trigger.value)


def _of_pair(point: HookPoint) -> HookPoint:
    if point not in PAIR_POINTS:
        names = " or ".join(sorted(PAIR_POINTS))
        raise ValueError(f"write {names}; at {point.value} a rule calls the hook (do: call_hook)")
    return point


class PairHook(Frozen):
    """A hook that is called for every order of a pair, without a rule."""

    point: Annotated[HookPoint, AfterValidator(_of_pair)] = Field(
        description="`before_posting` (after all approvals) or `completed`; rules call hooks at all others."
    )
    hook: str = Field(
        min_length=1, max_length=80, description="The hook's name, as `waybill hooks list` shows."
    )
