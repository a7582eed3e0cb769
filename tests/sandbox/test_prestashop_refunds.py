"""Credit slips as the shop writes them."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from sandbox.prestashop.tables import Row
from sandbox.prestashop.visit import Visit, open_shop

CART = {
    "customer": "anna.moreau@example.com",
    "lines": [{"sku": "WINE-RED-75", "quantity": 6}],
    "vouchers": [{"percent": 10}],
}


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop() as opened:
        yield opened


def refund(visit: Visit, **facts: Any) -> Row:
    (order,) = visit.shop.place_order(CART)
    visit.shop.refund(order.id_order, {"lines": [{"sku": "WINE-RED-75", "quantity": 2}], **facts})
    slip: Row = visit.shop.rows("order_slip", id_order=order.id_order)[0]
    return slip


@pytest.mark.parametrize(("sees_net", "net", "gross"), [(0, "22.00", "30.00"), (1, "25.00", "27.00")])
async def test_voucher_that_is_kept_is_off_one_total_only(
    visit: Visit, sees_net: int, net: str, gross: str
) -> None:
    visit.shop.state.tables["groups"].rows[3]["price_display_method"] = sees_net

    slip = refund(visit, voucher_off=3)

    assert slip["total_products_tax_excl"] == Decimal(net)
    assert slip["total_products_tax_incl"] == Decimal(gross)


async def test_amount_of_choice_stands_in_amount_alone(visit: Visit) -> None:
    slip = refund(visit, chosen="12.34")

    assert (slip["amount"], slip["order_slip_type"]) == (Decimal("12.34"), 2)
    assert slip["total_products_tax_incl"] == Decimal("30.00")


async def test_amount_of_a_line_is_the_employees(visit: Visit) -> None:
    slip = refund(visit, lines=[{"sku": "WINE-RED-75", "quantity": 1, "amount": "5"}])

    assert slip["total_products_tax_incl"] == Decimal(5)
    assert slip["total_products_tax_excl"] == Decimal("4.17")
