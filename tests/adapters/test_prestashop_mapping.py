"""Documents of real shops as domain orders: numbers from recorded answers of versions 1.6, 1.7 and 8."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.stores.amounts import derived_rate, tidy
from adapters.stores.prestashop.lookups import ShopFacts
from adapters.stores.prestashop.mapping import Documents, to_order
from adapters.stores.prestashop.models import (
    Address,
    Carrier,
    Customer,
    Group,
    Iso,
    Message,
    OrderDetail,
    OrderState,
    ShopOrder,
    Tax,
)
from adapters.stores.prestashop.settings import PrestaShopSettings
from domain.errors import FixData
from domain.order import Basis, Order, StoreState
from domain.totals import adds_up_to

SETTINGS = PrestaShopSettings.model_validate({"base_url": "https://shop.example", "key": "K" * 32})
SHOP = ShopFacts(
    zone=ZoneInfo("Europe/Paris"),
    cancelling=frozenset({6, 8}),
    delivered=frozenset({5}),
    countries={8: Iso(id=8, iso_code="FR"), 21: Iso(id=21, iso_code="US")},
    regions={9: Iso(id=9, iso_code="FL")},
    currencies={1: Iso(id=1, iso_code="EUR"), 2: Iso(id=2, iso_code="JPY")},
    languages={1: Iso(id=1, iso_code="fr")},
    carriers={103: Carrier(id=103, id_reference=12, name="Post")},
    order_states={
        2: OrderState(id=2, invoice=True, logable=True, paid=True),
        4: OrderState(id=4, invoice=True, logable=True, paid=True, shipped=True),
        6: OrderState(id=6),
        7: OrderState(id=7, invoice=True),
        8: OrderState(id=8),
        9: OrderState(id=9, invoice=True, paid=True),
        10: OrderState(id=10),
    },
    taxes={1: Tax(id=1, rate="20.000"), 2: Tax(id=2, rate="5.500"), 3: Tax(id=3, rate="0.900")},
    groups={3: Group(id=3), 4: Group(id=4, price_display_method=1)},
)
# An order of a shop on 8 (PHP 8.1: numbers come as such), a marketplace's, whose payment is counted twice.
ORDER_549085: dict[str, Any] = {
    "id": 549085,
    "id_address_delivery": 967452,
    "id_address_invoice": "967452",
    "id_cart": 817776,
    "id_currency": 1,
    "id_lang": 1,
    "id_customer": 532822,
    "id_carrier": 103,
    "current_state": 4,
    "module": "feedbiz",
    "valid": "1",
    "date_add": "2024-07-05 16:40:18",
    "date_upd": "2024-10-23 11:09:16",
    "total_discounts": "0.000000",
    "total_discounts_tax_incl": "0.000000",
    "total_discounts_tax_excl": "0.000000",
    "total_paid": "20.230000",
    "total_paid_tax_incl": "20.230000",
    "total_paid_tax_excl": "16.860000",
    "total_paid_real": "40.460000",
    "total_shipping_tax_incl": "8.500000",
    "total_shipping_tax_excl": "7.080000",
    "carrier_tax_rate": "20.000",
    "total_wrapping_tax_incl": "0.000000",
    "total_wrapping_tax_excl": "0.000000",
    "conversion_rate": "1.000000",
    "reference": "FMHGOYBGK",
}
LINE: dict[str, Any] = {
    "id": 983222,
    "id_order": 549085,
    "product_name": "Key ring",
    "product_quantity": 1,
    "product_reference": " 4589504961513 ",
    "product_ean13": "4589504961513",
    "unit_price_tax_incl": "11.730000",
    "unit_price_tax_excl": "9.775000",
    "total_price_tax_incl": "11.730000",
    "total_price_tax_excl": "9.780000",
    "associations": {"taxes": [{"id": "1"}]},
}


def documents(order: dict[str, Any] | None = None, **line: Any) -> Documents:
    return Documents(
        order=ShopOrder.model_validate({**ORDER_549085, **(order or {})}),
        customer=Customer(id=532822, id_default_group=3, email="buyer@example.com", lastname="Doe"),
        addresses=(Address(id=967452, id_country=8, vat_number=" FR 12 ", phone_mobile="06"),),
        details=(OrderDetail.model_validate({**LINE, **line}),),
    )


def mapped(read: Documents | None = None, **settings: Any) -> Order:
    changed = SETTINGS.model_copy(update=settings)
    return to_order("shop", read or documents(), SHOP, changed)


def test_order_of_a_marketplace_adds_up_and_is_paid_by_its_state() -> None:
    order = mapped()

    assert order.gross == Decimal("20.23")
    assert adds_up_to(order) == order.gross
    assert order.lines[0].net + order.shipping.net == order.net
    assert order.payment.paid
    assert order.state is StoreState.SHIPPED
    assert order.placed_at == datetime(2024, 7, 5, 14, 40, 18, tzinfo=UTC)
    assert order.updated_at == datetime(2024, 10, 23, 9, 9, 16, tzinfo=UTC)
    assert order.mark == "2024-10-23 11:09:16/4"
    assert order.number == "FMHGOYBGK"


@pytest.mark.parametrize(
    ("state", "settings", "meaning"),
    [
        (5, {}, StoreState.DELIVERED),
        (4, {"delivered_states": frozenset({4})}, StoreState.DELIVERED),
        (5, {"states": {5: StoreState.SHIPPED}}, StoreState.SHIPPED),
        (6, {"delivered_states": frozenset({6})}, StoreState.CANCELLED),
    ],
)
def test_delivered_is_what_the_shop_or_the_merchant_calls_so(
    state: int, settings: dict[str, Any], meaning: StoreState
) -> None:
    assert mapped(documents({"current_state": state}), **settings).state is meaning


def test_money_counted_twice_pays_nothing() -> None:
    order = mapped(documents({"current_state": 10}))

    assert not order.payment.paid


def test_amounts_have_the_digits_of_their_currency_and_more_only_when_needed() -> None:
    line = mapped().lines[0]

    assert [str(line.unit_net), str(line.unit_gross), str(line.net)] == ["9.775", "11.73", "9.78"]
    assert str(mapped().shipping.gross) == "8.50"
    assert str(mapped(documents({"id_currency": 2, "total_paid_tax_incl": "1200.000000"})).gross) == "1200"


def test_numbers_as_texts_and_as_numbers_are_the_same_order() -> None:
    as_numbers = {
        **ORDER_549085,
        "id_currency": "1",
        "current_state": "4",
        "total_paid_tax_incl": Decimal("20.23"),
    }

    assert mapped(documents(as_numbers)) == mapped()


def test_untaxed_order_of_1_6_is_told_by_equal_amounts() -> None:
    read = documents(total_price_tax_incl="27.000000", total_price_tax_excl="27.000000", associations=[])

    assert mapped(read).lines[0].tax_rate == 0


def test_line_without_a_tax_but_with_tax_in_its_price_is_unknown() -> None:
    assert mapped(documents(associations={})).lines[0].tax_rate is None


def test_tax_that_the_shop_does_not_list_any_more_is_unknown() -> None:
    assert mapped(documents(associations={"taxes": [{"id": 1}, {"id": 77}]})).lines[0].tax_rate is None


def test_several_taxes_add_up() -> None:
    line = mapped(documents(associations={"taxes": [{"id": 2}, {"id": "3"}]})).lines[0]

    assert str(line.tax_rate) == "6.4"


def test_rates_carry_no_noise() -> None:
    assert str(mapped().lines[0].tax_rate) == "20"
    assert str(mapped().shipping.tax_rate) == "20"


def test_unit_price_that_misses_by_a_cent_does_not_change_the_line() -> None:
    """Three kettles at 2449.999999 with tax: the shop's line says 7350."""
    line = mapped(
        documents(
            product_quantity="3",
            unit_price_tax_incl="2449.999999",
            unit_price_tax_excl="2094.017093",
            total_price_tax_incl="7350.000000",
            total_price_tax_excl="6282.050000",
        )
    ).lines[0]

    assert (line.gross, line.net, line.quantity) == (Decimal(7350), Decimal("6282.05"), Decimal(3))
    assert line.unit_gross == Decimal("2449.999999")


@pytest.mark.parametrize(
    ("reference", "ean", "sku"),
    [
        (" demo_1 ", "123", "demo_1"),
        ("", " 123 ", "123"),
        ("  ", "", ""),
        (4589504961513, "", "4589504961513"),
    ],
)
def test_sku_is_the_reference_else_the_ean(reference: object, ean: str, sku: str) -> None:
    line = mapped(documents(product_reference=reference, product_ean13=ean)).lines[0]

    assert line.sku == sku


def test_vat_id_stays_as_typed() -> None:
    order = mapped()

    assert order.customer.vat_id == " FR 12 "
    assert order.customer.phone == "06"


def test_lost_customer_and_address_are_blank_not_invented() -> None:
    order = mapped(replace(documents(), customer=None, addresses=()))

    assert order.customer.store_id == "532822"
    assert order.customer.email == order.billing.country == ""


def test_carrier_is_known_by_its_lasting_number() -> None:
    assert mapped().shipping.code == "12"
    assert mapped(documents({"id_carrier": "0"})).shipping.code == ""


def test_reference_that_is_missing_is_replaced_by_the_id() -> None:
    assert mapped(documents({"reference": ""})).number == "549085"


def test_rate_of_nothing_is_unknown() -> None:
    assert mapped(documents({"conversion_rate": "0.000000"})).rate is None
    assert str(mapped().rate) == "1"


def test_price_basis_follows_the_group() -> None:
    shown_without_tax = Customer(id=532822, id_default_group=4)

    assert mapped().price_basis is Basis.GROSS
    assert mapped(replace(documents(), customer=shown_without_tax)).price_basis is Basis.NET
    assert mapped(replace(documents(), customer=None)).price_basis is Basis.GROSS


def test_comment_is_the_buyers() -> None:
    messages = (
        Message(id=3, message="Second\n"),
        Message(id=1, message="Ring twice"),
        Message(id=2, message="Bad payer", private=True),
        Message(id=4, message="Called him", id_employee=7),
    )

    assert mapped(replace(documents(), messages=messages)).comment == "Ring twice\nSecond"


def test_lines_beyond_the_limit_are_counted() -> None:
    many = tuple(OrderDetail.model_validate({**LINE, "id": number}) for number in range(9, 0, -1))

    order = mapped(replace(documents(), details=many), most_lines=4)

    assert [line.id for line in order.lines] == ["1", "2", "3", "4"]
    assert order.lines_left_out == 5


@given(net=st.decimals("0.5", 1000, places=2), rate=st.sampled_from(["20", "5.5", "0", "19", "21"]))
def test_rate_of_wrapping_is_found_among_the_orders_own(net: Decimal, rate: str) -> None:
    gross = (net * (100 + Decimal(rate)) / 100).quantize(Decimal("0.01"))

    found = derived_rate(net, gross, (Decimal(rate),), 2)

    assert found is not None
    assert (net * (100 + found) / 100).quantize(Decimal("0.01")) == gross


def test_wrapping_takes_the_rate_that_fits() -> None:
    wrapping = {"total_wrapping_tax_incl": "2.000000", "total_wrapping_tax_excl": "1.670000"}

    assert str(mapped(documents(wrapping)).wrapping.tax_rate) == "20"


def test_shipping_rate_that_contradicts_its_amounts_is_derived() -> None:
    assert str(mapped(documents({"carrier_tax_rate": "0.000"})).shipping.tax_rate) == "20"


@given(st.decimals(-(10**15), 10**15, places=6))
def test_tidy_changes_the_writing_only(amount: Decimal) -> None:
    found = tidy(amount, 2)

    assert found == amount
    assert "E" not in str(found)


def test_time_that_comes_twice_is_taken_as_the_first() -> None:
    order = mapped(documents({"date_add": "2026-10-25 02:30:00"}))

    assert order.placed_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_time_that_the_clocks_jumped_over_is_read() -> None:
    order = mapped(documents({"date_add": "2026-03-29 02:30:00"}))

    assert order.placed_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_zero_date_is_none() -> None:
    order = mapped(documents({"date_upd": "0000-00-00 00:00:00"}))

    assert order.updated_at == order.placed_at
    with pytest.raises(FixData):
        mapped(documents({"date_upd": "0000-00-00 00:00:00", "date_add": None}))


def test_order_without_a_currency_is_a_matter_of_data() -> None:
    with pytest.raises(FixData):
        mapped(documents({"id_currency": "7"}))


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "1e999999", "1e-999999", "", None, "12,50", "1e16", [1]]
)
def test_what_is_no_amount_is_refused(amount: object) -> None:
    with pytest.raises(ValidationError):
        documents({"total_paid_tax_incl": amount})


def test_binary_fractions_of_php_are_read() -> None:
    read = documents({"total_paid_tax_incl": Decimal("20.230000000000004")})

    assert mapped(read).gross == Decimal("20.23")


@pytest.mark.parametrize("moment", ["yesterday", "9999-12-31 23:59:59", "0001-01-01 00:00:00"])
def test_what_is_no_time_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError):
        documents({"date_add": moment})


def test_characters_that_break_a_history_are_replaced() -> None:
    order = mapped(documents(product_name="A\ud800B\0C"))

    assert order.lines[0].name == "A?B C"
    assert order.model_dump_json()
