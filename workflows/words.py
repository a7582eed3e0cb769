"""What Temporal's own pages say about an order, so that they read like an order page. Nothing personal."""

from domain.approvals.words import progress
from domain.life import OrderView
from domain.posting import Difference


def current_details(view: OrderView) -> str:
    """Return the order's state as short Markdown: where it is, why, and what would get it going."""
    rows = [f"**{view.stage.label.capitalize()}**" + (f" since {view.since:%Y-%m-%d %H:%M} UTC")]
    if view.total:
        rows.append(f"Total {view.total}, {view.lines} lines")
    if view.document:
        rows.append(f"ERP document {view.document.number} (id {view.document.entry})")
    if view.hold:
        rows += [f"On hold: {view.hold.sentence}", f"What to do: {view.hold.remedy}"]
        rows += [_difference(row) for row in view.hold.differences[:10]]
    if view.approval and view.approval.standing == "open":
        rows.append(f"Waits for {view.approval.role}: {view.approval.because}")
        rows += [f"{title}: {text}" for title, text in progress(view.approval, view.granted, {})]
    if view.trouble:
        rows.append(f"Waits for the connection {view.trouble.connection}: {view.trouble.sentence}")
    if view.document and not view.told_store:
        rows.append("The store was not told yet")
    return "\n\n".join(rows)


def _difference(row: Difference) -> str:
    if "address" in row.what:
        return f"- {row.what}: not the same"
    return f"- {row.what}: asked {row.asked}, found {row.found}"
