"""Values that mappings lack are counted once for each order, and forgotten when they are mapped."""

import asyncio
from datetime import UTC, datetime, timedelta

from records.database import Database
from records.unmapped import UnmappedValues

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def test_a_value_is_counted_once_for_an_order(database: Database) -> None:
    values = UnmappedValues(database)

    for minute, order in enumerate(["shop:1", "shop:1", "shop:2", "shop:3", "shop:3"]):
        await values.note(
            "main", [("carriers", "9"), ("carriers", "9")], order, NOON + timedelta(minutes=minute)
        )

    (found,) = await values.all()
    assert (found.pair, found.value_table, found.value, found.count) == ("main", "carriers", "9", 3)
    assert (found.example, found.latest) == ("shop:1", "shop:3")
    assert (found.first_seen, found.last_seen) == (NOON, NOON + timedelta(minutes=4))


async def test_the_most_frequent_comes_first_and_pairs_are_apart(database: Database) -> None:
    values = UnmappedValues(database)

    await values.note("main", [("carriers", "9")], "shop:1", NOON)
    for number in range(3):
        await values.note("other", [("terms", "x"), ("carriers", "8")], f"shop:{number}", NOON)

    assert [(each.value, each.count) for each in await values.all()] == [("8", 3), ("x", 3), ("9", 1)]
    assert [each.value for each in await values.all("main")] == ["9"]


async def test_orders_at_the_same_moment_all_count(database: Database) -> None:
    values = UnmappedValues(database)

    await asyncio.gather(*[values.note("main", [("t", "v")], f"shop:{number}", NOON) for number in range(20)])

    (found,) = await values.all()
    assert found.count == 20
