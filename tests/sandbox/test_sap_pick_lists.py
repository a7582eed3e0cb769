"""Pick lists in the SAP Business One sandbox, and what they do to the orders' lines."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from sandbox.sap_business_one import Desk, open_desk
from sandbox.sap_business_one.desk import body, error, order


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        lines = ({"ItemCode": "WINE-RED-75", "Quantity": 4}, {"ItemCode": "OLIVE-OIL-50", "Quantity": 3})
        await desk.post("Orders", order(*lines))
        yield desk


def released(line: int, quantity: int) -> dict[str, Any]:
    return {"BaseObjectType": 17, "OrderEntry": 1, "OrderRowID": line, "ReleasedQuantity": quantity}


async def put(desk: Desk, *lines: dict[str, Any]) -> int:
    answer = await desk.http.put("PickLists(1)", json={"Absoluteentry": 1, "PickListsLines": list(lines)})
    return answer.status_code


async def states(desk: Desk) -> list[str]:
    return [line["PickStatusEx"] for line in body(await desk.get("Orders(1)"))["DocumentLines"]]


async def make(desk: Desk, *lines: dict[str, Any]) -> Any:
    return await desk.post("PickLists", {"ObjectType": "156", "PickListsLines": list(lines)})


async def test_released_lines_are_on_a_pick_list(desk: Desk) -> None:
    made = body(await make(desk, released(0, 4)))

    assert (made["Absoluteentry"], made["Status"]) == (1, "ps_Released")
    assert await states(desk) == ["dlps_ReleasedForPicking", "dlps_NotPicked"]
    line = body(await desk.get("Orders(1)"))["DocumentLines"][0]
    assert line["PickListIdNumber"] == 1


async def test_picked_quantities_are_put(desk: Desk) -> None:
    await make(desk, released(0, 4), released(1, 3))

    assert await put(desk, {"LineNumber": 0, "PickedQuantity": 1}) == 204
    part = body(await desk.get("PickLists(1)"))
    assert part["Status"] == "ps_PartiallyPicked"
    assert await states(desk) == ["dlps_PartiallyPicked", "dlps_ReleasedForPicking"]
    await put(desk, {"LineNumber": 0, "PickedQuantity": 4}, {"LineNumber": 1, "PickedQuantity": 3})

    whole = body(await desk.get("PickLists(1)"))
    assert whole["Status"] == "ps_Picked"
    assert [(line["ReleasedQuantity"], line["PickedQuantity"]) for line in whole["PickListsLines"]] == [
        (0, 4),
        (0, 3),
    ]
    assert await states(desk) == ["dlps_Picked"] * 2


async def test_lines_are_not_patched(desk: Desk) -> None:
    await make(desk, released(0, 4))
    lines = {"PickListsLines": [{"LineNumber": 0, "PickedQuantity": 4}]}

    assert error(await desk.patch("PickLists(1)", lines))[1] == "-5006"
    assert (await desk.patch("PickLists(1)", {"Remarks": "cold store"})).status_code == 204


@pytest.mark.parametrize("line", [released(0, 5), released(0, 0), released(7, 1)])
async def test_what_is_not_open_is_not_released(desk: Desk, line: dict[str, Any]) -> None:
    assert (await make(desk, line)).status_code == 400
    assert await states(desk) == ["dlps_NotPicked"] * 2


async def test_more_than_released_is_not_picked(desk: Desk) -> None:
    await make(desk, released(0, 2))

    assert await put(desk, {"LineNumber": 0, "PickedQuantity": 3}) == 400
    assert (await make(desk, released(0, 2))).status_code == 400


async def test_closed_list_frees_its_lines(desk: Desk) -> None:
    await make(desk, released(0, 4))

    answer = await desk.post("PickListsService_Close", {"PickList": {"Absoluteentry": 1}})

    assert answer.status_code == 204
    assert body(await desk.get("PickLists(1)"))["Status"] == "ps_Closed"
    assert await states(desk) == ["dlps_NotPicked"] * 2
    assert await put(desk, {"LineNumber": 0, "PickedQuantity": 1}) == 400


async def test_delivery_closes_the_list_with_its_last_piece(desk: Desk) -> None:
    staff = desk.company.staff
    staff.pick(1)

    staff.deliver(1, {0: Decimal(4)})
    assert body(await desk.get("PickLists(1)"))["Status"] == "ps_PartiallyDelivered"
    staff.deliver(1)

    assert body(await desk.get("PickLists(1)"))["Status"] == "ps_Closed"


async def test_picking_leaves_the_order_update_time_alone(desk: Desk) -> None:
    before = body(await desk.get("Orders(1)"))

    desk.company.staff.pick(1, {0: Decimal(1)})

    after = body(await desk.get("Orders(1)"))
    assert (after["UpdateDate"], after["UpdateTime"]) == (before["UpdateDate"], before["UpdateTime"])
    assert after["PickStatus"] == "tYES"


async def test_open_lists_are_found_by_their_status(desk: Desk) -> None:
    await make(desk, released(0, 1))
    await desk.post("PickListsService_Close", {"PickList": {"Absoluteentry": 1}})
    await make(desk, released(1, 1))

    rows = await desk.rows("PickLists", "Status ne 'ps_Closed'", select="Absoluteentry,Status")

    assert [row["Absoluteentry"] for row in rows] == [2]
