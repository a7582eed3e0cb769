"""Rules beside an order's way: deadlines that begin late or meet, and holds that say whose they are."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.life import Asked, OrderView
from domain.stages import Stage
from tests.house import House
from tests.workflows.hooks_on_demand import SALES, told
from tests.workflows.placing import CABINET, place
from tests.workflows.publishing import publish, rule


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
