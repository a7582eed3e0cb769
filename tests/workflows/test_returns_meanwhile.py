"""Several returns of one order do not take each other's goods, papers or place."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from domain.life import OrderView
from domain.policy import Goods, PaperKind
from domain.returning import ENDED, ReturnStage
from domain.stages import Stage
from sandbox.sap_business_one.document_kinds import RETURN_REQUESTS
from starter.order_desk import Declined
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.driving import erp_of, live, park_at_once
from tests.workflows.test_cancelling import BY_OLGA
from tests.workflows.test_following import posted
from tests.workflows.test_returns import Sold, bottles, sold
from workflows.return_life import return_id


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    async with house(temporal_server, tmp_path) as running:
        await running.watch_erp()
        yield running


async def test_a_second_return_of_what_was_not_invoiced_brings_its_own_goods(watched: House) -> None:
    order = await sold(watched, invoiced=False)
    before = order.on_hand()

    for name, count in (("R1", 3), ("R2", 2)):
        await order.ask(name, lines=bottles(count), goods=Goods.BACK)
        await order.until(*ENDED, reference=name)

    assert order.on_hand() - before == 5


async def test_goods_are_credited_on_the_request_that_they_came_with(watched: House) -> None:
    order = await sold(watched)
    for name in ("R1", "R2"):
        await order.ask(name, lines=bottles(2))
        waiting = await order.until(ReturnStage.WAITING_FOR_GOODS, reference=name)
    second = waiting.papers[0].removeprefix("return request ")

    await watched.desk.tell_return(watched.store, str(order.order_id), "R2", "goods_arrived", BY_OLGA)
    view = await watched.until(order.order_id, *Stage, where=lambda view: bool(_of(view, "credit_note")))

    (credit,) = _of(view, "credit_note")
    requests = {paper.number: paper.id for paper in _of(view, "return_request")}
    assert credit.follows == (requests[second],)


async def set_back(running: House, order_id: int) -> None:
    """Reset the order in Temporal to the moment before something was asked of it; what followed is lost."""
    handle = running.handle(order_id)
    before = 0
    async for event in handle.fetch_history_events():
        if event.HasField("workflow_execution_update_accepted_event_attributes"):
            break
        if event.HasField("workflow_task_completed_event_attributes"):
            before = event.event_id
    await running.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=running.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
            reason="a person set it back",
            request_id=str(uuid4()),
            workflow_task_finish_event_id=before,
            reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_NONE,
        )
    )


async def test_a_return_is_found_again_after_its_order_was_set_back(watched: House) -> None:
    order = await sold(watched)
    await order.ask("R1", lines=bottles(2))
    waiting = await order.until(ReturnStage.WAITING_FOR_GOODS)

    await set_back(watched, order.order_id)
    await live(watched, order.order_id, lambda view: not view.returns)
    view = await order.ask("R1", lines=bottles(2))

    assert view.returns == (waiting,)


async def test_a_return_that_waits_for_the_erp_can_be_given_up(
    watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    park_at_once(monkeypatch)
    order = await sold(watched)
    watched.company.faults.arm("bad_gateway_html", times=None)
    await order.ask("R1", amount=Decimal(5), goods=Goods.NONE)
    handle = watched.client.get_workflow_handle(return_id(watched.store, str(order.order_id), "R1"))

    async def waits() -> bool | None:
        return bool([task async for task in _waiting(handle)]) or None

    await eventually(waits)
    await watched.desk.tell_return(watched.store, str(order.order_id), "R1", "give_up", BY_OLGA)
    view = await order.until(*ENDED)

    assert (view.stage, view.because) == (ReturnStage.REFUSED, "given up by olga: the buyer called")


async def _waiting(handle: WorkflowHandle[Any, Any]) -> AsyncIterator[str]:
    """Yield the timers that the return has set."""
    async for event in handle.fetch_history_events():
        if event.HasField("timer_started_event_attributes"):
            yield event.timer_started_event_attributes.timer_id


@pytest.mark.parametrize("gives_up", [False, True])
async def test_goods_that_are_back_are_not_those_that_another_return_waits_for(
    watched: House, gives_up: bool
) -> None:
    order = await sold(watched)
    await order.ask("R1", lines=bottles(4))
    await order.until(ReturnStage.WAITING_FOR_GOODS, reference="R1")
    if gives_up:
        await watched.desk.tell_return(watched.store, str(order.order_id), "R1", "give_up", BY_OLGA)
        await order.until(*ENDED, reference="R1")

    if not gives_up:
        await order.shows(PaperKind.RETURN_REQUEST, 1)
        with pytest.raises(Declined, match="not back are 2"):
            await order.ask("R2", lines=bottles(3), goods=Goods.BACK)
        return
    await order.ask("R2", lines=bottles(3), goods=Goods.BACK)
    assert (await order.until(*ENDED, reference="R2")).stage is ReturnStage.COMPLETED


def _of(view: OrderView, kind: str) -> list[Any]:
    return [paper for paper in view.papers if paper.kind is PaperKind(kind)]


def book_return(running: House) -> None:
    """Let the company's staff book the goods of the only return request."""
    company = running.company
    with company.transaction():
        (row,) = company.documents_named("ReturnRequest").table.rows()
        base = {"BaseType": RETURN_REQUESTS.number, "BaseEntry": row["DocEntry"]}
        lines = [
            {**base, "BaseLine": line["LineNum"], "Quantity": line["Quantity"]}
            for line in row["DocumentLines"]
        ]
        company.documents_named("Returns").create({"CardCode": row["CardCode"], "DocumentLines": lines})


async def test_goods_whose_news_were_lost_are_found_before_the_return_is_given_up(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["return_window"] = "3s"

    async with house(temporal_server, tmp_path, change=choose) as running:
        order_id, entry = await posted(running)
        delivery = running.company.staff.deliver(entry)["DocEntry"]
        await running.handle(order_id).signal("erp_event")
        await running.until(order_id, Stage.SHIPPED)
        order = Sold(running, order_id, entry, delivery)
        await order.ask("R1", lines=bottles(2))
        await order.until(ReturnStage.WAITING_FOR_GOODS)
        book_return(running)
        view = await order.until(*ENDED)

        assert view.stage is ReturnStage.COMPLETED, view.because


async def test_two_credit_notes_at_once_never_exceed_what_was_invoiced(
    watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read what is left before either is written, where nothing keeps them apart."""
    order = await sold(watched)
    erp, both, inside = erp_of(watched), asyncio.Barrier(2), "_body"
    writing = erp._aftercare  # type: ignore[attr-defined]  # between its reading and its writing
    body = getattr(writing, inside)

    async def met(*asked: Any) -> Any:
        with contextlib.suppress(TimeoutError, asyncio.BrokenBarrierError):
            async with asyncio.timeout(1):
                await both.wait()
        return await body(*asked)

    monkeypatch.setattr(writing, inside, met)
    for name in ("R1", "R2"):
        await order.ask(name, amount=Decimal(60), goods=Goods.NONE)
    views = [await order.until(*ENDED, ReturnStage.STOPPED, reference=name) for name in ("R1", "R2")]

    assert order.made("credit_note") == 1
    (refused,) = [view for view in views if view.stage is not ReturnStage.COMPLETED]
    assert "30.00 EUR" in refused.because


async def test_news_that_cannot_be_read_do_not_end_the_orders_life(watched: House) -> None:
    order_id, _ = await posted(watched)

    await watched.handle(order_id).signal("return_news", {"reference": "R1", "stage": "of a newer version"})
    await watched.update(order_id, "hold", BY_OLGA)
    await watched.until(order_id, Stage.HELD)
    state = (await watched.handle(order_id).describe()).status

    assert state is WorkflowExecutionStatus.RUNNING
