"""What rules cost an order that has none: counted in statements, which no busy machine changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from domain.stages import Stage
from tests.house import House
from tests.workflows.placing import place


@contextmanager
def statements_about(*tables: str) -> Iterator[dict[str, list[str]]]:
    """Collect the statements about tables that run meanwhile."""
    found: dict[str, list[str]] = {table: [] for table in tables}

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        for table in tables:
            if table in statement:
                found[table].append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_an_order_without_rules_asks_once_for_versions_and_keeps_its_facts_once(running: House) -> None:
    with statements_about("published_set", "recorded_case") as found:
        order_id = place(running)
        await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

    assert {table: len(statements) for table, statements in found.items()} == {
        "published_set": 1,
        "recorded_case": 1,
    }, found
    assert await running.waybill.cases.find(f"{running.store}:{order_id}") is not None
