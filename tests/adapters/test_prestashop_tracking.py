"""Tracking numbers written into the shop: which row, which characters, on 8 and on 1.7."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.errors import Refused
from sandbox.prestashop import Settings
from tests.adapters.test_prestashop_store import PrestaShopStand, opened

TEXT = "SAP B1 order 12345"
PROCESSING, SHIPPED, PAID, WAITING = "3", "4", "2", 10


@pytest.fixture
async def stand() -> AsyncIterator[PrestaShopStand]:
    async with opened() as ready:
        yield ready


@pytest.fixture
async def old() -> AsyncIterator[PrestaShopStand]:
    """A shop on 1.7, which has no PATCH."""
    async with opened(Settings(version="1.7.8.11")) as ready:
        yield ready


def verbs(stand: PrestaShopStand) -> list[tuple[str, str]]:
    seen = stand.shop.ledger.of("request")
    return [(each["method"], each["path"].removeprefix("/api/")) for each in seen if each["method"] != "GET"]


def row(stand: PrestaShopStand, resource: str, order_id: str) -> dict[str, Any]:
    (found,) = stand.shop.rows(resource, id_order=int(order_id))
    return found


async def test_tracking_goes_to_the_row_of_the_orders_carrier(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    kept = row(stand, "order_carriers", order_id)
    stand.shop.state.insert("order_carriers", id_order=int(order_id), id_carrier=1)

    await stand.store.set_tracking(order_id, ("1Z999",))

    shown = {each["id"]: each["tracking_number"] for each in stand.shop.rows("order_carriers")}
    assert shown[kept["id"]] == "1Z999"
    assert sorted(shown.values()) == ["", "1Z999"]


async def test_tracking_goes_to_the_newest_row_when_no_carrier_fits(stand: PrestaShopStand) -> None:
    order_id = stand.place(raw={"id_carrier": 77})
    newest = stand.shop.state.insert("order_carriers", id_order=int(order_id), id_carrier=1)

    await stand.store.set_tracking(order_id, ("1Z999",))

    assert stand.shop.state.tables["order_carriers"].rows[newest["id"]]["tracking_number"] == "1Z999"


async def test_old_shop_gets_the_whole_parcel_back(old: PrestaShopStand) -> None:
    order_id = old.place()
    before = row(old, "order_carriers", order_id)

    await old.store.set_tracking(order_id, ("1Z999",))

    assert row(old, "order_carriers", order_id) == {**before, "tracking_number": "1Z999"}
    assert verbs(old) == [("PUT", f"order_carriers/{before['id']}")]


@pytest.mark.parametrize("number", ["", " ", "1Z<9", "1Z;9", "1Zé", "1\n2", "1\\2", "٣"])
async def test_tracking_with_other_characters_is_refused_before_writing(
    stand: PrestaShopStand, number: str
) -> None:
    order_id = stand.place()

    with pytest.raises(Refused) as caught:
        await stand.store.set_tracking(order_id, ("1Z999", number))

    assert caught.value.problem.field == "tracking.2"
    assert stand.writes() == 0


async def test_all_allowed_characters_are_written(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    number = "aZ09~:#%&_=()[].?+-@/ 1"

    await stand.store.set_tracking(order_id, (f" {number} ",))

    assert stand.tracking(order_id) == number


async def test_order_without_a_parcel_takes_no_tracking(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    parcel = row(stand, "order_carriers", order_id)
    table = stand.shop.state.tables["order_carriers"]
    table.remove(table.rows[parcel["id"]])

    with pytest.raises(Refused) as caught:
        await stand.store.set_tracking(order_id, ("1Z999",))

    assert caught.value.problem.field == "tracking"
