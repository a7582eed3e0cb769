"""An Odoo with the suite's switches: a proxy in front of it, and its people behind."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.erps.odoo import Odoo, OdooSettings
from adapters.fulfilment_port import AftercarePort, FulfilmentPort
from adapters.ports import ErpPort
from domain.policy import PaperKind
from sandbox.odoo import OdooDatabase, Settings, create_app
from sandbox.serving import serving
from tests.adapters.erp_conformance_bench import LostAnswer, NotDone
from tests.adapters.odoo_proxy import Proxy, Rubbish, proxied, proxy_app
from tests.adapters.odoo_staff import OdooStaff, Quantities

CONNECTIONS = 3
CANNOT = {
    "late reads": "Odoo reads from the database that it writes to",
    "cancelled delivery": "Odoo cancels no delivery that was made: the goods come back as a return",
    "invoice that ships": "Odoo's invoices move no goods",
    "late stamps": "shown by test_odoo_feed, where the time stamps can be set",
}


class Stand(Starlette):
    """An application that serves another one, which may be changed while it is served."""

    def __init__(self) -> None:
        super().__init__(lifespan=self._life)
        self.shown: ASGIApp = Starlette()
        self.at_the_end: list[Callable[[], Awaitable[None]]] = []
        """What is done when the server stops, in its own thread."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        await (super().__call__ if scope["type"] == "lifespan" else self.shown)(scope, receive, send)

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        yield
        for close in self.at_the_end:
            await close()


@contextmanager
def served(*apps: Starlette) -> Iterator[list[str]]:
    """Serve applications in a thread of its own, so that people may call them and wait."""
    started, urls, stop = threading.Event(), list[str](), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            urls.extend([await stack.enter_async_context(serving(app)) for app in apps])
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    started.wait(20)
    try:
        yield urls
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


class OdooBench:
    """One database, with an adapter that reaches it through a proxy."""

    most_at_once = CONNECTIONS
    cannot: Mapping[str, str] = CANNOT
    least_patience = 0.0
    """Seconds that the server may need for an answer."""

    def __init__(
        self, staff: OdooStaff, proxy: Proxy, url: str, target: str, settings: dict[str, Any]
    ) -> None:
        self.staff, self.proxy, self.url, self._target, self._settings = staff, proxy, url, target, settings
        self.odoo = Odoo("odoo", OdooSettings.model_validate({**settings, "base_url": url}))
        self.erp: ErpPort = self.odoo
        self._orders, self._moves = staff.last("sale.order"), staff.last("account.move")
        self._payments = staff.last("account.payment")
        user = staff.rows("res.users", [["id", "=", staff.uid]], "company_id")[0]
        own = [["id", "=", user["company_id"][0]]]
        company = staff.rows("res.company", own, "currency_id")[0]
        self.currency: str = company["currency_id"][1]

    @property
    def after(self) -> FulfilmentPort:
        return self.odoo

    @property
    def care(self) -> AftercarePort:
        return self.odoo

    def lose_next_answer(self, how: LostAnswer) -> None:
        self.proxy.lose = how

    def hang_after_next_write(self) -> None:
        self.proxy.hang = True

    def fail_next_write(self, how: NotDone) -> None:
        self.proxy.fail = how

    def hide_next_document(self, seconds: float) -> None:
        raise NotImplementedError(self.cannot["late reads"], seconds)

    def kept(self, key: str) -> int:
        return len(self.staff.rows("sale.order", [["origin", "=", key], ["id", ">", self._orders]], "id"))

    def customers_made(self) -> int:
        return self._made("customer")

    def requests_made(self) -> int:
        return self._made("restock")

    def _made(self, kind: str) -> int:
        domain = [["module", "=", self._settings["namespace"]], ["name", "=like", f"{kind}.%"]]
        return len(self.staff.rows("ir.model.data", domain, "id"))

    def block_customer(self, code: str, *, blocked: bool = True) -> None:
        everything = {"active_test": False}
        (row,) = self.staff.rows("res.partner", [["ref", "=", code]], "id", context=everything)
        self.staff.write("res.partner", row["id"], active=not blocked)

    def block_item(self, sku: str, *, blocked: bool = True) -> None:
        self.staff.write("product.product", self.staff.product(sku), sale_ok=not blocked)

    def deliver(self, entry: str, quantities: Quantities = None) -> None:
        self.staff.ship(int(entry), quantities)

    def end_sessions(self) -> None:
        """There are none."""

    def slow_down(self, seconds: float) -> None:
        self.proxy.delay = seconds

    def peak_at_once(self) -> int:
        return self.proxy.peak

    def requests_seen(self) -> int:
        return self.proxy.seen

    def on_hand(self, sku: str) -> Decimal:
        return self.staff.on_hand(sku)

    def papers_made(self, kind: PaperKind) -> int:
        if kind is PaperKind.CREDIT_NOTE:
            domain: list[Any] = [["move_type", "=", "out_refund"], ["state", "=", "posted"]]
            return len(self.staff.rows("account.move", [*domain, ["id", ">", self._moves]], "id"))
        return self._made(kind.value)

    def payments_made(self) -> int:
        return len(self.staff.rows("account.payment", [["id", ">", self._payments]], "id"))

    def pick(self, entry: str, quantities: Quantities = None) -> None:
        self.staff.pick(int(entry), quantities)

    def ship(
        self, entry: str, quantities: Quantities = None, *, tracking: str = "", carrier: str = ""
    ) -> str:
        facts: dict[str, Any] = {"carrier_tracking_ref": tracking} if tracking else {}
        if carrier:
            facts["carrier_id"] = self.staff.rows("delivery.carrier", [["name", "=", carrier]], "id")[0]["id"]
        return str(self.staff.ship(int(entry), quantities, **facts))

    def invoice(self, delivery: str) -> str:
        return str(self.staff.invoice(self._order(int(delivery))))

    def invoice_order(self, entry: str) -> str:
        raise NotImplementedError(self.cannot["invoice that ships"], entry)

    def credit(self, invoice: str, quantities: Quantities = None) -> str:
        order = self.staff.rows("sale.order", [["invoice_ids", "in", [int(invoice)]]], "id")[0]["id"]
        return str(self.staff.credit(int(invoice), order, quantities))

    def take_back(self, delivery: str, quantities: Quantities = None) -> str:
        return str(self.staff.take_back(int(delivery), quantities))

    def close_order(self, entry: str) -> None:
        self.staff.close(int(entry))

    def cancel_order(self, entry: str) -> None:
        self.staff.call("sale.order", "action_cancel", [int(entry)], context={"disable_cancel_warning": True})

    def cancel_delivery(self, delivery: str) -> None:
        raise NotImplementedError(self.cannot["cancelled delivery"], delivery)

    def foreign_order(self) -> str:
        partner = self.staff.rows("res.partner", [["ref", "=", "C20000"]], "id")[0]["id"]
        line = {"product_id": self.staff.product("WINE-RED-75"), "product_uom_qty": 1, "price_unit": 12.5}
        made = self.staff.create(
            "sale.order", partner_id=partner, order_line=[[0, 0, {"name": "Wine", **line}]]
        )
        self.staff.call("sale.order", "action_confirm", [made])
        return str(made)

    def show_late(self, seconds: float) -> None:
        raise NotImplementedError(self.cannot["late stamps"], seconds)

    def _order(self, picking: int) -> int:
        return int(self.staff.rows("stock.picking", [["id", "=", picking]], "sale_id")[0]["sale_id"][0])

    def reader(self) -> AbstractAsyncContextManager[FulfilmentPort]:
        return self.opened(self.url)

    @asynccontextmanager
    async def opened(self, url: str, **changes: Any) -> AsyncIterator[Odoo]:
        """Open another adapter."""
        erp = Odoo("odoo", OdooSettings.model_validate({**self._settings, "base_url": url, **changes}))
        try:
            yield erp
        finally:
            await erp.close()

    @asynccontextmanager
    async def patient_for(self, seconds: float) -> AsyncIterator[ErpPort]:
        async with self.opened(self.url, timeout=f"{max(seconds, self.least_patience)}s") as erp:
            yield erp

    @asynccontextmanager
    async def hearing(
        self, status: int, kind: str, body: bytes, *, only_writes: bool = False
    ) -> AsyncIterator[ErpPort]:
        async with (
            proxied(self._target, Rubbish(status, kind, body, only_writes)) as (_, url),
            self.opened(url) as erp,
        ):
            yield erp

    @asynccontextmanager
    async def facing_nobody(self) -> AsyncIterator[ErpPort]:
        async with serving(Starlette()) as url:
            pass
        async with self.opened(url) as erp:
            yield erp


def fresh_namespace() -> str:
    """Return a namespace of external ids that nobody has."""
    return f"__waybill_test_{uuid4().hex[:12]}__"


@asynccontextmanager
async def bench_of(url: str, settings: dict[str, Any]) -> AsyncIterator[OdooBench]:
    """Open a bench on an Odoo that has what the suite needs."""
    async with proxied(url) as (proxy, address), _opened(proxy, address, url, settings) as bench:
        yield bench


@asynccontextmanager
async def _opened(
    proxy: Proxy, address: str, target: str, settings: dict[str, Any]
) -> AsyncIterator[OdooBench]:
    staff = OdooStaff(target, settings["database"], settings["user"], settings["key"])
    bench = OdooBench(staff, proxy, address, target, {**settings, "connections": CONNECTIONS})
    try:
        yield bench
    finally:
        await bench.odoo.close()
        staff.close_connection()


class SandboxBenches:
    """A server and a proxy that stay; each bench gets a database of its own behind them."""

    def __init__(self, version: int, database: Stand, proxy: Stand, urls: list[str]) -> None:
        self._version, self._database, self._proxy = version, database, proxy
        self._target, self._address = urls
        # Both live in one thread: the proxy hands requests over without a second connection.
        inside = httpx.ASGITransport(database)
        self._http = httpx.AsyncClient(base_url=self._target, transport=inside)
        proxy.at_the_end.append(self._http.aclose)

    @asynccontextmanager
    async def bench(self, *, rounds_globally: bool = False, **changes: Any) -> AsyncIterator[OdooBench]:
        """Open a bench on a fresh database."""
        company = Settings(version=self._version, rounds_globally=rounds_globally)
        self._database.shown = create_app(OdooDatabase(company))
        self._proxy.shown = proxy_app(proxy := Proxy(self._http))
        settings = {
            "database": "demo",
            "user": "web",
            "key": "web-key",
            "namespace": fresh_namespace(),
            "price_digits": 6,
            "tax_per_line": not rounds_globally,
            "warehouses": {"01": "WH"},
            "payment_terms": {"net30": 1},
            "carriers": {"2": 1},
            "supplier": "V10000",
            "payment_journal": "BNK1",
            **changes,
        }
        async with _opened(proxy, self._address, self._target, settings) as bench:
            bench.staff.write("product.product", bench.staff.product("SHIPPING"), invoice_policy="delivery")
            yield bench


@contextmanager
def sandbox_benches(version: int) -> Iterator[SandboxBenches]:
    """Serve benches on sandboxes of a version."""
    database, proxy = Stand(), Stand()
    with served(database, proxy) as urls:
        yield SandboxBenches(version, database, proxy, urls)
