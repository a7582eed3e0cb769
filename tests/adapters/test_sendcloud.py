"""Sendcloud: addresses as they stand, house numbers, references that are taken once, pages, links."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.http import Answer
from adapters.label_port import Parcel, ParcelSize
from adapters.labels.addresses import customs_between, street_and_number
from adapters.labels.sendcloud.errors import TABLE, error_of, is_double
from adapters.labels.sendcloud.mapping import is_of, return_of
from adapters.labels.sendcloud.models import Return
from adapters.labels.sendcloud.settings import SendcloudSettings
from domain.errors import (
    BadCredentials,
    FixSetup,
    InDoubt,
    NotFound,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    WaybillError,
)
from domain.money import Money
from domain.order import Address
from tests.adapters.label_conformance import (
    FROM_BRISTOL,
    REQUEST,
    WITH_CODES,
    LabelConformance,
    just_now,
    make,
)
from tests.adapters.label_stands import Stand, sendcloud_stand


def settings(**changed: Any) -> SendcloudSettings:
    return SendcloudSettings.model_validate(
        {"public_key": "p", "secret": "s", "shipping_option": "dpd:return/return", **changed}
    )


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with sendcloud_stand() as opened:
        yield opened


class TestSendcloud(LabelConformance):
    """The suite of all label services."""

    @pytest.fixture
    async def stand(self) -> AsyncIterator[Stand]:
        async with sendcloud_stand() as opened:
            yield opened


def test_a_return_is_written_as_the_specification_has_it() -> None:
    sized = Parcel(grams=400, size_mm=ParcelSize(length=300, width=200, height=100))

    body = return_of(REQUEST.model_copy(update={"parcel": sized}), settings(contract=7))

    assert body["from_address"] == {
        "name": "Anna Moreau",
        "address_line_1": "rue des Lilas",
        "house_number": "12",
        "postal_code": "69003",
        "city": "Lyon",
        "country_code": "FR",
        "email": "anna.moreau@example.com",
        "phone_number": "+33472000001",
    }
    assert body["to_address"]["name"] == body["to_address"]["company_name"] == "Waybill Wines"
    assert body["ship_with"] == {
        "type": "shipping_option_code",
        "shipping_option_code": "dpd:return/return",
        "contract": 7,
    }
    assert body["weight"] == {"value": 400, "unit": "g"}
    assert body["dimensions"] == {"length": 300, "width": 200, "height": 100, "unit": "mm"}
    assert body["external_reference"] == "RMA-1042-1"
    assert body["order_number"] == "ABCDEFGHI RMA-1042-1"
    assert body["parcel_items"] == [
        {
            "description": "Set of glasses",
            "quantity": 2,
            "price": {"value": Decimal("24.95"), "currency": "EUR"},
            "sku": "GLASS-SET-4",
        }
    ]
    assert "customs_information" not in body


def test_a_country_may_have_a_carrier_of_its_own() -> None:
    options = settings(shipping_options={"GB": "dhl:return/return"})

    assert return_of(REQUEST, options)["ship_with"]["shipping_option_code"] == "dpd:return/return"
    assert return_of(FROM_BRISTOL, options)["ship_with"]["shipping_option_code"] == "dhl:return/return"


def test_customs_is_told_that_goods_come_back() -> None:
    body = return_of(FROM_BRISTOL.model_copy(update={"items": WITH_CODES}), settings())

    assert body["customs_information"]["export_reason"] == "returned_goods"
    assert body["customs_invoice_nr"] == "RMA-1042-1"
    assert [(item["hs_code"], item["origin_country"]) for item in body["parcel_items"]] == [
        ("7013.37", "FR"),
        ("4503.10", "PT"),
    ]


@pytest.mark.parametrize(
    ("state", "expected"), [("LOM", "IT-LOM"), ("IT-25", "IT-25"), ("Lombardia", None), ("", None)]
)
def test_a_state_is_told_by_its_code_only(state: str, expected: str | None) -> None:
    milan = Address(person="A", street="Via Roma 1", postcode="1", city="Milano", country="IT", state=state)

    body = return_of(REQUEST.model_copy(update={"customer": milan}), settings())

    assert body["from_address"].get("state_province_code") == expected


@pytest.mark.parametrize(
    ("country", "street", "expected"),
    [
        ("FR", "12 rue des Lilas", ("rue des Lilas", "12")),
        ("FR", "12 bis, rue des Lilas", ("rue des Lilas", "12 bis")),
        ("FR", "Rue du 8 Mai 1945", ("Rue du 8 Mai 1945", "")),
        ("GB", "4 Quay Street", ("Quay Street", "4")),
        ("GB", "Rose Cottage", ("Rose Cottage", "")),
        ("US", "179 N Harbor Dr", ("N Harbor Dr", "179")),
        ("DE", "Hafenstrasse 3", ("Hafenstrasse", "3")),
        ("DE", "Straße des 17. Juni 135a", ("Straße des 17. Juni", "135a")),
        ("DE", "Musterweg 12-14", ("Musterweg", "12-14")),
        ("DE", "C 4, 12", ("C 4", "12")),
        ("NL", "Stadhuisplein  50 A", ("Stadhuisplein", "50 A")),
        ("ES", "Calle Mayor, 8", ("Calle Mayor", "8")),
        ("ES", "Calle Mayor 8, 2º B", ("Calle Mayor 8, 2º B", "")),
        ("BE", "", ("", "")),
        ("DE", "123456 7", ("123456", "7")),
    ],
)
def test_the_house_number_is_told_apart_where_it_is_clear(
    country: str, street: str, expected: tuple[str, str]
) -> None:
    assert street_and_number(Address(street=street, country=country)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("FR", "69003"), ("DE", "20457"), False),
        (("FR", "69003"), ("FR", "75001"), False),
        (("GB", "BS1"), ("FR", "69003"), True),
        (("GB", "BS1"), ("GB", "E1"), False),
        (("GB", "BS1"), ("CH", "8001"), True),
        (("ES", "35001"), ("ES", "28013"), True),
        (("ES", "35001"), ("FR", "35000"), True),
        (("FR", "35000"), ("DE", "35037"), False),
    ],
)
def test_customs_stands_at_the_unions_border(
    one: tuple[str, str], other: tuple[str, str], expected: bool
) -> None:
    here, there = (Address(country=country, postcode=postcode) for country, postcode in (one, other))

    assert customs_between(here, there) is expected
    assert customs_between(there, here) is expected


async def test_a_reference_that_is_taken_leads_to_the_return_that_has_it(stand: Stand) -> None:
    first = await make(stand.label)

    assert await make(stand.label) == first
    assert stand.made() == [REQUEST.reference]


async def test_a_reference_whose_label_was_taken_back_stays_taken(stand: Stand) -> None:
    await stand.label.cancel(await make(stand.label))

    with pytest.raises(Refused) as refused:
        await make(stand.label)

    assert "already been used" in refused.value.problem.quote


async def test_a_return_is_found_on_a_later_page(stand: Stand) -> None:
    made = [await make(stand.label, REQUEST.model_copy(update={"reference": f"R{n}"})) for n in range(95)]

    assert await stand.label.find("R0", just_now()) == made[0]
    assert await stand.label.find("R94", just_now()) == made[94]
    assert await stand.label.find("R95", just_now()) is None


async def test_an_order_with_two_returns_has_two_labels(stand: Stand) -> None:
    second = REQUEST.model_copy(update={"reference": "RMA-1042-2"})

    first_label, second_label = await make(stand.label), await make(stand.label, second)

    assert first_label != second_label
    assert await stand.label.find("RMA-1042-1", just_now()) == first_label
    assert await stand.label.find("RMA-1042-2", just_now()) == second_label


async def test_a_carrier_that_does_not_cancel_says_so(stand: Stand) -> None:
    made = await make(stand.label)
    stand.arm("not_cancellable")

    with pytest.raises(Refused) as refused:
        await stand.label.cancel(made)

    assert "Return is not cancellable" in refused.value.problem.quote


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"external_reference": "RMA-1"}, True),
        ({"external_reference": "RMA-2", "order_number": "4711 RMA-1"}, False),
        ({"order_number": "4711 RMA-1"}, True),
        ({"order_number": "4711 RMA-11"}, False),
        ({"order_number": "RMA-1 4711"}, False),
        ({}, False),
    ],
)
def test_a_return_is_ours_by_its_reference(told: dict[str, str], expected: bool) -> None:
    assert is_of(Return.model_validate(told), "RMA-1") is expected


def test_a_return_is_read_as_the_specification_shows_it() -> None:
    # After the specification's example of a list; links and price are its own.
    found = Return.model_validate(
        {
            "id": 5,
            "label_cost": {"value": Decimal("6.15"), "currency": "EUR"},
            "shipping_option": {"code": "postnl:standard/signature"},
            "tracking_number": "JVGL1234567800001339",
            "label_url": "https://panel.sendcloud.sc/api/v3/parcels/7/documents/label",
            "status_history": [{"parent_status": "Ready to Ship"}],
        }
    )

    assert found.parcel == "7"
    assert found.cost == Money.parse("6.15 EUR")
    assert found.carrier_and_service == ("postnl", "standard/signature")
    assert not found.is_taken_back


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/x", "https://panel.sendcloud.sc/api/v3/parcels/../documents/label", "", None],
)
def test_a_link_gives_a_number_or_nothing(link: str | None) -> None:
    assert Return.model_validate({"id": 1, "label_url": link}).parcel == ""


@pytest.mark.parametrize(
    ("status", "read", "write"),
    [
        (400, Refused, Refused),
        (401, BadCredentials, BadCredentials),
        (402, FixSetup, FixSetup),
        (403, NotPermitted, NotPermitted),
        (404, NotFound, NotFound),
        (408, Passing, InDoubt),
        (409, Refused, Refused),
        (412, Refused, Refused),
        (422, Refused, Refused),
        (429, RateLimited, RateLimited),
        (502, Passing, InDoubt),
    ],
)
def test_each_status_has_a_meaning(status: int, read: type[WaybillError], write: type[WaybillError]) -> None:
    answer = Answer(status, {}, b"{}")

    assert type(error_of(answer, "labels", writes=False)) is read
    assert type(error_of(answer, "labels", writes=True)) is write


def test_every_refusal_meets_a_rule() -> None:
    assert all(any(status in rule.statuses for rule in TABLE) for status in range(400, 600))
    assert error_of(Answer(202, {}, b"{}"), "labels", writes=True) is None


@pytest.mark.parametrize(
    ("body", "quote", "double"),
    [
        (
            {"error": {"code": "invalid_postal_code", "message": "The postal code is invalid."}},
            "invalid.",
            False,
        ),
        (
            {"errors": [{"field": "weight", "message": "Required", "code": "required"}]},
            "weight: Required",
            False,
        ),
        (
            {"error": {"message": "External reference has already been used in another return."}},
            "another return.",
            True,
        ),
        (["strange"], "HTTP 400", False),
    ],
)
def test_refusals_are_quoted(body: object, quote: str, double: bool) -> None:
    answer = Answer(400, {}, json.dumps(body).encode())
    refused = error_of(answer, "labels", writes=True)

    assert refused is not None
    assert refused.problem.quote.endswith(quote)
    assert is_double(answer) is double
