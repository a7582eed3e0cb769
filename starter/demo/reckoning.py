"""Does it add up? The store's orders, Waybill's records and the ERP's ledger, by count and by amount."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.table import Table

from domain.life import OrderView
from domain.money import Money
from domain.stages import IN_ERP, Stage
from starter.cli.output import table

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
    erp_ledger: Iterable[Mapping[str, Any]],
    notes: Mapping[str, str],
) -> str:
    """Return the first thing that does not add up, or an empty text.

    `captured` are the store's own totals by order, `erp_ledger` the ERP's committed orders, `notes` what the
    store shows with each posted order.
    """
    known = {view.store_order_id: view for view in views}
    written: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in erp_ledger:
        written[str(entry["U_WebOrderId"]).split(":")[1]].append(entry)
    for order_id, total in captured.items():
        view = known.get(order_id)
        if view is None:
            return f"order {order_id} of the store never came to Waybill"
        found = _difference(view, total, written.get(order_id, []), notes.get(order_id, ""))
        if found:
            return f"order {order_id}: {found}"
    strangers = sorted(set(written) - set(captured))
    return f"the ERP has documents of unknown orders: {', '.join(strangers)}" if strangers else ""


def _difference(view: OrderView, total: Money, written: Sequence[Mapping[str, Any]], note: str) -> str:
    group = group_of(view)
    if group == "under way":
        return f"it is still {view.stage.label}"
    if view.total is None or view.total.rounded() != total.rounded():
        return f"the store says {total}, Waybill says {view.total}"
    document = view.document
    if len(written) != (1 if document else 0):
        return f"it is {view.stage.label}, and the ERP has {len(written)} documents of it"
    if document is None:
        return ""
    entry = written[0]
    if str(entry["DocEntry"]) != document.entry:
        return f"Waybill recorded DocEntry {document.entry}, the ERP has {entry['DocEntry']}"
    if written_amount(entry).rounded() != total.rounded():
        return f"the store says {total}, the ERP says {written_amount(entry)}"
    if group == "posted" and document.number not in note:
        return f"the store does not show the ERP number {document.number}"
    return ""


def written_amount(entry: Mapping[str, Any]) -> Money:
    """Return the total of a document of the ERP's ledger, in the document's own currency."""
    name = "DocTotalFc" if Decimal(str(entry["DocTotalFc"])) else "DocTotal"
    return Money(Decimal(str(entry[name])), str(entry["currency"]))
