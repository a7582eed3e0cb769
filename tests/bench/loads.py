"""Put loads on Waybill and on the floors, and check what Waybill made of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bench.arrivals import arrive
from tests.bench.figures import Load, load_of
from tests.bench.jobs import Done, LoopJob, Step, WorkflowJob, run_floor
from tests.bench.recording import Script
from tests.bench.world import World

_PATIENCE_SECONDS = 30
_WARM_UP_RATE = 5.0
_IDLE_SECONDS = 5


@dataclass
class Bench:
    """The world, what was learnt of a straight order, and everything that broke."""

    world: World
    sessions: int
    warm_up: int
    scripts: list[Script] = field(default_factory=list)
    steps: tuple[Step, ...] = ()
    broken: list[str] = field(default_factory=list)
    _marks: int = 0

    async def waybill(self, carts: Sequence[dict[str, Any]], rate: float) -> Load:
        """Let orders come to Waybill, and wait until the shop shows the ERP's number with the last."""
        orders = await self.world.place(carts)
        accepted: dict[str, float] = {}
        accepting: list[float] = []

        async def tell(number: int, due: float) -> None:
            order_id = orders[number]
            accepted[f"shop:{order_id}"] = moment = await self.world.tell(order_id)
            accepting.append(moment - due)

        wanted = self.world.told() + len(orders)
        meter = self.world.meter()
        await arrive(len(orders), rate, tell)
        whole = await self.world.until_told(wanted, _PATIENCE_SECONDS)
        usage = meter.stop()
        commits = await self.world.commits()
        self._check(accepted, commits, whole)
        committed = {key: moments[0] for key, moments in commits.items()}
        return load_of(rate, accepted, committed, usage, accepting)

    def _check(self, accepted: dict[str, float], commits: dict[str, list[float]], whole: bool) -> None:
        counts = {key: len(commits.get(key, ())) for key in accepted}
        self.broken += [f"{key} is in the ERP {many} times" for key, many in counts.items() if many != 1]
        if not whole:
            stages = self.world.rows("select stage, told_store, count(*) from order_view group by 1, 2")
            self.broken.append(f"not every order came to its end: (stage, store told, how many) {stages}")

    async def idle(self) -> dict[str, float]:
        """Return the CPU that each process uses while no order comes, in milliseconds a second."""
        meter = self.world.meter()
        await asyncio.sleep(_IDLE_SECONDS)
        return meter.stop().ms_per_second

    async def loop(self, count: int, rate: float) -> Load:
        """Let the bare loop make the calls of as many orders at the same rate."""
        places, pids = self.world.stack.addresses, self.world.pids
        job = LoopJob(
            count=count,
            rate=rate,
            warm_up=min(self.warm_up, count),
            warm_up_rate=_WARM_UP_RATE,
            pids={name: pids[name] for name in ("shop", "sap")},
            scripts=tuple(self.scripts),
            shop_url=places.shop_url,
            sap_url=places.erp_url,
            sessions=self.sessions,
            mark=self._mark("loop"),
        )
        done = await self._run("bare_loop", job)
        commits = await self.world.commits()
        load = load_of(rate, done.due, {key: moments[0] for key, moments in commits.items()}, done.usage)
        if load.latency.n != count:
            self.broken.append(f"of {count} orders of the bare loop {load.latency.n} came into the ERP")
        return load

    async def workflow(self, count: int, rate: float) -> Load:
        """Let as many bare workflows come at the same rate."""
        temporal = self.world.pids.get("temporal")
        job = WorkflowJob(
            count=count,
            rate=rate,
            warm_up=min(self.warm_up, count),
            warm_up_rate=_WARM_UP_RATE,
            pids={"temporal": temporal} if temporal else {},
            steps=self.steps,
            address=self.world.stack.temporal.address,
            mark=self._mark("workflow"),
        )
        done = await self._run("bare_workflow", job)
        return load_of(rate, done.due, done.posted, done.usage)

    async def _run(self, name: str, job: LoopJob | WorkflowJob) -> Done:
        stack = self.world.stack
        return await run_floor(name, job, stack.folder, stack.environment)

    def _mark(self, name: str) -> str:
        self._marks += 1
        return f"{name}{self._marks}"

    async def warm(self, carts: Sequence[dict[str, Any]]) -> None:
        """Let some orders pass that do not count."""
        await self.waybill(carts, _WARM_UP_RATE)
