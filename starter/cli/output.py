"""What commands print: tables and sentences for people, JSON where it was asked for."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.approvals.requests import Standing
from domain.approvals.words import progress
from domain.life import OrderView
from domain.returning import Replaced
from domain.texts import pieces

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

_COLOURS = {
    "posted": "green",
    "held": "yellow",
    "awaiting_approval": "yellow",
    "in_doubt": "magenta",
    "rejected": "red",
    "cancelled": "red",
    "stopped": "yellow",
    "refused": "red",
}


def say_json(facts: Any) -> None:
    """Print JSON, and nothing else."""
    out.print(json.dumps(facts, ensure_ascii=False, indent=2, default=str), markup=False, highlight=False)


def stage_text(view: OrderView) -> Text:
    """Return the stage, coloured where it needs attention."""
    label = view.stage.label
    if view.trouble:
        label = f"{label}, waits for {view.trouble.connection}"
    return Text(label, style=_COLOURS.get(view.stage.value, ""))


def table(*columns: str) -> Table:
    """Return an empty table without frills."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def orders_table(views: Sequence[OrderView]) -> Table:
    """Return a list of orders, one line each."""
    made = table("order", "number", "total", "stage", "ERP", "store told", "because")
    for view in views:
        made.add_row(
            f"{view.connection}:{view.store_order_id}",
            view.number,
            str(view.total or ""),
            stage_text(view),
            view.document.number if view.document else "",
            "yes" if view.told_store else "",
            view.because,
        )
    return made


def show_order(view: OrderView) -> None:
    """Print one order: facts, hold with its remedy, approval, ERP document."""
    facts = table("", "")
    facts.show_header = False
    document, request = view.document, view.approval
    rows: list[tuple[str, Any]] = [
        ("order", f"{view.connection}:{view.store_order_id}  {view.number}"),
        ("customer", view.customer),
        ("total", f"{view.total}, {view.lines} lines" if view.total else ""),
        ("stage", stage_text(view)),
        ("since", f"{view.since:%Y-%m-%d %H:%M:%S} UTC"),
        ("because", view.because),
        (
            "ERP",
            f"{document.kind} {document.number}, DocEntry {document.entry}, {view.erp}" if document else "",
        ),
        ("goods", view.delivery.value.replace("_", " ") if view.papers else ""),
        ("store", "shows the ERP number" if view.told_store else ""),
        ("mapping", f"version {view.mapping_version}" if view.mapping_version else ""),
        ("approval", f"{request.standing}: {request.because}" if request else ""),
        ("decided by", request.decided_by if request and request.standing is not Standing.OPEN else ""),
        *((title.lower(), text) for title, text in (progress(request, view.granted, {}) if request else ())),
    ]
    for name, value in rows:
        if value:
            facts.add_row(name, value if isinstance(value, Text) else str(value))
    out.print(facts)
    _show_papers(view)
    _show_returns(view)
    explain(view)


def _show_papers(view: OrderView) -> None:
    if not view.papers:
        return
    files = dict(view.documents)
    made = table("paper", "on", "pieces", "tracking", "carrier", "total", "file")
    for paper in view.papers:
        name = f"{paper.kind.value.replace('_', ' ')} {paper.number}"
        made.add_row(
            f"{name} (cancelled)" if paper.cancelled else name,
            f"{paper.on:%Y-%m-%d}",
            pieces(sum((line.quantity for line in paper.lines), Decimal(0))),
            ", ".join(paper.tracking),
            paper.carrier,
            str(paper.total or ""),
            files[name].name if name in files else "",
        )
    out.print(made)


def _show_returns(view: OrderView) -> None:
    if not view.returns:
        return
    made = table(
        "return", "is", "since (UTC)", "pieces", "papers", "credited", "instead", "tracking", "because"
    )
    for each in view.returns:
        made.add_row(
            each.reference,
            Text(each.stage.label, style=_COLOURS.get(each.stage.value, "")),
            f"{each.since:%Y-%m-%d %H:%M}",
            pieces(each.pieces),
            ", ".join(each.papers),
            str(each.credited or ""),
            _instead(each.replacement) if each.replacement else "",
            each.tracking,
            each.because,
        )
    out.print(made)


def _instead(sent: Replaced) -> str:
    papers = (f"{paper.kind.value} {paper.number}" for paper in sent.papers)
    how_far = sent.delivery.value.replace("_", " ")
    return ", ".join((sent.number, how_far, str(sent.total or ""), *papers))


def explain(view: OrderView) -> None:
    """Print why the order is where it is and what would get it going."""
    for promise in view.broken_promises:
        out.print(Text(f"Broken promise: not {promise} in time", style="bold red"))
    for warning in view.warnings:
        out.print(Text(f"Note: {warning}", style="yellow"))
    if view.trouble:
        out.print(f"{view.trouble.sentence}. {view.trouble.remedy}", markup=False)
    if view.hold is None:
        return
    hold = view.hold
    out.print(Text(f"On hold: {hold.sentence}", style="bold yellow"))
    for finding in hold.findings:
        seen = "".join(f"; {name}: {value}" for name, value in finding.facts.items())
        out.print(f"  {finding.field or finding.check}: {finding.sentence}{seen}", markup=False)
    for row in hold.differences:
        out.print(f"  {row.what}: asked {row.asked}, found {row.found}", markup=False)
    if hold.quote:
        out.print(f"  The other side said: {hold.quote}", markup=False)
    out.print(f"What to do: {hold.remedy}", markup=False)
