"""Rules for notices that change while orders are under way."""

from pathlib import Path
from typing import Any

import pytest

from domain.notices import NoticeEvent
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.test_following import posted


async def read_anew(running: House, order_id: int) -> None:
    """Have the order read again with the rules of now, and wait until it was."""

    async def times() -> int:
        history = await running.handle(order_id).fetch_history()
        scheduled = (event.activity_task_scheduled_event_attributes for event in history.events)
        return sum(each.activity_type.name == "capture_order" for each in scheduled)

    before = await times()
    await running.handle(order_id).signal("store_event", {})

    async def look() -> bool | None:
        return await times() > before or None

    await eventually(look)


async def test_a_rule_that_is_added_later_tells_nothing_of_before(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["notices"] = [{"event": ["shipped", "invoiced"], "audience": "customer"}]

    rules: tuple[NoticeEvent, ...] = ()
    monkeypatch.setattr("activities.capture.events_for", lambda *_: rules)
    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        order_id, entry = await posted(running)
        delivery = running.company.staff.deliver(entry)
        await running.until(order_id, Stage.SHIPPED)

        rules = (NoticeEvent.SHIPPED, NoticeEvent.INVOICED)
        await read_anew(running, order_id)
        running.company.staff.invoice_delivery(delivery["DocEntry"])
        (mail,) = await running.mailbox.arrived(1)

        assert "facture" in mail.subject.lower()
