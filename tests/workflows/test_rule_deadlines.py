"""Rules beside an order's way: deadlines that begin late or meet, and holds that say whose they are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.life import Asked, OrderView
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.hook_packages import put
from tests.house import House, house
from tests.workflows.hooks_on_demand import SALES, told
from tests.workflows.placing import CABINET, place
from tests.workflows.publishing import publish, rule

SLOW_HOOK = """
import asyncio
from domain.hooks import OrderChecked

async def at_check(given: OrderChecked) -> None:
    await asyncio.sleep(1.5)
"""


def tagged(view: OrderView) -> bool:
    """Whether the order has a tag."""
    return bool(view.tags)


def slow(name: str, *then: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a rule for orders that were not posted in time."""
    return rule(name, "not_posted_after", *then, **{"after": "1s", **more})


async def test_a_deadline_that_is_over_before_its_rule_is_valid_counts_from_then_on(running: House) -> None:
    begins = datetime.now(UTC) + timedelta(seconds=3)
    ends = begins - timedelta(seconds=2.9)
    tag = {"do": "tag", "tags": ["slow"]}
    await publish(
        running,
        slow("late", tag, valid_from=begins.isoformat()),
        slow("past", {"do": "tag", "tags": ["past"]}, valid_until=ends.isoformat()),
    )
    order_id = place(running, CABINET)

    view = await running.until(order_id, Stage.AWAITING_APPROVAL, where=tagged)

    assert view.tags == ("slow",)
    (decision,) = await running.waybill.decisions.of(running.store, str(order_id))
    assert decision.at >= begins


async def test_two_deadlines_that_contradict_each_other_hold_the_order_and_do_nothing(running: House) -> None:
    await publish(running, slow("one", SALES, {"do": "tag", "tags": ["told"]}), slow("two", SALES))
    order_id = place(running, CABINET)

    view = await running.until(order_id, Stage.HELD)

    assert view.hold is not None
    assert view.hold.code == "rules_conflict"
    assert view.hold.sentence.startswith("one and two both match and both would notify mail")
    await running.update(order_id, "release", Asked(by="olga"))
    view = await running.until(order_id, Stage.AWAITING_APPROVAL)
    assert view.tags == ("told",)
    assert not [mail for mail in running.mailbox.mails if "sales@" in mail.to[0]]


async def test_an_order_that_a_rule_held_on_its_way_is_judged_anew_before_it_is_posted(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "hooks", SLOW_HOOK, {"at_check": "at_check"})
    monkeypatch.syspath_prepend(str(tmp_path / "hooks"))
    mark = ({"do": "tag", "tags": ["seen"]}, {"do": "call_hook", "hook": "at_check"})
    async with house(temporal_server, tmp_path) as running:
        await publish(
            running,
            rule("mark", "validated", *mark),
            slow("call", {"do": "hold", "reason": "call the buyer"}),
        )
        order_id = place(running)
        held = await running.until(order_id, Stage.HELD)
        await running.update(order_id, "continue_order", Asked(by="olga"))
        view = await running.until(order_id, Stage.POSTED)

    assert held.hold is not None
    assert held.hold.came_from is Stage.CHECKING
    assert view.tags == ("seen",)


async def test_a_hold_beside_the_orders_way_names_its_rule(running: House) -> None:
    held = {"fact": "hold_reason", "is": "equals", "value": "rule_hold"}
    await publish(
        running,
        slow("call", {"do": "hold", "reason": "call the buyer"}) | {"name": "Slow orders"},
        rule("tell", "held", SALES, **{"if": held}),
    )
    order_id = place(running, CABINET)

    view = await running.until(order_id, Stage.HELD)

    assert view.hold is not None
    assert (view.hold.code, view.hold.sentence) == ("rule_hold", "call the buyer (rule Slow orders)")
    await told(running, "sales@waybill.example")
