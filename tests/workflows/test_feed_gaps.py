"""What the change feed could not tell, or need not: first starts, lost lives, our own deeds."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.test_cancelling import BY_OLGA
from tests.workflows.test_following import posted, until_parked, until_shop_shows

PREPARING, SHIPPED = "3", "4"


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(status_when_posted=PREPARING, status_when_shipped=SHIPPED)

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        yield running


async def test_a_feed_that_starts_late_has_the_orders_look_at_what_came_before(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with house(temporal_server, tmp_path) as running:
        order_id, entry = await posted(running)
        running.company.staff.deliver(entry)

        await running.watch_erp()

        await running.until(order_id, Stage.SHIPPED)


async def test_an_order_that_begins_anew_sees_that_it_was_shipped_and_its_store_is_not_set_back(
    watched: House,
) -> None:
    order_id, entry = await posted(watched)
    watched.company.staff.deliver(entry, tracking="1Z001")
    await watched.until(order_id, Stage.SHIPPED)
    await until_shop_shows(watched, order_id, SHIPPED, "1Z001")
    told = len(watched.shop.state.tables["order_histories"].find(id_order=order_id))

    await watched.handle(order_id).terminate("its worker's mistake")
    await watched.start(order_id)
    await watched.until(order_id, Stage.POSTED)
    await watched.until(order_id, Stage.SHIPPED, where=lambda view: view.told_store)

    assert len(watched.orders_in_erp(order_id)) == 1
    assert len(watched.shop.state.tables["order_histories"].find(id_order=order_id)) == told


async def test_our_own_cancellation_is_nothing_for_a_person_to_look_at(watched: House) -> None:
    order_id, _ = await posted(watched)
    other_id, other_entry = await posted(watched)
    await watched.update(order_id, "cancel", BY_OLGA)
    await watched.until(order_id, Stage.CANCELLED)
    await watched.handle(order_id).result()

    await watched.handle(other_id).terminate("nobody follows it any more")
    watched.company.staff.deliver(other_entry)
    stray = await until_parked(watched, lambda stray: stray.what.endswith(f":{other_id}"))

    assert [each.what for each in await watched.waybill.strays.all()] == [stray.what]
