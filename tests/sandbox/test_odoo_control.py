"""What the people of the sandbox Odoo do over its control door, and what stands in the books then."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.odoo import OdooDatabase, Settings, create_app

WINE = "WINE-RED-75"


@pytest.fixture(params=[14, 19])
def db(request: pytest.FixtureRequest) -> OdooDatabase:
    return OdooDatabase(Settings(version=request.param))


@pytest.fixture
async def door(db: OdooDatabase) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(db))
    async with httpx.AsyncClient(transport=transport, base_url="http://odoo/_sandbox") as door:
        yield door


def confirmed(db: OdooDatabase, pieces: int = 6) -> int:
    """Return an order over some bottles, and a set of glasses."""
    lines = [
        [0, 0, {"product_id": row["id"], "name": sku, "product_uom_qty": some, "price_unit": "12.5"}]
        for sku, some in ((WINE, pieces), ("GLASS-SET-4", 1))
        for row in db.all("product.product", default_code=sku)
    ]
    order = db.create("sale.order", {"partner_id": 1, "origin": "shop:1:order:1", "order_line": lines})
    db.methods["sale.order", "action_confirm"](db, [order], {}, {})
    return order


async def done(door: httpx.AsyncClient, action: str, **what: Any) -> dict[str, Any]:
    answer = await door.post(f"/{action}", json=what)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def books(door: httpx.AsyncClient, kind: str) -> list[dict[str, Any]]:
    return list((await door.get("/books", params={"kind": kind})).json())


async def test_an_order_leaves_in_two_parcels_and_is_invoiced_once(
    db: OdooDatabase, door: httpx.AsyncClient
) -> None:
    order = confirmed(db)
    await done(door, "pick", order=order)

    first = await done(door, "deliver", order=order, lines={"0": "4"}, tracking="1Z1", carrier="Parcel")
    second = await done(door, "deliver", order=order, tracking="1Z2")
    await done(door, "invoice", deliveries=[first["id"], second["id"]])

    assert await books(door, "delivery") == [{"id": first["id"]}, {"id": second["id"]}]
    assert db.get("stock.picking", first["id"])["carrier_tracking_ref"] == "1Z1"
    assert db.get("stock.picking", first["id"])["carrier_id"]
    (sold,), (invoice,) = await books(door, "order"), await books(door, "invoice")
    assert (sold["origin"], sold["state"]) == ("shop:1:order:1", "sale")
    assert (invoice["total"], invoice["currency"]) == (sold["total"], "EUR")
    assert float((await door.get("/stock")).json()[WINE]["on_hand"]) == 494


async def test_what_is_promised_is_shown_beside_what_lies_there(
    db: OdooDatabase, door: httpx.AsyncClient
) -> None:
    confirmed(db, 7)
    await done(door, "stock", item=WINE, on_hand="9")

    shown = (await door.get("/stock")).json()[WINE]

    assert (float(shown["on_hand"]), float(shown["committed"])) == (9, 7)


async def test_a_cancelled_order_stays_in_the_books(db: OdooDatabase, door: httpx.AsyncClient) -> None:
    order = confirmed(db)
    db.create("sale.order", {"partner_id": 1})
    db.methods["sale.order", "action_cancel"](db, [order], {}, {})

    (cancelled,) = await books(door, "order")
    assert cancelled["state"] == "cancel"


@pytest.mark.parametrize(
    ("action", "what", "status"),
    [
        ("deliver", {"order": 99}, 422),
        ("invoice", {"deliveries": []}, 422),
        ("stock", {"item": "NOTHING", "on_hand": "1"}, 422),
        ("pick", {}, 400),
        ("stock", {"item": WINE, "on_hand": "many"}, 400),
    ],
)
async def test_what_cannot_be_done_is_refused(
    door: httpx.AsyncClient, action: str, what: dict[str, Any], status: int
) -> None:
    assert (await door.post(f"/{action}", json=what)).status_code == status
    assert (await door.get("/books", params={"kind": "wishes"})).status_code == 400
