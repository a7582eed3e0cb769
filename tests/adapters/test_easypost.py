"""EasyPost: its own words, swapped addresses, ounces, the purse, and where labels may be fetched from."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from adapters.http import Answer
from adapters.label_port import Parcel, ParcelSize
from adapters.labels.easypost.client import EasyPostClient
from adapters.labels.easypost.errors import TABLE, error_of, words_of
from adapters.labels.easypost.mapping import chosen_rate, inches, ounces, shipment_of
from adapters.labels.easypost.models import Shipment
from adapters.labels.easypost.settings import EasyPostSettings
from domain.errors import (
    BadConfiguration,
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
from tests.adapters.label_conformance import (
    FROM_BRISTOL,
    REQUEST,
    STRANGE_ANSWERS,
    WITH_CODES,
    LabelConformance,
    make,
)
from tests.adapters.label_stands import Stand, easypost_port, easypost_stand

OFFERS = Shipment.model_validate(
    {
        "id": "shp_1",
        "rates": [
            {"id": "r1", "carrier": "USPS", "service": "Express", "rate": "34.15", "currency": "USD"},
            {"id": "r2", "carrier": "USPS", "service": "Priority", "rate": "7.42", "currency": "USD"},
            {"id": "r3", "carrier": "UPS", "service": "Ground", "rate": "6.07", "currency": "USD"},
            {"id": "r4", "carrier": "DHL", "service": "Ground", "rate": "5.00", "currency": "EUR"},
        ],
    }
)


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with easypost_stand() as opened:
        yield opened


class TestEasyPost(LabelConformance):
    """The suite of all label services."""

    @pytest.fixture
    async def stand(self) -> AsyncIterator[Stand]:
        async with easypost_stand() as opened:
            yield opened


def test_addresses_are_those_of_the_way_to_the_customer() -> None:
    shipment = shipment_of(REQUEST)["shipment"]

    assert shipment["is_return"] is True
    assert shipment["to_address"]["name"] == "Anna Moreau"
    assert shipment["from_address"]["company"] == "Waybill Wines"
    assert "customs_info" not in shipment


def test_the_warehouse_is_written_to_where_the_customer_has_no_telephone_or_mail() -> None:
    silent = REQUEST.customer.model_copy(update={"phone": ""})
    to = shipment_of(REQUEST.model_copy(update={"customer": silent, "customer_email": ""}))["shipment"]

    assert to["to_address"]["phone"] == "+33472000099"
    assert to["to_address"]["email"] == "returns@waybill.example"


@pytest.mark.parametrize(
    ("grams", "expected"), [(1, "0.1"), (28, "1.0"), (29, "1.1"), (1000, "35.3"), (1250, "44.1")]
)
def test_weights_are_ounces_rounded_up(grams: int, expected: str) -> None:
    assert ounces(grams) == Decimal(expected)


def test_sizes_are_inches_and_left_out_when_unknown() -> None:
    sized = Parcel(grams=500, size_mm=ParcelSize(length=254, width=100, height=1))

    assert inches(254) == Decimal("10.0")
    assert shipment_of(REQUEST.model_copy(update={"parcel": sized}))["shipment"]["parcel"] == {
        "weight": Decimal("17.7"),
        "length": Decimal("10.0"),
        "width": Decimal("4.0"),
        "height": Decimal("0.1"),
    }
    assert set(shipment_of(REQUEST)["shipment"]["parcel"]) == {"weight"}


def test_customs_is_told_of_rows_that_weigh_no_more_than_the_parcel() -> None:
    body = shipment_of(FROM_BRISTOL.model_copy(update={"items": WITH_CODES}))["shipment"]

    customs = body["customs_info"]
    assert customs["contents_type"] == "returned_goods"
    assert customs["customs_signer"] == "Joan Baker"
    glasses, cork = customs["customs_items"]
    assert (glasses["value"], glasses["currency"], glasses["quantity"]) == (Decimal("49.90"), "EUR", 2)
    assert glasses["hs_tariff_number"] == "7013.37"
    assert 0 < glasses["weight"] + cork["weight"] <= body["parcel"]["weight"]


@pytest.mark.parametrize(
    ("carriers", "services", "expected"),
    [
        ((), (), "r3"),
        (("usps",), (), "r2"),
        (("USPS", "UPS"), ("Express",), "r1"),
        (("DHL",), (), "r4"),
    ],
)
def test_the_cheapest_offer_that_is_wanted_is_taken(
    carriers: tuple[str, ...], services: tuple[str, ...], expected: str
) -> None:
    assert chosen_rate(OFFERS, carriers, services).id == expected


async def test_no_offer_is_a_refusal_in_the_carriers_words(stand: Stand) -> None:
    stand.arm("no_rates")

    with pytest.raises(Refused) as refused:
        await make(stand.label)

    assert refused.value.problem.quote == "USPS: The carrier does not serve this route."


async def test_none_of_the_wanted_carriers_is_a_refusal_that_names_the_others(stand: Stand) -> None:
    label = easypost_port(stand.url, carriers=("RoyalMail",))

    with pytest.raises(Refused) as refused:
        await label.draft(REQUEST)
    await label.close()

    assert "USPS Priority" in refused.value.problem.quote


@pytest.mark.parametrize(("times", "labels"), [(1, 1), (2, 0)])
async def test_a_carrier_that_timed_out_is_asked_once_more(stand: Stand, times: int, labels: int) -> None:
    stand.arm("carrier_timeout", times=times)

    if labels:
        await make(stand.label)
    else:
        with pytest.raises(Refused, match="refused"):
            await make(stand.label)

    assert len(stand.made()) == labels


async def test_a_label_at_a_strange_host_is_not_fetched(stand: Stand) -> None:
    stand.arm("foreign_label")
    made = await make(stand.label)

    with pytest.raises(BadConfiguration) as refused:
        await stand.label.read_label(made)

    assert "http://169.254.169.254" in refused.value.problem.sentence
    assert refused.value.problem.field == "label_hosts"


@pytest.mark.parametrize(
    "url",
    [
        "http://easypost-files.s3.us-west-2.amazonaws.com/a.pdf",
        "https://easypost-files.s3.us-west-2.amazonaws.com:8443/a.pdf",
        "https://easypost-files.s3.us-west-2.amazonaws.com.evil.example/a.pdf",
        "https://easypost-files.s3.us-west-2.amazonaws.com@evil.example/a.pdf",
        "https://evil.example/easypost-files.s3.us-west-2.amazonaws.com",
        "https://user@easypost-files.s3.us-west-2.amazonaws.com/a.pdf",
        "file:///etc/passwd",
        "//evil.example/a.pdf",
        "/files/a.pdf",
    ],
)
async def test_only_the_services_own_hosts_are_fetched_from(stand: Stand, url: str) -> None:
    settings = EasyPostSettings.model_validate({"key": "k", "base_url": f"{stand.url}/v2"})
    client = EasyPostClient("labels", settings)

    with pytest.raises(BadConfiguration):
        await client.file(url)
    await client.close()


async def test_the_key_does_not_go_along_to_where_files_are(stand: Stand) -> None:
    await stand.label.read_label(await make(stand.label))

    assert [entry["with_key"] for entry in stand.service.ledger.of("file")] == [False]


@pytest.mark.parametrize(
    ("status", "read", "write"),
    [
        (400, Refused, Refused),
        (401, BadCredentials, BadCredentials),
        (402, FixSetup, FixSetup),
        (403, NotPermitted, NotPermitted),
        (404, NotFound, NotFound),
        (408, Passing, InDoubt),
        (422, Refused, Refused),
        (429, RateLimited, RateLimited),
        (500, Passing, InDoubt),
        (504, Passing, InDoubt),
    ],
)
def test_each_status_has_a_meaning(status: int, read: type[WaybillError], write: type[WaybillError]) -> None:
    answer = Answer(status, {}, b"{}")

    assert type(error_of(answer, "labels", writes=False)) is read
    assert type(error_of(answer, "labels", writes=True)) is write


def test_every_refusal_meets_a_rule() -> None:
    assert all(any(status in rule.statuses for rule in TABLE) for status in range(400, 600))
    assert error_of(Answer(201, {}, b"{}"), "labels", writes=True) is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        # The vendor's recorded refusal of an empty shipment, and its other form with plain texts.
        (
            {
                "code": "PARAMETER.REQUIRED",
                "message": "Missing required parameter.",
                "errors": [{"field": "shipment", "message": "cannot be blank"}],
            },
            "Missing required parameter.; shipment: cannot be blank",
        ),
        ({"message": "No.", "errors": ["one", "two"]}, "No.; one; two"),
        ("broken", ""),
    ],
)
def test_refusals_are_quoted(error: object, words: str) -> None:
    assert words_of(Answer(422, {}, json.dumps({"error": error}).encode())) == words


@pytest.mark.parametrize("body", STRANGE_ANSWERS)
async def test_a_purchase_that_is_answered_strangely_is_in_doubt(body: bytes) -> None:
    client = EasyPostClient("labels", EasyPostSettings.model_validate({"key": "k"}))

    with pytest.raises(InDoubt):
        client.read(Answer(200, {}, body), writes=True)
    await client.close()
