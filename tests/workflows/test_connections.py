"""A system that is down: its orders wait, one incident stands for all, and they go on in order."""

import asyncio
from typing import Any

from domain.errors import Disposition
from domain.life import Asked
from domain.stages import Stage
from tests.house import House, eventually
from tests.workflows.placing import note_of, place


async def parked(running: House, order_id: int) -> Any:
    """Wait until the order is shown as waiting for a connection."""

    async def look() -> Any:
        view = await running.view(order_id)
        return view.trouble if view else None

    return await eventually(look, seconds=60)


async def open_incident(running: House) -> Any:
    """Return the one open incident, None while there is none."""
    incidents = await running.waybill.incidents.open_ones()
    return incidents[0] if incidents else None


async def no_incident(running: House) -> bool | None:
    """Whether every incident ended."""
    return await open_incident(running) is None or None


async def test_orders_wait_for_an_erp_that_is_down_and_go_on_by_themselves(running: House) -> None:
    running.company.faults.arm("bad_gateway_html", times=None)
    ids = [place(running) for _ in range(3)]

    troubles = [await parked(running, order_id) for order_id in ids]
    incident = await eventually(lambda: open_incident(running))
    running.company.faults.clear()
    await asyncio.gather(*(running.until(order_id, Stage.POSTED) for order_id in ids))

    assert {trouble.connection for trouble in troubles} == {running.erp}
    assert incident.connection == running.erp
    await eventually(lambda: no_incident(running))
    assert [len(running.orders_in_erp(order_id)) for order_id in ids] == [1, 1, 1]
    alerts = [mail for mail in running.mailbox.mails if running.erp in mail.subject]
    assert len(alerts) == 1


async def test_a_refused_login_alerts_once_and_is_not_tried_again_and_again(running: House) -> None:
    for fault in ("session_expired", "login_refused"):
        running.company.faults.arm(fault, times=None)
    before = len(running.company.ledger.of("request", path="Login"))

    order_id = place(running)
    trouble = await parked(running, order_id)

    assert trouble.disposition is Disposition.FIX_SETUP
    assert len(running.company.ledger.of("request", path="Login")) - before == 1


async def test_a_store_that_is_down_when_told_loses_nothing(running: House) -> None:
    running.shop.faults.arm("html_503", times=None, method="PATCH")
    order_id = place(running)

    view = await running.until(order_id, Stage.POSTED)
    assert not view.told_store
    running.shop.faults.clear()

    told = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    assert told.document is not None
    assert note_of(running, order_id).count(told.document.number) == 1


async def test_a_waiting_order_may_be_cancelled(running: House) -> None:
    running.company.faults.arm("bad_gateway_html", times=None)
    order_id = place(running)
    await parked(running, order_id)

    await running.update(order_id, "cancel", Asked(by="olga", reason="the buyer called"))

    view = await running.until(order_id, Stage.CANCELLED)
    assert view.trouble is None
