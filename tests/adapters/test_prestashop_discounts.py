"""Vouchers of an order as discounts: whatever they say, they add up to the order's own totals."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.stores.prestashop.models import OrderCartRule
from domain.order import DiscountLevel
from tests.adapters.test_prestashop_mapping import documents, mapped


def rule(gross: str, net: str, **more: Any) -> OrderCartRule:
    return OrderCartRule.model_validate(
        {"id": 1, "id_order": 549085, "value": gross, "value_tax_excl": net, **more}
    )


def discounted(gross: str, net: str, *rules: OrderCartRule) -> list[tuple[str, str, str, str]]:
    totals = {"total_discounts_tax_incl": gross, "total_discounts_tax_excl": net}
    order = mapped(replace(documents(totals), cart_rules=rules))
    return [(each.level.value, each.name, str(each.net), str(each.gross)) for each in order.discounts]


def test_voucher_is_a_discount_of_the_order() -> None:
    assert discounted("6.00", "5.00", rule("6.000000", "5.000000", name="SUMMER")) == [
        ("order", "SUMMER", "5.00", "6.00")
    ]


def test_deleted_voucher_counts_for_nothing() -> None:
    rules = (rule("6", "5", name="SUMMER"), rule("3", "2.5", deleted=1))

    assert discounted("6.00", "5.00", *rules) == [("order", "SUMMER", "5.00", "6.00")]


def test_free_shipping_takes_off_what_shipping_costs() -> None:
    assert discounted("8.50", "7.08", rule("8.5", "7.08", name="FREE", free_shipping="1")) == [
        ("shipping", "FREE", "7.08", "8.50")
    ]


def test_free_shipping_with_a_percentage_is_two_discounts() -> None:
    assert discounted("9.70", "8.08", rule("9.70", "8.08", name="BOTH", free_shipping="1")) == [
        ("shipping", "BOTH", "7.08", "8.50"),
        ("order", "BOTH", "1.00", "1.20"),
    ]


def test_totals_win_over_vouchers() -> None:
    assert discounted("7.00", "5.83", rule("6", "5", name="A"), rule("3", "2.5", name="B")) == [
        ("order", "A, B", "5.83", "7.00")
    ]
    assert discounted("7.00", "5.83") == [("order", "", "5.83", "7.00")]
    assert discounted("10.50", "8.75", rule("8.5", "7.08", name="FREE", free_shipping="1")) == [
        ("shipping", "FREE", "7.08", "8.50"),
        ("order", "", "1.67", "2.00"),
    ]
    assert discounted("0.000000", "0.000000", rule("6", "5")) == []


amounts = st.decimals(0, 500, places=2)


@given(
    total=st.tuples(amounts, amounts),
    vouchers=st.lists(st.tuples(amounts, amounts, st.booleans(), st.booleans()), max_size=4),
)
def test_discounts_always_add_up_to_the_orders_own(
    total: tuple[Decimal, Decimal], vouchers: list[tuple[Decimal, Decimal, bool, bool]]
) -> None:
    rules = tuple(rule(str(g), str(n), free_shipping=f, deleted=d) for g, n, f, d in vouchers)
    totals = {"total_discounts_tax_incl": str(total[0]), "total_discounts_tax_excl": str(total[1])}

    order = mapped(replace(documents(totals), cart_rules=rules))

    found = order.discounts
    off_shipping = [each for each in found if each.level is DiscountLevel.SHIPPING]
    assert sum(each.gross for each in found) == total[0]
    assert sum(each.net for each in found) == total[1]
    assert sum(each.gross for each in off_shipping) <= order.shipping.gross
