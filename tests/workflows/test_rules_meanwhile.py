"""Rules that act while the order goes on: what one of them does is neither lost nor done to another hold."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.corrections import Correction
from domain.hooks import LateAnswer
from domain.life import Asked, OrderView
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.hook_packages import put
from tests.house import House, eventually, house
from tests.workflows.driving import live
from tests.workflows.hooks_on_demand import (
    AT_GATE,
    SALES,
    SOURCE,
    WAREHOUSE,
    told,
)
from tests.workflows.placing import CABINET, place
from tests.workflows.publishing import publish, rule


@pytest.fixture
async def gated(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[House, Any]]:
    """A house with a hook that takes as long as the test wants."""
    name = put(tmp_path / "hooks", SOURCE, {each: each for each in ("at_gate", "for_posting")})
    monkeypatch.syspath_prepend(str(tmp_path / "hooks"))
    async with house(temporal_server, tmp_path) as running:
        yield running, __import__(name)


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

    assert view.warnings == ("count it twice (rule stop)",)


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
