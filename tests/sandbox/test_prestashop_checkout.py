"""Orders as the checkout makes them: arithmetic, vouchers, packages, guests, and odd ones."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.prestashop import PlacedOrder, PrestaShop, Settings
from sandbox.prestashop.money import Amount, Rounding
from sandbox.prestashop.offers import ShopRefusal
from sandbox.prestashop.tables import Row

ANNA = "anna.moreau@example.com"
GUEST = {"email": "guest@example.com", "first_name": "Gaston", "last_name": "Petit"}
HOME = {"street": "1 rue Haute", "postcode": "69001", "city": "Lyon"}


def buy(shop: PrestaShop, *lines: dict[str, Any], **more: Any) -> Row:
    (order,) = shop.place_order({"customer": ANNA, "lines": lines, **more})
    return shop.order(order.id_order)


def details(shop: PrestaShop, order: Row) -> list[Row]:
    return shop.rows("order_details", id_order=order["id"])


def assert_identity(order: Row) -> None:
    """What is paid is goods, shipping and wrapping less the discounts, on both sides."""
    for suffix, products in (("_tax_incl", "total_products_wt"), ("_tax_excl", "total_products")):
        parts = order[products] + order[f"total_shipping{suffix}"] + order[f"total_wrapping{suffix}"]
        assert order[f"total_paid{suffix}"] == parts - order[f"total_discounts{suffix}"]
    assert order["total_paid"] == order["total_paid_tax_incl"]


def test_line_keeps_six_places_and_its_total_two() -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "SHIRT-BLK-M", "quantity": 2})

    (line,) = details(shop, order)
    assert line["unit_price_tax_incl"] == Decimal("23.000040")
    assert line["total_price_tax_incl"] == Decimal("46.000000")
    assert line["total_price_tax_excl"] == Decimal("38.330000")
    assert line["product_name"] == "Shirt, black - Size : M"
    assert_identity(order)


@pytest.mark.parametrize(
    ("round_type", "goods", "line_total"),
    [(1, "8", "8"), (2, "8.33", "8.33"), (3, "8.33", "8.330000")],
)
def test_round_type_decides_where_cents_are_rounded(round_type: int, goods: str, line_total: str) -> None:
    shop = PrestaShop(Settings(round_type=round_type))

    order = buy(shop, {"sku": "PUMP-SEAL-17", "quantity": 100})

    assert order["total_products"] == Decimal(goods)
    assert details(shop, order)[0]["total_price_tax_excl"] == Decimal(line_total)
    assert order["round_type"] == round_type
    assert_identity(order)


@pytest.mark.parametrize(
    ("mode", "cents"), [(0, "0.13"), (1, "0.12"), (2, "0.13"), (3, "0.12"), (4, "0.12"), (5, "0.13")]
)
def test_round_mode_decides_which_way_a_half_goes(mode: int, cents: str) -> None:
    assert Rounding(2, mode).cents(Decimal("0.125")) == Decimal(cents)


def test_half_odd_leaves_what_is_no_tie_alone() -> None:
    assert Rounding(2, 5).cents(Decimal("0.126")) == Decimal("0.13")
    assert Rounding(2, 5).cents(Decimal("0.135")) == Decimal("0.13")


def test_price_typed_with_tax_misses_the_cent_times_quantity() -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75", "quantity": 3, "gross": "9.99"})

    (line,) = details(shop, order)
    assert line["unit_price_tax_excl"] == Decimal("8.325000")
    assert line["unit_price_tax_incl"] == Decimal("9.990000")
    assert line["total_price_tax_excl"] == Decimal("24.980000")
    assert_identity(order)


def test_line_tax_does_not_always_add_up() -> None:
    shop = PrestaShop()

    order = buy(shop, *[{"sku": "PUMP-SEAL-17"}] * 7)

    net, gross = order["total_products"], order["total_products_wt"]
    assert gross == Decimal("0.70")
    assert net == Decimal("0.56")
    assert (net * Decimal("1.2")).quantize(Decimal("0.01")) != gross


def test_percent_voucher_takes_off_the_goods() -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75", "quantity": 6}, vouchers=[{"percent": 10, "name": "TEN"}])

    (rule,) = shop.rows("order_cart_rules", id_order=order["id"])
    assert (rule["name"], rule["value"], rule["value_tax_excl"]) == ("TEN", Decimal(9), Decimal("7.5"))
    assert order["total_discounts_tax_incl"] == Decimal(9)
    assert order["total_paid"] == Decimal("89.5")
    assert_identity(order)


@pytest.mark.parametrize(("with_tax", "gross", "net"), [(True, "12", "10"), (False, "14.4", "12")])
def test_amount_voucher_is_split_by_the_average_rate(with_tax: bool, gross: str, net: str) -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75", "quantity": 6}, vouchers=[{"amount": 12, "with_tax": with_tax}])

    assert order["total_discounts_tax_incl"] == Decimal(gross)
    assert order["total_discounts_tax_excl"] == Decimal(net)
    assert_identity(order)


def test_free_shipping_keeps_the_shipping_and_discounts_it() -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75"}, vouchers=[{"free_shipping": True}, {"free_shipping": True}])

    rules = shop.rows("order_cart_rules", id_order=order["id"])
    assert order["total_shipping"] == Decimal("8.5")
    assert order["total_discounts"] == Decimal("8.5")
    assert order["total_paid"] == order["total_products_wt"]
    assert [(rule["free_shipping"], rule["value"]) for rule in rules] == [(1, Decimal("8.5")), (1, 0)]
    assert_identity(order)


def test_voucher_larger_than_the_goods_leaves_the_shipping() -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75"}, vouchers=[{"amount": 100}])

    assert order["total_paid"] == order["total_shipping"]
    assert_identity(order)


def test_gift_is_a_line_and_a_discount() -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75"}, vouchers=[{"gift_sku": "CORKSCREW-STEEL"}])

    gift = details(shop, order)[1]
    assert gift["product_reference"] == "CORKSCREW-STEEL"
    assert order["total_discounts_tax_incl"] == gift["total_price_tax_incl"] == Decimal("8.99")
    assert_identity(order)


def test_wrapping_is_taxed() -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75"}, gift_wrapping=True, gift_message="Cheers")

    assert (order["total_wrapping_tax_excl"], order["total_wrapping_tax_incl"]) == (
        Decimal("2.5"),
        Decimal(3),
    )
    assert (order["gift"], order["gift_message"]) == (1, "Cheers")
    assert_identity(order)


def test_foreign_currency_is_converted_at_its_rate() -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75"}, currency="USD")

    assert order["conversion_rate"] == Decimal("1.1")
    assert order["total_products"] == Decimal("13.75")
    assert_identity(order)


def test_untaxed_country_has_no_tax_association() -> None:
    shop = PrestaShop()
    florida = {
        "street": "16 Main Street",
        "postcode": "33133",
        "city": "Miami",
        "country": "US",
        "state": "FL",
    }

    order = buy(shop, {"sku": "WINE-RED-75"}, address=florida)

    (line,) = details(shop, order)
    (address,) = shop.rows("addresses", id=order["id_address_delivery"])
    assert line["_taxes"] == []
    assert order["total_paid_tax_incl"] == order["total_paid_tax_excl"]
    assert order["carrier_tax_rate"] == 0
    assert shop.rows("states", id=address["id_state"])[0]["iso_code"] == "FL"


def test_split_orders_share_reference_cart_and_payment() -> None:
    shop = PrestaShop()

    first, second = shop.place_order(
        {
            "customer": ANNA,
            "module": "stripe_official",
            "transaction_id": "pi_1",
            "comment": "Ring twice",
            "lines": [{"sku": "WINE-RED-75"}, {"sku": "CELLAR-CABINET", "package": 1}],
        }
    )

    (payment,) = shop.rows("order_payments", order_reference=first.reference)
    (message,) = shop.rows("messages", id_cart=first.id_cart)
    assert (first.reference, first.id_cart) == (second.reference, second.id_cart)
    assert payment["amount"] == first.total_paid_tax_incl + second.total_paid_tax_incl
    assert shop.order(first.id_order)["total_paid_real"] == 0
    assert shop.order(second.id_order)["total_paid_real"] == payment["amount"]
    assert (message["id_order"], message["private"]) == (second.id_order, 0)


def test_each_guest_order_is_a_new_customer() -> None:
    shop = PrestaShop()
    request = {"guest": GUEST, "address": HOME, "lines": [{"sku": "WINE-RED-75"}]}

    first, second = (shop.place_order(request)[0] for _ in range(2))

    rows = shop.rows("customers", email=GUEST["email"])
    assert [row["id"] for row in rows] == [first.id_customer, second.id_customer]
    assert {row["is_guest"] for row in rows} == {1}


def test_known_address_is_used_again_and_an_odd_one_is_not() -> None:
    shop = PrestaShop()

    first = buy(shop, {"sku": "WINE-RED-75"}, address=HOME)
    again = buy(shop, {"sku": "WINE-RED-75"}, address=HOME)
    odd = buy(shop, {"sku": "WINE-RED-75"}, address={**HOME, "raw": {"id_country": 0}})

    assert first["id_address_delivery"] == again["id_address_delivery"] != odd["id_address_delivery"]


def test_buyer_may_delete_the_address_of_an_order() -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75"}, address=HOME, delete_addresses=True)

    (address,) = shop.rows("addresses", id=order["id_address_delivery"])
    assert address["deleted"] == 1


@pytest.mark.parametrize(
    ("module", "state", "label"),
    [
        ("ps_wirepayment", 10, "Bank wire"),
        ("ps_checkpayment", 1, "Payments by check"),
        ("ps_cashondelivery", 13, "Cash on delivery (COD)"),
        ("stripe_official", 2, "Payment by Stripe"),
        ("somebodys_module", 11, "somebodys_module"),
    ],
)
def test_payment_module_decides_the_first_state(module: str, state: int, label: str) -> None:
    shop = PrestaShop()

    order = buy(shop, {"sku": "WINE-RED-75"}, module=module)

    assert (order["current_state"], order["payment"], order["module"]) == (state, label, module)
    paid = state in (2, 11)
    assert order["total_paid_real"] == (order["total_paid"] if paid else 0)
    assert len(shop.rows("order_payments")) == paid


def test_stock_is_deducted_at_placement() -> None:
    shop = PrestaShop()

    buy(shop, {"sku": "DECANTER-RARE", "quantity": 2})

    assert shop.stock_of("DECANTER-RARE") == 0


def test_what_is_not_in_stock_is_not_sold() -> None:
    shop = PrestaShop()

    with pytest.raises(ShopRefusal, match="not in stock"):
        buy(shop, {"sku": "DECANTER-RARE", "quantity": 3})

    assert shop.rows("orders") == []


@pytest.mark.parametrize(("module", "states"), [("stripe_official", [2, 9]), ("ps_wirepayment", [10, 12])])
def test_backorder_goes_on_to_a_backorder_state(module: str, states: list[int]) -> None:
    shop = PrestaShop(Settings(allow_backorders=True))

    order = buy(shop, {"sku": "DECANTER-RARE", "quantity": 3}, module=module)

    assert [row["id_order_state"] for row in shop.rows("order_histories")] == states
    assert order["current_state"] == states[-1]
    assert shop.stock_of("DECANTER-RARE") == -1


def test_article_that_denies_backorders_is_not_sold_whatever_the_shop_allows() -> None:
    shop = PrestaShop(Settings(allow_backorders=True))
    (row,) = shop.rows("stock_availables", quantity=2)
    shop.state.tables["stock_availables"].rows[row["id"]]["out_of_stock"] = 0

    with pytest.raises(ShopRefusal, match="not in stock"):
        buy(shop, {"sku": "DECANTER-RARE", "quantity": 3})


def test_payment_error_is_no_backorder() -> None:
    shop = PrestaShop(Settings(allow_backorders=True))
    buy(shop, {"sku": "DECANTER-RARE", "quantity": 3})

    order = buy(shop, {"sku": "DECANTER-RARE"}, state=8)

    assert order["current_state"] == 8
    assert shop.stock_of("DECANTER-RARE") == -1


def test_raw_fields_make_odd_orders() -> None:
    shop = PrestaShop()

    order = buy(
        shop,
        {"sku": "WINE-RED-75", "raw": {"product_quantity": -1, "total_price_tax_incl": "14.99"}},
        {"sku": "GLASS-SET-4", "raw": {"product_quantity": 0, "product_reference": ""}},
        address={**HOME, "raw": {"id_country": 0}},
        raw={"reference": "", "total_paid_real": "98.76"},
    )

    first, second = details(shop, order)
    assert (order["reference"], order["total_paid_real"]) == ("", Decimal("98.76"))
    assert (first["product_quantity"], first["total_price_tax_incl"]) == (-1, Decimal("14.99"))
    assert (second["product_quantity"], second["product_reference"]) == (0, "")
    assert shop.rows("addresses", id=order["id_address_delivery"])[0]["id_country"] == 0


def test_raw_field_that_is_none_is_refused_before_anything_is_written() -> None:
    shop = PrestaShop()

    with pytest.raises(ValueError, match="orders has no field 'refrence'"):
        buy(shop, {"sku": "WINE-RED-75"}, raw={"refrence": "X"})

    assert shop.stock_of("WINE-RED-75") == 500


def test_order_may_have_two_thousand_lines() -> None:
    shop = PrestaShop()

    order = buy(shop, *[{"sku": "PUMP-SEAL-17", "quantity": 3}] * 2000)

    assert len(details(shop, order)) == 2000
    assert order["total_products_wt"] == Decimal(600)
    assert shop.stock_of("PUMP-SEAL-17") == 14000
    assert_identity(order)


def test_ids_of_an_edited_carrier_change_but_not_its_reference() -> None:
    shop = PrestaShop()
    (before,) = shop.rows("carriers", name="Parcel")

    shop.edit_carrier("Parcel", url="https://new.example/?n=@")

    old, new = shop.rows("carriers", name="Parcel")
    assert (old["deleted"], new["deleted"]) == (1, 0)
    assert new["id"] != before["id"]
    assert new["id_reference"] == before["id_reference"]


def test_ledger_keeps_each_order_with_its_totals() -> None:
    shop = PrestaShop()

    placed: PlacedOrder = shop.place_order({"customer": ANNA, "lines": [{"sku": "WINE-RED-75"}]})[0]

    (entry,) = shop.ledger.of("order")
    assert (entry["id_order"], entry["reference"]) == (placed.id_order, placed.reference)
    assert entry["total_paid_tax_incl"] == "23.500000"
    assert entry["lines"] == [["WINE-RED-75", 1]]


def test_amounts_add_on_both_sides() -> None:
    assert Amount(Decimal(1), Decimal(2)) + Amount(Decimal(3), Decimal(5)) == Amount(Decimal(4), Decimal(7))
