"""What comes while an order ends is not lost; what comes of one that nothing is kept of leaves nothing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from activities.intake import ORDER_WORKFLOW, starting
from domain.life import OrderStart
from domain.order import order_workflow_id
from domain.returning import ENDED, ReturnStage
from domain.stages import Stage
from records.orders import Ending
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.test_returns import RED, sold
from workflows.noticing import NOTICE_WARNINGS


@pytest.fixture
async def short(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(return_window="1s")

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        yield running


async def test_a_refund_told_while_the_order_ends_is_not_lost(
    short: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await sold(short)
    await short.until(order.order_id, Stage.COMPLETED)
    await short.handle(order.order_id).result()
    look, looks = short.waybill.orders.ending, 0

    async def read_a_moment_too_early(connection: str, order_id: str) -> Ending:
        nonlocal looks
        looks += 1
        return Ending.NONE if looks == 1 else await look(connection, order_id)

    monkeypatch.setattr(short.waybill.orders, "ending", read_a_moment_too_early)
    slip = short.shop.refund(order.order_id, {"lines": [{"sku": RED, "quantity": 1}]})
    done = await order.until(*ENDED, reference=f"slip-{slip}")

    assert done.stage is ReturnStage.COMPLETED, done.because


async def test_a_warning_for_an_order_that_nothing_is_kept_of_keeps_no_workflow_open(short: House) -> None:
    start = OrderStart(connection=short.store, store_order_id="999999", late=True)
    await short.client.start_workflow(
        ORDER_WORKFLOW,
        start,
        **starting(start, short.waybill.configuration.task_queue, again=True),
        start_signal=NOTICE_WARNINGS,
        start_signal_args=[["a mail came back"]],
    )
    handle = short.client.get_workflow_handle(order_workflow_id(short.store, "999999"))

    async def failed() -> bool | None:
        return (await handle.describe()).status is WorkflowExecutionStatus.FAILED or None

    assert await eventually(failed, 10)
