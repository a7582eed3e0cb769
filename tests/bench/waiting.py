"""What posted orders cost while they wait to be shipped: memory, database bytes, CPU; an event among them."""

import asyncio
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from temporalio.worker import Worker

from tests.bench.carts import straight_carts
from tests.bench.figures import Lag, Standing, Waiting
from tests.bench.lags import LagMeter
from tests.bench.machine import Usage, resident_bytes
from tests.bench.world import World

_SEED = 11
_UNDER_WAY = 40
"""Orders that were placed and are not posted yet, at most: a longer queue only makes each slower."""
_LOOK_SECONDS = 0.5
_PATIENCE_SECONDS = 60
_SAMPLES = 10
_HELD_BY = ("worker", "gateway", "temporal")
_EVENTS_A_SECOND = 0.5
_CACHE_LIMIT = inspect.signature(Worker.__init__).parameters["max_cached_workflows"].default
"""Workflows that a worker keeps in memory; ours leaves it at the SDK's own number."""


@dataclass
class Crowd:
    """Posts many orders, and finds out what they cost while they wait."""

    world: World
    broken: list[str]
    say: Callable[[str], None]
    names: list[str] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)

    async def measure(self, count: int, warm_up: int, pause: float, idle: float, events: int) -> Waiting:
        """Post `count` orders, wait for `pause` seconds, watch `idle` seconds, then ship a few of them."""
        await self._post(straight_carts(warm_up, _SEED), "warming up")
        self.names.clear()
        self._stand(0)
        before = await asyncio.to_thread(self.world.database_bytes)
        posting = await self._post(straight_carts(count, _SEED + 1), "posted and waiting")
        cached = await self._cached()
        await asyncio.sleep(pause)
        self._stand(len(self.names))
        ours, temporals = await asyncio.to_thread(self.world.database_bytes)
        self.say(f"{count} orders wait: nothing happens for {idle:.0f} s, then {events} are shipped …")
        quiet = await self._quiet(idle)
        return Waiting(
            orders=count,
            posting_seconds=round(posting.wall_seconds, 1),
            orders_per_second=round(count / posting.wall_seconds, 2),
            posting_elsewhere_share=round(posting.elsewhere_share, 3),
            cache_limit=int(_CACHE_LIMIT),
            cached=cached,
            standing=tuple(self.standing),
            our_bytes_per_order=(ours - before[0]) // count,
            temporal_bytes_per_order=(temporals - before[1]) // count,
            idle_seconds=round(quiet.wall_seconds, 1),
            idle_cpu_ms_per_second=quiet.ms_per_second,
            idle_elsewhere_share=round(quiet.elsewhere_share, 3),
            event=await self._events(events),
        )

    async def _post(self, carts: Sequence[dict[str, Any]], doing: str) -> Usage:
        """Let orders come as fast as they are posted; note the memory at each tenth of the way."""
        world, already, noted = self.world, self.world.told(), 0
        meter = world.meter()
        while len(self.names) < len(carts):
            posted = world.told() - already
            if (tenth := posted * _SAMPLES // len(carts)) > noted:
                noted = tenth
                self._stand(posted)
                self.say(f"{posted} orders {doing} …")
            room = _UNDER_WAY - (len(self.names) - posted)
            placed = await world.place(carts[len(self.names) : len(self.names) + room])
            for order_id in placed:
                await world.tell(order_id)
            self.names += placed
            await asyncio.sleep(_LOOK_SECONDS)
        if not await world.until_told(already + len(carts), _PATIENCE_SECONDS):
            self.broken.append(f"{world.told() - already} of {len(carts)} orders were posted and wait")
        return meter.stop()

    def _stand(self, orders: int) -> None:
        resident = {
            name: resident_bytes(self.world.pids[name]) for name in _HELD_BY if name in self.world.pids
        }
        self.standing.append(Standing(orders=orders, resident=resident))

    async def _cached(self) -> int:
        """Return how many workflows the worker has in memory, by its own metrics."""
        lines = (await self.world.metrics()).splitlines()
        sizes = [line for line in lines if line.startswith("temporal_sticky_cache_size{")]
        return sum(int(float(line.rpartition(" ")[2])) for line in sizes)

    async def _quiet(self, seconds: float) -> Usage:
        meter = self.world.meter()
        await asyncio.sleep(seconds)
        return meter.stop()

    async def _events(self, count: int) -> Lag:
        """Ship some orders, from the one that waits longest, which no cache has any more, to the latest."""
        last = len(self.names) - 1
        chosen = [self.names[last * number // max(1, count - 1)] for number in range(count)]
        return await LagMeter(self.world, self.broken).shipping_lag(chosen, _EVENTS_A_SECOND)
