"""A posted order is undone by what the ERP did with it: cancelled, put back, taken back, credited."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.life import Asked, OrderView
from domain.returning import ReturnStage
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.test_following import has_papers, posted

BY_OLGA = Asked(by="olga", reason="the buyer called")
CANCELED = "6"


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["status_when_cancelled"] = CANCELED

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        yield running


async def held(running: House, order_id: int, code: str) -> OrderView:
    return await running.until(
        order_id, Stage.HELD, where=lambda view: view.hold is not None and view.hold.code == code
    )


def is_coming_back(view: OrderView) -> bool:
    return any(each.stage is ReturnStage.WAITING_FOR_GOODS for each in view.returns)


async def test_what_was_only_posted_is_cancelled_and_the_shop_shows_it(watched: House) -> None:
    order_id, _ = await posted(watched)

    await watched.update(order_id, "cancel", BY_OLGA)
    await watched.until(order_id, Stage.CANCELLED)
    await watched.handle(order_id).result()

    assert len(watched.company.ledger.of("cancel")) == 1
    assert str(watched.shop.order(order_id)["current_state"]) == CANCELED


@pytest.mark.parametrize("answer", ["release", "continue_order"])
async def test_what_was_picked_waits_for_the_warehouse(watched: House, answer: str) -> None:
    order_id, entry = await posted(watched)
    watched.company.staff.pick(entry)
    await watched.until(order_id, Stage.PICKING)

    await watched.update(order_id, "cancel", BY_OLGA)
    await held(watched, order_id, "picked_already")
    nothing_yet = watched.company.ledger.of("cancel")
    await watched.update(order_id, answer, BY_OLGA)
    ended = await watched.until(order_id, Stage.CANCELLED if answer == "release" else Stage.PICKING)

    assert nothing_yet == []
    assert len(watched.company.ledger.of("cancel")) == (answer == "release")
    assert ended.hold is None


async def test_what_was_partly_shipped_is_closed_and_comes_back(watched: House) -> None:
    order_id, entry = await posted(watched)
    watched.company.staff.deliver(entry, {0: Decimal(2)})
    await watched.until(order_id, Stage.PICKING, where=has_papers(1))

    await watched.update(order_id, "cancel", BY_OLGA)
    view = await watched.until(order_id, Stage.SHIPPED, where=is_coming_back)

    assert len(watched.company.ledger.of("close")) == 1
    assert view.returns[0].pieces == 2
    assert "2 pieces are to come back; what was open is closed" in view.warnings[0]


async def test_a_shipment_of_the_same_moment_is_noticed(watched: House) -> None:
    """Nobody told us yet that a part is on its way when the order is cancelled."""
    order_id, entry = await posted(watched)
    watched.company.staff.deliver(entry, {0: Decimal(2)})

    await watched.update(order_id, "cancel", BY_OLGA)
    view = await watched.until(order_id, Stage.SHIPPED, where=is_coming_back)

    assert view.returns[0].pieces == 2


async def test_what_was_shipped_comes_back_and_the_order_is_not_called_cancelled(watched: House) -> None:
    order_id, entry = await posted(watched)
    watched.company.staff.deliver(entry)
    await watched.until(order_id, Stage.SHIPPED)

    await watched.update(order_id, "cancel", BY_OLGA)
    view = await watched.until(order_id, Stage.SHIPPED, where=is_coming_back)

    assert view.returns[0].pieces == 6
    assert len(watched.company.ledger.of("return_request")) == 1


@pytest.mark.parametrize("answer", ["release", "continue_order"])
async def test_what_was_invoiced_is_credited_when_a_person_lets_it(watched: House, answer: str) -> None:
    order_id, entry = await posted(watched)
    delivery = watched.company.staff.deliver(entry)
    watched.company.staff.invoice_delivery(delivery["DocEntry"])
    await watched.until(order_id, Stage.SHIPPED, where=has_papers(2))

    await watched.update(order_id, "cancel", BY_OLGA)
    asked = await held(watched, order_id, "cancel_needs_credit")
    await watched.update(order_id, answer, BY_OLGA)
    if answer == "release":
        await watched.until(order_id, Stage.SHIPPED, where=is_coming_back)
        await watched.desk.tell_return(watched.store, str(order_id), "cancel", "goods_arrived", BY_OLGA)
        view = await watched.until(
            order_id, Stage.SHIPPED, where=lambda view: view.returns[0].stage is ReturnStage.COMPLETED
        )
        assert view.returns[0].credited is not None
    else:
        view = await watched.until(order_id, Stage.SHIPPED)
        assert view.returns == ()

    assert asked.hold is not None
    assert "90.00 EUR of it are invoiced" in asked.hold.sentence


async def test_an_order_that_its_store_cancels_after_shipping_comes_back_once(watched: House) -> None:
    order_id, entry = await posted(watched)
    watched.company.staff.deliver(entry)
    await watched.until(order_id, Stage.SHIPPED)

    watched.shop.cancel(order_id)
    view = await watched.until(order_id, Stage.SHIPPED, where=is_coming_back)

    assert [each.reference for each in view.returns] == ["cancel"]


async def test_shipping_that_was_invoiced_is_credited_with_the_whole_order(watched: House) -> None:
    order_id, entry = await posted(watched)
    delivery = watched.company.staff.deliver(entry, freight=True)
    watched.company.staff.invoice_delivery(delivery["DocEntry"])
    await watched.until(order_id, Stage.SHIPPED, where=has_papers(2))

    await watched.update(order_id, "cancel", BY_OLGA)
    await held(watched, order_id, "cancel_needs_credit")
    await watched.update(order_id, "release", BY_OLGA)
    await watched.until(order_id, Stage.SHIPPED, where=is_coming_back)
    await watched.desk.tell_return(watched.store, str(order_id), "cancel", "goods_arrived", BY_OLGA)
    view = await watched.until(
        order_id, Stage.SHIPPED, where=lambda view: view.returns[0].stage is ReturnStage.COMPLETED
    )

    assert view.returns[0].credited == view.total
