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
_STILL_SECONDS = 8
"""Longer than a look of the feed and its pause."""
_SIGNALS = 'temporal_request{namespace="default",operation="SignalWorkflowExecution"'
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

    async def measure(self, count: int, warm_up: int, patience: float, idle: float, events: int) -> Waiting:
        """Post `count` orders, wait until the feed is still, watch for `idle` seconds, then ship a few."""
        await self._post(straight_carts(warm_up, _SEED), "warming up")
        self.names.clear()
        self.standing.clear()
        self._stand(0)
        before = await asyncio.to_thread(self.world.database_bytes)
        posting = await self._post(straight_carts(count, _SEED + 1), "posted and waiting")
        cached = await self._metric("temporal_sticky_cache_size{")
        self.say(f"{count} orders wait: the feed looks at what was posted …")
        catching_up = await self._until_still(patience)
        self._stand(len(self.names))
        ours, temporals = await asyncio.to_thread(self.world.database_bytes)
        self.say(f"Nothing happens for {idle:.0f} s, then {events} are shipped …")
        quiet = await self._quiet(idle)
        return Waiting(
            orders=count,
            posting_seconds=round(posting.wall_seconds, 1),
            orders_per_second=round(count / posting.wall_seconds, 2),
            posting_elsewhere_share=round(posting.elsewhere_share, 3),
            catching_up_seconds=round(catching_up, 1),
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

    async def _until_still(self, patience: float) -> float:
        """Wait until the feed tells no order anything any more; return after how many seconds that was."""
        clock = asyncio.get_running_loop().time
        began = moved = clock()
        told = await self._metric(_SIGNALS)
        while clock() - moved < _STILL_SECONDS and clock() - began < patience:
            await asyncio.sleep(_LOOK_SECONDS)
            if (now := await self._metric(_SIGNALS)) != told:
                told, moved = now, clock()
        if clock() - moved < _STILL_SECONDS:
            self.broken.append(f"after {patience:.0f} s the feed still told orders that were only posted")
        return moved - began

    async def _metric(self, name: str) -> int:
        """Return a figure of the worker's own metrics."""
        lines = (await self.world.metrics()).splitlines()
        return sum(int(float(line.rpartition(" ")[2])) for line in lines if line.startswith(name))

    async def _quiet(self, seconds: float) -> Usage:
        meter = self.world.meter()
        await asyncio.sleep(seconds)
        return meter.stop()

    async def _events(self, count: int) -> Lag:
        """Ship some orders, from the one that waits longest, which no cache has any more, to the latest."""
        last = len(self.names) - 1
        chosen = [self.names[last * number // max(1, count - 1)] for number in range(count)]
        return await LagMeter(self.world, self.broken).shipping_lag(chosen, _EVENTS_A_SECOND)
