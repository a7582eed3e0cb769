"""An exchange: other goods are ordered in the ERP once, when the pair says, and followed until shipped."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.fulfilment import Delivery
from domain.life import Asked
from domain.money import Money
from domain.policy import DocumentKind, Goods
from domain.posting import ErpDocument
from domain.returning import ENDED, Replacement, ReturnStage, ReturnView
from domain.stages import Stage
from starter.order_desk import Declined
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.driving import erp_of
from tests.workflows.placing import note_of
from tests.workflows.test_following import shop_shows
from tests.workflows.test_returns import RED, Sold, bottles, sold

WHITE = "WINE-WHITE-75"
BY_OLGA = Asked(by="olga", reason="as agreed")


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["publish_stock"] = True
        raw["notices"] = [{"event": ["replacement_ordered"], "audience": "customer"}]

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        yield running


def whites(count: int, price: str | None = "11.90") -> tuple[Replacement, ...]:
    said = Decimal(price) if price else None
    return (Replacement(sku=WHITE, quantity=Decimal(count), price=said),)


def replacements(order: Sold) -> list[dict[str, Any]]:
    """Return the sales orders that the ERP has for exchanges."""
    orders = order.running.orders_in_erp(order.order_id)
    return [row for row in orders if ":exchange:" in row["U_WebOrderId"]]


async def tell(order: Sold, what: str, reference: str = "R1") -> None:
    await order.running.desk.tell_return(order.running.store, str(order.order_id), reference, what, BY_OLGA)


async def sent(order: Sold) -> ReturnView:
    """Wait until the replacement is ordered and shown."""

    async def look() -> ReturnView | None:
        view = await order.running.view(order.order_id)
        return next((each for each in view.returns if each.replacement), None) if view else None

    return await eventually(look)


def ship(order: Sold, view: ReturnView, **facts: Any) -> None:
    assert view.replacement is not None
    order.running.company.staff.deliver(int(view.replacement.entry), **facts)


async def test_goods_that_came_back_are_credited_and_others_are_sent_once(watched: House) -> None:
    order = await sold(watched)
    committed = watched.company.staff.stock_of(WHITE)[1]

    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2))
    ordered = await sent(order)
    reserved = watched.company.staff.stock_of(WHITE)[1] - committed
    ship(order, ordered, tracking="1Z777")
    done = await order.until(*ENDED)

    assert ordered.replacement is not None
    assert done.replacement is not None
    assert (done.stage, done.replacement.delivery) == (ReturnStage.COMPLETED, Delivery.SHIPPED)
    assert "6.20 EUR are owed to the buyer" in done.because
    assert (
        done.credited and done.credited.amount,
        done.replacement.total and done.replacement.total.amount,
    ) == (
        Decimal("30.00"),
        Decimal("23.80"),
    )
    assert reserved == 2
    (row,) = replacements(order)
    assert row["U_WebOrderId"] == f"{watched.store}:{order.order_id}:exchange:R1"
    (first,) = [each for each in watched.orders_in_erp(order.order_id) if each is not row]
    assert row["CardCode"] == first["CardCode"]
    assert order.made("credit_note") == 1


async def test_the_store_is_told_number_tracking_and_stock_of_what_is_sent_instead(watched: House) -> None:
    order = await sold(watched)
    stock = watched.shop.stock_of(WHITE)
    assert stock is not None

    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2))
    view = await sent(order)
    ship(order, view, tracking="1Z777")
    done = await order.until(*ENDED)

    async def told() -> bool | None:
        return "1Z777" in shop_shows(watched, order.order_id)[1] or None

    await eventually(told)
    assert view.replacement is not None
    assert f"order {view.replacement.number} (return R1)" in note_of(watched, order.order_id)
    assert watched.shop.stock_of(WHITE) == stock - 2
    assert done.notes == ()
    (mail,) = await watched.mailbox.arrived(1)
    assert "échange" in mail.subject


async def test_what_is_sent_instead_waits_for_the_goods_unless_it_is_wanted_at_once(watched: House) -> None:
    patient, hasty = await sold(watched), await sold(watched)

    await patient.ask(lines=bottles(1), instead=whites(1))
    await hasty.ask(lines=bottles(1), instead=whites(1), at_once=True)
    await patient.until(ReturnStage.WAITING_FOR_GOODS)
    early = await hasty.until(ReturnStage.WAITING_FOR_GOODS)

    assert early.replacement is not None
    assert (len(replacements(patient)), len(replacements(hasty))) == (0, 1)
    await tell(patient, "goods_arrived")
    await tell(hasty, "goods_arrived")
    for order in (patient, hasty):
        ship(order, await sent(order))
        assert (await order.until(*ENDED)).stage is ReturnStage.COMPLETED
        assert len(replacements(order)) == 1


async def test_the_same_article_costs_what_it_did(watched: House) -> None:
    order = await sold(watched)

    same = (Replacement(sku=RED, quantity=Decimal(2)),)
    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=same)
    view = await sent(order)

    assert view.replacement is not None
    assert view.replacement.total is not None
    assert view.replacement.total.amount == Decimal("30.00")


async def test_a_price_that_nobody_said_is_not_guessed(watched: House) -> None:
    order = await sold(watched)

    with pytest.raises(Declined, match="say it, with tax, as WINE-WHITE-75=2@PRICE"):
        await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2, None))


@pytest.mark.parametrize("fault", ["reset_after_commit", "error_500_before"])
async def test_a_lost_answer_sends_nothing_twice(watched: House, fault: str) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2), instead=whites(2))
    await order.until(ReturnStage.WAITING_FOR_GOODS)
    watched.company.faults.arm("read_lag", seconds=0.5)
    watched.company.faults.arm(fault, path="$batch", times=2)

    await tell(order, "goods_arrived")
    ship(order, await sent(order))
    done = await order.until(*ENDED)

    assert done.stage is ReturnStage.COMPLETED
    assert (order.made("credit_note"), len(replacements(order))) == (1, 1)


async def test_a_return_that_is_set_back_sends_nothing_twice(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with house(temporal_server, tmp_path) as running:
        await running.watch_erp()
        order = await sold(running)
        await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2))
        await sent(order)
        handle = running.client.get_workflow_handle(f"return:{running.store}:{order.order_id}:R1")
        await handle.terminate("its worker's mistake")
        kept = await running.waybill.postings.known_keys((f"{running.store}:{order.order_id}:exchange:R1",))

        history = await handle.fetch_history()
        ordered = next(
            event.event_id
            for event in history.events
            if event.HasField("activity_task_scheduled_event_attributes")
            and event.activity_task_scheduled_event_attributes.activity_type.name == "post_sales_order"
        )
        await reset(running, handle.id, history, ordered)
        ship(order, await sent(order))
        done = await order.until(*ENDED)

    assert kept
    assert done.stage is ReturnStage.COMPLETED
    assert len(replacements(order)) == 1


async def reset(running: House, workflow_id: str, history: Any, before: int) -> None:
    """Set a workflow back to the moment before an event."""
    from temporalio.api.common.v1 import WorkflowExecution
    from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

    last = max(
        event.event_id
        for event in history.events
        if event.event_id < before and event.HasField("workflow_task_completed_event_attributes")
    )
    await running.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=running.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=history.run_id),
            reason="a test",
            workflow_task_finish_event_id=last,
            request_id=workflow_id,
        )
    )


@pytest.mark.parametrize(
    ("sku", "says"),
    [("NO-SUCH", "does not know an article"), ("DECANTER-RARE", "not enough stock")],
)
async def test_what_cannot_be_sent_stops_the_return_before_anything_is_written(
    watched: House, sku: str, says: str
) -> None:
    order = await sold(watched)
    instead = (Replacement(sku=sku, quantity=Decimal(3), price=Decimal(10)),)

    await order.ask(lines=bottles(2), instead=instead)
    stopped = await order.until(ReturnStage.STOPPED)
    await tell(order, "give_up")
    given_up = await order.until(*ENDED)

    assert says in stopped.because
    assert "continue the return, or give it up" in stopped.because
    assert given_up.stage is ReturnStage.REFUSED
    assert (order.made("credit_note"), order.made("return_request"), replacements(order)) == (0, 0, [])


async def test_a_return_goes_on_once_the_stock_is_there(watched: House) -> None:
    order = await sold(watched)
    instead = (Replacement(sku="DECANTER-RARE", quantity=Decimal(3), price=Decimal(10)),)
    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=instead)
    await order.until(ReturnStage.STOPPED)

    watched.company.staff.set_stock("DECANTER-RARE", Decimal(10))
    await tell(order, "continue_return")
    ship(order, await sent(order))
    done = await order.until(*ENDED)

    assert done.stage is ReturnStage.COMPLETED
    assert len(replacements(order)) == 1


async def test_a_replacement_that_the_erp_cancels_waits_for_a_person(watched: House) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2))
    view = await sent(order)
    assert view.replacement is not None

    watched.company.staff.cancel_order(int(view.replacement.entry))
    stopped = await order.until(ReturnStage.STOPPED)
    await tell(order, "continue_return")
    done = await order.until(*ENDED)

    assert "sent instead, is cancelled in the ERP" in stopped.because
    assert (done.stage, len(replacements(order))) == (ReturnStage.COMPLETED, 1)


async def test_giving_up_says_what_stays_in_the_erp(watched: House) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2))
    view = await sent(order)
    assert view.replacement is not None

    await tell(order, "give_up")
    done = await order.until(*ENDED)

    assert done.because.endswith(f"order {view.replacement.number}, sent instead, stays in the ERP")


async def test_giving_up_says_what_stays_in_the_erp_of_an_order_that_differs(
    watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await sold(watched)
    erp = erp_of(watched)
    read = erp.read_document

    async def read_with_another_total(kind: DocumentKind, entry: str) -> ErpDocument:
        document = await read(kind, entry)
        if ":exchange:" not in document.key:
            return document
        return document.model_copy(update={"total": Money(Decimal(1), "EUR")})

    monkeypatch.setattr(erp, "read_document", read_with_another_total)
    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2))
    stopped = await order.until(ReturnStage.STOPPED)
    await tell(order, "give_up")
    done = await order.until(*ENDED)

    (row,) = replacements(order)
    assert "differs" in stopped.because
    assert done.because.endswith(f"order {row['DocNum']}, sent instead, stays in the ERP")


@pytest.mark.parametrize("instead", [(), whites(2)])
async def test_giving_up_says_of_what_nobody_knows_whether_it_is_in_the_erp(
    watched: House, monkeypatch: pytest.MonkeyPatch, instead: tuple[Replacement, ...]
) -> None:
    monkeypatch.setattr("workflows.patience.MOST_DOUBTS", 0)
    order = await sold(watched)
    watched.company.faults.arm("reset_after_commit", path="$batch", times=1)

    await order.ask(lines=bottles(2), goods=Goods.BACK, at_once=True, instead=instead)
    stopped = await order.until(ReturnStage.STOPPED)
    await tell(order, "give_up")
    done = await order.until(*ENDED)

    assert done.because.startswith("given up by olga: as agreed; ")
    assert stopped.because.split(":")[0] in done.because
    assert (len(replacements(order)), order.made("credit_note")) == ((1, 0) if instead else (0, 1))


async def test_an_exchange_of_a_completed_order_opens_it_again(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(return_window="1s", exchange_at_once=True)

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        order = await sold(running)
        await running.until(order.order_id, Stage.COMPLETED)
        await running.handle(order.order_id).result()
        await order.ask(lines=bottles(2), instead=whites(2))
        await order.until(ReturnStage.WAITING_FOR_GOODS)
        await tell(order, "goods_arrived")
        ship(order, await sent(order))
        done = await order.until(*ENDED)
        await running.until(order.order_id, Stage.COMPLETED)

    assert done.stage is ReturnStage.COMPLETED
    assert len(replacements(order)) == 1
