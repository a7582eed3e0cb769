"""What orders take of the stock before the ERP knows them, added up by the database."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from domain.life import OrderView
from domain.stages import Stage
from records.database import Database, table_of
from records.orders import Orders
from records.tables import OrderRow

NOW = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)


def view(order_id: int, stage: Stage = Stage.CHECKING, **changed: Any) -> OrderView:
    """Return an order that takes three bottles."""
    facts = {
        "version": 1,
        "connection": "shop",
        "store_order_id": str(order_id),
        "stage": stage,
        "since": NOW,
        "demand": {"WINE": Decimal(3)},
    }
    return OrderView.model_validate(facts | changed)


async def test_demand_of_a_stores_open_orders_adds_up_to_the_last_digit(database: Database) -> None:
    orders = Orders(database)
    before = (Stage.RECEIVED, Stage.CHECKING, Stage.HELD, Stage.AWAITING_APPROVAL, Stage.POSTING)
    for number, stage in enumerate((*before, Stage.IN_DOUBT)):
        await orders.record(view(number, stage), NOW)
    exact = {"WINE": Decimal("0.1"), "GIN": Decimal("12345678901234.567891"), 'A"B.c$': Decimal(1)}
    await orders.record(view(10, demand=exact), NOW)

    found = await orders.demand("shop")

    assert found == {"WINE": Decimal("18.1"), "GIN": exact["GIN"], 'A"B.c$': Decimal(1)}


async def test_orders_in_the_erp_and_ended_ones_and_other_stores_take_nothing(database: Database) -> None:
    orders = Orders(database)
    for number, stage in enumerate((Stage.POSTED, Stage.SHIPPED, Stage.REJECTED, Stage.CANCELLED)):
        await orders.record(view(number, stage), NOW)
    await orders.record(view(10, connection="other"), NOW)
    await orders.record(view(11, Stage.HELD, demand={}), NOW)

    assert await orders.demand("shop") == {}


async def test_demand_follows_the_newest_view(database: Database) -> None:
    orders = Orders(database)
    await orders.record(view(1), NOW)
    await orders.record(view(1, version=2, demand={"WINE": Decimal(5)}), NOW)
    raised = await orders.demand("shop")
    await orders.record(view(1, Stage.POSTED, version=3, demand={}), NOW)

    assert raised == {"WINE": Decimal(5)}
    assert await orders.demand("shop") == {}


async def test_views_recorded_before_there_was_a_demand_take_nothing(database: Database) -> None:
    orders = Orders(database)
    await orders.record(view(1), NOW)

    def forget(session: Any) -> None:
        row = session.get_one(OrderRow, ("shop", "1"))
        row.view = {name: value for name, value in row.view.items() if name != "demand"}

    await database.write(forget)

    assert await orders.demand("shop") == {}


async def test_thousands_of_open_orders_are_added_up_by_the_database(database: Database) -> None:
    orders = Orders(database)
    await orders.record(view(0, demand={}), NOW)
    padding = {"warnings": ["w" * 60] * 40}

    def fill(session: Any) -> None:
        row = session.get_one(OrderRow, ("shop", "0")).model_dump()
        many = [
            {**row, "order_id": str(n), "view": {**row["view"], **padding, "demand": {f"SKU-{n % 50}": "2"}}}
            for n in range(1, 5001)
        ]
        session.execute(insert(table_of(OrderRow)), many)

    await database.write(fill)

    found = await orders.demand("shop")

    assert len(found) == 50
    assert set(found.values()) == {Decimal(200)}
