"""Each figure of Waybill beside the floors, judged where there is a goal."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.figures import AT_ONCE, FAST, SLOW, Load, Report

MOST_CPU = 1.5
MOST_OVERHEAD_MS = 500
MOST_REMOTE_ACTIVITIES = 6
MOST_EVENTS = 60
MOST_HISTORY_BYTES = 40_000
_MIB = 1024**2


@dataclass(frozen=True)
class Row:
    """One figure of Waybill, those of the floors where they have one, and its goal where there is one."""

    what: str
    figures: tuple[str, ...]
    goal: str = ""
    met: bool | None = None


def rows_of(report: Report) -> list[Row]:
    """Return all figures, with each goal judged."""
    paces = [row for rate in (SLOW, FAST, AT_ONCE) for row in _pace_rows(report, rate)]
    return [*paces, *_burst_rows(report), *_history_rows(report)]


def pace(rate: float) -> str:
    """Say at which rate orders came."""
    return f"{rate:g} a second" if rate else "at once"


def _pace_rows(report: Report, rate: float) -> Iterator[Row]:
    ours, loop, bare = (report.load(what, rate) for what in ("waybill", "loop", "workflow"))
    name = f"{ours.orders} orders, {pace(rate)}"
    limit = loop.latency.p95 + MOST_OVERHEAD_MS
    judged = rate == SLOW
    yield Row(
        f"{name}: p50 / p95 / p99, ms",
        tuple(map(_spread, (ours, loop, bare))),
        goal=f"p95 ≤ loop + {MOST_OVERHEAD_MS} = {limit:.0f}" if judged else "",
        met=ours.latency.p95 <= limit if judged else None,
    )
    floor = loop.cpu_ms + bare.cpu_ms
    yield Row(
        f"{name}: CPU an order, ms",
        tuple(f"{load.cpu_ms:.0f}" for load in (ours, loop, bare)),
        goal=f"≤ {MOST_CPU} × {floor:.0f} = {MOST_CPU * floor:.0f}; is {ours.cpu_ms / floor:.2f} ×",
        met=ours.cpu_ms <= MOST_CPU * floor,
    )


def _burst_rows(report: Report) -> Iterator[Row]:
    loads = [report.load(what, AT_ONCE) for what in ("waybill", "loop", "workflow")]
    burst, posted = report.burst, not report.broken
    name = f"{loads[0].orders} orders, at once"
    yield Row(f"{name}: orders a second", tuple(f"{load.orders_per_second:.1f}" for load in loads))
    yield Row("all posted, none twice", ("yes" if posted else "no",), goal="yes", met=posted)
    yield Row("our database, bytes an order", (f"{burst.our_bytes_per_order:,}",))
    yield Row("Temporal's database, bytes an order", (f"{burst.temporal_bytes_per_order:,}",))
    sizes = f"{burst.worker_rss / _MIB:.0f}, {burst.worker_peak_rss / _MIB:.0f}"
    yield Row("worker's memory after, at its peak, MiB", (sizes,))


def _history_rows(report: Report) -> Iterator[Row]:
    history, remote = report.history, report.calls_per_order["remote activities"]
    name = f"history of {history.lines} lines"
    yield _at_most("remote activities of a straight order", remote, MOST_REMOTE_ACTIVITIES)
    yield _at_most(f"{name}: events", history.events, MOST_EVENTS)
    yield _at_most(f"{name}: bytes", history.size, MOST_HISTORY_BYTES)


def _at_most(what: str, found: int, most: int) -> Row:
    return Row(what, (f"{found:,}",), goal=f"≤ {most:,}", met=found <= most)


def _spread(load: Load) -> str:
    return f"{load.latency.p50:.0f} / {load.latency.p95:.0f} / {load.latency.p99:.0f}"
