"""Each figure of Waybill beside the floors, judged where there is a goal."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.figures import AT_ONCE, FAST, SLOW, Lag, Load, Orders, Report, Waiting

MOST_CPU = 1.5
MOST_OVERHEAD_MS = 500
MOST_REMOTE_ACTIVITIES = 6
MOST_EVENTS = 60
MOST_HISTORY_BYTES = 40_000
MOST_LAG_P95_MS = 3_000
MOST_LAG_MS = 10_000
ORDERS_THAT_WAIT = 10_000
_CLEARLY_BEYOND = 1.4
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
    rows: list[Row] = []
    if report.orders:
        orders = report.orders
        rows += [row for rate in (SLOW, FAST, AT_ONCE) for row in _pace_rows(orders, rate)]
        rows += [*_burst_rows(orders, all_posted=not report.broken), *_history_rows(orders)]
    if report.lags:
        rows += lag_rows(f"{report.lags.status.spread.n} shipments → store's status", report.lags.status)
        rows += lag_rows(f"{report.lags.stock.spread.n} posted orders → store's stock", report.lags.stock)
    if report.waiting:
        rows += _waiting_rows(report.waiting)
    return rows


def pace(rate: float) -> str:
    """Say at which rate orders came."""
    return f"{rate:g} a second" if rate else "at once"


def lag_rows(name: str, lag: Lag) -> Iterator[Row]:
    """Yield the rows of one lag, each with what everybody else on the machine used meanwhile."""
    found, others = lag.spread, f", others {lag.elsewhere_share:.0%}"
    yield Row(
        f"{name}: p50 / p95 / p99, ms",
        (f"{found.p50:.0f} / {found.p95:.0f} / {found.p99:.0f}{others}",),
        goal=f"p95 ≤ {MOST_LAG_P95_MS:,}",
        met=found.p95 <= MOST_LAG_P95_MS,
    )
    yield Row(
        f"{name}: longest, ms",
        (f"{found.longest:.0f}{others}",),
        goal=f"≤ {MOST_LAG_MS:,}",
        met=found.longest <= MOST_LAG_MS,
    )


def _waiting_rows(waiting: Waiting) -> Iterator[Row]:
    name, first, last = f"{waiting.orders:,} wait", waiting.standing[0], waiting.standing[-1]
    short = waiting.orders < ORDERS_THAT_WAIT
    yield Row(
        f"{name}: posted a second",
        (f"{waiting.orders_per_second:.1f}, others {waiting.posting_elsewhere_share:.0%}",),
        goal=f"not {ORDERS_THAT_WAIT:,}, see --waiting" if short else "",
    )
    yield Row(f"{name}: feed behind when all were posted, s", (f"{waiting.catching_up_seconds:.0f}",))
    for process in last.resident:
        sizes = f"{first.resident[process] / _MIB:.0f} → {last.resident[process] / _MIB:.0f}"
        yield Row(f"{name}: {process}'s memory, MiB", (sizes,))
        yield Row(f"{name}: {process}'s memory, bytes an order", (_growth(waiting, process),))
    cache = f"{waiting.cached:,} of {waiting.cache_limit:,}"
    yield Row(f"{name}: workflows in the worker's cache", (cache,))
    yield Row(f"{name}: our database, bytes an order", (f"{waiting.our_bytes_per_order:,}",))
    yield Row(f"{name}: Temporal's database, bytes an order", (f"{waiting.temporal_bytes_per_order:,}",))
    yield from lag_rows(f"{name}, {waiting.event.spread.n} shipped", waiting.event)


def _growth(waiting: Waiting, process: str) -> str:
    whole = f"{waiting.bytes_per_order(process):,}"
    if waiting.orders < _CLEARLY_BEYOND * waiting.cache_limit:
        return whole
    return f"{whole}; {waiting.bytes_per_order(process, waiting.cache_limit):,} beyond the cache"


def _pace_rows(orders: Orders, rate: float) -> Iterator[Row]:
    ours, loop, bare = (orders.load(what, rate) for what in ("waybill", "loop", "workflow"))
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


def _burst_rows(orders: Orders, *, all_posted: bool) -> Iterator[Row]:
    loads = [orders.load(what, AT_ONCE) for what in ("waybill", "loop", "workflow")]
    burst = orders.burst
    name = f"{loads[0].orders} orders, at once"
    yield Row(f"{name}: orders a second", tuple(f"{load.orders_per_second:.1f}" for load in loads))
    yield Row("all posted, none twice", ("yes" if all_posted else "no",), goal="yes", met=all_posted)
    yield Row("our database, bytes an order", (f"{burst.our_bytes_per_order:,}",))
    yield Row("Temporal's database, bytes an order", (f"{burst.temporal_bytes_per_order:,}",))
    sizes = f"{burst.worker_rss / _MIB:.0f}, {burst.worker_peak_rss / _MIB:.0f}"
    yield Row("worker's memory after, at its peak, MiB", (sizes,))


def _history_rows(orders: Orders) -> Iterator[Row]:
    history, remote = orders.history, orders.calls_per_order["remote activities"]
    name = f"history of {history.lines} lines"
    yield _at_most("remote activities of a straight order", remote, MOST_REMOTE_ACTIVITIES)
    yield _at_most(f"{name}: events", history.events, MOST_EVENTS)
    yield _at_most(f"{name}: bytes", history.size, MOST_HISTORY_BYTES)


def _at_most(what: str, found: int, most: int) -> Row:
    return Row(what, (f"{found:,}",), goal=f"≤ {most:,}", met=found <= most)


def _spread(load: Load) -> str:
    return f"{load.latency.p50:.0f} / {load.latency.p95:.0f} / {load.latency.p99:.0f}"
