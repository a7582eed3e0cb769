"""What the webhooks lost, the store's own list brings."""

from domain.stages import Stage
from tests.house import House, eventually
from tests.workflows.placing import place
from workflows.reconciling import ReconcileStore


async def reconcile(running: House) -> tuple[int, int]:
    """Run the reconciler once and return what it saw and took."""
    answer = await running.client.execute_workflow(
        ReconcileStore.run, running.store, id=f"reconcile-{running.store}", task_queue=running.store
    )
    return answer.seen, answer.taken


async def test_an_order_whose_webhook_was_lost_is_found(running: House) -> None:
    running.shop.faults.arm("webhook_lose", times=None)
    order_id = place(running)

    await reconcile(running)
    await running.until(order_id, Stage.POSTED)

    assert len(running.orders_in_erp(order_id)) == 1


async def test_an_order_that_is_known_is_not_taken_again(running: House) -> None:
    order_id = place(running)
    await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    await reconcile(running)
    signals = await _signals(running, order_id)

    for _ in range(3):
        await reconcile(running)

    assert await _signals(running, order_id) == signals


async def _signals(running: House, order_id: int) -> int:
    history = await running.handle(order_id).fetch_history()
    return sum(event.HasField("workflow_execution_signaled_event_attributes") for event in history.events)


async def test_a_lost_cancellation_reaches_the_order(running: House) -> None:
    order_id = place(running)
    await running.until(order_id, Stage.POSTED)
    running.shop.faults.arm("webhook_lose", times=None)
    running.shop.cancel(order_id)

    await reconcile(running)

    await running.until(order_id, Stage.CANCELLED)


async def test_rows_that_wait_are_started_by_the_reconciler_too(running: House) -> None:
    running.shop.faults.arm("webhook_lose", times=None)
    ids = [place(running) for _ in range(5)]

    _, taken = await reconcile(running)

    async def nothing_waits() -> bool | None:
        return not await running.waybill.inbox.waiting() or None

    await eventually(nothing_waits)
    for order_id in ids:
        await running.until(order_id, Stage.POSTED)
    assert taken == 5
