"""The order itself names a return that nobody named: quick, repeated and late asking is counted rightly."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.life import OrderView
from domain.policy import Goods
from domain.returning import ENDED, ReturnAsked, ReturnedLine, ReturnStage
from domain.stages import Stage
from starter.order_desk import Declined
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.driving import live
from tests.workflows.test_returns import BY_OLGA, RED, Sold, bottles, sold
from tests.workflows.test_returns_meanwhile import set_back


@pytest.fixture
async def watched(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    async with house(temporal_server, tmp_path) as running:
        await running.watch_erp()
        yield running


async def ask(order: Sold, key: str = "", **facts: Any) -> OrderView:
    running = order.running
    desk = running.desk.once(key) if key else running.desk
    asked = ReturnAsked.model_validate({"lines": bottles(2), "by": "olga", **facts})
    return await desk.ask_return(running.store, str(order.order_id), asked)


async def test_two_who_ask_at_once_get_two_returns(watched: House) -> None:
    order = await sold(watched)

    answers = await asyncio.gather(ask(order), ask(order, lines=bottles(1)))
    done = [await order.until(ReturnStage.WAITING_FOR_GOODS, reference=name) for name in ("R1", "R2")]

    assert {view.registered for view in answers} == {"R1", "R2"}
    assert {each.pieces for each in done} == {Decimal(2), Decimal(1)}


async def test_what_is_asked_again_with_its_key_is_the_same_return(watched: House) -> None:
    order = await sold(watched)

    first, again, other = [await ask(order, key) for key in ("a", "a", "b")]

    assert [view.registered for view in (first, again, other)] == ["R1", "R1", "R2"]
    assert len(other.returns) == 2


async def test_what_is_asked_again_in_the_same_words_is_the_same_return(watched: House) -> None:
    """As after no answer: nobody gave it a key or a name."""
    order = await sold(watched)

    together = await asyncio.gather(*(ask(order) for _ in range(2)))
    await order.until(ReturnStage.WAITING_FOR_GOODS)
    later = await ask_again(order)
    hers = await ask_again(order, by="dora")

    assert [view.registered for view in (*together, later, hers)] == ["R1", "R1", "R1", "R2"]


async def test_only_what_was_refused_is_asked_for_again_in_the_same_words(watched: House) -> None:
    order = await sold(watched)
    await ask(order)
    await order.until(ReturnStage.WAITING_FOR_GOODS)
    await watched.desk.tell_return(watched.store, str(order.order_id), "R1", "give_up", BY_OLGA)
    await order.until(ReturnStage.REFUSED)

    second = await ask_again(order)
    await order.until(ReturnStage.WAITING_FOR_GOODS, reference="R2")
    await watched.desk.tell_return(watched.store, str(order.order_id), "R2", "goods_arrived", BY_OLGA)
    await order.until(ReturnStage.COMPLETED, reference="R2")

    assert second.registered == "R2"
    with pytest.raises(Declined, match=r"R2 was asked for in just these words .* a reference of its own"):
        await ask_again(order)
    assert (await ask_again(order, reference="second")).registered == "second"


async def ask_again(order: Sold, **facts: Any) -> OrderView:
    """Ask as the command line does: with what is recorded of the order."""
    running = order.running
    known = await running.view(order.order_id)
    asked = ReturnAsked.model_validate({"lines": bottles(2), "by": "olga", **facts})
    return await running.desk.ask_return(running.store, str(order.order_id), asked, known)


async def test_a_key_counts_in_a_second_life_of_the_order_too(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(return_window="1s")

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        order = await sold(running)
        for _ in range(3):
            await running.until(order.order_id, Stage.COMPLETED)
            await running.handle(order.order_id).result()
            view = await ask(order, "a", goods=Goods.BACK)
            await order.until(*ENDED)

    assert view.registered == "R1"
    assert order.made("credit_note") == 1


async def test_an_order_that_was_set_back_takes_no_new_return_for_the_old_one(watched: House) -> None:
    order = await sold(watched)
    await ask(order, "a")
    await order.until(ReturnStage.WAITING_FOR_GOODS)

    await set_back(watched, order.order_id)
    await live(watched, order.order_id, lambda view: not view.returns)
    other = await ask(order, lines=bottles(1))
    same = await ask(order, "a")

    assert (other.registered, same.registered) == ("R2", "R1")
    assert [each.reference for each in same.returns] == ["R1", "R2"]


@pytest.mark.parametrize("goods", list(Goods))
async def test_more_pieces_than_were_sold_are_refused_at_once(watched: House, goods: Goods) -> None:
    order = await sold(watched)

    with pytest.raises(Declined, match=f"7 × {RED} are to come back; .* and not back are 6"):
        await ask(order, lines=bottles(7), goods=goods)
    view = await watched.view(order.order_id)

    assert view is not None
    assert view.returns == ()


async def test_an_article_that_is_named_twice_counts_twice(watched: House) -> None:
    order = await sold(watched)
    twice = (ReturnedLine(sku=RED, quantity=Decimal(4)), ReturnedLine(sku=RED, quantity=Decimal(3)))

    with pytest.raises(Declined, match="not back are 2"):
        await ask(order, lines=twice, goods=Goods.BACK)
