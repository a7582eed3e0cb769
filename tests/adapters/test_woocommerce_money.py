"""Orders of WooCommerce to the cent: what the shop asked for is what the lines say and an ERP can post."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.stores.amounts import to_the_cent
from adapters.stores.woocommerce import WooCommerceSettings
from adapters.stores.woocommerce.mapping import to_order
from adapters.stores.woocommerce.models import ShopOrder
from domain.order import Order
from domain.totals import Arithmetic, adds_up_to, pricings
from sandbox.woocommerce import DEFAULT_KEY, DEFAULT_SECRET, Settings, WooCommerce

SETTINGS = WooCommerceSettings.model_validate(
    {"base_url": "https://shop.example", "consumer_key": DEFAULT_KEY, "consumer_secret": DEFAULT_SECRET}
)
TOLERANCE = Decimal("0.05")
SKUS = ("WINE-RED-75", "OLIVE-OIL-50", "CORKSCREW-STEEL", "VOUCHER-BOX", "PUMP-SEAL-17", "BOOK-CELLAR")
carts = st.fixed_dictionaries(
    {
        "lines": st.lists(
            st.fixed_dictionaries({"sku": st.sampled_from(SKUS), "quantity": st.integers(1, 40)}),
            min_size=1,
            max_size=6,
        ),
        "coupons": st.lists(st.fixed_dictionaries({"percent": st.integers(1, 45)}), max_size=2),
        "fees": st.lists(
            st.fixed_dictionaries({"name": st.just("Gift"), "net": st.sampled_from(["2.50", "0.99"])}),
            max_size=1,
        ),
        "shipping": st.booleans(),
        "vat_exempt": st.booleans(),
    }
)


def bought(cart: dict[str, object], decimals: int = 6, **how: object) -> Order:
    """Return what the adapter makes of a cart that somebody bought."""
    shop = WooCommerce(Settings.model_validate(how))
    placed = shop.place_order(cart)
    shown = ShopOrder.model_validate(shop.shown_order(placed["id"], decimals))
    return to_order("shop", shown, SETTINGS)


@settings(max_examples=150, deadline=None)
@given(cart=carts, inclusive=st.booleans(), late=st.booleans())
def test_every_cart_adds_up_and_can_be_posted(cart: dict[str, object], inclusive: bool, late: bool) -> None:
    order = bought(cart, prices_include_tax=inclusive, round_at_subtotal=late)

    net = sum((line.net for line in order.lines), order.shipping.net + order.wrapping.net)
    for way in pricings(order, Arithmetic(tax_per_line=not late), TOLERANCE):
        assert way.expected.gross == order.gross
    assert adds_up_to(order) == order.gross
    assert net == order.net


def test_decimals_the_shop_hides_do_not_change_the_order() -> None:
    cart: dict[str, object] = {
        "lines": [{"sku": "CORKSCREW-STEEL", "quantity": 3}, {"sku": "OLIVE-OIL-50", "quantity": 7}]
    }

    shown, exact = (bought(cart, decimals, prices_include_tax=False) for decimals in (2, 6))

    assert (shown.gross, shown.net) == (exact.gross, exact.net)
    assert [line.gross for line in shown.lines] == [line.gross for line in exact.lines]


def test_fee_below_zero_is_a_discount_and_one_above_a_charge() -> None:
    fees = [{"name": "Loyalty", "net": "-3.00"}, {"name": "Cold chain", "net": "1.50"}]
    order = bought({"lines": [{"sku": "WINE-RED-75", "quantity": 6}], "fees": fees})

    (discount,) = order.discounts
    assert (discount.name, discount.net, discount.gross) == ("Loyalty", Decimal("3.00"), Decimal("3.60"))
    assert (order.wrapping.name, order.wrapping.net) == ("Cold chain", Decimal("1.50"))
    assert order.wrapping.tax_rate == 20
    assert adds_up_to(order) == order.gross


@pytest.mark.parametrize(
    ("exact", "total", "parts"),
    [
        (["1.005", "1.005"], "2.01", ["1.01", "1.00"]),
        (["0.333", "0.333", "0.334"], "1.00", ["0.33", "0.33", "0.34"]),
        (["-1.004", "3.007"], "2.00", ["-1.01", "3.01"]),
        (["10.00"], "12.00", ["10.00"]),
        (["0", "1.005", "1.005"], "2.01", ["0.00", "1.01", "1.00"]),
        ([], "5.00", []),
    ],
)
def test_parts_add_up_unless_more_than_rounding_is_missing(
    exact: list[str], total: str, parts: list[str]
) -> None:
    found = to_the_cent([Decimal(each) for each in exact], Decimal(total), 2)

    assert sorted(found) == sorted(Decimal(each) for each in parts)
