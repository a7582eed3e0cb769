"""Lists of orders page by page, on both databases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.life import Hold, OrderView
from domain.money import Money
from domain.stages import Stage
from records.database import Database
from records.order_pages import OrderFilter, OrderPages, Place, PlaceRefused
from records.orders import Orders

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def order(number: int, stage: Stage = Stage.POSTED) -> OrderView:
    """Return an order of the shop."""
    hold = Hold(number=1, code="erp_refused", sentence="no", remedy="", since=NOON, came_from=Stage.POSTING)
    return OrderView(
        version=1,
        connection="shop",
        store_order_id=str(number),
        erp="sap",
        number=f"REF{number}",
        stage=stage,
        since=NOON,
        total=Money(Decimal("10.00"), "EUR"),
        hold=hold if stage is Stage.HELD else None,
        placed_at=NOON + timedelta(hours=number),
    )


async def numbers(pages: OrderPages, wanted: OrderFilter) -> list[str]:
    """Return the ids that pass a filter, in the order of the list."""
    return [each.view.store_order_id for each in await pages.page(wanted, 100)]


async def test_page_after_page_shows_every_order_once_the_latest_change_first(database: Database) -> None:
    orders, pages = Orders(database), OrderPages(database)
    for number in range(7):
        # Three at a time are changed in the same instant.
        await orders.record(order(number), NOON + timedelta(seconds=number // 3))

    seen: list[str] = []
    place: Place | None = None
    while found := await pages.page(OrderFilter(), 2, place):
        seen += [each.view.store_order_id for each in found]
        place = Place.parse(found[-1].place.text())

    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


async def test_filters_choose(database: Database) -> None:
    orders, pages = Orders(database), OrderPages(database)
    for number, stage in enumerate((Stage.POSTED, Stage.HELD, Stage.POSTED)):
        await orders.record(order(number, stage), NOON + timedelta(seconds=number))

    assert await numbers(pages, OrderFilter(stage=Stage.HELD)) == ["1"]
    assert await numbers(pages, OrderFilter(needs_person=True)) == ["1"]
    assert await numbers(pages, OrderFilter(needs_person=False)) == ["2", "0"]
    assert await numbers(pages, OrderFilter(hold="erp_refused")) == ["1"]
    assert await numbers(pages, OrderFilter(hold="totals_differ")) == []
    assert await numbers(pages, OrderFilter(connection="sap")) == ["2", "1", "0"]
    assert await numbers(pages, OrderFilter(connection="other")) == []
    assert await numbers(pages, OrderFilter(number="REF2")) == ["2"]
    assert await numbers(pages, OrderFilter(placed_from=NOON + timedelta(hours=1))) == ["2", "1"]
    assert await numbers(pages, OrderFilter(placed_before=NOON + timedelta(hours=1))) == ["0"]
    assert await numbers(pages, OrderFilter(changed_from=NOON + timedelta(seconds=2))) == ["2"]


@pytest.mark.parametrize(
    "text", ["", "x", "é", "bnVsbA", "WyJhIl0", "WyIyMDI2LTExLTIxIiwiYSIsImIiXQ", "W" * 9000]
)
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(PlaceRefused, match="from the page before"):
        Place.parse(text)
