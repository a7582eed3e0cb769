"""Odoo's change feed: a stamp is its transaction's start, and shows late."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.policy import PaperKind
from domain.returns import TakeBack, paper_key
from sandbox.odoo import OdooDatabase, Settings, create_app
from tests.adapters.erp_conformance_after import drained, posted
from tests.adapters.erp_conformance_returns_bench import invoiced, refund
from tests.adapters.odoo_bench import (
    OdooBench,
    SandboxBenches,
    bench_of,
    fresh_namespace,
    sandbox_benches,
    served,
)


@pytest.fixture(scope="module")
def benches() -> Iterator[SandboxBenches]:
    with sandbox_benches(14) as benches:
        yield benches


@pytest.fixture
async def bench(benches: SandboxBenches) -> AsyncIterator[OdooBench]:
    async with benches.bench() as bench:
        yield bench


async def test_change_with_an_older_stamp_is_not_passed_over() -> None:
    db = OdooDatabase(Settings(version=14))
    login = {"database": "demo", "user": "web", "key": "web-key", "namespace": fresh_namespace()}
    more = {"price_digits": 6, "warehouses": {"01": "WH"}, "carriers": {"2": 1}}
    with served(create_app(db)) as (url,):
        async with bench_of(url, {**login, **more}) as bench:
            made, other = await posted(bench), await posted(bench, 1043)
            bench.ship(other.entry)
            start = (await drained(bench.after, (await bench.after.changes({})).cursor)).cursor
            picking = int(bench.ship(made.entry))
            began = datetime.now(UTC) - timedelta(minutes=8)
            db.get("stock.picking", picking)["write_date"] = began.strftime("%Y-%m-%d %H:%M:%S")

            seen = await drained(bench.after, start)

            assert "delivery" in {hint.what.split()[0] for hint in seen.hints}
            assert made.key in {hint.key for hint in seen.hints}


async def test_credit_note_of_money_alone_hints_at_its_order(bench: OdooBench) -> None:
    made, _, _ = await invoiced(bench)
    start = (await bench.after.changes({})).cursor
    key = paper_key("shop", "1042", "credit_note", "1")
    wanted = TakeBack(
        key=key,
        kind=PaperKind.CREDIT_NOTE,
        sales_entry=made.entry,
        on=datetime.now(UTC).date(),
        amounts=(refund("7.20"),),
    )
    await bench.care.take_back(wanted)

    seen = await drained(bench.after, start)

    assert (made.entry, made.key) in {(hint.entry, hint.key) for hint in seen.hints}


@pytest.mark.parametrize("kind", [PaperKind.INVOICE, PaperKind.DELIVERY])
async def test_papers_are_printed_over_the_portal(bench: OdooBench, kind: PaperKind) -> None:
    made = await posted(bench)
    delivery = bench.ship(made.entry, {0: Decimal(1)})
    entry = bench.invoice(delivery) if kind is PaperKind.INVOICE else delivery

    assert (await bench.after.paper_pdf(kind, entry)).startswith(b"%PDF-")
