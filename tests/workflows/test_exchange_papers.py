"""What is sent instead is told like any parcel, invoiced like any order, and its papers go along."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.life import OrderView
from domain.policy import Goods
from domain.returning import ENDED, ReturnStage
from domain.stages import Stage
from starter.gateway.order_status import status_of
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.test_exchange import sent, whites
from tests.workflows.test_returns import bottles, sold


@pytest.fixture
async def telling(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["documents"] = ["invoice"]
        told = ["shipped", "invoiced", "documents_ready"]
        raw["notices"] = [{"event": told, "audience": "customer"}]

    async with house(temporal_server, tmp_path, change=choose, printing=True) as running:
        await running.watch_erp()
        yield running


async def test_parcels_and_invoice_of_what_is_sent_instead_are_told_each_once(telling: House) -> None:
    staff = telling.company.staff
    order = await sold(telling)
    await telling.mailbox.arrived(3)
    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2))
    view = await sent(order)
    assert view.replacement is not None
    entry = int(view.replacement.entry)

    staff.deliver(entry, {0: Decimal(1)}, tracking="1Z001")
    await telling.mailbox.arrived(4)
    second = staff.deliver(entry, tracking="1Z002")
    done = await order.until(*ENDED)
    invoice = staff.invoice_delivery(second["DocEntry"])

    def has_both_files(view: OrderView) -> bool:
        return len(view.documents) == 2

    shown = await telling.until(order.order_id, Stage.SHIPPED, where=has_both_files)
    mails = (await telling.mailbox.arrived(7))[3:]
    await telling.handle(order.order_id).signal("erp_event")
    await telling.until(order.order_id, Stage.SHIPPED)

    assert done.stage is ReturnStage.COMPLETED
    texts = [mail.text for mail in mails]
    assert [sum(number in text for text in texts) for number in ("1Z001", "1Z002")] == [1, 1]
    assert sum(str(invoice["DocNum"]) in text for text in texts) == 2
    status = status_of(shown, {}, lambda document: document.name)
    assert [parcel.number for each in status.shipments for parcel in each.tracking] == ["1Z001", "1Z002"]
    assert f"invoice-{invoice['DocNum']}.pdf" in [each.url for each in status.documents]
    assert len(telling.mailbox.mails) == 7
