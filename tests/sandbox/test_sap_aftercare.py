"""Return requests, payments, cancellations and late commits in the SAP Business One sandbox."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from sandbox.sap_business_one import Desk, open_desk
from sandbox.sap_business_one.desk import body, error, order

WINE = "WINE-RED-75"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        desk.company.staff.prepare_for_web_orders()
        await desk.log_in()
        await desk.post("Orders", order({"ItemCode": WINE, "Quantity": 4}, U_WebOrderId="shop:1"))
        yield desk


def drawn(base: int, quantity: int, entry: int = 1) -> dict[str, Any]:
    line = {"BaseType": base, "BaseEntry": entry, "BaseLine": 0, "Quantity": quantity}
    return {"CardCode": "C20000", "DocumentLines": [line]}


def invoice(desk: Desk) -> None:
    desk.company.staff.deliver(1)
    desk.company.staff.invoice_delivery(1)


async def invoice_row(desk: Desk) -> Any:
    return body(await desk.get("Invoices(1)"))


def paid(amount: Any, *invoices: dict[str, Any], **more: Any) -> dict[str, Any]:
    usual = {"CardCode": "C20000", "TransferAccount": "161000", "TransferSum": Decimal(str(amount))}
    return {**usual, "PaymentInvoices": list(invoices), **more}


def on_invoice(amount: Any, entry: int = 1) -> dict[str, Any]:
    return {"DocEntry": entry, "InvoiceType": "it_Invoice", "SumApplied": Decimal(str(amount))}


async def test_return_request_moves_nothing_and_the_return_does(desk: Desk) -> None:
    desk.company.staff.deliver(1)

    request = body(await desk.post("ReturnRequest", drawn(15, 2)))
    assert (request["DocObjectCode"], request["U_WebOrderId"]) == ("oReturnRequest", "shop:1")
    assert desk.stock_of(WINE)[0] == 496
    await desk.post("Returns", drawn(234000031, 2))

    assert desk.stock_of(WINE)[0] == 498
    assert body(await desk.get("ReturnRequest(1)"))["DocumentStatus"] == "bost_Close"


async def test_cancelled_return_request_gives_its_pieces_back(desk: Desk) -> None:
    desk.company.staff.deliver(1)
    await desk.post("ReturnRequest", drawn(15, 4))
    assert error(await desk.post("Returns", drawn(15, 1)))[0] == 400

    assert (await desk.post("ReturnRequest(1)/Cancel")).status_code == 204
    assert (await desk.post("Returns", drawn(15, 1))).status_code == 201


async def test_credit_note_settles_its_invoice(desk: Desk) -> None:
    invoice(desk)

    note = body(await desk.post("CreditNotes", drawn(13, 1)))

    assert (note["DocTotal"], note["PaidToDate"]) == (15, 15)
    assert (await invoice_row(desk))["PaidToDate"] == 15
    await desk.post("CreditNotes(1)/CreateCancellationDocument")
    row = await invoice_row(desk)
    assert (row["PaidToDate"], row["DocumentLines"][0]["RemainingOpenQuantity"]) == (0, 4)


async def test_payment_closes_the_invoice(desk: Desk) -> None:
    invoice(desk)

    made = await desk.post("IncomingPayments", paid(60, on_invoice(60), U_WebPaperId="shop:1:payment:1"))

    row = await invoice_row(desk)
    assert (made.status_code, row["PaidToDate"], row["DocumentStatus"]) == (201, 60, "bost_Close")
    rows = await desk.rows("IncomingPayments", "U_WebPaperId eq 'shop:1:payment:1'")
    assert [row["DocEntry"] for row in rows] == [1]
    balance = body(await desk.get("BusinessPartners('C20000')"))["CurrentAccountBalance"]
    assert balance == 0


async def test_cancelled_payment_opens_the_invoice_again(desk: Desk) -> None:
    invoice(desk)
    await desk.post("IncomingPayments", paid(60, on_invoice(60)))

    assert (await desk.post("IncomingPayments(1)/Cancel")).status_code == 204

    row = await invoice_row(desk)
    assert (row["PaidToDate"], row["DocumentStatus"]) == (0, "bost_Open")
    assert error(await desk.post("IncomingPayments(1)/Cancel"))[1] == "-5006"


async def test_payment_without_invoices_stands_on_account(desk: Desk) -> None:
    await desk.post("IncomingPayments", paid(25))

    assert body(await desk.get("BusinessPartners('C20000')"))["CurrentAccountBalance"] == -25


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (paid(0), "-10"),
        (paid(10, TransferAccount=None), "-10"),
        (paid(70, on_invoice(70)), "-5002"),
        (paid(10, on_invoice(20)), "-5002"),
        (paid(10, on_invoice(10, 4711)), "-2028"),
        (paid(10, CardCode="C99999"), "-2028"),
    ],
)
async def test_payment_that_does_not_fit_is_refused(desk: Desk, sent: dict[str, Any], code: str) -> None:
    invoice(desk)

    assert error(await desk.post("IncomingPayments", sent))[1] == code
    assert (await invoice_row(desk))["PaidToDate"] == 0


async def test_tracking_number_and_carrier_are_on_the_delivery(desk: Desk) -> None:
    desk.company.staff.deliver(1, {0: Decimal(1)}, tracking="1Z1", carrier="Parcel")
    await desk.patch("DeliveryNotes(1)", {"TrackingNumber": "1Z1,1Z2"})

    row = body(await desk.get("DeliveryNotes(1)"))
    assert (row["TrackingNumber"], row["TransportationCode"]) == ("1Z1,1Z2", 3)


async def test_document_that_commits_late_has_an_older_stamp_than_its_appearance(desk: Desk) -> None:
    desk.company.faults.arm("late_commit", seconds=0.2)
    desk.company.staff.deliver(1, {0: Decimal(1)})
    desk.company.staff.deliver(1, {0: Decimal(1)})

    assert [row["DocEntry"] for row in await desk.rows("DeliveryNotes")] == [2]
    while len(await desk.rows("DeliveryNotes")) < 2:
        pass
    first, second = await desk.rows("DeliveryNotes")
    assert first["UpdateTime"] <= second["UpdateTime"]


async def test_change_that_commits_late_shows_the_old_state_meanwhile(desk: Desk) -> None:
    desk.company.faults.arm("late_commit", seconds=0.2)
    desk.company.staff.close_order(1)

    assert body(await desk.get("Orders(1)"))["DocumentStatus"] == "bost_Open"
    while body(await desk.get("Orders(1)"))["DocumentStatus"] == "bost_Open":
        pass
    assert desk.company.ledger.of("close")


async def test_staff_works_over_http_too(desk: Desk) -> None:
    root = str(desk.http.base_url).removesuffix("/b1s/v2/")

    async def act(name: str, **given: Any) -> Any:
        answer = await desk.http.post(f"{root}/_sandbox/{name}", json=given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert (await act("release", order=1))["Status"] == "ps_Released"
    await act("pick", order=1, lines={"0": 2})
    assert (await act("deliver", order=1, lines={"0": 2}, tracking="1Z1", carrier="Post"))["DocEntry"] == 1
    await act("return", delivery=1, lines={"0": 1})
    await act("invoice", delivery=1)
    await act("credit", invoice=1, without_stock=True)
    await act("attach", set="Invoices", entry=1)
    assert (await act("close_order", order=1))["DocumentStatus"] == "bost_Close"
    await desk.post("Orders", order({"ItemCode": WINE, "Quantity": 1}))
    await act("deliver", order=2)
    await act("cancel_delivery", delivery=2)
    await act("cancel_order", order=2)
    assert body(await desk.get("Orders(2)"))["CancelStatus"] == "csYes"
    assert desk.stock_of(WINE) == (499, 0)


async def test_two_deliveries_become_one_invoice_that_charges_the_freight_once(desk: Desk) -> None:
    root, staff = str(desk.http.base_url).removesuffix("/b1s/v2/"), desk.company.staff
    charged = [{"ExpenseCode": 1, "LineTotal": 5}]
    await desk.post("Orders", order({"ItemCode": WINE, "Quantity": 4}, DocumentAdditionalExpenses=charged))

    first = staff.deliver(2, {0: Decimal(1)}, freight=True)
    second = staff.deliver(2)
    answer = await desk.http.post(
        f"{root}/_sandbox/invoice", json={"deliveries": [first["DocEntry"], second["DocEntry"]]}
    )

    (invoice,) = await desk.rows("Invoices")
    order_total = body(await desk.get("Orders(2)"))["DocTotal"]
    assert answer.json()["DocEntry"] == invoice["DocEntry"]
    assert [line["Quantity"] for line in invoice["DocumentLines"]] == [1, 3]
    assert invoice["DocTotal"] == order_total == first["DocTotal"] + second["DocTotal"]


async def test_stock_of_every_item_is_told(desk: Desk) -> None:
    root = str(desk.http.base_url).removesuffix("/b1s/v2/")

    here = (await desk.http.get(f"{root}/_sandbox/stock")).json()
    elsewhere = (await desk.http.get(f"{root}/_sandbox/stock", params={"warehouse": "02"})).json()

    assert {name: Decimal(each) for name, each in here[WINE].items()} == {"on_hand": 500, "committed": 4}
    assert {Decimal(each) for each in elsewhere[WINE].values()} == {Decimal(0)}
