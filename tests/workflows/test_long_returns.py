"""A return that stays open for long goes on in new runs, knows all it did, and does nothing twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.fulfilment import Delivery
from domain.life import OrderView
from domain.policy import Goods
from domain.returning import ENDED, ReturnStage
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.driving import park_at_once
from tests.workflows.placing import note_of
from tests.workflows.test_exchange import replacements, sent, ship, tell, whites
from tests.workflows.test_returns import Sold, bottles, sold
from workflows.return_life import return_id


@pytest.fixture
async def watched(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr("workflows.return_life.LONG_HISTORY", 40)
    async with house(temporal_server, tmp_path) as running:
        await running.watch_erp()
        yield running


async def goes_on_in_another_run(order: Sold, what: str) -> None:
    """Tell the return something until it has begun a new run."""
    name = return_id(order.running.store, str(order.order_id), "R1")
    handle = order.running.client.get_workflow_handle(name)
    first = (await handle.describe()).run_id

    async def look() -> bool | None:
        await handle.signal(what)
        return (await handle.describe()).run_id != first or None

    await eventually(look)


async def test_a_return_that_waits_for_its_goods_takes_all_it_knows_along(watched: House) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2))
    before = await order.until(ReturnStage.WAITING_FOR_GOODS)

    await goes_on_in_another_run(order, "erp_event")
    await goes_on_in_another_run(order, "erp_event")
    await tell(order, "goods_arrived")
    done = await order.until(*ENDED)

    assert done.stage is ReturnStage.COMPLETED, done.because
    assert done.papers[0] == before.papers[0]
    assert (order.made("return_request"), order.made("credit_note")) == (1, 1)


async def test_what_is_sent_instead_is_ordered_and_told_once_over_all_runs(watched: House) -> None:
    order = await sold(watched)
    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2))
    view = await sent(order)

    await goes_on_in_another_run(order, "erp_event")
    ship(order, view)
    done = await order.until(*ENDED)

    assert done.stage is ReturnStage.COMPLETED, done.because
    assert (order.made("credit_note"), len(replacements(order))) == (1, 1)
    assert view.replacement is not None
    assert note_of(watched, order.order_id).count(f"{view.replacement.number} (return R1)") == 1


async def test_an_erp_that_is_gone_for_long_lets_no_return_outgrow_its_run(
    watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that was sold comes back; the credit note is made, its answer lost, and then nobody answers."""
    park_at_once(monkeypatch)
    order = await sold(watched)
    watched.company.faults.arm("reset_after_commit", path="$batch", times=1)
    await order.ask(lines=bottles(6), goods=Goods.BACK)

    async def is_made() -> bool | None:
        return order.made("credit_note") == 1 or None

    await eventually(is_made)
    watched.company.faults.arm("bad_gateway_html", times=None)
    await goes_on_in_another_run(order, "continue_return")
    watched.company.faults.clear()
    await tell(order, "continue_return")
    done = await order.until(*ENDED)

    assert done.stage is ReturnStage.COMPLETED, done.because
    assert order.made("credit_note") == 1


async def test_what_was_made_in_doubt_is_found_again_after_a_person_continues(
    watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.patience.MOST_DOUBTS", 0)
    order = await sold(watched)
    watched.company.faults.arm("reset_after_commit", path="$batch", times=1)

    await order.ask(lines=bottles(6), goods=Goods.BACK)
    await order.until(ReturnStage.STOPPED)
    monkeypatch.setattr("workflows.patience.MOST_DOUBTS", 60)
    await tell(order, "continue_return")
    done = await order.until(*ENDED)

    assert done.stage is ReturnStage.COMPLETED, done.because
    assert order.made("credit_note") == 1


async def test_a_shop_that_is_gone_for_long_is_told_in_the_end_and_once(
    watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    park_at_once(monkeypatch)
    monkeypatch.setattr("workflows.patience._FIRST_PAUSE", timedelta(milliseconds=200))
    order = await sold(watched)
    watched.shop.faults.arm("html_503", times=None, method="PATCH")
    await order.ask(lines=bottles(2), goods=Goods.BACK, instead=whites(2))
    view = await sent(order)
    ship(order, view)
    await order.until(ReturnStage.REPLACING)
    await watched.until(order.order_id, *Stage, where=_is_shipped)

    await goes_on_in_another_run(order, "continue_return")
    watched.shop.faults.clear()
    done = await order.until(*ENDED)

    assert (done.stage, done.notes) == (ReturnStage.COMPLETED, ())
    assert view.replacement is not None
    assert note_of(watched, order.order_id).count(f"{view.replacement.number} (return R1)") == 1


def _is_shipped(view: OrderView) -> bool:
    sent = view.returns[0].replacement
    return sent is not None and sent.delivery is Delivery.SHIPPED
