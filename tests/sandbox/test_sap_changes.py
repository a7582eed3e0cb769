"""Changing and ending documents in the SAP Business One sandbox."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from sandbox.sap_business_one import Desk, open_desk
from sandbox.sap_business_one.desk import body, error, order

NOT_SUPPORTED = (400, "-5006", "The requested action is not supported for this object.")
TWO_LINES = ({"ItemCode": "WINE-RED-75", "Quantity": 2}, {"ItemCode": "OLIVE-OIL-50", "Quantity": 3})


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        await desk.post("Orders", order(*TWO_LINES, Comments="first"))
        yield desk


async def test_patch_changes_what_it_names(desk: Desk) -> None:
    before = body(await desk.get("Orders(1)"))

    answer = await desk.patch("Orders(1)", {"Comments": "second", "NumAtCard": "7"})

    after = body(await desk.get("Orders(1)"))
    assert answer.status_code == 204
    assert (after["Comments"], after["NumAtCard"]) == ("second", "7")
    assert after["@odata.etag"] != before["@odata.etag"]
    assert after["DocumentLines"] == before["DocumentLines"]


async def test_patch_merges_lines_by_number(desk: Desk) -> None:
    changes = [{"LineNum": 1, "Quantity": 5}, {"ItemCode": "GLASS-SET-4", "Quantity": 1}]

    await desk.patch("Orders(1)", {"DocumentLines": changes})

    lines = body(await desk.get("Orders(1)"))["DocumentLines"]
    assert [(line["LineNum"], line["ItemCode"], line["Quantity"]) for line in lines] == [
        (0, "WINE-RED-75", 2),
        (1, "OLIVE-OIL-50", 5),
        (2, "GLASS-SET-4", 1),
    ]
    assert desk.stock_of("OLIVE-OIL-50") == (500, 5)


async def test_patch_with_a_full_list_without_numbers_doubles_the_lines(desk: Desk) -> None:
    await desk.patch("Orders(1)", {"DocumentLines": list(TWO_LINES)})

    assert len(body(await desk.get("Orders(1)"))["DocumentLines"]) == 4


async def test_patch_can_replace_lines(desk: Desk) -> None:
    only = {"DocumentLines": [{"LineNum": 1, "Quantity": 1}]}

    await desk.patch("Orders(1)", only, B1S_ReplaceCollectionsOnPatch="true")

    after = body(await desk.get("Orders(1)"))
    assert [line["LineNum"] for line in after["DocumentLines"]] == [1]
    assert after["DocTotal"] == Decimal("8.49")
    assert desk.stock_of("WINE-RED-75") == (500, 0)


async def test_patched_discount_recomputes_totals_and_balance(desk: Desk) -> None:
    await desk.patch("Orders(1)", {"DiscountPercent": 50})

    after = body(await desk.get("Orders(1)"))
    assert (after["TotalDiscount"], after["VatSum"]) == (Decimal("24.58"), Decimal("3.16"))
    partner = body(await desk.get("BusinessPartners('C20000')", {"$select": "OpenOrdersBalance"}))
    assert partner["OpenOrdersBalance"] == after["DocTotal"]


async def test_patched_freight_merges_by_its_code(desk: Desk) -> None:
    for amount in (5, 6):
        await desk.patch(
            "Orders(1)", {"DocumentAdditionalExpenses": [{"ExpenseCode": 1, "LineTotal": amount}]}
        )

    freight = body(await desk.get("Orders(1)"))["DocumentAdditionalExpenses"]
    assert [(each["ExpenseCode"], each["LineTotal"]) for each in freight] == [(1, 6)]


async def test_outdated_etag_is_refused(desk: Desk) -> None:
    old = body(await desk.get("Orders(1)"))["@odata.etag"]
    assert (await desk.patch("Orders(1)", {"Comments": "x"}, If_Match=old)).status_code == 204

    refused = [
        await desk.patch("Orders(1)", {"Comments": "y"}, If_Match=old),
        await desk.post("Orders(1)/Cancel", If_Match=old),
    ]

    assert {error(answer)[:2] for answer in refused} == {(412, "-2039")}
    assert body(await desk.get("Orders(1)"))["Comments"] == "x"


async def test_cancelled_order_frees_stock_and_balance(desk: Desk) -> None:
    assert (await desk.post("Orders(1)/Cancel")).status_code == 204

    after = body(await desk.get("Orders(1)"))
    assert (after["CancelStatus"], after["Cancelled"], after["DocumentStatus"]) == (
        "csYes",
        "tYES",
        "bost_Close",
    )
    assert desk.stock_of("WINE-RED-75") == (500, 0)
    assert desk.company.partners.exposure("C20000") == 0
    assert desk.company.ledger.of("cancel", DocEntry=1)


async def test_closed_order_is_left_alone(desk: Desk) -> None:
    await desk.post("Orders(1)/Close")

    patched = error(await desk.patch("Orders(1)", {"Comments": "x"}))
    cancelled = error(await desk.post("Orders(1)/Cancel"))
    closed = error(await desk.post("Orders(1)/Close"))

    assert patched[:2] == (400, "-1029")
    assert cancelled == closed == NOT_SUPPORTED


async def test_order_closed_by_hand_is_reopened(desk: Desk) -> None:
    await desk.post("Orders(1)/Close")
    assert desk.stock_of("WINE-RED-75") == (500, 0)

    assert (await desk.post("Orders(1)/Reopen")).status_code == 204

    assert body(await desk.get("Orders(1)"))["DocumentStatus"] == "bost_Open"
    assert desk.stock_of("WINE-RED-75") == (500, 2)


async def test_cancelled_order_is_not_reopened(desk: Desk) -> None:
    await desk.post("Orders(1)/Cancel")

    assert error(await desk.post("Orders(1)/Reopen")) == NOT_SUPPORTED


async def test_order_cannot_be_deleted(desk: Desk) -> None:
    assert error(await desk.http.delete("Orders(1)")) == NOT_SUPPORTED


@pytest.mark.parametrize("change", [{"CardCode": "C20001"}, {"DocCurrency": "USD"}, {"Series": 78}])
async def test_customer_currency_and_series_of_an_order_stay(
    desk: Desk, change: dict[str, str | int]
) -> None:
    assert error(await desk.patch("Orders(1)", dict(change)))[1] == "-1029"


async def test_another_item_on_a_line_brings_its_own_price(desk: Desk) -> None:
    await desk.patch(
        "Orders(1)", {"DocumentLines": [{"LineNum": 0, "ItemCode": "GLASS-SET-4", "Quantity": 1}]}
    )

    line = body(await desk.get("Orders(1)"))["DocumentLines"][0]
    assert (line["LineNum"], line["UnitPrice"]) == (0, Decimal("24.95"))
    assert (desk.stock_of("WINE-RED-75"), desk.stock_of("GLASS-SET-4")) == ((500, 0), (500, 1))


async def test_partly_delivered_order_is_closed_but_not_cancelled(desk: Desk) -> None:
    desk.company.staff.deliver(1, {0: Decimal(1)})

    cancelled = error(await desk.post("Orders(1)/Cancel"))
    too_few = error(
        await desk.patch("Orders(1)", {"DocumentLines": [{"LineNum": 0, "Quantity": Decimal("0.5")}]})
    )

    assert cancelled[1] == "-5002"
    assert too_few[1] == "-5002"
    assert (await desk.post("Orders(1)/Close")).status_code == 204
    assert desk.stock_of("WINE-RED-75") == (499, 0)


async def test_method_override_patches_through_a_proxy(desk: Desk) -> None:
    answer = await desk.post("Orders(1)", {"Comments": "x"}, X_HTTP_Method_Override="PATCH")

    assert answer.status_code == 204
    assert body(await desk.get("Orders(1)"))["Comments"] == "x"
