"""The shop sells what the ERP has left: after posting, shipping, cancelling, with several orders at once."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.approvals.requests import Verdict
from domain.life import Asked
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.driving import hurry, park_at_once
from tests.workflows.placing import CABINET, note_of, place

WINE, RARE = "WINE-RED-75", "DECANTER-RARE"
BY_OLGA = Asked(by="olga", reason="as agreed")


@pytest.fixture
async def selling(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """A house that publishes its stock, and whose ERP is watched."""

    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["publish_stock"] = True

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        yield running


@pytest.fixture
async def brief(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    """The same, where a shipped order is completed once nothing of it is left to be published."""

    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(publish_stock=True, return_window="1s")

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        yield running


def available(running: House, sku: str = WINE) -> int:
    """Return what the ERP has on hand and did not promise."""
    on_hand, committed = running.company.staff.stock_of(sku)
    return int(on_hand - committed)


async def until_for_sale(running: House, pieces: int, sku: str = WINE) -> None:
    async def look() -> bool | None:
        return running.shop.stock_of(sku) == pieces or None

    try:
        await eventually(look)
    except TimeoutError:
        raise AssertionError(f"{running.shop.stock_of(sku)} of {sku} are for sale, not {pieces}") from None


def published(running: House, sku: str = WINE) -> list[int]:
    """Return the quantities that were written from outside, in order."""
    product = running.shop.rows("products", reference=sku)[0]["id"]
    written = running.shop.ledger.of("stock", id_product=product)
    return [entry["set"] for entry in written if "set" in entry]


async def posted(running: House, *lines: dict[str, Any]) -> tuple[int, int]:
    """Place an order and return its number in the shop and its DocEntry."""
    order_id = place(running, *lines)
    view = await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
    assert view.document is not None
    return order_id, int(view.document.entry)


async def test_after_posting_the_shop_sells_what_the_erp_has_left(selling: House) -> None:
    selling.company.staff.set_stock(WINE, Decimal(100))

    await posted(selling)
    await until_for_sale(selling, 94)

    assert available(selling) == 94
    assert published(selling) == [94]


async def test_a_shop_that_is_right_is_not_written_to(brief: House) -> None:
    order_id, entry = await posted(brief)

    brief.company.staff.deliver(entry)
    await brief.until(order_id, Stage.COMPLETED)

    # Both know of the sale already, and of the shipment too.
    assert (brief.shop.stock_of(WINE), available(brief)) == (494, 494)
    assert published(brief) == []


async def test_goods_that_came_back_are_for_sale_again(selling: House) -> None:
    order_id, entry = await posted(selling)
    delivery = selling.company.staff.deliver(entry)
    await selling.until(order_id, Stage.SHIPPED)
    await until_for_sale(selling, 494)

    selling.company.staff.return_goods(delivery["DocEntry"], {0: Decimal(2)})

    await until_for_sale(selling, 496)


async def test_two_orders_at_once_for_the_last_pieces_sell_none_twice(brief: House) -> None:
    last = {"sku": RARE, "quantity": 1}

    orders = await asyncio.gather(posted(brief, last), posted(brief, last))
    for _, entry in orders:
        brief.company.staff.deliver(entry)
    await asyncio.gather(*(brief.until(order_id, Stage.COMPLETED) for order_id, _ in orders))

    assert (available(brief, RARE), brief.shop.stock_of(RARE)) == (0, 0)
    assert published(brief, RARE) == []


async def test_a_cancelled_order_gives_its_pieces_back(selling: House) -> None:
    order_id, _ = await posted(selling)
    await until_for_sale(selling, 494)

    await selling.update(order_id, "cancel", BY_OLGA)
    await selling.until(order_id, Stage.CANCELLED)

    await until_for_sale(selling, 500)
    assert await selling.handle(order_id).result() is not None
    assert available(selling) == 500


async def test_a_shop_that_puts_pieces_back_itself_is_corrected_after_it_did(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(publish_stock=True, status_when_cancelled="6")

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        order_id, _ = await posted(running)
        # At the counter somebody else bought six: what the shop puts back is not for sale.
        running.company.staff.set_stock(WINE, Decimal(494))
        running.shop.faults.arm("latency", path="order_histories", method="POST", seconds=1)

        await running.update(order_id, "cancel", BY_OLGA)
        await running.handle(order_id).result()

        assert running.shop.order(order_id)["current_state"] == 6
        assert running.shop.stock_of(WINE) == available(running) == 494


@pytest.mark.parametrize("end", [Stage.REJECTED, Stage.CANCELLED])
async def test_an_order_that_was_never_posted_gives_its_pieces_back(selling: House, end: Stage) -> None:
    order_id = place(selling, CABINET)
    asked = await selling.until(order_id, Stage.AWAITING_APPROVAL)
    (sku,) = {line["product_reference"] for line in selling.shop.rows("order_details", id_order=order_id)}
    while_asked = selling.shop.stock_of(sku)

    if end is Stage.REJECTED:
        await selling.update(order_id, "decide", selling.decision(asked, verdict=Verdict.REJECT))
    else:
        await selling.update(order_id, "cancel", BY_OLGA)
    await selling.until(order_id, end)
    await selling.handle(order_id).result()

    assert while_asked is not None
    assert while_asked < available(selling, sku)
    assert selling.shop.stock_of(sku) == available(selling, sku)


async def test_an_order_that_the_erp_cancelled_keeps_its_pieces_until_somebody_decides(
    selling: House,
) -> None:
    order_id, entry = await posted(selling)
    selling.company.staff.cancel_order(entry)
    held = await selling.until(order_id, Stage.HELD)
    selling.company.staff.set_stock(WINE, Decimal(100))

    await posted(selling)
    await until_for_sale(selling, 88)
    await selling.update(order_id, "cancel", BY_OLGA)
    await until_for_sale(selling, 94)

    assert held.demand == {WINE: Decimal(6)}


async def test_closed_by_hand_gives_the_rest_back_while_a_person_is_asked(selling: House) -> None:
    order_id, entry = await posted(selling)
    selling.company.staff.deliver(entry, {0: Decimal(2)})
    await selling.until(order_id, Stage.PICKING)

    selling.company.staff.close_order(entry)
    await selling.until(order_id, Stage.HELD)

    await until_for_sale(selling, 498)


async def test_an_article_that_cannot_be_published_is_a_warning(selling: House) -> None:
    product = selling.shop.rows("products", reference=WINE)[0]
    selling.shop.state.insert("products", reference=WINE, link_rewrite="twin", state=1)
    selling.company.staff.set_stock("GLASS-SET-4", Decimal(100))

    order_id = place(selling, {"sku": WINE, "quantity": 6}, {"sku": "GLASS-SET-4", "quantity": 1})
    view = await selling.until(order_id, Stage.POSTED, where=lambda view: bool(view.warnings))

    (warning,) = view.warnings
    assert warning.startswith(f"the stock of {WINE} could not be published: several articles")
    assert f"product {product['id']}" in warning
    assert view.hold is None
    await until_for_sale(selling, 99, "GLASS-SET-4")


async def test_stock_that_cannot_be_written_delays_nothing_else_and_is_made_up_for(
    selling: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    park_at_once(monkeypatch)
    selling.company.staff.set_stock(WINE, Decimal(100))
    selling.shop.faults.arm("html_503", times=None, path="stock_availables")

    order_id, entry = await posted(selling)
    selling.company.staff.deliver(entry, {0: Decimal(2)}, tracking="1Z001")
    # The shop as such answers: told three times that it works, the order takes it as its own trouble.
    warned = await selling.until(order_id, Stage.PICKING, where=lambda view: bool(view.warnings))
    selling.shop.faults.clear()
    selling.company.staff.deliver(entry)
    await until_for_sale(selling, 94)
    mended = await selling.until(order_id, Stage.SHIPPED, where=lambda view: not view.warnings)

    assert "could not be published: the shop is closed for maintenance" in warned.warnings[0]
    assert warned.document is not None
    assert warned.document.number in note_of(selling, order_id)
    assert mended.hold is None


async def test_a_shop_that_is_down_delays_no_cancellation_and_is_told_when_it_is_back(
    selling: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    park_at_once(monkeypatch)
    order_id, _ = await posted(selling)
    selling.shop.faults.arm("html_503", times=None)

    await selling.update(order_id, "cancel", BY_OLGA)
    await selling.until(order_id, Stage.CANCELLED)
    parked = await selling.until(order_id, Stage.CANCELLED, where=lambda view: bool(view.waits_for))
    selling.shop.faults.clear()
    await hurry(selling, selling.store)
    await until_for_sale(selling, 500)
    await selling.handle(order_id).result()
    done = await selling.until(order_id, Stage.CANCELLED, where=lambda view: not view.waits_for)

    assert parked.trouble is not None
    assert parked.trouble.connection == selling.store
    assert done.trouble is None


async def test_a_pair_that_does_not_publish_leaves_the_shop_alone(running: House) -> None:
    running.company.staff.set_stock(WINE, Decimal(100))

    order_id, _ = await posted(running)
    await running.update(order_id, "cancel", BY_OLGA)
    await running.handle(order_id).result()

    assert running.shop.stock_of(WINE) == 494
    assert published(running) == []


async def test_what_the_buffer_keeps_back_is_not_for_sale(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(publish_stock=True, stock_buffer=20)

    async with house(temporal_server, tmp_path, change=choose) as running:
        await posted(running)

        await until_for_sale(running, 474)
