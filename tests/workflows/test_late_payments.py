"""Money that comes in after an order was posted is entered in the ERP once, when the pair says so."""

from pathlib import Path
from typing import Any

import pytest

from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.driving import until_read
from tests.workflows.test_cancelling import BY_OLGA, held
from tests.workflows.test_following import posted

ON_DELIVERY = {"module": "ps_cashondelivery"}


def entering(raw: dict[str, Any]) -> None:
    raw["pairs"]["main"]["register_payments"] = True
    raw["connections"][raw["pairs"]["main"]["erp"]]["bank_account"] = "_SYS00000000001"


def payments_in(running: House) -> list[dict[str, Any]]:
    return running.company.ledger.of("payment")


async def until_entered(running: House) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        return next(iter(payments_in(running)), None)

    return await eventually(look)


@pytest.mark.parametrize("invoiced", [False, True], ids=["on account", "on its invoice"])
@pytest.mark.parametrize("fault", ["", "reset_after_commit"])
async def test_a_late_payment_is_entered_once(
    temporal_server: TemporalServer, tmp_path: Path, invoiced: bool, fault: str
) -> None:
    async with house(temporal_server, tmp_path, change=entering) as running:
        await running.watch_erp()
        order_id, entry = await posted(running, **ON_DELIVERY)
        if invoiced:
            delivery = running.company.staff.deliver(entry)
            running.company.staff.invoice_delivery(delivery["DocEntry"])
            await running.until(order_id, Stage.SHIPPED, where=lambda view: len(view.papers) == 2)
        if fault:
            running.company.faults.arm(fault, path="$batch", times=1)

        running.shop.pay(order_id)
        await until_entered(running)

        async def noted() -> bool | None:
            deeds = await running.waybill.orders.audit(running.store, str(order_id))
            return any(deed.what == "entered the payment" for deed in deeds) or None

        await eventually(noted)
        assert len(payments_in(running)) == 1


async def test_a_payment_that_comes_with_a_change_of_the_order_is_entered(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with house(temporal_server, tmp_path, change=entering) as running:
        order_id, _ = await posted(running, **ON_DELIVERY)
        before = await running.update(order_id, "hold", BY_OLGA)
        await held(running, order_id, "held_by_person")
        running.shop.pay(order_id)
        running.shop.edit(order_id, {"lines": [{"sku": "WINE-RED-75", "quantity": 8}]})
        await until_read(running, order_id, before)

        await running.update(order_id, "release", BY_OLGA)
        await held(running, order_id, "changed_after_posting")
        await running.update(order_id, "release", BY_OLGA)

        await until_entered(running)


async def test_without_the_setting_nothing_is_entered(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with house(temporal_server, tmp_path) as running:
        order_id, _ = await posted(running, **ON_DELIVERY)
        running.shop.pay(order_id)

        async def read_again() -> bool | None:
            history = await running.handle(order_id).fetch_history()
            read = [
                event
                for event in history.events
                if event.activity_task_scheduled_event_attributes.activity_type.name == "capture_order"
            ]
            return len(read) > 1 or None

        await eventually(read_again)
        view = await running.until(order_id, Stage.POSTED)
        assert payments_in(running) == []
        assert view.warnings == ()
