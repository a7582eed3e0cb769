"""The shop's order as a domain order, after the vendor's own samples and its documented fields."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.stores.woocommerce import WooCommerceSettings
from adapters.stores.woocommerce.mapping import to_order
from adapters.stores.woocommerce.models import ShopOrder
from domain.errors import FixData
from domain.order import Basis, Order, StoreState
from domain.totals import adds_up_to

KEYS = {"consumer_key": "ck_" + "a" * 40, "consumer_secret": "cs_" + "b" * 40}
# Values of WooCommerce's REST API documentation, #orders, with the fields that came since.
BILLING = {
    "first_name": "John",
    "last_name": "Doe",
    "company": "Doe &amp; Sons NV",
    "address_1": "Main street 1",
    "address_2": "",
    "city": "Brussels",
    "state": "",
    "postcode": "1000",
    "country": "BE",
    "email": "john.doe@example.test",
    "phone": "+32 2 555 00 00",
}
LINE = {
    "id": 315,
    "name": "T-shirt &ndash; Blue",
    "product_id": 93,
    "variation_id": 94,
    "quantity": 2,
    "subtotal": "82.64",
    "subtotal_tax": "17.36",
    "total": "74.38",
    "total_tax": "15.62",
    "taxes": [{"id": 1, "total": "15.62", "subtotal": "17.36"}],
    "sku": "TS-BLUE",
    "price": 37.19,
    "meta_data": [{"id": 2095, "key": "pa_color", "value": {"odd": ["plug-in"]}}],
}
SHIPPING = {
    "id": 316,
    "method_title": "Flat rate",
    "method_id": "flat_rate",
    "instance_id": "3",
    "total": "4.96",
    "total_tax": "1.04",
    "taxes": [{"id": 1, "total": "1.04", "subtotal": ""}],
}
RATE = {"id": 317, "rate_code": "BE-BTW-1", "rate_id": 1, "compound": False, "rate_percent": 21}
ORDER: dict[str, Any] = {
    "id": 4711,
    "parent_id": 0,
    "number": "W-4711",
    "status": "processing",
    "currency": "EUR",
    "prices_include_tax": True,
    "date_created_gmt": "2026-01-05T09:30:00",
    "date_modified_gmt": "2026-01-05T09:30:07",
    "date_paid_gmt": "2026-01-05T09:30:05",
    "total": "96.00",
    "total_tax": "16.66",
    "customer_id": 0,
    "customer_note": "Ring twice",
    "billing": BILLING,
    "shipping": {**BILLING, "company": "", "phone": ""},
    "payment_method": "bacs",
    "transaction_id": "T1",
    "line_items": [LINE],
    "shipping_lines": [SHIPPING],
    "tax_lines": [RATE],
    "fee_lines": [],
    "coupon_lines": [{"id": 318, "code": "tien", "discount": "8.26", "discount_tax": "1.74"}],
    "refunds": [],
    "meta_data": [{"id": 9001, "key": "_billing_vat_number", "value": "BE0123456789"}],
}


def read(order: dict[str, Any] | None = None, **settings: object) -> Order:
    known = {"base_url": "https://shop.example", **KEYS, **settings}
    shown = ShopOrder.model_validate({**ORDER, **(order or {})})
    return to_order("shop", shown, WooCommerceSettings.model_validate(known))


def test_documented_order_is_read_in_full() -> None:
    order = read()

    (line,) = order.lines
    assert (line.id, line.sku, line.name, line.quantity) == ("315", "TS-BLUE", "T-shirt – Blue", Decimal(2))
    assert (line.net, line.gross, line.unit_net) == (Decimal("74.38"), Decimal("90.00"), Decimal("37.19"))
    assert line.tax_rate == order.shipping.tax_rate == 21
    assert (order.shipping.code, order.shipping.gross) == ("flat_rate:3", Decimal("6.00"))
    assert (order.net, order.gross, order.price_basis) == (Decimal("79.34"), Decimal("96.00"), Basis.GROSS)
    assert adds_up_to(order) == order.gross
    assert order.discounts == ()
    assert (order.number, order.store_id) == ("W-4711", "4711")
    assert order.mark.startswith("2026-01-05T09:30:07 processing 0 ")
    assert order.placed_at == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    assert (order.payment.method, order.payment.paid, order.payment.transaction) == ("bacs", True, "T1")
    assert order.customer.vat_id == "BE0123456789"
    assert order.customer.company == "Doe & Sons NV"
    assert order.delivery.phone == "+32 2 555 00 00"
    assert order.comment == "Ring twice"


@pytest.mark.parametrize(
    ("kept", "rate"),
    [
        ("1.10", Decimal("1.10")),
        (Decimal("1.0831"), Decimal("1.0831")),
        ("", None),
        ("a tenth", None),
        ("NaN", None),
    ],
)
def test_rate_that_a_plug_in_kept_compares_currencies(kept: object, rate: Decimal | None) -> None:
    meta = [{"id": 1, "key": "_currency_rate", "value": kept}]
    order = read({"currency": "USD", "meta_data": meta}, rate_field="_currency_rate")

    assert order.rate == rate
    assert (order.in_base("EUR") is None) is (rate is None)
    assert read({"currency": "USD", "meta_data": meta}).rate is None


def test_guests_are_not_one_customer() -> None:
    first, second = read().customer, read({"id": 4712}).customer

    assert first.is_guest
    assert first.store_id != second.store_id


def test_customer_with_an_account_keeps_the_shops_id() -> None:
    buyer = read({"customer_id": 25}).customer

    assert (buyer.store_id, buyer.is_guest) == ("25", False)


@pytest.mark.parametrize(
    ("status", "paid", "state"),
    [
        ("pending", False, StoreState.AWAITING_PAYMENT),
        ("on-hold", False, StoreState.AWAITING_PAYMENT),
        ("failed", False, StoreState.AWAITING_PAYMENT),
        ("processing", False, StoreState.CONFIRMED),
        ("completed", True, StoreState.SHIPPED),
        ("cancelled", False, StoreState.CANCELLED),
        ("refunded", True, StoreState.CANCELLED),
        ("trash", True, StoreState.CANCELLED),
        ("checkout-draft", False, StoreState.PLACING),
        ("draft", False, StoreState.PLACING),
        ("wc-processing", True, StoreState.CONFIRMED),
        ("packed", True, StoreState.CONFIRMED),
        ("waiting-for-quote", False, StoreState.AWAITING_PAYMENT),
    ],
)
def test_statuses_have_their_meaning(status: str, paid: bool, state: StoreState) -> None:
    moment = ORDER["date_paid_gmt"] if paid else None

    order = read({"status": status, "date_paid_gmt": moment})

    assert (order.state, order.payment.paid, order.store_status) == (state, paid, status)


def test_merchant_says_what_a_status_means() -> None:
    for slug in ("on-hold", "wc-on-hold"):
        order = read({"status": "on-hold", "date_paid_gmt": None}, states={slug: "confirmed"})

        assert order.state is StoreState.CONFIRMED
        assert not order.payment.paid


def test_compound_tax_is_taken_of_the_price_with_the_others() -> None:
    rates = [
        {"rate_id": 1, "rate_percent": 5, "compound": False},
        {"rate_id": 2, "rate_percent": "9.975", "compound": True},
    ]
    taxes = [{"id": 1, "total": "5.00"}, {"id": 2, "total": "10.47"}]
    line = {**LINE, "total": "100.00", "total_tax": "15.47", "taxes": taxes}

    order = read({"line_items": [line], "tax_lines": rates, "shipping_lines": [], "total": "115.47"})

    assert order.lines[0].tax_rate == Decimal("15.47375")


def test_shipping_cost_split_over_rates_has_the_rate_its_tax_says() -> None:
    rates = [{"rate_id": 1, "rate_percent": 21}, {"rate_id": 2, "rate_percent": 6}]
    taxes = [{"id": 1, "total": "0.63"}, {"id": 2, "total": "0.12"}]
    shipping = {**SHIPPING, "total": "5.00", "total_tax": "0.75", "taxes": taxes}

    order = read({"shipping_lines": [shipping], "tax_lines": rates, "total": "95.75", "total_tax": "16.37"})

    assert order.shipping.tax_rate == 15
    assert adds_up_to(order) == order.gross


def test_several_ways_of_shipping_are_one_charge_named_after_the_first() -> None:
    pickup = {
        **SHIPPING,
        "id": 400,
        "method_id": "local_pickup",
        "instance_id": "",
        "method_title": "Pick up",
    }

    order = read({"shipping_lines": [SHIPPING, pickup], "total": "102.00", "total_tax": "17.70"})

    assert (order.shipping.code, order.shipping.name) == ("flat_rate:3", "Flat rate, Pick up")
    assert (order.shipping.gross, order.shipping.tax_rate) == (Decimal("12.00"), Decimal(21))


def test_order_that_needs_no_shipping_goes_to_the_bills_address() -> None:
    guessed = {"country": "BE", "state": "BRU", "postcode": "1050"}

    for empty in ({"first_name": "", "address_1": ""}, guessed):
        order = read({"shipping": empty, "shipping_lines": []})

        assert order.delivery.street == "Main street 1"
        assert order.delivery.postcode == "1000"
        assert order.shipping.gross == 0


def test_decimals_below_the_cent_of_a_shop_that_shows_four_are_paid_by_nobody() -> None:
    line = {**LINE, "total": "74.3781", "total_tax": "15.6194"}

    order = read({"line_items": [line], "total": "95.9975", "total_tax": "16.6594"})

    assert (order.gross, order.net) == (Decimal("96.00"), Decimal("79.34"))
    assert adds_up_to(order) == order.gross


def test_tax_of_a_rate_may_be_written_as_php_likes() -> None:
    line = {**LINE, "taxes": [{"id": 1, "total": "15.619834710743802"}, {"id": 2, "total": "-8.88178E-16"}]}

    assert read({"line_items": [line]}).lines[0].tax_rate == 21


def test_rates_of_a_tax_service_are_named_by_texts() -> None:
    line = {**LINE, "taxes": [{"id": "AVATAX-1-NJ-STATE-TAX", "total": "15.62"}]}

    order = read({"line_items": [line], "tax_lines": [{**RATE, "rate_id": 0}]})

    assert order.lines[0].tax_rate == 21


def test_two_lines_of_one_id_are_not_counted_twice() -> None:
    with pytest.raises(FixData, match="same id"):
        read({"line_items": [LINE, {**LINE, "total": "10.00"}]})


def test_note_of_the_buyer_reads_as_it_was_written() -> None:
    assert read({"customer_note": "Size &lt; 40 &amp; blue"}).comment == "Size < 40 & blue"


def test_exempt_buyer_pays_no_tax() -> None:
    line = {**LINE, "total_tax": "0.00", "taxes": []}

    order = read(
        {"line_items": [line], "shipping_lines": [], "tax_lines": [], "total": "74.38", "total_tax": "0"}
    )

    assert (order.lines[0].tax_rate, order.net) == (Decimal(0), order.gross)


def test_total_that_a_plug_in_changed_is_not_smoothed_over() -> None:
    order = read({"total": "91.00"})

    assert adds_up_to(order) == Decimal("96.00")


def test_deleted_article_has_no_sku_and_lines_beyond_the_limit_are_counted() -> None:
    lines = [{**LINE, "id": number, "product_id": 0, "sku": ""} for number in (1, 2, 3)]

    order = read({"line_items": lines}, most_lines=2)

    assert [line.sku for line in order.lines] == ["", ""]
    assert order.lines_left_out == 1


def test_amounts_of_a_currency_without_decimals() -> None:
    line = {**LINE, "total": "17000000", "total_tax": "1700000", "taxes": [{"id": 1, "total": "1700000"}]}
    rate = {"rate_id": 1, "rate_percent": 10}
    wanted = {"currency": "VND", "total": "18700000", "total_tax": "1700000", "shipping_lines": []}

    order = read({**wanted, "line_items": [line], "tax_lines": [rate]})

    assert order.gross == order.lines[0].gross == 18700000
    assert order.lines[0].tax_rate == 10


_amounts = st.one_of(
    st.decimals("-1e15", "1e15", places=6).map(str),
    st.sampled_from(["", None, False, 0, 7, "1e-13", "1e400"]),
)
_odd_lines = st.fixed_dictionaries(
    {
        "id": st.integers(0, 3),
        "quantity": _amounts,
        "total": _amounts,
        "total_tax": _amounts,
        "taxes": st.lists(st.fixed_dictionaries({"id": st.integers(0, 2), "total": _amounts}), max_size=2),
    }
)
_odd_rates = st.fixed_dictionaries(
    {"rate_id": st.integers(0, 2), "compound": st.booleans(), "rate_percent": _amounts}
)


@settings(max_examples=200, deadline=None)
@given(
    lines=st.lists(_odd_lines, max_size=3),
    shipping=st.lists(_odd_lines, max_size=2),
    fees=st.lists(_odd_lines, max_size=2),
    rates=st.lists(_odd_rates, max_size=2),
    total=_amounts,
    currency=st.sampled_from(["EUR", "JPY", "KWD", "XXX", "eur", ""]),
)
def test_odd_amounts_make_an_order_or_a_clear_refusal(
    lines: list[Any], shipping: list[Any], fees: list[Any], rates: list[Any], total: Any, currency: str
) -> None:
    odd = {"line_items": lines, "shipping_lines": shipping, "fee_lines": fees, "tax_lines": rates}
    try:
        order = read({**odd, "total": total, "currency": currency})
    except (ValidationError, FixData):
        return

    assert Order.model_validate_json(order.model_dump_json()) == order


@pytest.mark.parametrize("field", ["currency", "date_created_gmt"])
def test_order_without_currency_or_date_is_a_matter_of_data(field: str) -> None:
    with pytest.raises(FixData):
        read({field: "", "date_modified_gmt": None})
