"""A whole Waybill in one process: sandboxes, gateway and worker around a real Temporal server.

Each house has its own names, database and task queue, so that houses on one server never meet.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from temporalio.client import Client, Interceptor, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.approval_links import DecisionLink
from activities.feed import ERP_FLOW
from domain.approvals.requests import Channel, Decision, Verdict
from domain.life import OrderView
from domain.order import order_workflow_id
from domain.stages import Stage
from records.inbox import Delivery, Source
from records.migrate import migrate
from sandbox import easypost, prestashop, sap_business_one
from sandbox.mailbox import Mailbox, mailbox_serving
from sandbox.prestashop import PrestaShop
from sandbox.sap_business_one import Company
from sandbox.serving import serving
from starter.composition import Waybill, compose, intake_of
from starter.configuration import parse
from starter.feeds import keep_feeds
from starter.gateway.app import create_app
from starter.order_desk import OrderDesk
from starter.temporal_server import TemporalServer
from worker import build_worker

PATIENCE_SECONDS = 30
Found = TypeVar("Found")


@dataclass
class House:
    """One running Waybill."""

    shop: PrestaShop
    company: Company
    mailbox: Mailbox
    waybill: Waybill
    client: Client
    gateway_url: str
    store: str
    erp: str
    raw: dict[str, Any]
    _stack: AsyncExitStack
    _worker: Any = None

    def handle(self, order_id: int | str) -> WorkflowHandle[Any, Any]:
        """Return the workflow of one of the shop's orders."""
        return self.client.get_workflow_handle(order_workflow_id(self.store, str(order_id)))

    async def view(self, order_id: int | str) -> OrderView | None:
        """Return the recorded view of an order."""
        return await self.waybill.orders.one(self.store, str(order_id))

    async def until(
        self, order_id: int | str, *stages: Stage, where: Callable[[OrderView], bool] = lambda _: True
    ) -> OrderView:
        """Wait until an order is in one of the stages and fits, and return its view."""

        async def look() -> OrderView | None:
            view = await self.view(order_id)
            return view if view and view.stage in stages and where(view) else None

        try:
            return await eventually(look)
        except TimeoutError:
            found = await self.view(order_id)
            raise AssertionError(f"order {order_id} is not {stages} but {found}") from None

    async def start(self, order_id: int | str) -> None:
        """Take in an order as if the store had named it, whatever the store knows."""
        delivery = Delivery(
            connection=self.store,
            delivery=f"test:{order_id}",
            source=Source.PERSON,
            kind="order.listed",
            order_id=str(order_id),
        )
        await self.waybill.inbox.accept(delivery, datetime.now(UTC))
        await intake_of(self.waybill, lambda: self.client).drain()

    @property
    def desk(self) -> OrderDesk:
        """What people ask of orders."""
        return OrderDesk(self.client, self.waybill.configuration.task_queue)

    def decision(self, view: OrderView, approver: str = "dora", **facts: Any) -> Decision:
        """Return a person's approval of what a view shows, changed where the test says so."""
        request = view.approval
        assert request is not None
        link = DecisionLink(
            approver=approver,
            connection=view.connection,
            store_order_id=view.store_order_id,
            request=request.number,
            revision=request.revision,
        )
        approval = self.waybill.links.decision(link, Verdict.APPROVE, Channel.CLI, "as agreed")
        return Decision.model_validate({**approval.model_dump(), **facts})

    async def update(self, order_id: int | str, name: str, argument: Any) -> OrderView:
        """Ask something of an order and return the view that it answers."""
        command = getattr(self.desk, name)
        view = await command(self.store, str(order_id), argument)
        assert isinstance(view, OrderView)
        return view

    async def watch_erp(self) -> None:
        """Let the feed of the ERP run, as a worker's start does."""
        queue = self.waybill.configuration.task_queue
        await keep_feeds(self.client, (self.erp,), timedelta(milliseconds=100), queue)

        async def begun() -> bool | None:
            # From here on every change is told: the feed took note of what was there before.
            return bool(await self.waybill.marks.cursor(self.erp, ERP_FLOW)) or None

        await eventually(begun)

    def orders_in_erp(self, order_id: int | str) -> list[dict[str, Any]]:
        """Return the sales orders that the ERP committed for one of the shop's orders."""
        prefix = f"{self.store}:{order_id}:"
        written = self.company.ledger.of("order")
        return [entry for entry in written if str(entry.get("U_WebOrderId", "")).startswith(prefix)]


async def eventually(look: Callable[[], Awaitable[Found | None]], seconds: float = PATIENCE_SECONDS) -> Found:
    """Look again and again until something is found; TimeoutError after a while."""
    async with asyncio.timeout(seconds):
        while (found := await look()) is None:  # noqa: ASYNC110 - it happens in other processes
            await asyncio.sleep(0.02)
    return found


def configuration(
    folder: Path, shop_url: str, erp_url: str, smtp_port: int, names: tuple[str, str]
) -> dict[str, Any]:
    """Return a waybill.toml, parsed, for sandboxes at these addresses."""
    store, erp = names
    return {
        "database": f"sqlite:///{folder}/waybill.db",
        "task_queue": store,
        "secret": "env:SECRET",
        "alert_to": "it@waybill.example",
        "mail": {"host": "127.0.0.1", "port": smtp_port, "security": "plain"},
        "documents": {"store": str(folder / "documents")},
        "connections": {store: _shop_at(shop_url), erp: _erp_at(erp_url)},
        "pairs": {"main": _pair(store, erp)},
        "approvers": [
            {"id": "dora", "name": "Dora Director", "email": "dora@waybill.example", "roles": ["director"]},
            {
                "id": "carl",
                "name": "Carl Chief",
                "email": "carl@waybill.example",
                "roles": ["director", "board"],
                "limit": "8000 EUR",
            },
        ],
    }


def _shop_at(url: str) -> dict[str, Any]:
    return {
        "kind": "prestashop",
        "base_url": url,
        "key": "env:KEY",
        "webhook_secrets": ["env:HOOK"],
        "requests_per_second": 0,
        "most_in_flight": 8,
        "timeout": "3s",
    }


def _erp_at(url: str) -> dict[str, Any]:
    return {
        "kind": "sap_business_one",
        "base_url": url,
        "company": "SBODEMOFR",
        "user": "web",
        "password": "env:PASSWORD",
        "timeout": "2s",
        "sessions": 4,
        "tax_codes": {"20": "A1", "5.5": "A2", "0": "A0"},
        "shipping_expense": 1,
        "discount_item": "DISCOUNT",
        "rounding_item": "ROUNDING",
        "wrapping_item": "WRAPPING",
        "requester": "web",
    }


def _pair(store: str, erp: str) -> dict[str, Any]:
    return {
        "store": store,
        "erp": erp,
        "warehouse": "01",
        "settle": "1s",
        "placing_wait": "1s",
        "note": "SAP Business One order {number}",
        "payments": {
            "ps_wirepayment": {"timing": "prepaid"},
            "ps_checkpayment": {"timing": "on_account"},
            "ps_cashondelivery": {"timing": "on_delivery"},
            "stripe_official": {"timing": "prepaid"},
        },
        "approval": {"limit": "5000 EUR", "role": "director"},
    }


LAYOUTS = {"delivery": "DLN20001", "invoice": "INV20001", "credit_note": "RIN20001"}
SECRETS = {
    "SECRET": "a-secret-of-the-tests-that-is-long-enough",
    "KEY": prestashop.DEFAULT_KEY,
    "HOOK": prestashop.DEFAULT_SIGNING_KEY,
    "PASSWORD": "web-secret",
    "LABELS": easypost.DEFAULT_KEY,
}


async def _let_print(stack: AsyncExitStack, company: Company, settings: dict[str, Any]) -> None:
    printer = await stack.enter_async_context(serving(sap_business_one.create_gateway(company)))
    settings.update(pdf_url=printer, pdf_layouts=LAYOUTS)


async def set_up(waybill: Waybill, erp: str) -> None:
    """Create in the ERP what Waybill needs there."""
    for step in await waybill.systems.erp(erp).setup_steps():
        if not step.done:
            await waybill.systems.erp(erp).set_up(step.name)


@asynccontextmanager
async def house(
    server: TemporalServer,
    folder: Path,
    *,
    change: Callable[[dict[str, Any]], None] = lambda _: None,
    shop_settings: Mapping[str, Any] | None = None,
    company_settings: Mapping[str, Any] | None = None,
    with_worker: bool = True,
    printing: bool = False,
    interceptors: Sequence[Interceptor] = (),
) -> AsyncIterator[House]:
    """Run a house; `change` may alter its parsed configuration, `printing` lets the company print."""
    name = uuid4().hex[:8]
    store, erp = f"shop-{name}", f"sap-{name}"
    shop = PrestaShop(prestashop.Settings(**(shop_settings or {})))
    company = Company(sap_business_one.Settings(**(company_settings or {})))
    box = Mailbox()
    async with AsyncExitStack() as stack:
        shop_url = await stack.enter_async_context(serving(prestashop.create_app(shop)))
        erp_url = await stack.enter_async_context(serving(sap_business_one.create_app(company)))
        smtp_port, _ = await stack.enter_async_context(mailbox_serving(box))
        raw = configuration(folder, shop_url, erp_url, smtp_port, (store, erp))
        if printing:
            await _let_print(stack, company, raw["connections"][erp])
        change(raw)
        settings = parse(raw, SECRETS)
        await asyncio.to_thread(migrate, settings.database)
        waybill = compose(settings)
        stack.push_async_callback(waybill.close)
        await set_up(waybill, erp)
        client = await Client.connect(
            **server.connect, data_converter=pydantic_data_converter, interceptors=list(interceptors)
        )
        gateway_url = await stack.enter_async_context(serving(create_app(waybill, client)))
        shop.settings.webhook_url = f"{gateway_url}/webhooks/{store}"
        running = House(shop, company, box, waybill, client, gateway_url, store, erp, raw, stack)
        if with_worker:
            await stack.enter_async_context(build_worker(client, waybill, SandboxedWorkflowRunner()))
        yield running
