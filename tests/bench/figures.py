"""What was measured: latencies, CPU, sizes; all that the table and the JSON file are made of."""

import math
from collections.abc import Mapping, Sequence

from pydantic import Field

from domain.model import Frozen
from tests.bench.machine import Usage

COUNTED = ("gateway", "worker", "temporal", "loop", "workflow")
"""Processes whose CPU is what an order costs; the sandboxes and the sender of webhooks only surround them."""
SLOW, FAST, AT_ONCE = 1.0, 10.0, 0.0
"""The rates, in orders a second; 0 stands for all at the same moment."""


class Spread(Frozen):
    """Percentiles of some durations, in milliseconds, by nearest rank: each is a duration that occurred."""

    n: int
    p50: float
    p95: float
    p99: float
    longest: float


def spread(seconds: Sequence[float]) -> Spread:
    """Return the percentiles of durations given in seconds."""
    ordered = sorted(seconds)

    def rank(percent: int) -> float:
        return round(ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] * 1000, 1)

    return Spread(n=len(ordered), p50=rank(50), p95=rank(95), p99=rank(99), longest=rank(100))


class Load(Frozen):
    """Orders that came at one rate, and what became of them."""

    rate: float
    orders: int
    latency: Spread
    accepting: Spread | None = None
    orders_per_second: float
    cpu_ms_per_order: dict[str, float]
    elsewhere_share: float

    @property
    def cpu_ms(self) -> float:
        """CPU an order of the processes that the measured thing consists of."""
        return sum(self.cpu_ms_per_order.get(name, 0) for name in COUNTED)


def load_of(
    rate: float,
    accepted: Mapping[str, float],
    committed: Mapping[str, float],
    usage: Usage,
    accepting: Sequence[float] = (),
) -> Load:
    """Return the figures of one load from when each order came and landed, in epoch seconds."""
    orders = len(accepted)
    landed = [committed[key] for key in accepted if key in committed]
    return Load(
        rate=rate,
        orders=orders,
        latency=spread([committed[key] - accepted[key] for key in accepted if key in committed]),
        accepting=spread(accepting) if accepting else None,
        orders_per_second=round(len(landed) / (max(landed) - min(accepted.values())), 2),
        cpu_ms_per_order={name: round(used * 1000 / orders, 2) for name, used in usage.cpu_seconds.items()},
        elsewhere_share=round(usage.elsewhere_share, 3),
    )


class HistoryFacts(Frozen):
    """What one straight order leaves in Temporal."""

    lines: int
    events: int
    size: int
    remote_activities: int
    local_activities: int


class Burst(Frozen):
    """What many orders at once leave behind: database bytes an order, memory of the worker."""

    our_bytes_per_order: int
    temporal_bytes_per_order: int
    worker_rss: int
    worker_peak_rss: int


class Orders(Frozen):
    """What orders on their way into the ERP took. `loads` are by what was measured."""

    idle_cpu_ms_per_second: dict[str, float]
    loads: dict[str, tuple[Load, ...]] = Field(description="By `waybill`, `loop`, `workflow`.")
    history: HistoryFacts
    burst: Burst
    calls_per_order: dict[str, int]

    def load(self, what: str, rate: float) -> Load:
        """Return one load. Raises KeyError when it was not measured."""
        for load in self.loads[what]:
            if load.rate == rate:
                return load
        raise KeyError(f"{what} at {rate}")


class Lag(Frozen):
    """How late the store showed what the ERP had committed."""

    spread: Spread
    seconds: tuple[float, ...]
    elsewhere_share: float


class Lags(Frozen):
    """An ERP event to the store's status; a sales order's commit to the store's sellable stock."""

    status: Lag
    stock: Lag


class Standing(Frozen):
    """What a process held while so many posted orders waited: resident bytes by process."""

    orders: int
    resident: dict[str, int]


class Waiting(Frozen):
    """What posted orders cost while nothing happens to them."""

    orders: int
    posting_seconds: float
    orders_per_second: float
    posting_elsewhere_share: float
    catching_up_seconds: float = Field(description="How long the feed told posted orders after the last.")
    cache_limit: int
    cached: int
    standing: tuple[Standing, ...] = Field(description="As their number grew; the last when all was still.")
    our_bytes_per_order: int
    temporal_bytes_per_order: int
    idle_seconds: float
    idle_cpu_ms_per_second: dict[str, float]
    idle_elsewhere_share: float
    event: Lag = Field(description="A shipment among all that wait, to the store's status.")

    def bytes_per_order(self, name: str, beyond: int = 0) -> int:
        """Return by how much a process grew an order, from the first that has `beyond` orders waiting."""
        first = next(each for each in self.standing if each.orders >= beyond)
        last = self.standing[-1]
        return (last.resident[name] - first.resident[name]) // max(1, last.orders - first.orders)


class Report(Frozen):
    """One run of the benchmark; a part that was not asked for is None."""

    seconds: float
    facts: dict[str, str]
    sizes: dict[str, float]
    orders: Orders | None = None
    lags: Lags | None = None
    waiting: Waiting | None = None
    broken: tuple[str, ...] = ()
