"""Products, variants, stock rows and agreed prices."""

from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest
from lxml import etree

from sandbox.prestashop.visit import Visit, error_codes, open_shop

PRICE: dict[str, object] = {
    "id_shop": 0,
    "id_cart": 0,
    "id_product": 22,
    "id_currency": 0,
    "id_country": 0,
    "id_group": 0,
    "id_customer": 101,
    "price": "10.50",
    "from_quantity": 1,
    "reduction": 0,
    "reduction_tax": 0,
    "reduction_type": "amount",
    "from": "0000-00-00 00:00:00",
    "to": "0000-00-00 00:00:00",
}


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop() as opened:
        yield opened


def buy(visit: Visit, sku: str, quantity: int = 1) -> Decimal:
    (order,) = visit.shop.place_order(
        {"customer": "anna.moreau@example.com", "lines": [{"sku": sku, "quantity": quantity}]}
    )
    (line,) = visit.shop.rows("order_details", id_order=order.id_order)
    return Decimal(line["unit_price_tax_excl"])


async def post_price(visit: Visit, **fields: object) -> httpx.Response:
    return await visit.send("POST", "specific_prices", "specific_price", **{**PRICE, **fields})


async def test_variant_sku_is_the_combinations_reference(visit: Visit) -> None:
    (combination,) = await visit.listed("combinations", reference="[SHIRT-BLK-M]")
    (product,) = await visit.listed("products", id=f"[{combination['id_product']}]")

    assert product["reference"] == "SHIRT-BLK"
    assert {"id": str(combination["id"])} in product["associations"]["combinations"]


async def test_stock_patch_changes_the_quantity_only(visit: Visit) -> None:
    (row,) = visit.shop.rows("stock_availables", id_product=22)

    answer = await visit.send("PATCH", "stock_availables", "stock_available", id=row["id"], quantity=12)

    assert answer.status_code == 200
    assert visit.shop.stock_of("WINE-RED-75") == 12
    assert visit.shop.ledger.of("stock", set=12)


async def test_stock_put_without_id_shop_loses_the_row(visit: Visit) -> None:
    (row,) = visit.shop.rows("stock_availables", id_product=22)
    fields = {
        "id": row["id"],
        "id_product": 22,
        "id_product_attribute": 0,
        "quantity": 12,
        "depends_on_stock": 0,
        "out_of_stock": 2,
    }

    answer = await visit.send("PUT", "stock_availables", "stock_available", **fields)

    gone = await visit.get(f"stock_availables/{row['id']}")
    assert answer.status_code == 200
    assert visit.shop.rows("stock_availables", id=row["id"])[0]["id_shop"] == 0
    assert visit.shop.stock_of("WINE-RED-75") is None
    assert (gone.status_code, error_codes(gone)) == (404, [131])
    assert await visit.ids("stock_availables", **{"filter[id_product]": "[22]"}) == []


async def test_stock_that_depends_on_stock_is_500_with_code_133(visit: Visit) -> None:
    (row,) = visit.shop.rows("stock_availables", id_product=22)

    answer = await visit.send(
        "PATCH", "stock_availables", "stock_available", id=row["id"], quantity=3, depends_on_stock=1
    )

    assert answer.status_code == 500
    assert error_codes(answer)[0] == 133
    assert visit.shop.stock_of("WINE-RED-75") == 500
    visit.shop.state.tables["stock_availables"].rows[row["id"]]["depends_on_stock"] = 1
    kept = await visit.send("PATCH", "stock_availables", "stock_available", id=row["id"], quantity=3)
    assert (kept.status_code, error_codes(kept)[0]) == (500, 133)


async def test_row_of_the_product_is_the_sum_of_its_variants(visit: Visit) -> None:
    rows = visit.shop.rows("stock_availables", id_product=21)
    medium = next(row for row in rows if row["id_product_attribute"] == 42)

    await visit.send("PATCH", "stock_availables", "stock_available", id=medium["id"], quantity=7)

    assert visit.shop.rows("stock_availables", id_product=21, id_product_attribute=0)[0]["quantity"] == 507


async def test_sum_that_was_written_stays_until_a_variant_changes(visit: Visit) -> None:
    rows = {
        row["id_product_attribute"]: row["id"] for row in visit.shop.rows("stock_availables", id_product=21)
    }

    await visit.send("PATCH", "stock_availables", "stock_available", id=rows[0], quantity=3)
    wrong = visit.shop.rows("stock_availables", id=rows[0])[0]["quantity"]
    await visit.send("PATCH", "stock_availables", "stock_available", id=rows[42], quantity=7)

    assert wrong == 3
    assert visit.shop.rows("stock_availables", id=rows[0])[0]["quantity"] == 507


async def test_shops_of_a_group_may_share_a_stock_row(visit: Visit) -> None:
    (row,) = visit.shop.rows("stock_availables", id_product=22)
    stock = visit.shop.state.tables["stock_availables"]
    stock.change(stock.rows[row["id"]], {"id_shop": 0, "id_shop_group": 1})

    buy(visit, "WINE-RED-75", 6)

    (shown,) = await visit.listed("stock_availables", id_product="[22]")
    assert (shown["id_shop_group"], shown["quantity"]) == ("1", "494")


async def test_stock_and_variants_leave_the_products_date_alone(visit: Visit) -> None:
    (before,) = visit.shop.rows("products", id=21)

    await visit.send("PATCH", "combinations", "combination", id=42, ean13="4006381333931")

    assert visit.shop.rows("products", id=21)[0]["date_upd"] == before["date_upd"]


async def test_new_product_and_variant_get_stock_rows(visit: Visit) -> None:
    name = '<language id="1">Bouchon</language><language id="2">Cork</language>'
    product = await visit.send(
        "POST", "products", "product", price="2.5", reference="CORK", link_rewrite="cork", state=1, name=name
    )
    id_product = etree.fromstring(product.content).findtext("product/id")
    combination = await visit.send(
        "POST", "combinations", "combination", id_product=id_product, reference="CORK-L", minimal_quantity=1
    )

    rows = await visit.listed("stock_availables", id_product=f"[{id_product}]")
    assert (product.status_code, combination.status_code) == (201, 201)
    assert len(rows) == 2


async def test_product_without_a_name_is_400_with_code_84(visit: Visit) -> None:
    answer = await visit.send("POST", "products", "product", price="2.5", link_rewrite="cork")

    assert (answer.status_code, error_codes(answer)) == (400, [84])
    assert "Property Product->name is empty." in answer.text


async def test_customers_price_is_what_they_pay(visit: Visit) -> None:
    await post_price(visit)
    await post_price(visit, id_customer=0, price=-1, reduction="0.20", reduction_type="percentage")

    assert buy(visit, "WINE-RED-75") == Decimal("10.5")


async def test_quantity_and_percentage_prices_apply_to_everybody(visit: Visit) -> None:
    await post_price(
        visit, id_customer=0, price=-1, reduction="0.20", reduction_type="percentage", from_quantity=6
    )

    assert buy(visit, "WINE-RED-75", 5) == Decimal("12.5")
    assert buy(visit, "WINE-RED-75", 6) == Decimal(10)
    assert visit.shop.rows("order_details")[-1]["reduction_percent"] == Decimal(20)


async def test_price_that_is_over_is_not_paid(visit: Visit) -> None:
    await post_price(visit, to="2020-01-01 00:00:00")

    assert buy(visit, "WINE-RED-75") == Decimal("12.5")


async def test_second_price_with_the_same_key_is_not_saved(visit: Visit) -> None:
    first = await post_price(visit)
    second = await post_price(visit, price="9.00")

    assert first.status_code == 201
    assert (second.status_code, error_codes(second)) == (500, [46])


async def test_price_is_deleted(visit: Visit) -> None:
    posted = await post_price(visit)
    id_price = etree.fromstring(posted.content).findtext("specific_price/id")

    answer = await visit.http.delete(f"/api/specific_prices/{id_price}")

    assert (answer.status_code, answer.content) == (200, b"")
    assert buy(visit, "WINE-RED-75") == Decimal("12.5")
