"""Refunds of Shopify: what had left, what was taken off before, what money moved and what did not."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from domain.order import StoreState
from domain.policy import Goods
from domain.refunds import return_of
from domain.returning import ReturnRefused
from domain.totals import adds_up_to
from sandbox.shopify import Settings
from tests.adapters.test_shopify_store import ShopifyStand, opened

_WINE = "WINE-RED-75"


@pytest.fixture
async def stand() -> AsyncIterator[ShopifyStand]:
    async with opened() as ready:
        yield ready


def _bought(stand: ShopifyStand, pieces: int = 7, **cart: object) -> str:
    return stand.place(lines=[{"sku": _WINE, "quantity": pieces}], **cart)


def _give_back(stand: ShopifyStand, number: str, pieces: int, restock: str, **more: object) -> None:
    line = {"sku": _WINE, "quantity": pieces, "restock": restock}
    stand.shop.refund(number, {"lines": [line], **more})


async def test_pieces_refunded_without_restocking_before_they_left_are_off_the_order(
    stand: ShopifyStand,
) -> None:
    number = _bought(stand)

    _give_back(stand, number, 2, "NO_RESTOCK")
    order = await stand.store.read_order(number)

    assert order.lines[0].quantity == 5
    assert adds_up_to(order) == order.gross == Decimal("80.90")
    assert await stand.store.refunds(number) == ()


async def test_pieces_refunded_without_restocking_after_they_left_are_a_refund(stand: ShopifyStand) -> None:
    number = _bought(stand)
    before = await stand.store.read_order(number)
    await stand.store.set_status(number, "FULFILLED")

    _give_back(stand, number, 2, "NO_RESTOCK")
    after = await stand.store.read_order(number)
    (refund,) = await stand.store.refunds(number)

    assert after.revision == before.revision
    assert [(line.quantity, line.gross) for line in refund.lines] == [(Decimal(2), Decimal(30))]


async def test_of_pieces_refunded_before_and_after_they_left_only_the_later_ones_are_told(
    stand: ShopifyStand,
) -> None:
    number = _bought(stand)
    _give_back(stand, number, 3, "NO_RESTOCK")
    await stand.store.set_status(number, "FULFILLED")
    _give_back(stand, number, 2, "NO_RESTOCK")
    _give_back(stand, number, 1, "RETURN")

    order = await stand.store.read_order(number)
    told = await stand.store.refunds(number)

    assert order.lines[0].quantity == 4
    assert [refund.lines[0].quantity for refund in told] == [2, 1]
    assert adds_up_to(order) == order.gross


async def test_refund_of_pieces_of_which_some_had_left_is_told_in_part(stand: ShopifyStand) -> None:
    number = _bought(stand)
    await stand.store.set_status(number, "FULFILLED")
    sale = stand.shop.sale(number)
    stand.shop.call_back(number)
    sale.parcels[-1].status, sale.parcels[-1].lines = "SUCCESS", [(sale.lines[0], 5)]
    sale.lines[0].sent = 5

    _give_back(stand, number, 3, "NO_RESTOCK")
    order = await stand.store.read_order(number)
    (refund,) = await stand.store.refunds(number)

    assert (order.lines[0].quantity, refund.lines[0].quantity) == (Decimal(5), Decimal(1))
    assert (refund.lines[0].gross, refund.amount) == (Decimal(15), Decimal(0))
    assert adds_up_to(order) == order.gross


async def test_cancelled_fulfilment_sent_nothing(stand: ShopifyStand) -> None:
    number = _bought(stand)
    await stand.store.set_status(number, "FULFILLED")
    stand.shop.call_back(number)

    _give_back(stand, number, 7, "NO_RESTOCK")

    assert await stand.store.refunds(number) == ()


@pytest.mark.parametrize("restock", [True, False])
async def test_pieces_that_an_edit_took_off_are_off_the_order_and_no_refund(
    stand: ShopifyStand, restock: bool
) -> None:
    number = _bought(stand, percent_off=7)

    stand.shop.take_off(number, _WINE, 3, restock=restock)
    order = await stand.store.read_order(number)

    assert order.lines[0].quantity == 4
    assert adds_up_to(order) == order.gross
    assert await stand.store.refunds(number) == ()


async def test_money_given_back_later_for_an_edit_is_no_refund_of_the_invoice(stand: ShopifyStand) -> None:
    number = _bought(stand)
    stand.shop.take_off(number, _WINE, 2)

    stand.shop.refund(number, {"money": Decimal(32), "reason": "PENDING_REFUND_DISCREPANCY"})
    (refund,) = await stand.store.refunds(number)

    assert (refund.amount, refund.unsure) == (Decimal(2), "")


async def test_money_that_may_be_for_an_edit_is_left_to_a_person(stand: ShopifyStand) -> None:
    number = _bought(stand)
    stand.shop.take_off(number, _WINE, 2)
    stand.shop.refund(number, {"money": Decimal(30)})

    order = await stand.store.read_order(number)
    (refund,) = await stand.store.refunds(number)

    with pytest.raises(ReturnRefused, match=r"30\.00 EUR was still owed"):
        return_of(refund, order, Goods.NONE, "store")


@pytest.mark.parametrize("restock", ["CANCEL", "NO_RESTOCK"])
async def test_order_of_which_nothing_is_left_is_cancelled(stand: ShopifyStand, restock: str) -> None:
    number = _bought(stand)

    _give_back(stand, number, 7, restock, shipping=True)

    assert (await stand.store.read_order(number)).state is StoreState.CANCELLED


async def test_order_of_which_shipping_is_kept_is_not_cancelled(stand: ShopifyStand) -> None:
    number = _bought(stand)

    _give_back(stand, number, 7, "CANCEL")
    order = await stand.store.read_order(number)

    assert (order.state, order.lines, order.gross) == (StoreState.CONFIRMED, (), Decimal("5.90"))


async def test_order_that_came_back_as_a_whole_is_not_cancelled(stand: ShopifyStand) -> None:
    number = _bought(stand)
    await stand.store.set_status(number, "FULFILLED")

    _give_back(stand, number, 7, "RETURN", shipping=True)

    assert (await stand.store.read_order(number)).state is StoreState.SHIPPED


async def test_money_on_its_way_is_told_once_it_has_moved(stand: ShopifyStand) -> None:
    number = _bought(stand)
    await stand.store.set_status(number, "FULFILLED")
    _give_back(stand, number, 2, "RETURN", status="PENDING")

    waiting = await stand.store.refunds(number)
    stand.shop.sale(number).refunds[0].status = "SUCCESS"
    (moved,) = await stand.store.refunds(number)

    assert (waiting, moved.total) == ((), Decimal(30))


async def test_money_that_did_not_move_is_not_credited(stand: ShopifyStand) -> None:
    number = _bought(stand)
    await stand.store.set_status(number, "FULFILLED")
    _give_back(stand, number, 2, "RETURN", status="FAILURE")
    stand.shop.refund(number, {"money": Decimal(5), "status": "ERROR"})

    (refund,) = await stand.store.refunds(number)

    assert (refund.amount, refund.unsure) == (
        Decimal(0),
        "the shop took the pieces back and has given no money back for them",
    )


async def test_pieces_that_cost_nothing_need_no_money_back(stand: ShopifyStand) -> None:
    number = _bought(stand, percent_off=100)
    await stand.store.set_status(number, "FULFILLED")

    _give_back(stand, number, 2, "RETURN")
    (refund,) = await stand.store.refunds(number)

    assert (refund.lines[0].quantity, refund.total, refund.unsure) == (Decimal(2), Decimal(0), "")


async def test_duties_given_back_are_an_amount(stand: ShopifyStand) -> None:
    number = _bought(stand, duties=Decimal(12))
    before = await stand.store.read_order(number)
    await stand.store.set_status(number, "FULFILLED")

    _give_back(stand, number, 2, "RETURN", duties=Decimal(4))
    after = await stand.store.read_order(number)
    (refund,) = await stand.store.refunds(number)

    assert (refund.lines[0].gross, refund.amount) == (Decimal(30), Decimal(4))
    assert after.revision == before.revision
    assert adds_up_to(after) == after.gross


async def test_refund_in_a_currency_without_cents_is_told_to_the_yen() -> None:
    settings = Settings(currency="JPY", shipping=Decimal(600), bucket=100_000, restore_rate=2000)
    async with opened(settings) as stand:
        number = _bought(stand)
        await stand.store.set_status(number, "FULFILLED")

        _give_back(stand, number, 2, "RETURN", money=Decimal(31))
        (refund,) = await stand.store.refunds(number)

        assert (refund.amount, refund.total) == (Decimal(0), Decimal(30))
