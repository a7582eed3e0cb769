"""The stand-ins of EasyPost and Sendcloud refuse what the real ones refuse, and print what can be opened."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox import easypost, sendcloud
from sandbox.serving import serving
from tests.sandbox.test_commands import started, status_of

HOME = {"name": "Anna", "street1": "12 rue des Lilas", "city": "Lyon", "zip": "69003", "country": "FR"}
SHIPMENT = {"to_address": HOME, "from_address": HOME, "parcel": {"weight": 17.5}, "reference": "R1"}
PLACE = {
    "name": "Anna",
    "address_line_1": "rue des Lilas",
    "house_number": "12",
    "postal_code": "69003",
    "city": "Lyon",
    "country_code": "FR",
}
RETURN = {
    "from_address": PLACE,
    "to_address": PLACE,
    "ship_with": {"type": "shipping_option_code", "shipping_option_code": "dpd:return/return"},
    "weight": {"value": 0.4, "unit": "kg"},
    "external_reference": "R1",
}


@pytest.fixture
async def post() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(easypost.create_app(easypost.EasyPost())) as url,
        httpx.AsyncClient(base_url=f"{url}/v2", auth=(easypost.DEFAULT_KEY, "")) as web,
    ):
        yield web


@pytest.fixture
async def cloud() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(sendcloud.create_app(sendcloud.Sendcloud())) as url,
        httpx.AsyncClient(
            base_url=f"{url}/api/v3", auth=(sendcloud.DEFAULT_PUBLIC_KEY, sendcloud.DEFAULT_SECRET)
        ) as web,
    ):
        yield web


def objects_in(pdf: bytes) -> int:
    """Return how many objects a PDF has, after its table of them was found to be right."""
    assert pdf.startswith(b"%PDF-")
    start = int(re.findall(rb"startxref\s+(\d+)\s+%%EOF", pdf)[-1])
    assert pdf[start : start + 4] == b"xref"
    places = [int(at) for at in re.findall(rb"(\d{10}) \d{5} n", pdf[start:])]
    assert all(re.match(rb"\d+ 0 obj", pdf[at : at + 20]) for at in places)
    return len(places)


async def test_easypost_sells_a_shipment_once_and_prints_it(post: httpx.AsyncClient) -> None:
    shipment = (await post.post("shipments", json={"shipment": SHIPMENT})).json()
    buy = {"rate": {"id": shipment["rates"][0]["id"]}}

    bought = await post.post(f"shipments/{shipment['id']}/buy", json=buy)
    again = await post.post(f"shipments/{shipment['id']}/buy", json=buy)
    file = await post.get(bought.json()["postage_label"]["label_url"], auth=None)

    assert (bought.status_code, again.status_code) == (200, 422)
    assert again.json()["error"]["code"] == "SHIPMENT.POSTAGE.EXISTS"
    assert objects_in(file.content) > 3
    assert (await post.get("shipments/R1")).json()["id"] == shipment["id"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"parcel": {}}, "parcel.weight"),
        ({"parcel": {"weight": "heavy"}}, "parcel.weight"),
        ({"to_address": {}}, "to_address.street1"),
        ({"to_address": {**HOME, "country": "GB"}}, "customs_items.hs_tariff_number"),
    ],
)
async def test_easypost_names_what_is_missing(
    post: httpx.AsyncClient, changed: dict[str, Any], field: str
) -> None:
    answer = await post.post("shipments", json={"shipment": {**SHIPMENT, **changed}})

    assert answer.status_code == 422
    assert field in [row["field"] for row in answer.json()["error"]["errors"]]


async def test_a_strange_rate_buys_nothing(post: httpx.AsyncClient) -> None:
    shipment = (await post.post("shipments", json={"shipment": SHIPMENT})).json()

    assert (await post.post(f"shipments/{shipment['id']}/buy", json={"rate": {"id": "x"}})).status_code == 422
    assert (await post.get(f"shipments/{shipment['id']}")).json()["postage_label"] is None


async def test_sendcloud_takes_a_reference_once_and_prints_it(cloud: httpx.AsyncClient) -> None:
    made = await cloud.post("returns/announce-synchronously", json=RETURN)
    again = await cloud.post("returns/announce-synchronously", json=RETURN)
    shown = (await cloud.get(f"returns/{made.json()['return_id']}")).json()

    assert (made.status_code, again.status_code) == (201, 400)
    assert "already been used" in again.json()["error"]["message"]
    assert "external_reference" not in shown
    assert objects_in((await cloud.get(shown["label"]["label_printer"])).content) > 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"from_address": {**PLACE, "name": ""}}, "from_address.name"),
        ({"weight": {"value": 0, "unit": "kg"}}, "weight"),
        ({"weight": {"value": 1, "unit": "stone"}}, "weight"),
        ({"ship_with": {}}, "ship_with.shipping_option_code"),
        ({"from_address": {**PLACE, "country_code": "GB"}}, "parcel_items"),
    ],
)
async def test_sendcloud_names_what_is_wrong(
    cloud: httpx.AsyncClient, changed: dict[str, Any], field: str
) -> None:
    answer = await cloud.post("returns/announce-synchronously", json={**RETURN, **changed})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


async def test_sendclouds_list_wants_both_dates(cloud: httpx.AsyncClient) -> None:
    assert (await cloud.get("returns", params={"from_date": "2026-01-01 00:00:00"})).status_code == 400


@pytest.mark.parametrize(("name", "path"), [("easypost", "/v2/shipments"), ("sendcloud", "/api/v3/returns")])
async def test_each_is_served_by_a_command_and_wants_its_key(name: str, path: str) -> None:
    async with started(name) as (_, said):
        assert await status_of(f"{said['url']}{path}") == 401
        assert await status_of(f"{said['control']}/ledger") == 200
