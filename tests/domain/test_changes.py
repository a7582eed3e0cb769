"""What a person is told when an order was changed in its store after it was posted."""

from decimal import Decimal
from typing import Any

import pytest

from domain.order import Charge, Discount, Order, Party, Payment
from domain.posting import changes
from tests.domain.drawn import Drawing
from tests.domain.specimens import NOON, address, line, order
from tests.domain.test_order_revision import NOT_OF_THE_DOCUMENT, OF_THE_DOCUMENT

BEFORE = order(
    line(1),
    line(2),
    shipping=Charge(code="2", net=Decimal(5), gross=Decimal(6)),
    discounts=(Discount(name="TEN", net=Decimal(5), gross=Decimal(6)),),
)


def _told(after: Order) -> dict[str, tuple[str, str]]:
    return {row.what: (row.asked, row.found) for row in changes(BEFORE, after)}


def _after(**changed: Any) -> Order:
    return BEFORE.model_copy(update=changed)


def test_an_order_as_it_was_has_no_changes() -> None:
    assert _told(BEFORE) == {}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((line(1), line(2, quantity=Decimal(8))), {"line 2": ("8 × WINE-2", "6 × WINE-2")}),
        ((line(1), line(2, sku="OTHER")), {"line 2": ("6 × OTHER", "6 × WINE-2")}),
        ((line(2),), {"line 1": ("removed", "6 × WINE-1")}),
        ((line(1), line(2), line(3)), {"line 3": ("6 × WINE-3", "not there")}),
    ],
)
def test_lines_are_told_by_the_stores_own_ids(
    lines: tuple[Any, ...], told: dict[str, tuple[str, str]]
) -> None:
    assert _told(_after(lines=lines)) == told


def test_the_total_is_told_with_its_currency() -> None:
    assert _told(_after(gross=Decimal("150.00"))) == {"total": ("150.00 EUR", "144.00 EUR")}


def test_an_address_is_told_as_it_is_written_on_a_parcel() -> None:
    told = _told(_after(delivery=address(street="1 quai Sud", city="Nice", postcode="06300")))

    assert told == {"delivery address": ("1 quai Sud, 06300, Nice, FR", "8 rue du Port, 69002, Lyon, FR")}


def test_another_payment_method_is_told() -> None:
    assert _told(_after(payment=Payment(method="invoice"))) == {"payment method": ("invoice", "card")}


@pytest.mark.parametrize("name", OF_THE_DOCUMENT)
def test_nothing_that_makes_another_revision_goes_unmentioned(name: str) -> None:
    after = _after(**{name: OF_THE_DOCUMENT[name]})

    assert _told(after)


SILENT: dict[str, dict[str, Any]] = {
    "delivery address": {"delivery": address(person="Otto Muster")},
    "billing address": {"billing": address(company="Muster GmbH")},
    "customer": {"customer": Party(store_id="7", email="other@example.com", last_name="Moreau")},
    "line 2": {"lines": (line(1), line(2, net=Decimal("59.00"), gross=Decimal("70.80")))},
    "shipping": {"shipping": Charge(code="9", net=Decimal(5), gross=Decimal(6))},
    "discounts": {"discounts": (Discount(name="GIFT", net=Decimal(1), gross=Decimal(1)),)},
    "payment method": {"payment": Payment(method="card", paid=True, terms="30 days")},
    "deliver by": {"deliver_by": NOON.date()},
}


@pytest.mark.parametrize("what", SILENT)
def test_a_change_that_has_no_short_words_is_named_by_its_place(what: str) -> None:
    told = _told(_after(**SILENT[what]))

    assert what in told
    assert told[what][0] != told[what][1]


@pytest.mark.parametrize("name", NOT_OF_THE_DOCUMENT)
def test_the_stores_own_book_keeping_is_not_mentioned(name: str) -> None:
    changed = {"payment": Payment(method="card", paid=False)} if name == "payment" else NOT_OF_THE_DOCUMENT

    assert _told(_after(**{name: changed[name]})) == {}


def test_an_order_has_changes_exactly_when_it_has_another_revision() -> None:
    for seed in range(200):
        before, after = (Drawing(seed + each).one(Order) for each in (0, seed % 2))
        before, after = (each.model_copy(update={"currency": "EUR"}) for each in (before, after))
        assert bool(changes(before, after)) is (before.revision != after.revision), f"seed {seed}"


def test_no_words_name_the_buyer() -> None:
    canary = Party(store_id="8", first_name="Canary", last_name="Canary", email="canary@example.com")

    rows = changes(BEFORE, _after(customer=canary, delivery=address(person="Canary", phone="Canary")))

    assert rows
    assert "canary" not in str(rows).lower()
