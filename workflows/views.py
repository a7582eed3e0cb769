"""The order as lists, searches and Temporal's own pages show it, made of what its workflow knows."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.life import OrderView
from domain.money import Money
from domain.posting import ErpState
from domain.stages import Stage
from workflows.life import OrderLife


def view_of(life: OrderLife) -> OrderView:
    """Return the view as it is now."""
    return OrderView(
        version=life.number,
        connection=life.start.connection,
        store_order_id=life.start.store_order_id,
        stage=life.stage,
        since=life.since,
        because=life.because,
        hold=life.hold,
        approval=life.approval,
        granted=life.granted,
        document=life.document,
        demand=_demand(life),
        papers=life.progress.papers if life.progress else (),
        documents=tuple(life.documents.items()),
        returns=tuple(life.returns.values()),
        delivery=life.delivery,
        broken_promises=tuple(name for _, name in life.open_promises() if name in life.broken_promises),
        told_store=life.told_store,
        trouble=next(iter(life.troubles.values()), None),
        waits_for=tuple(life.troubles),
        revivable=life.stage is Stage.CANCELLED and life.ended_by_store and not life.may_exist,
        pricing=life.pricing,
        warnings=life.warnings,
        tags=life.ruled.all_tags,
        rules_version=life.ruled.rules.version if life.ruled.rules else 0,
        mapping_version=life.attempt.mapping_version if life.attempt else life.mapping_version,
        deeds=tuple(life.deeds),
        decisions=tuple(life.ruled.decisions),
        **_order_facts(life),
    )


def _order_facts(life: OrderLife) -> Mapping[str, Any]:
    order = life.order
    if order is None:
        return {}
    return {
        "erp": life.pair.erp,
        "number": order.number,
        "customer": order.customer.name,
        "total": Money(order.gross, order.currency),
        "lines": len(order.lines) + order.lines_left_out,
        "revision": order.revision,
        "placed_at": order.placed_at,
        "store_mark": order.mark,
    }


def _demand(life: OrderLife) -> dict[str, Decimal]:
    """Return what the order takes of the stock while the ERP does not count it, as with a draft."""
    document, hold = life.document, life.hold
    counts = document is not None and document.state in {ErpState.OPEN, ErpState.CLOSED}
    if counts and hold is not None and hold.code == "cancelled_in_erp":
        counts = False
    if life.order is None or counts or life.ended is not None:
        return {}
    return life.written(life.order)
