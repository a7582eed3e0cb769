"""An ERP that shows no picking: what rules wait for then happens all the same, and once."""

from domain.stages import Stage
from tests.house import House
from tests.workflows.hooks_on_demand import SALES, WAREHOUSE, told
from tests.workflows.publishing import publish, rule
from tests.workflows.test_following import posted


async def test_goods_that_are_shipped_at_once_were_picked_first(running: House) -> None:
    await publish(running, rule("ready", "picked", SALES), rule("gone", "shipped", WAREHOUSE))
    order_id, entry = await posted(running)

    running.company.staff.deliver(entry)
    await running.handle(order_id).signal("erp_event")
    await running.until(order_id, Stage.SHIPPED)
    await told(running, "sales@waybill.example")
    await told(running, "wh@waybill.example")

    decided = await running.waybill.decisions.of(running.store, str(order_id))
    assert [decision.trigger for decision in decided] == ["picked", "shipped"]
