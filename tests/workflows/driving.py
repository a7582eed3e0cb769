"""What workflow tests do beside placing orders: look into a workflow, hurry it, stand before a system."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.service import RPCError

from adapters.ports import ErpPort, StorePort
from domain.life import OrderView
from domain.order import Order
from domain.posting import ErpDocument, SalesDocument
from tests.house import House, eventually

Create = Callable[[SalesDocument], Awaitable[ErpDocument]]


def erp_of(running: House) -> ErpPort:
    """Return the ERP as the activities know it."""
    return running.waybill.systems.erp(running.erp)


def store_of(running: House) -> StorePort:
    """Return the store as the activities know it."""
    return running.waybill.systems.store(running.store)


def around_create(
    monkeypatch: pytest.MonkeyPatch, running: House, wrap: Callable[[Create, SalesDocument], Awaitable[Any]]
) -> None:
    """Let `wrap` call the ERP's create, and do what it wants before and after."""
    erp = erp_of(running)
    create = erp.create_document

    async def wrapped(document: SalesDocument) -> Any:
        return await wrap(create, document)

    monkeypatch.setattr(erp, "create_document", wrapped)


def reads_as(monkeypatch: pytest.MonkeyPatch, running: House, change: Callable[[Order], Order]) -> None:
    """Let the store's orders read as `change` makes of them; it may raise."""
    store = store_of(running)
    read = store.read_order

    async def changed(order_id: str) -> Order:
        return change(await read(order_id))

    monkeypatch.setattr(store, "read_order", changed)


def give_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an order that is in doubt ask for a person within a second."""
    monkeypatch.setattr("workflows.journey.DOUBT_PAUSES", (timedelta(milliseconds=100),))
    monkeypatch.setattr("workflows.journey.MOST_DOUBTS", 2)


def search_patiently(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an order that is in doubt be searched for often again."""
    monkeypatch.setattr("workflows.journey.MOST_DOUBTS", 100)


def park_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trouble that passes park an order at its first attempt, and a bug be told at once."""
    monkeypatch.setattr("activities.failures.ATTEMPTS_BEFORE_PARKING", 1)


async def live(running: House, order_id: int, fits: Callable[[OrderView], Any]) -> OrderView:
    """Wait until the workflow itself, asked by a query, is as wanted; recorded or not."""

    async def look() -> OrderView | None:
        view = await running.handle(order_id).query("view", result_type=OrderView)
        assert isinstance(view, OrderView)
        return view if fits(view) else None

    return await eventually(look)


async def until_read(running: House, order_id: int, before: OrderView) -> OrderView:
    """Wait until the order was read again, in another state of the store's than it was."""

    def state(view: OrderView) -> tuple[str, str]:
        # The mark counts whole seconds.
        return view.store_mark, view.revision

    return await live(running, order_id, lambda view: state(view) != state(before))


async def hurry(running: House, connection: str) -> None:
    """Have a connection in trouble tried now, where it is watched."""
    with contextlib.suppress(RPCError):
        await running.client.get_workflow_handle(f"connection:{connection}").signal("try_now")
