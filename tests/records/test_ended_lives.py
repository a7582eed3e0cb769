"""What is kept of orders whose lives are over."""

from datetime import UTC, datetime

from domain.life import OrderView
from domain.stages import Stage
from records.database import Database
from records.orders import Ending, Orders

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def seen(version: int, stage: Stage = Stage.COMPLETED) -> OrderView:
    return OrderView(version=version, connection="shop", store_order_id="1042", stage=stage, since=NOON)


async def test_the_latest_end_is_kept_and_an_older_view_changes_nothing(database: Database) -> None:
    orders = Orders(database)

    await orders.record(seen(1), NOON, {"number": 1})
    await orders.record(seen(3), NOON, {"number": 3, "name": "a\x00b"})
    await orders.record(seen(2), NOON, {"number": 2})

    kept = await orders.ended_life("shop", "1042")
    assert kept is not None
    assert kept["number"] == 3
    assert await orders.ended_life("shop", "1") is None


async def test_only_a_completed_order_of_which_something_is_kept_may_be_opened_again(
    database: Database,
) -> None:
    orders = Orders(database)

    await orders.record(seen(1), NOON)
    unknown = await orders.ending("shop", "1042")
    await orders.record(seen(2), NOON, {"number": 2})
    completed = await orders.ending("shop", "1042")
    await orders.record(seen(3, Stage.SHIPPED), NOON)
    opened = await orders.ending("shop", "1042")
    await orders.record(seen(4, Stage.CANCELLED), NOON, {"number": 4})
    cancelled = await orders.ending("shop", "1042")

    assert (unknown, completed) == (Ending.FINAL, Ending.COMPLETED)
    assert (opened, cancelled) == (Ending.NONE, Ending.FINAL)


async def test_what_was_kept_is_forgotten_when_an_order_ends_anew_without_a_document(
    database: Database,
) -> None:
    orders = Orders(database)

    await orders.record(seen(1), NOON, {"number": 1})
    await orders.record(seen(2, Stage.SHIPPED), NOON)
    opened = await orders.ended_life("shop", "1042")
    await orders.record(seen(3, Stage.CANCELLED), NOON)

    assert opened == {"number": 1}
    assert await orders.ended_life("shop", "1042") is None
