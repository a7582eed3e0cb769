"""The report as people read it: one table, each goal beside its number, then what used the CPU."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.bench.figures import AT_ONCE, FAST, SLOW, Lag, Orders, Report
from tests.bench.goals import Row, pace, rows_of
from tests.bench.histogram import histogram

_PROCESSES = ("gateway", "worker", "loop", "workflow", "temporal", "shop", "sap", "generator")
_MILLISECONDS = (
    "Milliseconds are from the gateway's 2xx to the sales order in the ERP; those of a lag, from the ERP's"
    " commit to the store's, by their ledgers on one clock (exact to about 1 ms)."
)


def show(report: Report, console: Console) -> None:
    """Print the machine, the table, the lags, the CPU by process, and what broke."""
    console.print()
    for fact in report.facts.values():
        console.print(fact, markup=False, highlight=False)
    sizes = report.sizes
    erp = f"ERP: {sizes['erp_latency'] * 1000:.0f} ms a call, {sizes['sessions']:.0f} sessions."
    console.print(f"{erp}{_straight(report)} Measured in {report.seconds:.0f} s.\n", highlight=False)
    console.print(_MILLISECONDS, highlight=False)
    made = _table("", "Waybill", "bare loop", "bare workflow", "goal", "")
    for row in rows_of(report):
        made.add_row(row.what, *_columns(row), row.goal, _mark(row.met))
    console.print(made)
    for what, lag in _lags(report):
        console.print(f"\n{what}; others used {lag.elsewhere_share:.0%} of the machine", highlight=False)
        for line in histogram(lag.seconds):
            console.print(line, markup=False, highlight=False)
    console.print("\nCPU an order by process, ms; gateway, worker and temporal are what an order costs")
    console.print(_cpu_table(report))
    for sentence in report.broken:
        console.print(f"BROKEN: {sentence}", markup=False, style="red")


def _straight(report: Report) -> str:
    if report.orders is None:
        return ""
    calls = ", ".join(f"{many} {what}" for what, many in report.orders.calls_per_order.items())
    return f" A straight order: {calls}."


def _lags(report: Report) -> Iterator[tuple[str, Lag]]:
    if report.lags:
        yield "A shipment in the ERP → the store's tracking and status", report.lags.status
        yield "A sales order in the ERP → the store's sellable stock", report.lags.stock
    if report.waiting:
        yield f"The same for shipments among {report.waiting.orders:,} that wait", report.waiting.event


def _columns(row: Row) -> tuple[str, ...]:
    return (*row.figures, "", "")[:3]


def _cpu_table(report: Report) -> Table:
    made = _table("", *_PROCESSES, "all others")
    if report.orders:
        _add_orders(made, report.orders)
    if report.waiting:
        waiting = report.waiting
        cells = (*_cells(waiting.idle_cpu_ms_per_second), _others(waiting.idle_elsewhere_share))
        made.add_row(f"{waiting.orders:,} orders wait, feed on: a second", *cells)
    return made


def _add_orders(made: Table, orders: Orders) -> None:
    made.add_row("waybill, no orders: a second", *_cells(orders.idle_cpu_ms_per_second))
    for rate in (SLOW, FAST, AT_ONCE):
        for what in orders.loads:
            load = orders.load(what, rate)
            cells = (*_cells(load.cpu_ms_per_order), _others(load.elsewhere_share))
            made.add_row(f"{what}, {pace(rate)}", *cells)


def _others(share: float) -> str:
    return f"{share:.0%} of the machine"


def _cells(used: Mapping[str, float]) -> list[str]:
    return [f"{used[name]:.1f}" if name in used else "" for name in _PROCESSES]


def _table(*columns: str) -> Table:
    made = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        made.add_column(column, justify="right" if number and column != "goal" else "left", no_wrap=True)
    return made


def _mark(met: bool | None) -> Text:
    if met is None:
        return Text("")
    return Text("met", style="green") if met else Text("MISSED", style="bold red")
