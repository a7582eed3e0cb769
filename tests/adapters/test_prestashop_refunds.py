"""Credit slips of odd shops: vouchers, chosen amounts, lines without pieces, answers nobody expects."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.stores.prestashop.models import OrderSlip
from domain.errors import NotPermitted, UnexpectedAnswer, WaybillError
from domain.refunds import StoreRefund
from sandbox.prestashop import DEFAULT_KEY, ApiKey, Settings
from sandbox.prestashop.settings import ADAPTER_RIGHTS
from tests.adapters.test_prestashop_store import PrestaShopStand, opened

RED = "WINE-RED-75"
NET_BUYER = "einkauf@weinhaus-nord.example"
SIX = {"lines": [{"sku": RED, "quantity": 6}]}


@pytest.fixture
async def stand() -> AsyncIterator[PrestaShopStand]:
    async with opened() as ready:
        yield ready


async def refunded(stand: PrestaShopStand, cart: dict[str, Any], **facts: Any) -> StoreRefund:
    order_id = stand.place(**SIX, **cart)
    stand.shop.refund(int(order_id), {"lines": [{"sku": RED, "quantity": 2}], **facts})
    (refund,) = await stand.store.refunds(order_id)
    return refund


async def test_one_request_and_the_zone_are_enough(stand: PrestaShopStand) -> None:
    await refunded(stand, {})

    assert stand.seen() == ["order_slip", "configurations"]


async def test_pieces_given_back_below_their_price_keep_their_amount(stand: PrestaShopStand) -> None:
    refund = await refunded(stand, {}, lines=[{"sku": RED, "quantity": 2, "amount": "7.5"}])

    assert [(line.quantity, line.gross) for line in refund.lines] == [(Decimal(2), Decimal("7.5"))]
    assert refund.total == Decimal("7.5")


async def test_amount_of_a_buyer_who_sees_net_prices_is_read_with_tax(stand: PrestaShopStand) -> None:
    stand.shop.state.tables["groups"].rows[3]["price_display_method"] = 1
    refund = await refunded(stand, {})

    (slip,) = stand.shop.rows("order_slip")
    assert slip["amount"] == slip["total_products_tax_excl"] != slip["total_products_tax_incl"]
    assert refund.total == slip["total_products_tax_incl"]


@pytest.mark.parametrize("sees_net", [0, 1])
async def test_part_of_a_voucher_that_the_shop_kept_is_not_given_back(
    stand: PrestaShopStand, sees_net: int
) -> None:
    stand.shop.state.tables["groups"].rows[3]["price_display_method"] = sees_net

    refund = await refunded(stand, {"vouchers": [{"percent": 10}]}, voucher_off="3.00")

    assert refund.amount == Decimal("-3")
    assert refund.for_products == sum(line.gross for line in refund.lines) - 3


async def test_amount_of_choice_is_told_as_unsure(stand: PrestaShopStand) -> None:
    refund = await refunded(stand, {"vouchers": [{"percent": 10}]}, chosen="12.34")

    assert refund.unsure.startswith("12.34 were given back by choice")


def row(**changed: Any) -> dict[str, Any]:
    """Return a slip as the webservice lists it."""
    detail = {"id": "7", "id_order_detail": "11", "product_quantity": "2"}
    usual = {
        "id": 7,
        "id_order": "1001",
        "amount": "30.000000",
        "total_products_tax_excl": "25.000000",
        "total_products_tax_incl": "30.000000",
        "total_shipping_tax_excl": "0.000000",
        "total_shipping_tax_incl": "0.000000",
        "date_add": "2026-10-25 02:30:00",
        "associations": {
            "order_slip_details": [{**detail, "amount_tax_excl": "25.000000", "amount_tax_incl": "30.000000"}]
        },
    }
    return {**usual, **changed}


async def read(*rows: dict[str, Any]) -> tuple[StoreRefund, ...]:
    """Read what a shop answers with these slips."""

    async def answer(request: Request, go_on: Any) -> Response:
        if request.url.path == "/api/order_slip":
            return JSONResponse({"order_slips": list(rows)} if rows else [])
        shown: Response = await go_on(request)
        return shown

    async with opened(front=answer) as stand:
        return await stand.store.refunds("1001")


def detail(**changed: Any) -> dict[str, Any]:
    """Return the associations of a slip with one line."""
    (usual,) = row()["associations"]["order_slip_details"]
    return {"order_slip_details": [{**usual, **changed}]}


async def test_line_without_pieces_is_an_amount() -> None:
    (refund,) = await read(row(associations=detail(product_quantity="0")))

    assert (refund.lines, refund.amount, refund.total) == ((), Decimal(30), Decimal(30))


@pytest.mark.parametrize("associations", [None, [], {}, {"order_slip_details": ""}])
async def test_slip_without_lines_is_an_amount(associations: Any) -> None:
    (refund,) = await read(row(associations=associations))

    assert (refund.lines, refund.total) == ((), Decimal(30))


async def test_lines_as_a_numbered_map_and_numbers_as_numbers_are_read() -> None:
    numbers = detail(product_quantity=2, amount_tax_excl=25, amount_tax_incl=30.0)
    (refund,) = await read(row(associations={"order_slip_details": {"0": numbers["order_slip_details"][0]}}))

    assert [(line.line_id, line.gross) for line in refund.lines] == [("11", Decimal(30))]


async def test_time_is_the_shops_and_the_first_of_an_hour_that_comes_twice() -> None:
    (refund,) = await read(row())
    (untold,) = await read(row(date_add="0000-00-00 00:00:00"))

    assert str(refund.made_at) == "2026-10-25 00:30:00+00:00"
    assert untold.made_at is None


async def test_totals_that_only_the_amount_knows_are_unsure() -> None:
    nothing = {"total_products_tax_excl": "0.000000", "total_products_tax_incl": "0.000000"}
    (refund,) = await read(row(**nothing, amount="45.00"))

    assert refund.unsure


async def test_slips_of_other_orders_are_passed_over() -> None:
    ours, other = await read(row(id=9), row(id=8, id_order="1002"), row(id=2))

    assert (ours.reference, other.reference) == ("slip-2", "slip-9")


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "x"},
        {"id": str(10**17)},
        {"total_products_tax_incl": "many"},
        {"total_shipping_tax_incl": "-5"},
        {"associations": detail(product_quantity="-1")},
        {"associations": detail(amount_tax_incl=None)},
        {"associations": {"order_slip_details": "odd"}},
        {"date_add": "yesterday"},
    ],
)
async def test_odd_slip_is_not_read_half(changed: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswer):
        await read(row(**changed))


@pytest.mark.parametrize("answer", [{"order_slip": []}, {"order_slips": {"id": 7}}, "text", 7, None])
async def test_odd_answer_is_one_of_our_errors(answer: Any) -> None:
    async def front(request: Request, go_on: Any) -> Response:
        if request.url.path == "/api/order_slip":
            return JSONResponse(answer)
        shown: Response = await go_on(request)
        return shown

    async with opened(front=front) as stand:
        with pytest.raises(WaybillError):
            await stand.store.refunds("1001")


async def test_key_without_the_right_is_told_and_the_fix_named() -> None:
    rights = {name: verbs for name, verbs in ADAPTER_RIGHTS.items() if name != "order_slip"}

    async with opened(Settings(keys=(ApiKey(key=DEFAULT_KEY, rights=rights),))) as stand:
        findings = await stand.store.test()
        with pytest.raises(NotPermitted):
            await stand.store.refunds(stand.place())

    assert [finding.fix for finding in findings if not finding.ok] == [
        "In the back office, Advanced Parameters > Webservice, edit the key and tick GET for order_slip."
    ]


def test_the_amounts_of_a_slip_are_exact() -> None:
    slip = OrderSlip.model_validate(row(total_products_tax_incl="30.000000000000004"))

    assert slip.total_products_tax_incl == Decimal("30")
