"""An order that is cancelled while a return of it is open sees that return through."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from domain.life import OrderView
from domain.returning import ENDED, ReturnAsked, ReturnStage
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.test_cancelling import BY_OLGA
from tests.workflows.test_following import posted
from tests.workflows.test_returns import Sold, bottles
from tests.workflows.test_returns_meanwhile import book_return


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    async with house(temporal_server, tmp_path) as running:
        await running.watch_erp()
        yield running


async def test_the_rest_is_closed_and_the_open_return_hears_of_its_goods(watched: House) -> None:
    order_id, entry = await posted(watched)
    order = Sold(watched, order_id, entry, watched.company.staff.deliver(entry, {0: Decimal(4)})["DocEntry"])
    await watched.until(order_id, Stage.PICKING, where=lambda view: len(view.papers) == 1)
    asked = ReturnAsked(reference="R1", lines=bottles(4), by="olga")
    await watched.update(order_id, "ask_return", asked)
    await order.until(ReturnStage.WAITING_FOR_GOODS)

    def has_request(view: OrderView) -> bool:
        return len(view.papers) == 2

    await watched.until(order_id, Stage.PICKING, where=has_request)
    await watched.update(order_id, "cancel", BY_OLGA)
    view = await watched.until(order_id, Stage.SHIPPED, Stage.CANCELLED)
    book_return(watched)
    done = await order.until(*ENDED)

    assert view.stage is Stage.SHIPPED
    assert any("what was open is closed" in text for text in view.warnings)
    assert done.stage is ReturnStage.COMPLETED
