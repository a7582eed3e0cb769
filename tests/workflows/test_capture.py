"""Reading an order: what cannot be read, what is not placed yet, what the store denies, what it revives."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from domain.errors import FixData, NotFound
from domain.life import Asked
from domain.order import Order, StoreState
from domain.stages import Stage
from records.inbox import InboxState
from tests.house import House, eventually
from tests.workflows.driving import reads_as, store_of, until_read
from tests.workflows.placing import place
from workflows.reconciling import ReconcileStore

PAYMENT_ERROR, PAID = 8, 2


def unreadable(order: Order) -> Order:
    """Refuse to read an order."""
    raise FixData(
        "the shop does not tell the order's currency", field="currency", connection=order.connection
    )


def placing(order: Order) -> Order:
    """Show an order as one that the store is still placing."""
    return order.model_copy(update={"state": StoreState.PLACING})


async def test_an_order_that_cannot_be_read_may_be_cancelled(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_as(monkeypatch, running, unreadable)
    order_id = place(running)
    held = await running.until(order_id, Stage.HELD)

    await running.update(order_id, "cancel", Asked(by="olga", reason="a test order"))
    ended = await running.until(order_id, Stage.CANCELLED)

    assert held.hold is not None
    assert (held.hold.code, held.hold.field) == ("store_refused", "currency")
    assert ended.because == "a test order"


async def test_an_order_that_cannot_be_read_is_held_each_time_and_goes_on_once_it_can(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as bad:
        reads_as(bad, running, unreadable)
        order_id, number = place(running), 0
        for _ in range(5):
            held = await _held_again(running, order_id, number)
            assert held.hold is not None
            number = held.hold.number
            await running.update(order_id, "continue_order", Asked(by="olga"))
        await _held_again(running, order_id, number)

    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)


async def _held_again(running: House, order_id: int, number: int) -> Any:
    return await running.until(
        order_id, Stage.HELD, where=lambda view: view.hold is not None and view.hold.number > number
    )


async def test_an_order_that_is_never_placed_asks_a_person_after_a_bounded_number_of_looks(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.journey.MOST_PLACING_LOOKS", 2)
    monkeypatch.setattr("workflows.journey.LONGEST_PLACING_PAUSE", timedelta(milliseconds=100))
    with monkeypatch.context() as slow:
        reads_as(slow, running, placing)
        order_id = place(running)
        waits = await running.until(order_id, Stage.RECEIVED)
        held = await running.until(order_id, Stage.HELD)

    running.shop.set_state(order_id, 3)
    await running.until(order_id, Stage.POSTED)

    assert waits.number
    assert held.hold is not None
    assert held.hold.code == "still_placing"


async def test_an_order_that_is_being_placed_may_be_cancelled(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_as(monkeypatch, running, placing)
    order_id = place(running)
    await running.until(order_id, Stage.RECEIVED)

    await running.update(order_id, "cancel", Asked(by="olga", reason="the buyer called"))
    await running.until(order_id, Stage.CANCELLED)


async def test_an_order_its_store_denied_is_taken_in_when_its_list_shows_it(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.journey.DENIED_PAUSES", (timedelta(milliseconds=50),))
    running.shop.faults.arm("webhook_lose", times=None)
    with monkeypatch.context() as lagging:

        async def denied(order_id: str) -> Order:
            raise NotFound("the shop has no such order", connection=running.store)

        lagging.setattr(store_of(running), "read_order", denied)
        order_id = place(running)
        await _reconcile(running, 1)
        await _denied(running, order_id)
        refused = await running.waybill.inbox.counts()

    await _reconcile(running, 2)
    await running.until(order_id, Stage.POSTED)

    assert refused == {InboxState.DENIED.value: 1}
    assert len(running.orders_in_erp(order_id)) == 1


async def _reconcile(running: House, number: int) -> None:
    name = f"reconcile-{running.store}-{number}"
    await running.client.execute_workflow(
        ReconcileStore.run, running.store, id=name, task_queue=running.store
    )


async def _denied(running: House, order_id: int) -> None:
    async def failed() -> bool | None:
        description = await running.handle(order_id).describe()
        return description.status is WorkflowExecutionStatus.FAILED or None

    await eventually(failed)


async def test_an_order_whose_payment_failed_waits_and_goes_on_when_it_is_paid(running: House) -> None:
    order_id = place(running, module="ps_wirepayment")
    first = await running.until(order_id, Stage.HELD)
    running.shop.set_state(order_id, PAYMENT_ERROR)
    failed = await until_read(running, order_id, first)

    running.shop.set_state(order_id, PAID)
    await running.until(order_id, Stage.POSTED)

    assert failed.hold is not None
    assert (failed.stage, failed.hold.code) == (Stage.HELD, "payment_pending")
    assert len(running.orders_in_erp(order_id)) == 1


async def test_an_order_that_its_store_cancelled_before_posting_may_be_revived_there(running: House) -> None:
    order_id = place(running, {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}})
    await running.until(order_id, Stage.HELD)
    running.shop.cancel(order_id)
    await running.until(order_id, Stage.CANCELLED)

    running.shop.set_state(order_id, PAID)
    held = await running.until(order_id, Stage.HELD)

    assert held.hold is not None
    assert held.hold.code == "sku_unknown"


@pytest.mark.parametrize("posted", [False, True], ids=["held", "posted"])
async def test_an_order_that_a_person_cancelled_is_not_revived_by_its_store(
    running: House, posted: bool
) -> None:
    line = {} if posted else {"raw": {"product_reference": "NO-SUCH"}}
    order_id = place(running, {"sku": "WINE-RED-75", **line})
    await running.until(order_id, Stage.POSTED if posted else Stage.HELD)
    await running.update(order_id, "cancel", Asked(by="olga", reason="the buyer called"))
    ended = await running.until(order_id, Stage.CANCELLED)

    running.shop.set_state(order_id, 3)
    late = await eventually(lambda: _late(running))

    assert late
    assert not ended.revivable
    assert await running.view(order_id) == ended


async def _late(running: House) -> int | None:
    counts = await running.waybill.inbox.counts()
    return counts.get(InboxState.LATE.value)
