"""What a person took back and the shop pays out afterwards is credited once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.policy import Goods
from domain.returning import ENDED, ReturnStage
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.test_returns import BY_OLGA, RED, Sold, bottles, sold


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    async with house(temporal_server, tmp_path) as running:
        await running.watch_erp()
        yield running


def pay_back(order: Sold, count: int) -> str:
    slip = order.running.shop.refund(order.order_id, {"lines": [{"sku": RED, "quantity": count}]})
    return f"slip-{slip}"


async def test_the_shops_refund_of_what_came_back_makes_no_second_credit_note(watched: House) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2), goods=Goods.BACK)
    await order.until(*ENDED)

    paid = await order.until(*ENDED, reference=pay_back(order, 2))
    after_one = order.made("credit_note")
    other = await order.until(*ENDED, reference=pay_back(order, 2))
    view = await watched.view(order.order_id)

    assert (paid.stage, after_one) == (ReturnStage.REFUSED, 1)
    assert paid.because.startswith("return R1 credits it")
    assert (other.stage, order.made("credit_note")) == (ReturnStage.COMPLETED, 2)
    assert view is not None
    assert any(text.startswith("the store gave 30.00 EUR back (slip-") for text in view.warnings)


async def test_a_refund_ahead_of_its_goods_is_credited_when_they_are_there(watched: House) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2))
    await order.until(ReturnStage.WAITING_FOR_GOODS)

    paid = await order.until(*ENDED, reference=pay_back(order, 2))
    await watched.desk.tell_return(watched.store, str(order.order_id), "R1", "goods_arrived", BY_OLGA)
    done = await order.until(*ENDED)

    assert paid.stage is ReturnStage.REFUSED
    assert (done.stage, order.made("credit_note")) == (ReturnStage.COMPLETED, 1)


async def test_another_sum_is_another_refund(watched: House) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2), goods=Goods.BACK)
    await order.until(*ENDED)

    done = await order.until(*ENDED, reference=pay_back(order, 1))

    assert (done.stage, order.made("credit_note")) == (ReturnStage.COMPLETED, 2)


async def test_goods_that_never_came_leave_what_was_paid_for_a_person(watched: House) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2))
    await order.until(ReturnStage.WAITING_FOR_GOODS)
    await order.until(*ENDED, reference=pay_back(order, 2))

    await watched.desk.tell_return(watched.store, str(order.order_id), "R1", "give_up", BY_OLGA)
    await order.until(ReturnStage.REFUSED)
    view = await watched.view(order.order_id)

    assert view is not None
    assert "the store gave 30.00 EUR back (R1), the ERP credited nothing" in view.warnings


async def test_two_refunds_of_as_many_pieces_that_wait_for_one_invoice_are_two(watched: House) -> None:
    order = await sold(watched, invoiced=False)
    slips = [pay_back(order, 2), pay_back(order, 2)]
    for slip in slips:
        await order.until(ReturnStage.REGISTERED, reference=slip)

    watched.company.staff.invoice_delivery(order.delivery)
    done = [await order.until(*ENDED, reference=slip) for slip in slips]

    assert [each.stage for each in done] == [ReturnStage.COMPLETED] * 2
    assert order.made("credit_note") == 2
