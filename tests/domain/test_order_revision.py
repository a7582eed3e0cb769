"""An order's revision: another one when what is ordered changes, the same one when nothing of it does."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.money import Money
from domain.order import (
    Address,
    Basis,
    Charge,
    Discount,
    Order,
    Party,
    Payment,
    StoreState,
    order_workflow_id,
)
from tests.domain.drawn import Drawing
from tests.domain.specimens import NOON, address, line, order

ORDER = order(
    line(1),
    line(2),
    discounts=(Discount(name="TEN", net=Decimal("10.00"), gross=Decimal("12.00")),),
    shipping=Charge(code="2", name="Post", net=Decimal("5.00"), gross=Decimal("6.00"), tax_rate=Decimal(20)),
    comment="Ring twice",
    rate=Decimal(1),
)
NOT_OF_THE_DOCUMENT: dict[str, Any] = {
    "state": StoreState.SHIPPED,
    "store_status": "5",
    "mark": "2026-11-21T00:00:00",
    "updated_at": NOON + timedelta(days=1),
    "rate": Decimal("1.08"),
    "comment": "Ring once",
    "charges": (Charge(code="7", name="What a mapping makes of a line", net=Decimal(1), gross=Decimal(1)),),
    "payment": Payment(method="card", paid=False, transaction="tx_1"),
    "number": "OTHER",
    "placed_at": NOON + timedelta(days=1),
    "price_basis": Basis.NET,
}
OF_THE_DOCUMENT: dict[str, Any] = {
    "connection": "other-shop",
    "store_id": "1043",
    "currency": "USD",
    "customer": Party(store_id="8", email="anna@example.com", first_name="Anna", last_name="Moreau"),
    "billing": address(city="Paris"),
    "delivery": address(street2="2nd floor"),
    "lines": (line(1),),
    "lines_left_out": 1,
    "discounts": (),
    "shipping": Charge(code="3", net=Decimal("5.00"), gross=Decimal("6.00"), tax_rate=Decimal(20)),
    "wrapping": Charge(net=Decimal("1.00"), gross=Decimal("1.20"), tax_rate=Decimal(20)),
    "net": Decimal("120.01"),
    "gross": Decimal("144.01"),
    "deliver_by": NOON.date(),
}


def _changed(**changed: Any) -> Order:
    return ORDER.model_copy(update=changed)


def test_each_field_of_an_order_is_on_one_of_the_two_lists() -> None:
    assert set(NOT_OF_THE_DOCUMENT) | set(OF_THE_DOCUMENT) == set(Order.model_fields)
    assert not set(NOT_OF_THE_DOCUMENT) & set(OF_THE_DOCUMENT)


@pytest.mark.parametrize("name", NOT_OF_THE_DOCUMENT)
def test_what_leaves_the_document_as_it_is_leaves_the_revision(name: str) -> None:
    changed = _changed(**{name: NOT_OF_THE_DOCUMENT[name]})

    assert changed != ORDER
    assert changed.revision == ORDER.revision


@pytest.mark.parametrize("name", OF_THE_DOCUMENT)
def test_what_is_ordered_by_whom_and_where_to_makes_another_revision(name: str) -> None:
    assert _changed(**{name: OF_THE_DOCUMENT[name]}).revision != ORDER.revision


@pytest.mark.parametrize(
    "changed",
    [
        {"quantity": Decimal(7)},
        {"sku": "OTHER"},
        {"net": Decimal("60.01")},
        {"gross": Decimal("72.01")},
        {"lot": "L1"},
    ],
    ids=str,
)
def test_a_change_of_any_line_makes_another_revision(changed: dict[str, Any]) -> None:
    assert _changed(lines=(line(1), line(2, **changed))).revision != ORDER.revision


@pytest.mark.parametrize(
    "derived", [{"tax_rate": None}, {"unit_net": Decimal("10.00")}, {"name": "Red, 75 cl"}], ids=str
)
def test_what_the_store_derives_from_its_tables_of_today_leaves_the_revision(derived: dict[str, Any]) -> None:
    """A renamed product or a retired tax rate changes no order that was placed before."""
    assert _changed(lines=(line(1), line(2, **derived))).revision == ORDER.revision


@pytest.mark.parametrize(
    ("customer", "same"),
    [
        ({"email": "new@example.com"}, True),
        ({"phone": "1"}, True),
        ({"vat_id": "FR9"}, False),
        ({"store_id": "8"}, False),
    ],
)
def test_a_profile_edited_later_is_no_other_order_but_another_buyer_is(
    customer: dict[str, str], same: bool
) -> None:
    edited = _changed(customer=ORDER.customer.model_copy(update=customer))

    assert (edited.revision == ORDER.revision) is same


def test_the_order_of_lines_is_part_of_the_revision() -> None:
    assert _changed(lines=ORDER.lines[::-1]).revision != ORDER.revision


@pytest.mark.parametrize(
    "payment", [Payment(method="invoice", paid=True), Payment(method="card", terms="30 days")]
)
def test_how_the_buyer_pays_is_part_of_the_revision(payment: Payment) -> None:
    assert _changed(payment=payment).revision != ORDER.revision


def test_a_text_that_moves_to_the_next_field_makes_another_revision() -> None:
    one, other = Address(street="8 rue", street2="du Port"), Address(street="8 rue du", street2="Port")

    assert _changed(delivery=one).revision != _changed(delivery=other).revision


def test_a_revision_survives_a_history() -> None:
    for seed in range(100):
        drawn: Order = Drawing(seed).one(Order)

        assert Order.model_validate_json(drawn.model_dump_json()).revision == drawn.revision, f"seed {seed}"


def test_a_field_that_a_later_release_adds_makes_no_open_order_look_changed() -> None:
    class LaterAddress(Address):
        door: str = ""

    later = LaterAddress.model_validate(ORDER.delivery.model_dump())

    assert _changed(delivery=later).revision == ORDER.revision


def test_a_revision_is_the_same_in_every_release() -> None:
    """Open approvals are bound to it: another way to calculate it would void them all."""
    assert ORDER.revision == "7bc89c3ae317a25c"


def test_the_total_is_what_the_buyer_pays() -> None:
    assert ORDER.total == Money.parse("144.00 EUR")


@pytest.mark.parametrize(
    ("currency", "rate", "expected"),
    [
        ("EUR", None, "144.00 EUR"),
        ("EUR", Decimal(99), "144.00 EUR"),
        ("USD", Decimal("1.08"), "133.33 EUR"),
        ("USD", None, None),
        ("USD", Decimal(0), None),
        ("USD", Decimal("-1.08"), None),
    ],
)
def test_the_total_in_the_base_currency_needs_a_rate_that_makes_sense(
    currency: str, rate: Decimal | None, expected: str | None
) -> None:
    total = _changed(currency=currency, rate=rate).in_base("EUR")

    assert (str(total) if total else None) == expected


def test_an_order_lives_under_one_id_for_ever() -> None:
    assert order_workflow_id("shop", "1042") == "order:shop:1042"
