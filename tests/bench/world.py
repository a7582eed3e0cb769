"""The machine under test: a stack whose shop stays silent; the benchmark itself sends the webhooks."""

import asyncio
import json
import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from sandbox.catalogue import ARTICLES
from sandbox.prestashop import DEFAULT_KEY, DEFAULT_SIGNING_KEY
from sandbox.prestashop.webhooks import sign
from starter.ending import Unable
from starter.stack import Stack, local_stack
from starter.stack.settings import Paces
from tests.bench.machine import Meter

_NEVER = "3650d"
"""The reconciler would take in orders before their webhooks, and the ERP's feed would wake posted ones."""
Setting = tuple[str, str, str]
"""A table of waybill.toml, a key of it, and the value as TOML writes it."""
NOT_PUBLISHED: Setting = ("pairs.main", "publish_stock", "false")
"""For orders that are placed long before they are told: the shop sold what Waybill does not know of."""
PLENTY = 1_000_000
"""Pieces of each article, in the shop and in the ERP."""
_PLACED_AT_ONCE = 4
_LOOK_SECONDS = 0.05


class World:
    """A running stack, and what a benchmark does with it."""

    def __init__(self, stack: Stack, http: httpx.AsyncClient) -> None:
        self.stack, self._http = stack, http
        self._deliveries = count(1)

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name, those of everything that serves an order."""
        children = {child.name: child.pid for child in self.stack.children}
        temporal = self.stack.temporal.pid
        return {
            "gateway": children["gateway"],
            "worker": self.stack.worker.pid,
            **({"temporal": temporal} if temporal else {}),
            **{name: children[name] for name in ("shop", "sap", "mailbox", "channels")},
        }

    def meter(self) -> Meter:
        """Start to measure everything that serves an order, and this process."""
        return Meter({**self.pids, "generator": os.getpid()})

    async def place(self, carts: Sequence[Mapping[str, Any]]) -> list[str]:
        """Place orders in the shop, silently, and return their ids."""
        free = asyncio.Semaphore(_PLACED_AT_ONCE)

        async def place(cart: Mapping[str, Any]) -> str:
            async with free:
                placed = await self.ask("POST", f"{self.stack.addresses.shop_url}/shop/orders", cart)
            return str(placed["orders"][0]["id_order"])

        return await asyncio.gather(*(place(cart) for cart in carts))

    async def tell(self, order_id: str) -> float:
        """Send the webhook of an order as the shop's module does; return the moment of the gateway's 2xx."""
        message = {"type": "order.created", "shop_id": 1, "data": {"id_order": int(order_id)}}
        body, now = json.dumps(message).encode(), int(time.time())
        delivery = f"msg_bench_{next(self._deliveries)}"
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(DEFAULT_SIGNING_KEY, delivery, now, body),
        }
        url = f"{self.stack.addresses.gateway_url}/webhooks/shop"
        answer = await self._http.post(url, content=body, headers=headers)
        accepted = time.time()
        if not answer.is_success:
            raise Unable(f"The gateway answered {answer.status_code} to a webhook: {answer.text[:200]}")
        return accepted

    async def commits(self) -> dict[str, list[float]]:
        """Return when the ERP committed sales orders, by `connection:order id`."""
        found: dict[str, list[float]] = defaultdict(list)
        for entry in await self._sap_ledger("order"):
            found[_name_of(entry)].append(float(entry["at"]))
        return found

    async def sales_orders(self) -> dict[str, int]:
        """Return the ERP's DocEntry of each sales order, by `connection:order id`."""
        return {_name_of(entry): int(entry["DocEntry"]) for entry in await self._sap_ledger("order")}

    async def deliver(self, order: int, tracking: str) -> int:
        """Let the ERP's staff ship all of a sales order; return the delivery note's DocEntry."""
        wanted = {"order": order, "tracking": tracking}
        made = await self.ask("POST", f"{self.stack.addresses.erp_url}/_sandbox/deliver", wanted)
        return int(made["DocEntry"])

    async def deliveries(self) -> dict[int, float]:
        """Return when the ERP committed delivery notes, by DocEntry."""
        return {int(entry["DocEntry"]): float(entry["at"]) for entry in await self._sap_ledger("delivery")}

    async def count_stock(self, sku: str, pieces: int) -> None:
        """Let the ERP's staff count an article anew."""
        wanted = {"item": sku, "on_hand": str(pieces)}
        await self.ask("POST", f"{self.stack.addresses.erp_url}/_sandbox/stock", wanted)

    async def _sap_ledger(self, kind: str) -> list[dict[str, Any]]:
        url = f"{self.stack.addresses.erp_url}/_sandbox/ledger?kind={kind}"
        entries: list[dict[str, Any]] = await self.ask("GET", url)
        return entries

    async def shop_ledger(self, kind: str) -> list[dict[str, Any]]:
        """Return what the shop committed of one kind, with the moment of each."""
        url = f"{self.stack.addresses.shop_url}/_sandbox/ledger?kind={kind}"
        entries: list[dict[str, Any]] = await self.ask("GET", url)
        return entries

    async def until_told(self, wanted: int, patience_seconds: float) -> bool:
        """Wait until the shop shows the ERP's number with so many orders; False when it goes on no more."""
        last, moved_at = -1, time.monotonic()
        while (told := self.told()) < wanted:
            if told != last:
                last, moved_at = told, time.monotonic()
            elif time.monotonic() - moved_at > patience_seconds:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return True

    def told(self) -> int:
        """Return with how many orders the shop shows the ERP's number."""
        ((told,),) = self.rows("select count(*) from order_view where told_store")
        return int(told)

    def rows(self, query: str, *parameters: str) -> list[tuple[Any, ...]]:
        """Ask Waybill's own database, read only."""
        return _rows(self.stack.folder / "waybill.db", query, *parameters)

    def database_bytes(self) -> tuple[int, int]:
        """Return the sizes of our database and of Temporal's, their logs merged into them."""
        ours, temporals = (_size(self.stack.folder / name) for name in ("waybill.db", "temporal.db"))
        return ours, temporals

    async def metrics(self) -> str:
        """Return the worker's metrics, as Prometheus reads them."""
        answer = await self._http.get(f"http://{self.stack.addresses.prometheus}/metrics")
        answer.raise_for_status()
        return answer.text

    async def change_settings(self, *changes: Setting) -> None:
        """Set keys of waybill.toml and start the worker anew with it."""
        file = self.stack.settings_file
        text = await asyncio.to_thread(file.read_text, "utf-8")
        for table, key, value in changes:
            text = with_key(text, table, key, value)
        await asyncio.to_thread(file.write_text, text, "utf-8")
        await self.stack.worker.stop()
        await self.stack.start_worker()

    async def ask(self, method: str, url: str, body: Any = None) -> Any:
        """Ask a sandbox, in JSON."""
        answer = await self._http.request(method, url, json=body)
        if answer.is_error:
            raise Unable(f"A sandbox refused {method} {url}: {answer.text[:200]}")
        return answer.json()

    async def prepare(self, *changes: Setting) -> None:
        """Silence the shop, make its own calls fast, fill both warehouses, change the settings."""
        shop = self.stack.addresses.shop_url
        quiet = {"latency_seconds": 0, "webhook_url": ""}
        await self.ask("PATCH", f"{shop}/_sandbox/settings", quiet)
        listed = await self._http.get(
            f"{shop}/api/stock_availables?output_format=JSON&display=[id]", auth=(DEFAULT_KEY, "")
        )
        for row in listed.json()["stock_availables"]:
            node = f"<id>{row['id']}</id><quantity>{PLENTY}</quantity>"
            written = await self._http.patch(
                f"{shop}/api/stock_availables/{row['id']}",
                content=f"<prestashop><stock_available>{node}</stock_available></prestashop>",
                auth=(DEFAULT_KEY, ""),
            )
            written.raise_for_status()
        for article in ARTICLES:
            await self.count_stock(article.sku, PLENTY)
        await self.change_settings(*changes)


@asynccontextmanager
async def running_world(
    folder: Path, *, erp_latency: float, sessions: int, changes: Sequence[Setting], feed_every: str = _NEVER
) -> AsyncIterator[World]:
    """Start everything in `folder`, its settings changed, ready to be measured; stop it on leaving."""
    paces = Paces(reconcile_every=_NEVER, feed_every=feed_every)
    limits = httpx.Limits(max_connections=50)
    async with (
        local_stack(folder, paces=paces, latency_seconds=erp_latency) as stack,
        httpx.AsyncClient(trust_env=False, timeout=60, limits=limits) as http,
    ):
        world = World(stack, http)
        await world.prepare(("connections.sap", "sessions", str(sessions)), *changes)
        yield world


def with_key(text: str, table: str, key: str, value: str) -> str:
    """Return TOML with a key of a table set, whether it had them or not; the value is one of one line."""
    head, _, rest = f"\n{text}".partition(f"\n[{table}]\n")
    inside, following, others = rest.partition("\n[")
    kept = [line for line in inside.splitlines() if not line.startswith(f"{key} =")]
    return f"{head}\n[{table}]\n" + "\n".join([f"{key} = {value}", *kept]) + f"\n{following}{others}"


def _name_of(entry: Mapping[str, Any]) -> str:
    connection, order_id, *_ = str(entry["U_WebOrderId"]).split(":")
    return f"{connection}:{order_id}"


def _rows(file: Path, query: str, *parameters: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(query, parameters).fetchall()


def _size(file: Path) -> int:
    ((pages,),), ((bytes_a_page,),) = (_rows(file, f"pragma {what}") for what in ("page_count", "page_size"))
    return int(pages) * int(bytes_a_page)
