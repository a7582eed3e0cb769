"""Rules and hooks over an order's whole life: what is judged anew, what is forgotten, what is told once."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.corrections import Correction
from domain.hooks import PostingAnswer
from domain.life import Asked, OrderStart, OrderView
from domain.policy import Goods
from domain.returning import ReturnAsked
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.hook_packages import put
from tests.house import House, house
from tests.workflows.driving import give_up_soon, live
from tests.workflows.hooks_on_demand import (
    AT_GATE,
    SALES,
    SOURCE,
    WAREHOUSE,
    calling_before_posting,
    put_for_posting,
    told,
)
from tests.workflows.placing import place
from tests.workflows.publishing import publish, rule
from tests.workflows.test_following import posted
from tests.workflows.test_returns import bottles
from workflows.life import OrderLife


def has_question(view: OrderView) -> bool:
    """Whether somebody was asked."""
    return view.approval is not None


async def test_an_approval_does_not_count_for_other_people_of_the_same_policy(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = put_for_posting(tmp_path, monkeypatch)
    module.answers["for_posting"] = PostingAnswer(hold="look again")
    ask = rule("ask", "validated", {"do": "require_approval", "policy": "big"})
    async with house(temporal_server, tmp_path, change=calling_before_posting) as running:
        await publish(running, ask, policies={"big": {"role": "director"}})
        order_id = place(running)
        view = await running.until(order_id, Stage.AWAITING_APPROVAL, where=has_question)
        await running.update(order_id, "decide", running.decision(view))
        await running.until(order_id, Stage.HELD)
        await publish(running, ask, policies={"big": {"role": "board"}})
        module.answers.clear()

        await running.update(order_id, "continue_order", Asked(by="olga"))
        asked = await running.until(order_id, Stage.AWAITING_APPROVAL, Stage.POSTED)

        assert asked.stage is Stage.AWAITING_APPROVAL


async def test_a_payment_is_received_before_posting_too(running: House) -> None:
    await publish(running, rule("paid", "payment_received", SALES))
    order_id = place(running, module="ps_wirepayment")
    view = await running.until(order_id, Stage.HELD)
    assert view.hold is not None
    assert view.hold.code == "payment_pending"

    running.shop.pay(order_id)
    await running.handle(order_id).signal("store_event", {})
    await running.until(order_id, Stage.POSTED)

    await told(running, "sales@waybill.example")


async def test_a_doubt_lasts_while_a_person_is_asked_about_it(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def soon(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["settle"] = "60s"

    give_up_soon(monkeypatch)
    async with house(temporal_server, tmp_path, change=soon) as running:
        await publish(running, rule("doubt", "in_doubt_for", SALES, after="3s"))
        running.company.faults.arm("read_lag", seconds=30)
        running.company.faults.arm("reset_after_commit", path="$batch")
        order_id = place(running)
        view = await running.until(order_id, Stage.HELD)
        assert view.hold is not None
        assert view.hold.code == "still_in_doubt"

        await told(running, "sales@waybill.example")


async def test_an_answer_to_a_person_carries_no_trace_of_rules(running: House) -> None:
    await publish(running, rule("tag", "captured", {"do": "tag", "tags": ["seen"]}))
    running.company.faults.arm("latency", times=None, seconds=1.5)
    order_id = place(running)
    await live_once_begun(running, order_id)

    view = await running.update(order_id, "hold", Asked(by="olga", reason="mine"))
    running.company.faults.clear()

    assert view.tags == ("seen",)
    assert view.decisions == ()
    await running.until(order_id, Stage.HELD)
    (decision,) = await running.waybill.decisions.of(running.store, str(order_id))
    assert decision.did == ("tag seen",)


async def live_once_begun(running: House, order_id: int) -> None:
    """Wait until the order's workflow is there, and its rules at capture were judged."""
    await running.until(order_id, Stage.CHECKING)
    await live(running, order_id, lambda view: view.tags)


async def test_what_a_hook_set_for_an_order_that_was_changed_since_is_forgotten(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = put_for_posting(tmp_path, monkeypatch)
    module.answers["for_posting"] = PostingAnswer(fields={"reference": "FOR-SIX"}, tags=("six",))
    async with house(temporal_server, tmp_path, change=calling_before_posting) as running:
        running.company.faults.arm("closed_period", times=None)
        order_id = place(running)
        await running.until(order_id, Stage.HELD)
        running.company.faults.clear()
        module.answers.clear()

        changed = Correction(fields={"delivery.city": "Lille"}, by="olga", reason="asked for")
        await running.update(order_id, "correct", changed)
        await running.update(order_id, "continue_order", Asked(by="olga"))
        view = await running.until(order_id, Stage.POSTED)

        (document,) = running.orders_in_erp(order_id)
        assert document.get("NumAtCard") != "FOR-SIX"
        assert view.tags == ()


def ending_soon(raw: dict[str, Any]) -> None:
    raw["pairs"]["main"]["return_window"] = "1s"


async def test_an_order_that_is_opened_again_is_told_and_hooked_no_second_time(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = put(tmp_path / "hooks", SOURCE, {"at_gate": "at_gate"})
    monkeypatch.syspath_prepend(str(tmp_path / "hooks"))
    module: Any = __import__(name)
    async with house(temporal_server, tmp_path, change=ending_soon) as running:
        await running.watch_erp()
        await publish(
            running,
            rule("posted", "posted", SALES, AT_GATE, {"do": "tag", "tags": ["seen"]}),
            rule("shipped", "shipped", WAREHOUSE, AT_GATE),
            rule("asked", "return_requested", SALES),
        )
        order_id, entry = await posted(running)
        delivery = running.company.staff.deliver(entry)["DocEntry"]
        running.company.staff.invoice_delivery(delivery)
        await running.until(order_id, Stage.COMPLETED)
        await running.handle(order_id).result()
        await running.mailbox.arrived(2)
        begun = list(module.begun)

        asked = ReturnAsked(reference="R1", lines=bottles(2), goods=Goods.BACK, by="olga")
        await running.update(order_id, "ask_return", asked)
        await running.until(order_id, Stage.COMPLETED, where=lambda view: len(view.papers) == 3)
        view = await running.until(order_id, Stage.COMPLETED)
        await running.mailbox.arrived(3)

        assert len(begun) == 2
        assert module.begun == begun
        assert view.tags == ("seen",)
        assert len(running.mailbox.mails) == 3


def test_an_order_that_is_posted_anew_is_not_late_at_once() -> None:
    begun, cancelled = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    life = OrderLife.begun(OrderStart(connection="shop", store_order_id="1"), begun)
    assert life.waiting_since == begun

    life.post_anew(cancelled)

    assert life.waiting_since == cancelled
