"""Do shipments, invoices and credit notes add up, in the ERP's ledger and in Waybill, by count and amount?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from rich.table import Table

from domain.fulfilment import Paper
from domain.life import OrderView
from domain.money import Money
from domain.policy import PaperKind
from starter.cli.output import table
from starter.demo.floors import BookedPaper

COLUMNS: Mapping[str, PaperKind] = {
    "shipped": PaperKind.DELIVERY,
    "invoiced": PaperKind.INVOICE,
    "credited": PaperKind.CREDIT_NOTE,
}


def papers_table(views: Sequence[OrderView]) -> Table:
    """Return the table of what was shipped, invoiced and credited, for each currency."""
    made = table("", *COLUMNS)
    found = {name: list(_papers(views, kind)) for name, kind in COLUMNS.items()}
    made.add_row("documents", *(str(len(papers)) for papers in found.values()))
    amounts = {name: _sums(paper for _, paper in papers) for name, papers in found.items()}
    for currency in sorted({currency for sums in amounts.values() for currency in sums}):
        made.add_row(currency, *(f"{amounts[name][currency]:f}" for name in COLUMNS))
    return made


def first_paper_difference(
    captured: Mapping[str, Money],
    views: Sequence[OrderView],
    books: Mapping[PaperKind, Sequence[BookedPaper]],
) -> str:
    """Return the first thing that does not add up, or an empty text.

    `books` has what the ERP wrote of each kind; `captured` are the store's own totals by order.
    """
    for kind in COLUMNS.values():
        name = kind.value.replace("_", " ")
        known = {paper.entry: (order_id, paper) for order_id, paper in _papers(views, kind)}
        written = {paper.entry: paper.total for paper in books[kind]}
        if set(known) != set(written):
            return f"Waybill knows of the {name}s {_listed(known)}, the ERP has {_listed(written)}"
        for entry, (order_id, paper) in known.items():
            amount = written[entry]
            if _cents(paper.total) != _cents(amount):
                return f"order {order_id}: Waybill has the {name} with {paper.total}, the ERP with {amount}"
    return _wrongly_invoiced(captured, views)


def _wrongly_invoiced(captured: Mapping[str, Money], views: Sequence[OrderView]) -> str:
    """Tell of an order whose invoices are not what the store sold it for."""
    for view in views:
        invoices = [paper for _, paper in _papers((view,), PaperKind.INVOICE)]
        sold = captured[view.store_order_id]
        if invoices and _sums(invoices)[sold.currency] != sold.rounded().amount:
            return f"order {view.store_order_id}: the store sold it for {sold}, invoiced is something else"
    return ""


def _cents(total: Money | None) -> Money | None:
    """Round an amount, where the ERP puts one on such a paper."""
    return total.rounded() if total else None


def _papers(views: Iterable[OrderView], kind: PaperKind) -> Iterable[tuple[str, Paper]]:
    for view in views:
        for paper in view.papers:
            if paper.kind is kind and not paper.cancelled:
                yield view.store_order_id, paper


def _sums(papers: Iterable[Paper]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for paper in papers:
        if paper.total is not None:
            sums[paper.total.currency] += paper.total.amount
    return sums


def _listed(entries: Iterable[str]) -> str:
    return ", ".join(sorted(entries, key=int)) or "none"
