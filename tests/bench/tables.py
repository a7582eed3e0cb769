"""The report as people read it: one table, each goal beside its number, then what used the CPU."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.bench.figures import AT_ONCE, FAST, SLOW, Report
from tests.bench.goals import Row, pace, rows_of

_PROCESSES = ("gateway", "worker", "loop", "workflow", "temporal", "shop", "sap", "generator")


def show(report: Report, console: Console) -> None:
    """Print the machine, the table, the CPU by process, and what broke."""
    console.print()
    for fact in report.facts.values():
        console.print(fact, markup=False, highlight=False)
    sizes, calls = report.sizes, ", ".join(f"{many} {what}" for what, many in report.calls_per_order.items())
    console.print(
        f"ERP: {sizes['erp_latency'] * 1000:.0f} ms a call, {sizes['sessions']:.0f} sessions."
        f" A straight order: {calls}. Measured in {report.seconds:.0f} s.\n",
        highlight=False,
    )
    console.print("Milliseconds are from the gateway's 2xx to the sales order in the ERP.", highlight=False)
    made = _table("", "Waybill", "bare loop", "bare workflow", "goal", "")
    for row in rows_of(report):
        made.add_row(row.what, *_columns(row), row.goal, _mark(row.met))
    console.print(made)
    console.print("\nCPU an order by process, ms; gateway, worker and temporal are what an order costs")
    console.print(_cpu_table(report))
    for sentence in report.broken:
        console.print(f"BROKEN: {sentence}", markup=False, style="red")


def _columns(row: Row) -> tuple[str, ...]:
    return (*row.figures, "", "")[:3]


def _cpu_table(report: Report) -> Table:
    made = _table("", *_PROCESSES, "all others")
    made.add_row("waybill, no orders: a second", *_cells(report.idle_cpu_ms_per_second))
    for rate in (SLOW, FAST, AT_ONCE):
        for what in report.loads:
            load = report.load(what, rate)
            cells = (*_cells(load.cpu_ms_per_order), f"{load.elsewhere_share:.0%} of the machine")
            made.add_row(f"{what}, {pace(rate)}", *cells)
    return made


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
