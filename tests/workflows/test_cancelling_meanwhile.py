"""A cancellation that is not decided yet, while the store, a person and the ERP go on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from domain.life import Asked
from domain.policy import Goods
from domain.returning import ENDED, ReturnAsked
from domain.stages import Stage
from sandbox.prestashop.settings import utc_now
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.driving import live, reads_as
from tests.workflows.test_cancelling import held, is_coming_back
from tests.workflows.test_following import has_papers, posted
from tests.workflows.test_returns import bottles

BY_OLGA = Asked(by="olga", reason="as agreed")
PAID = 2


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    async with house(temporal_server, tmp_path) as running:
        await running.watch_erp()
        yield running


async def picked(running: House) -> int:
    order_id, entry = await posted(running)
    running.company.staff.pick(entry)
    await running.until(order_id, Stage.PICKING)
    return order_id


async def test_an_echo_of_the_stores_cancellation_does_not_answer_the_question_about_it(
    watched: House,
) -> None:
    order_id = await picked(watched)
    watched.shop.cancel(order_id)
    asked = await held(watched, order_id, "picked_already")

    await watched.handle(order_id).signal("store_event", {})
    await watched.handle(order_id).signal("store_event", {})
    await watched.update(order_id, "release", BY_OLGA)
    await watched.until(order_id, Stage.CANCELLED)

    assert asked.hold is not None
    assert len(watched.company.ledger.of("cancel")) == 1


async def test_a_person_and_the_store_who_both_cancel_are_not_forgotten_for_each_other(
    watched: House,
) -> None:
    order_id = await picked(watched)
    await watched.update(order_id, "cancel", BY_OLGA)
    first = await held(watched, order_id, "picked_already")

    watched.shop.cancel(order_id)
    again = await live(watched, order_id, lambda view: view.hold and view.hold != first.hold)
    await watched.update(order_id, "release", BY_OLGA)
    await watched.until(order_id, Stage.CANCELLED)

    assert again.hold is not None
    assert again.hold.code == "picked_already"


async def test_a_cancellation_that_the_store_takes_back_cancels_nothing(watched: House) -> None:
    order_id = await picked(watched)
    watched.shop.cancel(order_id)
    await held(watched, order_id, "picked_already")

    watched.shop.set_state(order_id, PAID)
    view = await watched.until(order_id, Stage.PICKING)

    assert view.hold is None
    assert watched.company.ledger.of("cancel") == []


async def test_an_order_that_is_kept_is_not_asked_about_again_when_something_else_changes(
    watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await picked(watched)
    watched.shop.cancel(order_id)
    await held(watched, order_id, "picked_already")
    await watched.update(order_id, "continue_order", BY_OLGA)
    await watched.until(order_id, Stage.PICKING)

    reads_as(monkeypatch, watched, lambda order: order.model_copy(update={"mark": "a note was added"}))
    await watched.handle(order_id).signal("store_event", {})
    await live(watched, order_id, lambda view: view.store_mark == "a note was added")
    await watched.update(order_id, "hold", BY_OLGA)
    other = await watched.until(order_id, Stage.HELD)
    await watched.update(order_id, "release", BY_OLGA)
    await watched.until(order_id, Stage.PICKING)
    monkeypatch.undo()
    watched.shop.set_state(order_id, PAID)
    await live(watched, order_id, lambda view: view.store_mark.endswith(f"/{PAID}"))
    # The shop's stamps have seconds: only a later one tells this cancellation from the first.
    watched.shop.settings.now = lambda: utc_now() + timedelta(minutes=1)
    watched.shop.cancel(order_id)
    again = await held(watched, order_id, "picked_already")

    assert other.hold is not None
    assert other.hold.code == "held_by_person"
    assert again.hold is not None


async def test_an_order_that_is_kept_goes_to_the_stage_that_was_read_when_it_was_cancelled(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    """Nobody told us of the shipment: the cancellation came first, and read it."""
    async with house(temporal_server, tmp_path) as running:
        order_id, entry = await posted(running)
        delivery = running.company.staff.deliver(entry)
        running.company.staff.invoice_delivery(delivery["DocEntry"])
        await running.update(order_id, "cancel", BY_OLGA)
        await held(running, order_id, "cancel_needs_credit")

        await running.update(order_id, "continue_order", BY_OLGA)
        view = await running.until(order_id, Stage.SHIPPED)

        assert view.returns == ()


async def test_what_came_back_and_was_credited_in_full_asks_nobody_about_zero(watched: House) -> None:
    order_id, entry = await posted(watched)
    delivery = watched.company.staff.deliver(entry, {0: Decimal(2)})
    invoice = watched.company.staff.invoice_delivery(delivery["DocEntry"])
    watched.company.staff.credit_invoice(invoice["DocEntry"])
    await watched.until(order_id, Stage.PICKING, where=has_papers(3))

    await watched.update(order_id, "cancel", BY_OLGA)
    await watched.until(order_id, Stage.CANCELLED)

    assert len(watched.company.ledger.of("close")) == 1


async def test_a_cancellation_after_an_earlier_return_brings_a_return_of_its_own(watched: House) -> None:
    order_id, entry = await posted(watched)
    watched.company.staff.deliver(entry)
    await watched.until(order_id, Stage.SHIPPED)
    earlier = ReturnAsked(reference="cancel", lines=bottles(1), goods=Goods.BACK)
    await watched.update(order_id, "ask_return", earlier)
    await watched.until(
        order_id, *Stage, where=lambda view: any(each.stage in ENDED for each in view.returns)
    )

    await watched.update(order_id, "cancel", BY_OLGA)
    view = await watched.until(order_id, Stage.SHIPPED, where=is_coming_back)

    assert {each.reference: each.pieces for each in view.returns} == {"cancel": 1, "cancel-2": 5}


@pytest.mark.parametrize("answer", ["continue_order", "cancel"])
async def test_an_order_whose_shipment_and_document_were_cancelled_is_posted_anew_or_ends(
    watched: House, answer: str
) -> None:
    order_id, entry = await posted(watched)
    delivery = watched.company.staff.deliver(entry)
    await watched.until(order_id, Stage.SHIPPED)
    with watched.company.transaction():
        watched.company.staff.cancel_delivery(delivery["DocEntry"])
        watched.company.staff.cancel_order(entry)
    await held(watched, order_id, "cancelled_in_erp")

    await watched.update(order_id, answer, BY_OLGA)
    ended = Stage.POSTED if answer == "continue_order" else Stage.CANCELLED
    await watched.until(order_id, ended)

    assert len(watched.orders_in_erp(order_id)) == (2 if answer == "continue_order" else 1)


async def test_a_shipped_order_whose_delivery_was_cancelled_unseen_is_cancelled(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    async with house(temporal_server, tmp_path) as running:
        order_id, entry = await posted(running)
        delivery = running.company.staff.deliver(entry)
        await running.handle(order_id).signal("erp_event")
        await running.until(order_id, Stage.SHIPPED)
        running.company.staff.cancel_delivery(delivery["DocEntry"])

        await running.update(order_id, "cancel", BY_OLGA)
        await running.until(order_id, Stage.CANCELLED)

        cancelled = [entry["object"] for entry in running.company.ledger.of("cancel")]
        assert cancelled == ["oDeliveryNotes", "oOrders"]
