"""Which stock row is written, and how: one article, the shop's own row, nothing of it lost."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, cast

import pytest
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.prestashop import Settings
from tests.adapters.test_prestashop_store import PrestaShopStand, opened

SEVEN = Decimal(7)
WINE, SHIRT_M = "WINE-RED-75", "SHIRT-BLK-M"
_WINE_PRODUCT, _SHIRT_PRODUCT, _SHIRT_M_COMBINATION = 22, 21, 42


@pytest.fixture
async def stand() -> AsyncIterator[PrestaShopStand]:
    async with opened() as ready:
        yield ready


@pytest.fixture
async def old() -> AsyncIterator[PrestaShopStand]:
    """A shop on 1.7, which has no PATCH."""
    async with opened(Settings(version="1.7.8.11")) as ready:
        yield ready


def row(stand: PrestaShopStand, product: int = _WINE_PRODUCT, combination: int = 0) -> dict[str, Any]:
    (found,) = stand.shop.rows("stock_availables", id_product=product, id_product_attribute=combination)
    return found


def change(stand: PrestaShopStand, resource: str, row_id: int, **values: object) -> None:
    table = stand.shop.state.tables[resource]
    table.change(table.rows[row_id], values)


def add_product(stand: PrestaShopStand, reference: str) -> int:
    """Add a product with a stock row of 5 and return its id."""
    product = stand.shop.state.insert("products", reference=reference, link_rewrite="x", state=1)
    stand.shop.state.insert(
        "stock_availables", id_product=product["id"], id_product_attribute=0, id_shop=1, quantity=5
    )
    return int(product["id"])


async def test_only_the_quantity_of_the_row_changes(stand: PrestaShopStand) -> None:
    change(stand, "stock_availables", row(stand)["id"], location="A-12", out_of_stock=1)
    before = row(stand)

    await stand.store.publish_stock({WINE: SEVEN})

    assert row(stand) == {**before, "quantity": SEVEN}


async def test_old_shop_gets_the_whole_row_back_and_keeps_its_shop(old: PrestaShopStand) -> None:
    change(old, "stock_availables", row(old)["id"], location="A-12", out_of_stock=1)
    before = row(old)

    published = await old.store.publish_stock({WINE: SEVEN})

    writes = [each["method"] for each in old.shop.ledger.of("request") if each["method"] != "GET"]
    assert (writes, published.written) == (["PUT"], {WINE: SEVEN})
    assert row(old) == {**before, "quantity": SEVEN}
    assert old.stock(WINE) == 7


@pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])
async def test_row_that_a_group_of_shops_shares_is_written_and_stays_theirs(version: str) -> None:
    async with opened(Settings(version=version)) as stand:
        change(stand, "stock_availables", row(stand)["id"], id_shop=0, id_shop_group=1)

        published = await stand.port(id_shop=1).publish_stock({WINE: SEVEN})

        shared = row(stand)
        assert published.written == {WINE: SEVEN}
        assert (shared["id_shop"], shared["id_shop_group"], shared["quantity"]) == (0, 1, 7)


async def test_other_shops_of_a_multistore_keep_their_stock(stand: PrestaShopStand) -> None:
    other = stand.shop.state.insert(
        "stock_availables", id_product=_WINE_PRODUCT, id_product_attribute=0, id_shop=2, quantity=30
    )

    unsure = await stand.store.publish_stock({WINE: SEVEN})
    sure = await stand.port(id_shop=1).publish_stock({WINE: SEVEN})

    assert "set id_shop" in unsure.left_out[WINE]
    assert (sure.written, stand.stock(WINE)) == ({WINE: SEVEN}, SEVEN)
    assert stand.shop.rows("stock_availables", id=other["id"])[0]["quantity"] == 30


async def test_row_that_belongs_to_no_shop_is_not_written(stand: PrestaShopStand) -> None:
    change(stand, "stock_availables", row(stand)["id"], id_shop=0)

    published = await stand.store.publish_stock({WINE: SEVEN})

    assert "no stock row" in published.left_out[WINE]
    assert stand.writes() == 0


async def test_row_of_no_shop_is_not_written_even_where_the_shop_shows_it() -> None:
    async def shown(request: Request, shop: RequestResponseEndpoint) -> Response:
        answer = await shop(request)
        if request.method != "GET" or not request.url.path.endswith("stock_availables"):
            return answer
        parts = cast("AsyncIterator[bytes]", cast("StreamingResponse", answer).body_iterator)
        body = b"".join([part async for part in parts])
        return Response(body.replace(b'"id_shop":"1"', b'"id_shop":"0"'), headers={"psws-version": "8.2.1"})

    async with opened(front=shown) as stand:
        published = await stand.store.publish_stock({WINE: SEVEN})

        assert "no stock row" in published.left_out[WINE]
        assert stand.writes() == 0


async def test_stock_of_a_variant_goes_to_its_own_row_and_the_shop_adds_up(stand: PrestaShopStand) -> None:
    published = await stand.store.publish_stock({SHIRT_M: SEVEN})

    assert published.written == {SHIRT_M: SEVEN}
    assert row(stand, _SHIRT_PRODUCT, _SHIRT_M_COMBINATION)["quantity"] == 7
    assert row(stand, _SHIRT_PRODUCT)["quantity"] == 507


async def test_the_sum_of_variants_is_never_written(stand: PrestaShopStand) -> None:
    published = await stand.store.publish_stock({"SHIRT-BLK": SEVEN})

    assert "sold in variants" in published.left_out["SHIRT-BLK"]
    assert row(stand, _SHIRT_PRODUCT)["quantity"] == 1000


async def test_variant_that_shares_its_products_reference_is_the_article(stand: PrestaShopStand) -> None:
    change(stand, "combinations", _SHIRT_M_COMBINATION, reference="SHIRT-BLK")

    published = await stand.store.publish_stock({"SHIRT-BLK": SEVEN})

    assert published.written == {"SHIRT-BLK": SEVEN}
    assert row(stand, _SHIRT_PRODUCT, _SHIRT_M_COMBINATION)["quantity"] == 7


async def test_reference_of_several_articles_is_not_guessed(stand: PrestaShopStand) -> None:
    twin = add_product(stand, f"{WINE} ")

    published = await stand.store.publish_stock({WINE: SEVEN, SHIRT_M: SEVEN})

    assert f"product {_WINE_PRODUCT}, product {twin}" in published.left_out[WINE]
    assert (stand.stock(WINE), published.written) == (Decimal(500), {SHIRT_M: SEVEN})


@pytest.mark.parametrize("reference", ["wine-red-75", "WINE-RED-75  ", "  Wine-Red-75"])
async def test_references_are_compared_without_case_and_outer_blanks(
    stand: PrestaShopStand, reference: str
) -> None:
    change(stand, "products", _WINE_PRODUCT, reference=reference)

    published = await stand.store.publish_stock({f" {WINE}": SEVEN})

    assert published.written == {f" {WINE}": 7}
    assert row(stand)["quantity"] == 7


@pytest.mark.parametrize("sku", ["A|B", "1,5", "A[1]", "50%", "A_B"])
async def test_signs_of_the_filter_language_find_that_article_alone(stand: PrestaShopStand, sku: str) -> None:
    found, *others = (add_product(stand, each) for each in (sku, "A", "B", "3", "AxB", "A1", "50x"))

    published = await stand.store.publish_stock({sku: SEVEN})

    assert published.written == {sku: SEVEN}
    assert row(stand, found)["quantity"] == 7
    assert {row(stand, other)["quantity"] for other in others} == {5}


@pytest.mark.parametrize("sku", ["", " ", "%", "_"])
async def test_sku_that_says_nothing_names_no_article(stand: PrestaShopStand, sku: str) -> None:
    published = await stand.store.publish_stock({sku: SEVEN})

    assert list(published.left_out) == [sku]
    assert stand.writes() == 0


async def test_row_that_depends_on_the_old_stock_management_is_named(stand: PrestaShopStand) -> None:
    change(stand, "stock_availables", row(stand)["id"], depends_on_stock=1)

    published = await stand.store.publish_stock({WINE: SEVEN, SHIRT_M: SEVEN})

    assert "old advanced stock management" in published.left_out[WINE]
    assert (published.written, row(stand)["quantity"]) == ({SHIRT_M: SEVEN}, 500)


async def test_article_that_the_shop_fails_to_save_stops_no_other(stand: PrestaShopStand) -> None:
    stand.shop.faults.arm("php_notice", method="PATCH", path=f"stock_availables/{row(stand)['id']}")

    published = await stand.store.publish_stock({WINE: SEVEN, SHIRT_M: SEVEN})

    assert "a module of the shop" in published.left_out[WINE]
    assert published.written == {SHIRT_M: SEVEN}


async def test_stock_below_zero_is_read_as_such_and_set_to_what_is_there(stand: PrestaShopStand) -> None:
    change(stand, "stock_availables", row(stand)["id"], quantity=-3)

    read = await stand.store.read_stock((WINE,))
    await stand.store.publish_stock({WINE: SEVEN}, seen=read.levels)

    assert (read.levels, stand.stock(WINE)) == ({WINE: Decimal(-3)}, SEVEN)


async def test_three_requests_find_articles_and_one_reads_them_again(stand: PrestaShopStand) -> None:
    skus = (WINE, SHIRT_M, "GLASS-SET-4")

    await stand.store.read_stock(skus)
    await stand.store.read_stock(skus)

    assert sorted(stand.seen()) == ["combinations", "products", "stock_availables", "stock_availables"]


async def test_of_two_publications_at_once_one_sees_that_the_stock_moved(stand: PrestaShopStand) -> None:
    seen = (await stand.store.read_stock((WINE,))).levels

    both = await asyncio.gather(
        stand.store.publish_stock({WINE: SEVEN}, seen=seen),
        stand.store.publish_stock({WINE: Decimal(9)}, seen=seen),
    )

    assert sorted(published.moved for published in both) == [(), (WINE,)]
    assert stand.writes() == 1
