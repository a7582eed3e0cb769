"""Does it add up? The store's orders, Waybill's records and the ERP's ledger, by count and by amount."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from rich.table import Table

from domain.life import OrderView
from domain.money import Money
from domain.stages import IN_ERP, Stage
from starter.cli.output import table
from starter.demo.floors import Booked
from starter.demo.storefronts import Shown

_GROUPS = ("posted", "held", "rejected", "cancelled", "under way")


def group_of(view: OrderView) -> str:
    """Return the summary's column that an order belongs to."""
    if view.stage in IN_ERP:
        return "posted"
    if view.stage in {Stage.HELD, Stage.REJECTED, Stage.CANCELLED}:
        return view.stage.value
    return "under way"


def summary(captured: Mapping[str, Money], views: Sequence[OrderView]) -> Table:
    """Return the table that shows captured = posted + held + rejected + cancelled, for each currency."""
    made = table("", "captured", *_GROUPS)
    counts: dict[str, int] = defaultdict(int)
    amounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for view in views:
        group, total = group_of(view), captured[view.store_order_id]
        counts[group] += 1
        amounts[total.currency, group] += total.amount
    made.add_row("orders", str(len(captured)), *(str(counts[group]) for group in _GROUPS))
    for currency in sorted({total.currency for total in captured.values()}):
        whole = sum((total.amount for total in captured.values() if total.currency == currency), Decimal(0))
        made.add_row(currency, f"{whole:f}", *(f"{amounts[currency, group]:f}" for group in _GROUPS))
    return made


def first_difference(
    captured: Mapping[str, Money],
    views: Sequence[OrderView],
    books: Iterable[Booked],
    shown: Mapping[str, Shown],
    cancelled: str,
) -> str:
    """Return the first thing that does not add up, or an empty text.

    `captured` are the store's own totals by order, `books` every order that the ERP ever had, `shown` what
    the store shows of each order, `cancelled` how it calls one that is cancelled.
    """
    known = {view.store_order_id: view for view in views}
    written: dict[str, list[Booked]] = defaultdict(list)
    for booked in books:
        written[booked.order_id].append(booked)
    for order_id, total in captured.items():
        view = known.get(order_id)
        if view is None:
            return f"order {order_id} of the store never came to Waybill"
        found = _difference(view, total, written[order_id])
        found = found or _not_shown(view, shown[order_id], cancelled)
        if found:
            return f"order {order_id}: {found}"
    strangers = sorted(set(written) - set(captured))
    return f"the ERP has documents of unknown orders: {', '.join(strangers)}" if strangers else ""


def _difference(view: OrderView, total: Money, written: Sequence[Booked]) -> str:
    group, document = group_of(view), view.document
    if group == "under way":
        return f"it is still {view.stage.label}"
    if view.total is None or view.total.rounded() != total.rounded():
        return f"the store says {total}, Waybill says {view.total}"
    if len(written) != (1 if document else 0):
        return f"it is {view.stage.label}, and the ERP has {len(written)} documents of it"
    if document is None:
        return ""
    booked = written[0]
    if booked.entry != document.entry:
        return f"Waybill recorded entry {document.entry}, the ERP has {booked.entry}"
    if booked.total.rounded() != total.rounded():
        return f"the store says {total}, the ERP says {booked.total}"
    if booked.is_cancelled is not (group == "cancelled"):
        state = "cancelled" if booked.is_cancelled else "open"
        return f"it is {view.stage.label}, and the ERP's document is {state}"
    return ""


def _not_shown(view: OrderView, shown: Shown, cancelled: str) -> str:
    """Tell what the store does not show of an order that is posted, or cancelled."""
    group, document = group_of(view), view.document
    if group == "posted" and document is not None and document.number not in shown.notes:
        return f"the store does not show the ERP number {document.number}"
    if group == "cancelled" and shown.status != cancelled:
        return f"it is cancelled, and the store shows {shown.status}"
    return ""
