"""The benchmark from start to report."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum, auto
from pathlib import Path

from starter.temporal_server import temporal_binary
from starter.temporal_server.child import output_of
from tests.bench.carts import cart_of_ten_lines, straight_carts
from tests.bench.figures import AT_ONCE, FAST, SLOW, Burst, Lags, Load, Orders, Report, Waiting
from tests.bench.goals import pace
from tests.bench.history import facts_of, history_of, steps_of, view_bytes
from tests.bench.lags import FEED_EVERY, FOLLOWED, LagMeter
from tests.bench.loads import Bench
from tests.bench.machine import machine_facts, resident_bytes
from tests.bench.recording import record
from tests.bench.waiting import Crowd
from tests.bench.world import NOT_PUBLISHED, World, running_world

_SEED = 7
_COLD_ORDERS = 2
"""Recorded orders that do not count: they read the shop's tables and log in."""
_COLD_LAGS = 10
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sizes:
    """How many orders each part takes, and how slow and how wide the ERP is."""

    slow: int = 40
    fast: int = 150
    at_once: int = 500
    warm_up: int = 30
    recorded: int = 6
    erp_latency: float = 0.05
    sessions: int = 8
    lags: int = 100
    waiting: int = 1500
    patience: float = 1800
    idle: float = 30
    events: int = 10


QUICK = Sizes(
    slow=10,
    fast=30,
    at_once=60,
    warm_up=10,
    recorded=3,
    lags=20,
    waiting=300,
    patience=300,
    idle=10,
    events=5,
)


class Part(StrEnum):
    """What can be measured alone."""

    ORDERS = auto()
    LAGS = auto()
    WAITING = auto()


async def run_bench(folder: Path, sizes: Sizes, parts: frozenset[Part], say: Say) -> Report:
    """Measure the parts asked for with the state in `folder`."""
    server = await output_of([await temporal_binary(), "--version"], 30)
    facts, began = machine_facts(server), time.monotonic()
    broken: list[str] = []
    orders = await _orders(folder / "orders", sizes, say, broken) if Part.ORDERS in parts else None
    lags, waiting = None, None
    if parts & {Part.LAGS, Part.WAITING}:
        say("Starting everything anew, with the ERP's feed …")
        async with running_world(
            folder / "after",
            erp_latency=sizes.erp_latency,
            sessions=sizes.sessions,
            changes=FOLLOWED,
            feed_every=FEED_EVERY,
        ) as world:
            lags = await _lags(world, sizes, say, broken) if Part.LAGS in parts else None
            waiting = await _waiting(world, sizes, say, broken) if Part.WAITING in parts else None
    return Report(
        seconds=round(time.monotonic() - began, 1),
        facts=facts,
        sizes=asdict(sizes),
        orders=orders,
        lags=lags,
        waiting=waiting,
        broken=tuple(broken),
    )


async def _orders(folder: Path, sizes: Sizes, say: Say, broken: list[str]) -> Orders:
    say("Starting Temporal, a store, an ERP, the gateway and a worker …")
    async with running_world(
        folder, erp_latency=sizes.erp_latency, sessions=sizes.sessions, changes=[NOT_PUBLISHED]
    ) as world:
        bench = Bench(world, sizes.sessions, sizes.warm_up, broken=broken)
        say("Recording the calls of straight orders …")
        bench.scripts = await record(
            world, straight_carts(_COLD_ORDERS + sizes.recorded, _SEED), _COLD_ORDERS
        )
        client = await world.stack.client()
        (ten,) = await world.place([cart_of_ten_lines()])
        last = bench.scripts[-1].order_id
        bench.steps = steps_of(await history_of(client, last), view_bytes(world, last))
        say("Warming up …")
        await bench.warm(straight_carts(sizes.warm_up, _SEED + 1))
        await world.tell(ten)
        await world.until_told(world.told() + 1, 30)
        history = facts_of(await history_of(client, ten), lines=10)
        idle = await bench.idle()
        loads, burst = await _loads(bench, sizes, say)
        return Orders(
            idle_cpu_ms_per_second=idle,
            loads=loads,
            history=history,
            burst=burst,
            calls_per_order=_calls(bench),
        )


async def _lags(world: World, sizes: Sizes, say: Say, broken: list[str]) -> Lags:
    meter = LagMeter(world, broken)
    say("Warming up …")
    _, cold = await meter.stock_lag(_COLD_LAGS)
    await meter.shipping_lag(cold)
    say(f"{sizes.lags} orders: from the ERP's commit to the store's sellable stock …")
    stock, names = await meter.stock_lag(sizes.lags)
    say(f"{sizes.lags} shipments: from the ERP's commit to the store's tracking and status …")
    return Lags(stock=stock, status=await meter.shipping_lag(names))


async def _waiting(world: World, sizes: Sizes, say: Say, broken: list[str]) -> Waiting:
    say(f"{sizes.waiting} orders are posted, to wait …")
    # Many orders at once are not published one by one: the shop's figures are a matter of the lags.
    await world.change_settings(NOT_PUBLISHED)
    crowd = Crowd(world, broken, say)
    return await crowd.measure(sizes.waiting, sizes.warm_up, sizes.patience, sizes.idle, sizes.events)


async def _loads(bench: Bench, sizes: Sizes, say: Say) -> tuple[dict[str, tuple[Load, ...]], Burst]:
    found: dict[str, tuple[Load, ...]] = {"waybill": (), "loop": (), "workflow": ()}
    for rate, count in ((SLOW, sizes.slow), (FAST, sizes.fast), (AT_ONCE, sizes.at_once)):
        say(f"{count} orders, {pace(rate)}: Waybill, the bare loop, the bare workflow …")
        before = await asyncio.to_thread(bench.world.database_bytes)
        found["waybill"] += (await bench.waybill(straight_carts(count, _SEED), rate),)
        burst = await asyncio.to_thread(_left_behind, bench.world, before, count)
        found["loop"] += (await bench.loop(count, rate),)
        found["workflow"] += (await bench.workflow(count, rate),)
    return found, burst


def _left_behind(world: World, before: tuple[int, int], count: int) -> Burst:
    ours, temporals = world.database_bytes()
    return Burst(
        our_bytes_per_order=(ours - before[0]) // count,
        temporal_bytes_per_order=(temporals - before[1]) // count,
        worker_rss=resident_bytes(world.stack.worker.pid),
        worker_peak_rss=resident_bytes(world.stack.worker.pid, "VmHWM"),
    )


def _calls(bench: Bench) -> dict[str, int]:
    calls = bench.scripts[-1].calls
    return {
        "shop": sum(call.system == "shop" for call in calls),
        "sap": sum(call.system == "sap" for call in calls),
        "in a row": len(bench.scripts[-1].groups),
        "remote activities": sum(not step.is_local for step in bench.steps),
        "local activities": sum(step.is_local for step in bench.steps),
    }
