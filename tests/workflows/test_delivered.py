"""An order is delivered when its store says so or a person does, once all of it was shipped."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.life import Asked
from domain.stages import Stage
from starter.order_desk import Declined
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.driving import live
from tests.workflows.test_cancelling import is_coming_back
from tests.workflows.test_following import has_papers, posted, shop_shows, until_shop_shows

BY_OLGA = Asked(by="olga", reason="the carrier called")
SHIPPED, DELIVERED = "4", "5"


def telling(window: str, **pair: str) -> Any:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(status_when_shipped=SHIPPED, return_window=window, **pair)
        raw["notices"] = [{"event": "delivered", "audience": "customer"}]

    return choose


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    change = telling("1h", status_when_delivered=DELIVERED)
    async with house(temporal_server, tmp_path, change=change) as running:
        await running.watch_erp()
        yield running


async def shipped(running: House) -> tuple[int, int]:
    order_id, entry = await posted(running)
    delivery = running.company.staff.deliver(entry)
    await running.until(order_id, Stage.SHIPPED)
    await until_shop_shows(running, order_id, SHIPPED, "")
    return order_id, int(delivery["DocEntry"])


async def test_what_the_shop_calls_delivered_is_delivered_and_told_once(watched: House) -> None:
    order_id, _ = await shipped(watched)

    watched.shop.set_state(order_id, int(DELIVERED))
    await watched.until(order_id, Stage.DELIVERED)
    await watched.handle(order_id).signal("store_event", {})
    await watched.update(order_id, "hold", BY_OLGA)
    await watched.until(order_id, Stage.HELD)
    await watched.update(order_id, "release", BY_OLGA)
    view = await watched.until(order_id, Stage.DELIVERED)
    mails = [mail.subject for mail in watched.mailbox.mails]

    assert shop_shows(watched, order_id)[0] == DELIVERED
    assert mails == [f"Votre commande {view.number} est arrivée"]


async def test_a_part_that_the_shop_calls_delivered_waits_for_the_rest(watched: House) -> None:
    order_id, entry = await posted(watched)
    watched.company.staff.deliver(entry, {0: Decimal(2)})
    await watched.until(order_id, Stage.PICKING, where=has_papers(1))

    watched.shop.set_state(order_id, int(DELIVERED))
    part = await live(watched, order_id, lambda view: view.store_mark.endswith("/5"))
    watched.company.staff.deliver(entry)
    await watched.until(order_id, Stage.DELIVERED)

    assert part.stage is Stage.PICKING
    assert shop_shows(watched, order_id)[0] == DELIVERED


async def test_a_person_says_that_it_arrived_and_the_shop_shows_it(watched: House) -> None:
    order_id, entry = await posted(watched)
    with pytest.raises(Declined, match="only a shipped order can be delivered; this one is posted"):
        await watched.update(order_id, "delivered", BY_OLGA)
    watched.company.staff.deliver(entry)
    await watched.until(order_id, Stage.SHIPPED)

    view = await watched.update(order_id, "delivered", BY_OLGA)
    await until_shop_shows(watched, order_id, DELIVERED, "")

    assert view.stage is Stage.DELIVERED


async def test_a_delivered_order_is_taken_back_and_its_delivery_may_be_cancelled(watched: House) -> None:
    order_id, _ = await shipped(watched)
    other_id, delivery = await shipped(watched)
    for each in (order_id, other_id):
        await watched.update(each, "delivered", BY_OLGA)

    await watched.update(order_id, "cancel", BY_OLGA)
    watched.company.staff.cancel_delivery(delivery)

    await watched.until(order_id, Stage.DELIVERED, where=is_coming_back)
    await watched.until(other_id, Stage.PICKING)


async def test_the_return_window_runs_from_the_delivery(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with house(temporal_server, tmp_path, change=telling("4s")) as running:
        await running.watch_erp()
        order_id, _ = await shipped(running)
        view = await running.update(order_id, "delivered", BY_OLGA)
        done = await running.until(order_id, Stage.COMPLETED)

        assert done.because == "delivered, and the return window is over"
        assert (done.since - view.since).total_seconds() >= 4
