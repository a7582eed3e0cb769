"""No piece is for sale twice: what was sold and is not in the ERP yet is taken off what is published."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from temporalio.testing import ActivityEnvironment

from activities.stock import StockRequest, Stocks
from activities.systems import Systems
from adapters.ports import ErpPort
from domain.errors import Passing
from domain.facts import ItemStock
from domain.life import OrderView
from domain.stages import Stage
from domain.stock import PublishedStock
from records.database import Database
from records.orders import Orders
from tests.adapters.test_prestashop_store import PrestaShopStand, opened

WINE, RARE, GLASSES = "WINE-RED-75", "DECANTER-RARE", "GLASS-SET-4"
NOW = datetime(2026, 3, 29, 1, tzinfo=UTC)


class Warehouse:
    """An ERP of which only the stock is asked.

    Of `meanwhile` the last happens while an answer is on its way, `always` happens at each.
    """

    def __init__(self) -> None:
        self.available: dict[str, Decimal | None] = {}
        self.stocked = True
        self.meanwhile: list[Callable[[], Any]] = []
        self.always: Callable[[], Any] = lambda: None

    async def items(self, skus: tuple[str, ...], warehouse: str) -> tuple[ItemStock, ...]:
        """Tell what is available."""
        assert warehouse == "01"
        answer = tuple(
            ItemStock(
                sku=sku, known=sku in self.available, stocked=self.stocked, available=self.available.get(sku)
            )
            for sku in skus
        )
        if self.meanwhile:
            self.meanwhile.pop()()
        self.always()
        return answer


class Bench:
    """A shop, its ERP's warehouse and our records of the shop's orders."""

    def __init__(self, stand: PrestaShopStand, database: Database) -> None:
        self.stand, self.orders, self.erp = stand, Orders(database), Warehouse()
        systems = Systems(stores={"shop": stand.store}, erps={"sap": cast("ErpPort", self.erp)}, pairs={})
        self._stocks = Stocks(systems, self.orders)

    async def publish(self, *skus: str, buffer: int = 0) -> PublishedStock:
        """Run the activity once."""
        request = StockRequest(store="shop", erp="sap", warehouse="01", skus=skus, buffer=buffer)
        found = await ActivityEnvironment().run(self._stocks.publish_stock, request)
        assert isinstance(found, PublishedStock)
        return found

    def buy(self, sku: str, quantity: int = 1) -> str:
        """Let somebody buy in the shop."""
        return self.stand.place(lines=[{"sku": sku, "quantity": quantity}])

    async def take_in(self, order_id: str, demand: Mapping[str, int]) -> None:
        """Record an order as its workflow does."""
        view = OrderView(
            version=1,
            connection="shop",
            store_order_id=order_id,
            stage=Stage.CHECKING,
            since=NOW,
            store_mark="2026-03-29 03:00:00/2",
            demand={sku: Decimal(pieces) for sku, pieces in demand.items()},
        )
        await self.orders.record(view, NOW)


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with opened() as stand:
        yield Bench(stand, database)


@pytest.mark.parametrize(
    ("available", "demand", "buffer", "shown"),
    [("494", 0, 0, 494), ("494", 6, 5, 483), ("12.9", 0, 0, 12), ("5", 6, 0, 0), ("-2", 0, 0, 0)],
)
async def test_published_is_available_less_what_is_sold_and_a_buffer(
    bench: Bench, available: str, demand: int, buffer: int, shown: int
) -> None:
    bench.erp.available[WINE] = Decimal(available)
    await bench.take_in("900", {WINE: demand})

    await bench.publish(WINE, buffer=buffer)

    assert bench.stand.stock(WINE) == Decimal(shown)


async def test_a_piece_sold_but_not_posted_is_not_for_sale_again(bench: Bench) -> None:
    bench.erp.available[WINE] = Decimal(500)
    order_id = bench.buy(WINE, 6)
    await bench.take_in(order_id, {WINE: 6})

    published = await bench.publish(WINE)

    assert (published.written, bench.stand.stock(WINE)) == ({}, Decimal(494))


async def test_what_the_shop_sold_and_nobody_took_in_yet_is_not_for_sale_again(bench: Bench) -> None:
    bench.erp.available[WINE] = Decimal(500)
    order_id = bench.buy(WINE, 6)

    with pytest.raises(Passing) as caught:
        await bench.publish(WINE)
    kept = bench.stand.stock(WINE)
    await bench.take_in(order_id, {WINE: 6})
    await bench.publish(WINE)

    # Without a connection, however often it is tried again: nothing is out of order.
    assert caught.value.problem.connection == ""
    assert (kept, bench.stand.stock(WINE)) == (Decimal(494), Decimal(494))


async def test_an_order_that_was_not_taken_in_keeps_no_stock_from_falling(bench: Bench) -> None:
    bench.erp.available |= {WINE: Decimal(100), GLASSES: Decimal(900)}
    bench.buy(WINE, 6)

    with pytest.raises(Passing, match="not taken in"):
        await bench.publish(WINE, GLASSES)

    assert (bench.stand.stock(WINE), bench.stand.stock(GLASSES)) == (Decimal(100), Decimal(500))


@pytest.mark.parametrize("looks_before", [0, 1])
async def test_the_last_piece_bought_while_the_erp_is_asked_stays_sold(
    bench: Bench, looks_before: int
) -> None:
    bench.erp.available[RARE] = Decimal(5)
    bought: list[str] = []
    bench.erp.meanwhile = [lambda: bought.append(bench.buy(RARE, 2)), *[lambda: None] * looks_before]

    with pytest.raises(Passing, match="not taken in"):
        await bench.publish(RARE)
    kept = bench.stand.stock(RARE)
    await bench.take_in(bought[0], {RARE: 2})
    await bench.publish(RARE)

    assert (kept, bench.stand.stock(RARE)) == (Decimal(0), Decimal(3))


async def test_an_article_that_never_stands_still_is_tried_again_later(bench: Bench) -> None:
    bench.erp.available[WINE] = Decimal(10)
    bench.erp.always = lambda: bench.buy(WINE)

    with pytest.raises(Passing, match="faster"):
        await bench.publish(WINE)

    assert bench.stand.writes() == 0


async def test_articles_that_cannot_be_published_are_named_and_stop_no_other(bench: Bench) -> None:
    bench.erp.available |= {WINE: Decimal(7), GLASSES: None}

    published = await bench.publish(WINE, GLASSES, RARE, "NOWHERE")

    assert published.written == {WINE: Decimal(7)}
    assert published.left_out == {
        GLASSES: "the ERP does not tell its stock",
        RARE: "the ERP has no such article",
        "NOWHERE": "the shop has no article with this reference",
    }


async def test_an_article_without_a_stock_in_the_erp_is_left_as_it_is(bench: Bench) -> None:
    bench.erp.available[WINE] = Decimal(7)
    bench.erp.stocked = False

    published = await bench.publish(WINE)

    assert published == PublishedStock()
    assert bench.stand.stock(WINE) == Decimal(500)


async def test_a_write_of_unknown_outcome_is_tried_again(bench: Bench) -> None:
    bench.erp.available[WINE] = Decimal(7)
    bench.stand.shop.faults.arm("reset_before", method="PATCH")

    with pytest.raises(Passing) as caught:
        await bench.publish(WINE)
    again = await bench.publish(WINE)
    third = await bench.publish(WINE)

    assert caught.value.problem.connection == "shop"
    assert (again.written, third.written) == ({WINE: Decimal(7)}, {})


async def test_demand_in_another_spelling_counts(bench: Bench) -> None:
    bench.erp.available[WINE] = Decimal(100)
    await bench.take_in("900", {"wine-red-75": 6, " WINE-RED-75": 1})

    await bench.publish(WINE)

    assert bench.stand.stock(WINE) == Decimal(93)


async def test_what_is_right_costs_three_reads_and_no_write(bench: Bench) -> None:
    bench.erp.available[WINE] = Decimal(500)

    await bench.publish(WINE)

    assert sorted(bench.stand.seen()) == ["combinations", "products", "stock_availables"]
