"""What the tests against a real Odoo do there is undone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sandbox.odoo import OdooDatabase, Settings, create_app
from tests.adapters.erp_conformance_bench import order, stranger
from tests.adapters.erp_conformance_returns_bench import invoiced, payment, pieces, wanted
from tests.adapters.odoo_bench import OdooBench, bench_of, fresh_namespace, served
from tests.live.odoo_books import OdooBooks, Unfit

KEPT = (
    "sale.order",
    "sale.order.line",
    "account.move",
    "account.move.line",
    "account.payment",
    "res.partner",
    "mail.activity",
)
LOGIN = {"database": "demo", "user": "admin", "key": "admin"}


@asynccontextmanager
async def visited(settings: Settings) -> AsyncIterator[tuple[OdooDatabase, OdooBooks]]:
    """Let the tests' work be done in an empty database and be cleared away; yield what is left."""
    db = OdooDatabase(settings)
    with served(create_app(db)) as (url,):
        async with bench_of(url, {**LOGIN, "namespace": fresh_namespace()}) as people:
            books = OdooBooks(people.staff)
            own = {**LOGIN, **books.settings(), "namespace": fresh_namespace()}
            books.open(own["pricelists"])
            async with bench_of(url, own) as bench:
                await _work(bench)
            books.close(own["namespace"])
            books.clear()
            yield db, books


async def _work(bench: OdooBench) -> None:
    made, _, invoice = await invoiced(bench)
    await bench.care.register_payment(payment(made, "20.00", invoice))
    await bench.care.take_back(wanted(made, pieces(invoice, "1")))
    await bench.erp.create_customer(order(party=stranger()))


@pytest.mark.parametrize("version", [14, 19])
async def test_books_are_left_as_they_were_found(version: int) -> None:
    before = {model: len(table) for model, table in OdooDatabase(_empty(version)).tables.items()}

    async with visited(_empty(version)) as (db, books):
        assert {model: len(db.tables[model]) - before[model] for model in KEPT} == dict.fromkeys(KEPT, 0)
        assert {quant["quantity"] for quant in db.all("stock.quant", location_id=1)} == {0}
        assert not [row for row in db.all("product.product") if row["active"]]
        assert "stock.picking, 3, carried out" in books.clearing.report()


async def test_entries_that_stay_are_settled() -> None:
    async with visited(_empty(14, strict_journals=True)) as (db, books):
        assert {row["state"] for row in db.all("account.move")} == {"posted"}
        (invoice,) = db.all("account.move", move_type="out_invoice")
        assert db.value("account.move", invoice, "amount_residual") == 0
        assert "reversed and set off" in books.clearing.report()


async def test_database_with_such_articles_is_left_alone() -> None:
    with served(create_app(OdooDatabase(Settings(version=14)))) as (url,):
        async with bench_of(url, {**LOGIN, "namespace": fresh_namespace()}) as people:
            with pytest.raises(Unfit, match="articles of its own"):
                OdooBooks(people.staff)


def _empty(version: int, *, strict_journals: bool = False) -> Settings:
    return Settings(version=version, empty=True, price_digits=2, strict_journals=strict_journals)
