"""Kept documents and parked strays, on both databases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from obstore.store import MemoryStore
from sqlalchemy import ColumnClause, column, table

from domain.errors import BadConfiguration, NotFound
from records.columns import UtcTime
from records.database import Database
from records.documents import Documents, Subject, file_store
from records.migrate import migrate
from records.strays import Strays

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
INVOICE = Subject(connection="shop", order_id="1042", origin="sap", kind="invoice", entry="77")


async def test_another_content_of_a_paper_is_its_next_version_and_the_same_content_is_not(
    database: Database,
) -> None:
    documents = Documents(database, MemoryStore())

    kept = [
        await documents.keep(INVOICE, "invoice-901.pdf", data, NOON + timedelta(seconds=number))
        for number, data in enumerate((b"%PDF-1", b"%PDF-1", b"%PDF-2", b"%PDF-1"))
    ]

    assert [each.version for each in kept] == [1, 1, 2, 1]
    assert await documents.read(kept[2].sha256) == b"%PDF-2"
    ((kind, latest),) = await documents.of_order("shop", "1042")
    assert (kind, latest.version) == ("invoice", 2)
    assert await documents.of_order("other", "1042") == ()


async def test_a_paper_of_two_orders_is_shown_with_each_of_them(database: Database) -> None:
    """An ERP may bill several orders of a customer on one invoice."""
    documents = Documents(database, MemoryStore())
    other = INVOICE.model_copy(update={"order_id": "1043"})

    first = await documents.keep(INVOICE, "invoice-901.pdf", b"%PDF-1", NOON)
    second = await documents.keep(other, "invoice-901.pdf", b"%PDF-1", NOON)

    assert first == second
    assert await documents.of_order("shop", "1042") == (("invoice", first),)
    assert await documents.of_order("shop", "1043") == (("invoice", first),)


async def test_documents_of_before_stay(address: str) -> None:
    migrate(address, "0004")
    earlier = Database(address)
    row = {**INVOICE.model_dump(), "version": 1, "sha256": "0" * 64, "name": "invoice-901.pdf", "size": 6}
    names: list[ColumnClause[Any]] = [column(name) for name in row]
    insert = table("document", *names, column("kept_at", UtcTime())).insert()
    await earlier.write(lambda session: session.execute(insert.values(**row, kept_at=NOON)))
    await earlier.close()
    migrate(address)
    now = Database(address)

    ((kind, kept),) = await Documents(now, MemoryStore()).of_order("shop", "1042")
    await now.close()

    assert (kind, kept.name, kept.version) == ("invoice", "invoice-901.pdf", 1)


async def test_a_file_that_is_not_there_is_said_to_be_missing(database: Database) -> None:
    with pytest.raises(NotFound, match="not in the document store"):
        await Documents(database, MemoryStore()).read("0" * 64)


def test_a_store_that_cannot_be_opened_names_its_key(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for address in (str(tmp_path / "file" / "folder"), "nonsense://bucket"):
        with pytest.raises(BadConfiguration) as refused:
            file_store(address)
        assert refused.value.problem.field == "documents.store"


async def test_a_stray_is_one_row_however_often_it_is_said_and_can_be_put_aside(database: Database) -> None:
    strays = Strays(database)
    for minute in range(3):
        await strays.park("sap", "delivery 4711", "nobody's", NOON + timedelta(minutes=minute))

    (stray,) = await strays.all()

    assert (stray.times, stray.first_at, stray.last_at) == (3, NOON, NOON + timedelta(minutes=2))
    assert await strays.put_aside("sap", "delivery 4711")
    assert not await strays.put_aside("sap", "delivery 4711")
    assert await strays.all() == ()
