"""Which approvals an order needs, and why."""

from collections.abc import Iterable, Mapping

from domain.model import Frozen
from domain.order import Order
from domain.policy import Pair


class Demand(Frozen):
    """An approval that is asked for: by which policy, why, and by which rule.

    The policy's name is empty for the pair's own, the rule's where the pair's limit asks.
    """

    policy: str
    because: str
    rule: str = ""


def demands_of(order: Order, pair: Pair) -> tuple[Demand, ...]:
    """Return what the pair's own limit asks for: one approval by its own policy, or none."""
    because = approval_needed(order, pair)
    return (Demand(policy="", because=because),) if because else ()


def joined(demands: Iterable[Demand]) -> Mapping[str, str]:
    """Return each policy once, in the order it was first asked for, with all reasons as one text."""
    reasons: dict[str, dict[str, None]] = {}
    for demand in demands:
        said = f"{demand.because} (rule {demand.rule})" if demand.rule else demand.because
        reasons.setdefault(demand.policy, {})[said] = None
    return {policy: "; ".join(said) for policy, said in reasons.items()}


def approval_needed(order: Order, pair: Pair) -> str:
    """Return why the pair's limit asks for a person, or an empty text when it asks for none."""
    limit = pair.approval.limit
    if limit is None:
        return ""
    total = order.in_base(pair.base_currency)
    if total is None:
        return (
            f"the total {order.total} has no rate to {pair.base_currency} and cannot be compared with {limit}"
        )
    return f"the total {total} is above {limit}" if total > limit else ""
