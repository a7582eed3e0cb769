"""Rules that act while the order goes on: what one of them does is neither lost nor done to another hold."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.corrections import Correction
from domain.hooks import LateAnswer, PostingAnswer
from domain.life import Asked, OrderStart, OrderView
from domain.policy import Goods
from domain.returning import ReturnAsked
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.hook_packages import put
from tests.house import House, eventually, house
from tests.workflows.driving import give_up_soon, live
from tests.workflows.placing import CABINET, place
from tests.workflows.publishing import publish, rule
from tests.workflows.test_following import posted
from tests.workflows.test_returns import bottles
from workflows.life import OrderLife

SOURCE = """
import asyncio
from domain.hooks import *

closed = set()
begun = []
answers = {}

async def at_gate(given: OrderFollowed) -> LateAnswer | None:
    begun.append(given.key)
    while "at_gate" in closed:
        await asyncio.sleep(0.02)
    return answers.get("at_gate")

def for_posting(given: OrderChecked) -> PostingAnswer | None:
    return answers.get("for_posting")
"""
SALES = {"do": "notify", "audience": "sales", "to": "sales@waybill.example"}
WAREHOUSE = {"do": "notify", "audience": "warehouse", "to": "wh@waybill.example"}
AT_GATE = {"do": "call_hook", "hook": "at_gate"}


@pytest.fixture
async def gated(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[House, Any]]:
    """A house with a hook that takes as long as the test wants."""
    name = put(tmp_path / "hooks", SOURCE, {each: each for each in ("at_gate", "for_posting")})
    monkeypatch.syspath_prepend(str(tmp_path / "hooks"))
    async with house(temporal_server, tmp_path) as running:
        yield running, __import__(name)


async def told(running: House, to: str) -> str:
    """Wait for a mail to somebody and return its text."""

    async def look() -> str | None:
        return next((mail.text for mail in running.mailbox.mails if to in mail.to[0]), None)

    return await eventually(look)


async def calls(module: Any, count: int) -> list[str]:
    """Wait until the hook was begun so often and return the keys."""

    async def look() -> list[str] | None:
        return list(module.begun) if len(module.begun) >= count else None

    return await eventually(look)


async def test_a_rule_that_rejects_tells_as_well(running: House) -> None:
    await publish(running, rule("no", "validated", {"do": "reject", "reason": "not sold there"}, SALES))

    order_id = place(running)
    await running.until(order_id, Stage.REJECTED)

    assert "no" in await told(running, "sales@waybill.example")


async def test_a_rule_that_holds_tells_at_once(running: House) -> None:
    await publish(
        running,
        rule("look", "validated", {"do": "hold", "reason": "look"}, SALES, {"do": "tag", "tags": ["seen"]}),
    )

    order_id = place(running)
    view = await running.until(order_id, Stage.HELD)
    await told(running, "sales@waybill.example")

    assert view.tags == ("seen",)
    assert (await running.until(order_id, Stage.HELD)).hold is not None
    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)
    assert len([mail for mail in running.mailbox.mails if "sales@" in mail.to[0]]) == 1


async def test_a_rule_tells_all_whom_it_names(running: House) -> None:
    await publish(running, rule("both", "posted", SALES, WAREHOUSE))

    await running.until(place(running), Stage.POSTED)

    await told(running, "sales@waybill.example")
    await told(running, "wh@waybill.example")


async def test_what_a_rule_began_is_finished_when_the_order_ends_meanwhile(
    gated: tuple[House, Any],
) -> None:
    running, module = gated
    module.closed.add("at_gate")
    await publish(
        running,
        rule("look", "validated", {"do": "hold", "reason": "look"}),
        rule("book", "held", AT_GATE, SALES),
    )
    order_id = place(running)
    await calls(module, 1)
    await running.update(order_id, "cancel", Asked(by="olga"))
    await running.until(order_id, Stage.CANCELLED)
    module.closed.clear()

    await told(running, "sales@waybill.example")
    assert len(module.begun) == 1


async def test_temporals_own_cancel_button_loses_nothing_that_a_rule_began(gated: tuple[House, Any]) -> None:
    running, module = gated
    module.closed.add("at_gate")
    await publish(
        running,
        rule("look", "validated", {"do": "hold", "reason": "look"}),
        rule("book", "held", AT_GATE, SALES),
    )
    order_id = place(running)
    await calls(module, 1)
    await running.update(order_id, "cancel", Asked(by="olga"))
    await running.until(order_id, Stage.CANCELLED)
    await running.handle(order_id).cancel()
    await running.handle(order_id).query("view")
    module.closed.clear()

    outcome = await running.handle(order_id).result()

    assert outcome["stage"] == "cancelled"
    await told(running, "sales@waybill.example")


async def test_a_rule_releases_only_the_hold_that_it_looked_at(gated: tuple[House, Any]) -> None:
    running, module = gated
    module.closed.add("at_gate")
    first = {"fact": "hold_reason", "is": "equals", "value": "rule_hold"}
    await publish(
        running,
        rule("look", "validated", {"do": "hold", "reason": "look"}),
        rule("free", "held", AT_GATE, {"do": "release"}, **{"if": first}),
    )
    order_id = place(running, CABINET)
    await calls(module, 1)
    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.AWAITING_APPROVAL)
    await running.update(order_id, "hold", Asked(by="olga", reason="mine"))
    await running.until(order_id, Stage.HELD, where=is_by_person)
    module.answers["at_gate"] = LateAnswer(tags=("asked",))
    module.closed.clear()

    view = await live(running, order_id, lambda view: "asked" in view.tags)
    assert view.stage is Stage.HELD
    assert view.hold is not None
    assert is_by_person(view)


def is_by_person(view: OrderView) -> bool:
    """Whether a person holds the order."""
    return view.hold is not None and view.hold.code == "held_by_person"


async def test_a_rule_does_not_release_an_order_for_ever(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def ignoring_stock(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["stock"] = "ignore"

    there, here = {"fact": "in_stock", "is": "is_true"}, {"fact": "in_stock", "is": "is_false"}
    async with house(temporal_server, tmp_path, change=ignoring_stock) as running:
        await publish(
            running,
            rule("there", "validated", {"do": "choose", "warehouse": "02"}, **{"if": there}),
            rule("here", "validated", {"do": "choose", "warehouse": "01"}, **{"if": here}),
            rule("free", "held", {"do": "release"}),
        )
        order_id = place(running)

        view = await running.until(order_id, Stage.HELD, where=lambda view: bool(view.warnings))

        assert "released the order 3 times" in view.warnings[-1]


async def test_deadlines_call_the_same_hook_each(gated: tuple[House, Any]) -> None:
    running, module = gated
    await publish(
        running,
        rule("look", "validated", {"do": "hold", "reason": "look"}),
        rule("soon", "not_posted_after", AT_GATE, after="1s"),
        rule("later", "not_posted_after", AT_GATE, after="2s"),
        rule("held", "on_hold_for", AT_GATE, after="1s"),
    )
    place(running)

    assert len(set(await calls(module, 3))) == 3


async def test_a_rule_that_cannot_hold_an_order_says_so(gated: tuple[House, Any]) -> None:
    running, module = gated
    module.closed.add("at_gate")
    dull = {"fact": "hold_reason", "is": "equals", "value": "held_by_person"}
    await publish(running, rule("stop", "held", {"do": "hold", "reason": "count it twice"}, **{"if": dull}))
    order_id = place(running, CABINET)
    await running.until(order_id, Stage.AWAITING_APPROVAL)
    await running.update(order_id, "hold", Asked(by="olga", reason="mine"))

    view = await running.until(order_id, Stage.HELD, where=lambda view: bool(view.warnings))

    assert view.warnings == ("count it twice",)


async def test_a_tag_lasts_only_while_its_rule_gives_it(running: House) -> None:
    big = {"any_line": {"fact": "quantity", "is": "more_than", "value": "5"}}
    tagged = {"fact": "tags", "is": "has_any", "value": ["big"]}
    await publish(
        running,
        rule("big", "captured", {"do": "tag", "tags": ["big"]}, **{"if": big}),
        rule("again", "captured", {"do": "reject", "reason": "judged twice"}, priority="1", **{"if": tagged}),
        rule("look", "validated", {"do": "hold", "reason": "too big"}, **{"if": tagged}),
    )
    order_id = place(running)
    await running.until(order_id, Stage.HELD)
    await running.update(
        order_id, "correct", Correction(fields={"line.1.quantity": "1"}, by="olga", reason="typo")
    )
    await running.update(order_id, "continue_order", Asked(by="olga"))
    view = await running.until(order_id, Stage.HELD, Stage.POSTED, Stage.REJECTED, where=is_new)

    assert view.tags == ()


def is_new(view: OrderView) -> bool:
    """Whether the order is past the hold of the rule."""
    return view.hold is None or view.hold.code != "rule_hold"


def put_for_posting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Install a hook that is called before posting and return its module."""
    name = put(folder / "hooks", SOURCE, {"for_posting": "for_posting"})
    monkeypatch.syspath_prepend(str(folder / "hooks"))
    return __import__(name)


def calling_before_posting(raw: dict[str, Any]) -> None:
    raw["pairs"]["main"]["hooks"] = [{"point": "before_posting", "hook": "for_posting"}]


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


def has_question(view: OrderView) -> bool:
    """Whether somebody was asked."""
    return view.approval is not None


async def test_a_short_hold_is_noticed_however_busy_the_rules_are(gated: tuple[House, Any]) -> None:
    running, module = gated
    module.closed.add("at_gate")
    mine = {"fact": "hold_reason", "is": "equals", "value": "held_by_person"}
    first = {"fact": "hold_reason", "is": "equals", "value": "rule_hold"}
    await publish(
        running,
        rule("look", "validated", {"do": "hold", "reason": "look"}),
        rule("book", "held", AT_GATE, **{"if": first}),
        rule("tell", "held", SALES, **{"if": mine}),
    )
    order_id = place(running, CABINET)
    await calls(module, 1)
    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.AWAITING_APPROVAL)
    await running.update(order_id, "hold", Asked(by="olga", reason="mine"))
    await running.until(order_id, Stage.HELD, where=is_by_person)
    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.AWAITING_APPROVAL)
    module.closed.clear()

    await told(running, "sales@waybill.example")


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
