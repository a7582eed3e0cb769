"""Deliveries, invoices, returns and stock in the SAP Business One sandbox."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.sap_business_one import Company, Desk, Settings, open_desk
from sandbox.sap_business_one.desk import body, error, order

WINE = "WINE-RED-75"
JOIN = "$crossjoin(DeliveryNotes,DeliveryNotes/DocumentLines)"
EXPAND = (
    "DeliveryNotes($select=DocEntry,DocNum,TrackingNumber),"
    "DeliveryNotes/DocumentLines($select=LineNum,ItemCode,Quantity,BaseEntry,BaseLine)"
)
BASED_ON = (
    "DeliveryNotes/DocEntry eq DeliveryNotes/DocumentLines/DocEntry "
    "and DeliveryNotes/DocumentLines/BaseType eq 17 and DeliveryNotes/DocumentLines/BaseEntry eq {}"
)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        desk.company.staff.prepare_for_web_orders()
        await desk.log_in()
        lines = ({"ItemCode": WINE, "Quantity": 4}, {"ItemCode": "OLIVE-OIL-50", "Quantity": 3})
        await desk.post("Orders", order(*lines, U_WebOrderId="shop:1", NumAtCard="100045"))
        yield desk


def from_order(quantity: int, line: int = 0) -> dict[str, Any]:
    return {"BaseType": 17, "BaseEntry": 1, "BaseLine": line, "Quantity": quantity}


async def deliver(desk: Desk, *lines: dict[str, Any]) -> dict[str, Any]:
    answer = await desk.post("DeliveryNotes", {"CardCode": "C20000", "DocumentLines": list(lines)})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = body(answer)
    return made


async def test_part_delivery_leaves_the_rest_open(desk: Desk) -> None:
    delivery = await deliver(desk, from_order(1))

    row = body(await desk.get("Orders(1)"))
    assert (delivery["DocumentLines"][0]["ItemCode"], delivery["DocTotal"]) == (WINE, 15)
    assert [line["RemainingOpenQuantity"] for line in row["DocumentLines"]] == [3, 3]
    assert row["DocumentStatus"] == "bost_Open"
    assert desk.stock_of(WINE) == (499, 3)


async def test_full_delivery_closes_the_order(desk: Desk) -> None:
    await deliver(desk, from_order(4), from_order(3, line=1))

    row = body(await desk.get("Orders(1)"))
    assert (row["DocumentStatus"], row["CancelStatus"]) == ("bost_Close", "csNo")
    assert [line["LineStatus"] for line in row["DocumentLines"]] == ["bost_Close"] * 2
    assert desk.stock_of(WINE) == (496, 0)


async def test_delivery_takes_no_more_than_is_open(desk: Desk) -> None:
    lines = {"CardCode": "C20000", "DocumentLines": [from_order(5)]}

    assert error(await desk.post("DeliveryNotes", lines))[1] == "-5002"
    assert desk.stock_of(WINE) == (500, 4)


async def test_stock_does_not_go_below_zero(desk: Desk) -> None:
    desk.company.staff.set_stock(WINE, Decimal(1))
    lines = {"CardCode": "C20000", "DocumentLines": [from_order(2)]}

    refused = error(await desk.post("DeliveryNotes", lines))

    assert refused[1] == "-10"
    assert "negative inventory" in refused[2]
    assert desk.stock_of(WINE) == (1, 4)


async def test_stock_goes_below_zero_where_allowed() -> None:
    async with open_desk(Company(Settings(allow_negative_stock=True))) as desk:
        desk.company.staff.set_stock(WINE, Decimal(1))
        await desk.post("Orders", order())
        desk.company.staff.deliver(1)

    assert desk.stock_of(WINE) == (-1, 0)


async def test_user_fields_are_copied_along(desk: Desk) -> None:
    await deliver(desk, from_order(4), from_order(3, line=1))
    desk.company.staff.invoice_delivery(1)

    for path in ("DeliveryNotes", "Invoices"):
        rows = await desk.rows(path, "U_WebOrderId eq 'shop:1'")
        assert [(row["DocEntry"], row["NumAtCard"]) for row in rows] == [(1, "100045")]


async def test_deliveries_are_found_by_cross_join(desk: Desk) -> None:
    await desk.post("Orders", order())
    await deliver(desk, from_order(1), from_order(3, line=1))
    desk.company.staff.deliver(2)
    await deliver(desk, from_order(3))
    await desk.patch("DeliveryNotes(3)", {"TrackingNumber": "1Z999"})

    rows = body(await desk.get(JOIN, {"$expand": EXPAND, "$filter": BASED_ON.format(1)}))["value"]

    assert [
        (row["DeliveryNotes"]["DocEntry"], row["DeliveryNotes/DocumentLines"]["BaseLine"]) for row in rows
    ] == [
        (1, 0),
        (1, 1),
        (3, 0),
    ]
    assert rows[2]["DeliveryNotes"] == {"DocEntry": 3, "DocNum": 453, "TrackingNumber": "1Z999"}
    assert rows[2]["DeliveryNotes/DocumentLines"]["Quantity"] == 3


async def test_cross_join_is_also_a_posted_query(desk: Desk) -> None:
    await deliver(desk, from_order(1))
    query = {"QueryPath": JOIN, "QueryOption": f"$expand={EXPAND}&$filter={BASED_ON.format(1)}"}

    answer = await desk.post("QueryService_PostQuery", query)

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert [row["DeliveryNotes"]["DocEntry"] for row in body(answer)["value"]] == [1]


async def test_cross_join_without_its_join_is_refused(desk: Desk) -> None:
    one_side = {"$expand": EXPAND, "$filter": "DeliveryNotes/DocumentLines/BaseEntry eq 1"}

    assert error(await desk.get(JOIN, one_side))[0] == 400
    assert error(await desk.get(JOIN, {"$filter": BASED_ON.format(1)}))[0] == 400
    unknown = {"$expand": EXPAND, "$filter": f"{BASED_ON.format(1)} and DeliveryNotes/DocStatus eq 'O'"}
    assert error(await desk.get(JOIN, unknown)) == (
        400,
        "201",
        "Property 'DeliveryNotes/DocStatus' is invalid",
    )


async def test_delivery_leaves_order_update_time() -> None:
    now = datetime(2026, 1, 15, 9, 30)  # noqa: DTZ001 - the service's clock has no zone
    hours = iter(range(1000))
    async with open_desk(Company(Settings(clock=lambda: now + timedelta(minutes=next(hours) / 100)))) as desk:
        await desk.post("Orders", order())
        before = body(await desk.get("Orders(1)"))
        desk.company.staff.deliver(1)
        after = body(await desk.get("Orders(1)"))

    assert after["DocumentStatus"] == "bost_Close"
    assert (after["UpdateDate"], after["UpdateTime"]) == (before["UpdateDate"], before["UpdateTime"])
    assert after["@odata.etag"] != before["@odata.etag"]


async def test_stock_movement_leaves_item_update_date(desk: Desk) -> None:
    before = body(await desk.get(f"Items('{WINE}')"))

    await deliver(desk, from_order(4))

    after = body(await desk.get(f"Items('{WINE}')"))
    assert (after["UpdateDate"], after["UpdateTime"]) == (before["UpdateDate"], before["UpdateTime"])
    assert (before["QuantityOnStock"], after["QuantityOnStock"]) == (500, 496)


async def test_balances_follow_the_documents(desk: Desk) -> None:
    async def balances() -> tuple[Any, ...]:
        row = body(await desk.get("BusinessPartners('C20000')"))
        return row["OpenOrdersBalance"], row["OpenDeliveryNotesBalance"], row["CurrentAccountBalance"]

    total = Decimal("85.48")
    assert await balances() == (total, 0, 0)
    await deliver(desk, from_order(4), from_order(3, line=1))
    assert await balances() == (0, total, 0)
    desk.company.staff.invoice_delivery(1)
    assert await balances() == (0, 0, total)
    desk.company.staff.credit_invoice(1)
    assert await balances() == (0, 0, 0)


async def test_credit_note_brings_goods_back(desk: Desk) -> None:
    await deliver(desk, from_order(4))
    desk.company.staff.invoice_delivery(1)
    back = {"BaseType": 13, "BaseEntry": 1, "BaseLine": 0, "Quantity": 1}

    made = await desk.post("CreditNotes", {"CardCode": "C20000", "DocumentLines": [back]})
    kept_out = {**back, "WithoutInventoryMovement": "tYES"}
    await desk.post("CreditNotes", {"CardCode": "C20000", "DocumentLines": [kept_out]})

    assert body(made)["DocTotal"] == 15
    assert desk.stock_of(WINE) == (497, 0)


async def test_return_then_credit_moves_stock_once(desk: Desk) -> None:
    await deliver(desk, from_order(4))
    back = {"BaseType": 15, "BaseEntry": 1, "BaseLine": 0, "Quantity": 2}
    await desk.post("Returns", {"CardCode": "C20000", "DocumentLines": [back]})
    credit = {"BaseType": 16, "BaseEntry": 1, "BaseLine": 0}

    made = body(await desk.post("CreditNotes", {"CardCode": "C20000", "DocumentLines": [credit]}))

    assert made["DocumentLines"][0]["Quantity"] == 2
    assert desk.stock_of(WINE) == (498, 0)


async def test_invoice_from_the_order_takes_stock(desk: Desk) -> None:
    desk.company.staff.invoice_order(1)

    assert desk.stock_of(WINE) == (496, 0)
    assert body(await desk.get("Orders(1)"))["DocumentStatus"] == "bost_Close"


async def test_delivery_is_cancelled_by_a_document(desk: Desk) -> None:
    await deliver(desk, from_order(4), from_order(3, line=1))

    refused = error(await desk.post("DeliveryNotes(1)/Cancel"))
    made = await desk.post("DeliveryNotes(1)/CreateCancellationDocument")

    assert refused[1] == "-5006"
    assert (made.status_code, body(made)["CancelStatus"]) == (201, "csCancellation")
    assert body(await desk.get("DeliveryNotes(1)"))["CancelStatus"] == "csYes"
    assert body(await desk.get("Orders(1)"))["DocumentStatus"] == "bost_Open"
    assert desk.stock_of(WINE) == (500, 4)


async def test_order_follows_a_quotation(desk: Desk) -> None:
    await desk.post("Quotations", order({"ItemCode": WINE, "Quantity": 2, "UnitPrice": 10}))
    line = {"BaseType": 23, "BaseEntry": 1, "BaseLine": 0}

    made = body(
        await desk.post("Orders", {"CardCode": "C20000", "DocDueDate": "2026-01-20", "DocumentLines": [line]})
    )

    assert (made["DocTotal"], made["DocumentLines"][0]["UnitPrice"]) == (24, 10)
    assert body(await desk.get("Quotations(1)"))["DocumentStatus"] == "bost_Close"


async def test_picked_lines_say_so(desk: Desk) -> None:
    desk.company.staff.pick(1)

    line = body(await desk.get("Orders(1)"))["DocumentLines"][0]
    assert (line["PickStatusEx"], line["PickQuantity"]) == ("dlps_Picked", 4)
