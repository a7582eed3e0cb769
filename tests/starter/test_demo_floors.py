"""The demo's ERPs: the same acts of staff leave the same books, whatever kind it is."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from domain.money import Money
from domain.policy import PaperKind
from sandbox import odoo, sap_business_one
from sandbox.odoo import OdooDatabase
from sandbox.sap_business_one import Company
from sandbox.sap_business_one.desk import order
from sandbox.serving import serving
from starter.demo.doors import Door, WrongAnswer
from starter.demo.floors import FLOORS, Floor, InStock

WINE, GLASSES = "WINE-RED-75", "GLASS-SET-4"
KEY = "shop:1042:order:1"


@dataclass
class Books:
    """An ERP as the demo sees it, with an order of six bottles in it, and somebody who can cancel that."""

    floor: Floor
    entry: str
    cancel: Callable[[], object]


@pytest.fixture(params=FLOORS)
async def books(request: pytest.FixtureRequest) -> AsyncIterator[Books]:
    if request.param == "odoo":
        db = OdooDatabase(odoo.Settings(version=19))
        app, entry = odoo.create_app(db), _order_in_odoo(db)

        def cancel() -> object:
            return db.methods["sale.order", "action_cancel"](db, [entry], {}, {})

    else:
        company = Company(sap_business_one.Settings())
        app, entry = sap_business_one.create_app(company), _order_in_sap(company)

        def cancel() -> object:
            return company.staff.cancel_order(entry)

    async with serving(app) as url:
        floor = FLOORS[request.param](Door("erp", url))
        yield Books(floor, str(entry), cancel)
        await floor.close()


def _order_in_odoo(db: OdooDatabase) -> int:
    lines = [
        [0, 0, {"product_id": row["id"], "name": sku, "product_uom_qty": some, "price_unit": "10"}]
        for sku, some in ((WINE, 6), (GLASSES, 1))
        for row in db.all("product.product", default_code=sku)
    ]
    made = db.create("sale.order", {"partner_id": 1, "origin": KEY, "order_line": lines})
    db.methods["sale.order", "action_confirm"](db, [made], {}, {})
    return made


def _order_in_sap(company: Company) -> int:
    company.staff.prepare_for_web_orders()
    lines = [
        {"ItemCode": sku, "Quantity": some, "UnitPrice": "10"} for sku, some in ((WINE, 6), (GLASSES, 1))
    ]
    with company.transaction():
        made = company.orders.create(order(*lines, U_WebOrderId=KEY))
    return int(made["DocEntry"])


async def test_an_order_leaves_in_parts_and_is_invoiced_in_one(books: Books) -> None:
    floor = books.floor
    await floor.pick(books.entry)
    first = await floor.send_parcel(books.entry, "PX1", 4)
    assert (await floor.stock())[WINE].on_hand == 496
    second = await floor.send_parcel(books.entry, "PX2")
    await floor.invoice([first, second])

    (booked,) = await floor.orders()
    assert (booked.entry, booked.order_id, booked.is_cancelled) == (books.entry, "1042", False)
    assert booked.total == Money(Decimal(84), "EUR")
    assert [paper.entry for paper in await floor.papers(PaperKind.DELIVERY)] == [first, second]
    (invoice,) = await floor.papers(PaperKind.INVOICE)
    assert invoice.total == booked.total
    assert await floor.papers(PaperKind.CREDIT_NOTE) == ()
    stock = await floor.stock()
    assert stock[WINE] == InStock(on_hand=Decimal(494), committed=Decimal(0))
    assert stock[GLASSES].on_hand == 499


async def test_a_cancelled_order_stays_in_the_books_as_such(books: Books) -> None:
    before = (await books.floor.stock())[WINE]

    books.cancel()

    (booked,) = await books.floor.orders()
    assert booked.is_cancelled
    assert before.committed == 6
    assert (await books.floor.stock())[WINE].committed == 0


async def test_an_article_is_sold_out(books: Books) -> None:
    await books.floor.sell_out(GLASSES)

    assert (await books.floor.stock())[GLASSES].on_hand == 0
    with pytest.raises(WrongAnswer):
        await books.floor.sell_out("NOTHING")


async def test_what_is_not_there_cannot_be_sent(books: Books) -> None:
    with pytest.raises(WrongAnswer):
        await books.floor.send_parcel("4711", "PX1")
