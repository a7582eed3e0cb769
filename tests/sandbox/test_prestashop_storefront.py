"""The buyer's and the employee's side over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.prestashop.visit import Visit, open_shop

CART: dict[str, Any] = {
    "customer": "anna.moreau@example.com",
    "lines": [{"sku": "WINE-RED-75", "quantity": 6}, {"sku": "SHIRT-BLK-M"}],
    "vouchers": [{"percent": 10}],
    "comment": "Ring twice",
}


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop() as opened:
        yield opened


async def post(visit: Visit, path: str, body: Any, status: int = 200) -> Any:
    answer = await visit.http.post(f"/shop/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def buy(visit: Visit, **more: Any) -> int:
    placed = await post(visit, "orders", {**CART, **more}, 201)
    return int(placed["orders"][0]["id_order"])


async def test_cart_becomes_an_order(visit: Visit) -> None:
    placed = await post(visit, "orders", CART, 201)

    (order,) = placed["orders"]
    assert order["id_order"] == 1001
    assert len(order["reference"]) == 9
    assert order["total_paid_tax_incl"] == "110.200000"
    assert visit.shop.rows("messages")[0]["message"] == "Ring twice"


async def test_buyer_sees_status_and_tracking_but_not_the_note(visit: Visit) -> None:
    id_order = await buy(visit)
    (parcel,) = visit.shop.rows("order_carriers")
    await visit.send("PATCH", "orders", "order", id=id_order, note="SAP 1")
    await visit.send("PATCH", "order_carriers", "order_carrier", id=parcel["id"], tracking_number="7A")

    page = (await visit.http.get(f"/shop/orders/{id_order}")).json()
    note = (await visit.http.get(f"/shop/orders/{id_order}/note")).json()

    assert page["status"]["name"] == "Awaiting bank wire payment"
    assert page["tracking"] == [{"carrier": "Parcel", "number": "7A", "url": "https://track.example/?n=7A"}]
    assert "SAP" not in str(page)
    assert note == {"note": "SAP 1"}


async def test_money_arrives(visit: Visit) -> None:
    id_order = await buy(visit)

    page = await post(visit, f"orders/{id_order}/pay", {})

    assert page["status"]["paid"] is True
    assert page["invoice_number"] == 1


async def test_order_is_cancelled_until_it_is_shipped(visit: Visit) -> None:
    first, second = await buy(visit), await buy(visit)
    await post(visit, f"orders/{second}/status", {"id_order_state": 4})

    page = await post(visit, f"orders/{first}/cancel", {})

    assert page["status"]["name"] == "Canceled"
    await post(visit, f"orders/{second}/cancel", {}, 409)
    assert visit.shop.stock_of("WINE-RED-75") == 494


async def test_edited_lines_change_totals_vouchers_and_stock(visit: Visit) -> None:
    id_order = await buy(visit)

    await post(
        visit,
        f"orders/{id_order}/edit",
        {
            "lines": [
                {"sku": "WINE-RED-75", "quantity": 2},
                {"sku": "SHIRT-BLK-M", "quantity": 0},
                {"sku": "GLASS-SET-4", "quantity": 1},
            ]
        },
    )

    row = visit.shop.order(id_order)
    assert row["total_products_wt"] == row["total_products_wt"].__class__("59.94")
    assert row["total_discounts_tax_incl"] == visit.shop.rows("order_cart_rules")[0]["value"]
    assert str(row["total_discounts_tax_incl"]) == "5.990000"
    assert visit.shop.stock_of("WINE-RED-75") == 498
    assert visit.shop.stock_of("SHIRT-BLK-M") == 500
    assert visit.shop.stock_of("GLASS-SET-4") == 499


async def test_new_address_of_an_order_is_a_new_record(visit: Visit) -> None:
    id_order = await buy(visit)
    address = {"street": "9 rue Basse", "postcode": "69002", "city": "Lyon", "vat_id": "FR123"}

    await post(visit, f"orders/{id_order}/edit", {"address": address})

    row = visit.shop.order(id_order)
    assert row["id_address_delivery"] != 501
    assert visit.shop.rows("addresses", id=501)[0]["address1"] == "12 rue des Lilas"


async def test_refund_makes_a_slip_and_counts_the_pieces(visit: Visit) -> None:
    id_order = await buy(visit)

    await post(
        visit,
        f"orders/{id_order}/refund",
        {"lines": [{"sku": "WINE-RED-75", "quantity": 2}], "shipping": True, "restock": True},
        201,
    )

    (slip,) = visit.shop.rows("order_slip", id_order=id_order)
    line = visit.shop.rows("order_details", id_order=id_order)[0]
    assert str(slip["total_products_tax_incl"]) == "30.000000"
    assert str(slip["total_shipping_tax_incl"]) == "8.500000"
    assert line["product_quantity_refunded"] == 2
    assert visit.shop.stock_of("WINE-RED-75") == 496


async def test_no_more_is_refunded_than_was_bought(visit: Visit) -> None:
    id_order = await buy(visit)

    await post(visit, f"orders/{id_order}/refund", {"lines": [{"sku": "WINE-RED-75", "quantity": 7}]}, 422)

    assert visit.shop.rows("order_slip") == []


async def test_account_is_opened_once(visit: Visit) -> None:
    person = {
        "email": "new@example.com",
        "first_name": "Nina",
        "last_name": "Nouvel",
        "address": {"street": "2 rue Neuve", "postcode": "69003", "city": "Lyon"},
    }

    opened = await post(visit, "customers", person, 201)
    await post(visit, "customers", person, 409)

    assert await buy(visit, customer="new@example.com")
    assert visit.shop.rows("customers", id=opened["id_customer"])[0]["active"] == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"customer": "nobody@example.com"}, 404),
        ({"lines": [{"sku": "NOTHING"}]}, 404),
        ({"lines": [{"sku": "DECANTER-RARE", "quantity": 3}]}, 409),
        ({"lines": []}, 422),
        ({"lines": [{"sku": "WINE-RED-75", "net": 1, "gross": 2}]}, 422),
        ({"customer": ""}, 422),
        ({"carrier": "Drone"}, 422),
        ({"currency": "CHF"}, 422),
        ({"state": 99}, 422),
        ({"surprise": 1}, 422),
        ({"raw": {"surprise": 1}}, 422),
        ({"address": {"street": "1", "postcode": "1", "city": "Bern", "country": "CH"}}, 422),
    ],
)
async def test_bad_carts_are_refused_and_nothing_is_written(
    visit: Visit, change: dict[str, Any], status: int
) -> None:
    answer = await post(visit, "orders", {**CART, **change}, status)

    assert answer["error"]
    assert visit.shop.rows("orders") == []
    assert visit.shop.rows("carts") == []


async def test_body_that_is_not_json_is_refused(visit: Visit) -> None:
    answer = await visit.http.post("/shop/orders", content=b"<order/>")

    assert answer.status_code == 422


async def test_unknown_order_is_404(visit: Visit) -> None:
    assert (await visit.http.get("/shop/orders/7")).status_code == 404
    await post(visit, "orders/7/pay", {}, 404)


async def test_products_are_listed_by_sku_with_stock(visit: Visit) -> None:
    listed = (await visit.http.get("/shop/products")).json()

    by_sku = {each["sku"]: each for each in listed}
    assert by_sku["SHIRT-BLK-M"] == {
        "sku": "SHIRT-BLK-M",
        "name": "Shirt, black",
        "net": "19.166700",
        "stock": 500,
    }
    assert len(by_sku) == len(listed) == 13
    assert "SHIRT-BLK" not in by_sku


async def test_invoice_pdf_needs_the_secure_key(visit: Visit) -> None:
    id_order = await buy(visit)
    query = {"controller": "pdf-invoice", "id_order": str(id_order)}
    key = visit.shop.order(id_order)["secure_key"]

    missing = await visit.http.get("/index.php", params={**query, "secure_key": key})
    await post(visit, f"orders/{id_order}/pay", {})
    refused = await visit.http.get("/index.php", params=query)
    answer = await visit.http.get("/index.php", params={**query, "secure_key": key})

    assert (missing.status_code, refused.status_code) == (404, 403)
    assert answer.content.startswith(b"%PDF-1.4")
    assert b"#FA000001" in answer.content
