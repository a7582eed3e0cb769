"""How late the store shows what happened in the ERP: shipments, and the stock that posted orders reserve.

Both moments are of the sandboxes' own ledgers, which note a write when it is committed. They are processes
of one machine and read one clock, so a lag is exact to about a millisecond, and nothing is polled while it
is measured.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.catalogue import ARTICLES
from tests.bench.arrivals import arrive
from tests.bench.figures import Lag, spread
from tests.bench.world import PLENTY, Setting, World

SHIPPED = "4"
"""The shop's status for a shipped order."""
FOLLOWED: tuple[Setting, ...] = (
    ("pairs.main", "publish_stock", "true"),
    ("pairs.main", "status_when_shipped", f'"{SHIPPED}"'),
)
"""What waybill.toml says while lags are measured."""
FEED_EVERY = "2s"
"""Waybill's default."""
_A_SECOND = 2.0
_STEP = 1000
"""Pieces between two counts: more than all orders of the benchmark reserve, so that a figure of the shop
tells which count it was worked out from."""
_PATIENCE_SECONDS = 60
_LOOK_SECONDS = 0.5
_SKUS = tuple(article.sku for article in ARTICLES if article.net < 100 and article.on_hand >= 500)


@dataclass
class LagMeter:
    """Measures how late a running world is."""

    world: World
    broken: list[str]
    seed: int = 1
    _counts: int = 0

    async def stock_lag(self, count: int) -> tuple[Lag, list[str]]:
        """Post orders; before each the ERP counts its article anew, so that the shop shows a stale figure.

        Returns how late the shop shows what the ERP has available after the order, and the orders' ids.
        """
        world, names = self.world, [""] * count
        told, first = world.told(), self._counts
        self._counts += count

        async def post(number: int, _due: float) -> None:
            sku = _SKUS[number % len(_SKUS)]
            await world.count_stock(sku, PLENTY - _STEP * (first + number + 1))
            (names[number],) = await world.place([_cart(sku)])
            await world.tell(names[number])

        meter = world.meter()
        await arrive(count, _A_SECOND, post)
        await world.until_told(told + count, _PATIENCE_SECONDS)
        shown = await self._settled(lambda: self._stock_shown(first), count)
        usage = meter.stop()
        commits = await world.commits()
        began = {str(number): commits[f"shop:{name}"][0] for number, name in enumerate(names, first)}
        return self._lag("stock", began, shown, usage.elsewhere_share), names

    async def _stock_shown(self, first: int) -> dict[str, float]:
        """Return when the shop first showed a figure of each count, from the `first` on."""
        found: dict[str, float] = {}
        for entry in await self.world.shop_ledger("stock"):
            number = (PLENTY - int(entry.get("set", PLENTY))) // _STEP - 1
            if number >= first:
                found.setdefault(str(number), float(entry["at"]))
        return found

    async def shipping_lag(self, names: Sequence[str], pace: float = _A_SECOND) -> Lag:
        """Let the ERP's staff ship orders, spread over time and not in step with the feed's pause.

        Returns how late the shop shows the later of the tracking number and the status.
        """
        world, source = self.world, random.Random(self.seed)  # noqa: S311 - pauses, not secrets
        pauses = [source.random() / pace for _ in names]
        entries = await world.sales_orders()
        deliveries: dict[str, int] = {}

        async def ship(number: int, _due: float) -> None:
            await asyncio.sleep(pauses[number])
            name = names[number]
            deliveries[name] = await world.deliver(entries[f"shop:{name}"], f"1ZBENCH{name}")

        meter = world.meter()
        await arrive(len(names), pace, ship)
        shown = await self._settled(lambda: self._shipment_shown(frozenset(names)), len(names))
        usage = meter.stop()
        committed = await world.deliveries()
        began = {name: committed[entry] for name, entry in deliveries.items()}
        return self._lag("shipment", began, shown, usage.elsewhere_share)

    async def _shipment_shown(self, names: frozenset[str]) -> dict[str, float]:
        tracked = {
            str(entry["id_order"]): float(entry["at"])
            for entry in await self.world.shop_ledger("tracking")
            if entry["tracking_number"]
        }
        return {
            name: max(float(entry["at"]), tracked[name])
            for entry in await self.world.shop_ledger("status")
            if (name := str(entry["id_order"])) in names & tracked.keys()
            and str(entry["id_order_state"]) == SHIPPED
        }

    async def _settled(
        self, look: Callable[[], Awaitable[dict[str, float]]], wanted: int
    ) -> dict[str, float]:
        """Look until all is shown, or for as long as it may take at most."""
        clock = asyncio.get_running_loop().time
        until = clock() + _PATIENCE_SECONDS
        while True:
            shown = await look()
            if len(shown) >= wanted or clock() > until:
                return shown
            await asyncio.sleep(_LOOK_SECONDS)

    def _lag(self, what: str, began: Mapping[str, float], shown: Mapping[str, float], others: float) -> Lag:
        missing = sorted(began.keys() - shown.keys())
        if missing:
            self.broken.append(f"the shop never showed {len(missing)} of {len(began)} ({what})")
        # The shop may show the right figure before the order is committed: what was sold is held back.
        # What it never showed is late by what was waited for it, at the least.
        now = time.time()
        found = [max(0.0, shown.get(name, now) - moment) for name, moment in began.items()]
        return Lag(
            spread=spread(found), seconds=tuple(round(lag, 3) for lag in found), elsewhere_share=others
        )


def _cart(sku: str) -> dict[str, object]:
    lines = [{"sku": sku, "quantity": 1}]
    return {"customer": "anna.moreau@example.com", "module": "stripe_official", "lines": lines}
