"""Posting sales orders in the SAP Business One sandbox: what is accepted, refused and answered."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sandbox.sap_business_one import Company, Desk, Settings, open_desk
from sandbox.sap_business_one.desk import body, error, order

NO_MATCH = "No matching records found (ODBC -2028)"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


async def refusal(desk: Desk, sent: dict[str, Any]) -> tuple[int, str, str]:
    """Post an order that must be refused and leave nothing; return the refusal."""
    refused = error(await desk.post("Orders", sent))
    assert await desk.rows("Orders") == []
    assert desk.company.ledger.of("order") == []
    assert desk.company.figures.amount(("orders", "C20000")) == 0
    return refused


async def test_create_answers_201_with_the_document(desk: Desk) -> None:
    answer = await desk.post("Orders", order(NumAtCard="100045", Comments="Leave at reception"))

    made = body(answer)
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith("/b1s/v2/Orders(1)")
    assert answer.headers["ETag"] == made["@odata.etag"]
    assert (made["CardName"], made["DocTotal"], made["VatSum"]) == ("Anna Moreau", 30, 5)
    assert made["DocumentLines"][0]["ItemDescription"] == "Red wine, 75 cl"
    assert made["DocumentLines"][0]["RemainingOpenQuantity"] == 2
    assert made == {**body(await desk.get("Orders(1)")), "@odata.context": made["@odata.context"]}


async def test_return_no_content_answers_204_with_location(desk: Desk) -> None:
    answer = await desk.post("Orders", order(), Prefer="return-no-content")

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Location"].endswith("/Orders(1)")


async def test_document_number_is_not_the_key(desk: Desk) -> None:
    first = body(await desk.post("Orders", order()))
    other_series = body(await desk.post("Orders", order(Series=78)))

    assert (first["DocEntry"], first["DocNum"], first["Series"]) == (1, 2101, 8)
    assert (other_series["DocEntry"], other_series["DocNum"]) == (2, 2101)
    assert [row["DocEntry"] for row in await desk.rows("Orders", "DocNum eq 2101")] == [1, 2]


async def test_ledger_tells_what_was_posted(desk: Desk) -> None:
    await desk.post("Orders", order(NumAtCard="100045"))

    entry = desk.company.ledger.of("order")[0]
    assert (entry["DocEntry"], entry["DocNum"], entry["NumAtCard"]) == (1, 2101, "100045")
    assert (entry["CardCode"], entry["DocTotal"], entry["currency"]) == ("C20000", "30.00", "EUR")


async def test_num_at_card_is_not_unique(desk: Desk) -> None:
    for _ in range(2):
        assert (await desk.post("Orders", order(NumAtCard="100045"))).status_code == 201

    assert len(await desk.rows("Orders", "NumAtCard eq '100045'")) == 2


async def test_order_needs_a_delivery_date(desk: Desk) -> None:
    assert await refusal(desk, order(DocDueDate=None)) == (400, "-10", "Enter valid date  [ORDR.DocDueDate]")


@pytest.mark.parametrize(
    "changes",
    [
        {"CardCode": "C99999"},
        {"PaymentGroupCode": 77},
        {"TransportationCode": 77},
        {"Series": 7},
        {"ShipToCode": "Nowhere"},
        {"DocCurrency": "XYZ"},
        {"AddressExtension": {"ShipToCountry": "XX"}},
        {"AddressExtension": {"BillToCountry": "US", "BillToState": "ZZ"}},
        {"DocumentAdditionalExpenses": [{"ExpenseCode": 9, "LineTotal": 5}]},
        {"DocumentLines": [{"ItemCode": "NOTHING"}]},
        {"DocumentLines": [{"BaseType": 23, "BaseEntry": 5, "BaseLine": 0}]},
    ],
)
async def test_unknown_codes_answer_no_match(desk: Desk, changes: dict[str, Any]) -> None:
    assert await refusal(desk, {**order(), **changes}) == (400, "-2028", NO_MATCH)


async def test_customer_must_be_named_and_be_a_customer(desk: Desk) -> None:
    assert (await refusal(desk, order(CardCode=None)))[:2] == (400, "-10")
    for code in ("L10000", "V10000"):
        assert "is not a customer" in (await refusal(desk, order(CardCode=code)))[2]


async def test_inactive_customer_gets_no_order(desk: Desk) -> None:
    desk.company.staff.freeze_partner("C20000")

    refused = await refusal(desk, order())
    assert refused[1] == "-10"
    assert refused[2].startswith("10001071 - Customer 'C20000' is inactive")


async def test_inactive_item_is_not_sold(desk: Desk) -> None:
    desk.company.staff.freeze_item("WINE-RED-75")

    refused = await refusal(desk, order())
    assert refused == (400, "-10", "10001069 - Item 'WINE-RED-75' is inactive  [RDR1.ItemCode][line: 1]")


@pytest.mark.parametrize("line", [{"Quantity": 0}, {"Quantity": -1}])
async def test_goods_are_ordered_in_positive_quantities(desk: Desk, line: dict[str, Any]) -> None:
    refused = await refusal(desk, order({"ItemCode": "WINE-RED-75", **line}))
    assert refused[1] == "-5002"


async def test_service_items_take_negative_quantities(desk: Desk) -> None:
    wine = {"ItemCode": "WINE-RED-75", "Quantity": 2}
    less = {"ItemCode": "DISCOUNT", "Quantity": -1, "UnitPrice": Decimal("5.50"), "VatGroup": "A1"}

    made = body(await desk.post("Orders", order(wine, less)))

    assert (made["DocTotal"], made["VatSum"]) == (Decimal("23.4"), Decimal("3.9"))


async def test_tax_group_and_warehouse_must_exist(desk: Desk) -> None:
    tax = await refusal(desk, order({"ItemCode": "WINE-RED-75", "VatGroup": "Z9"}))
    place = await refusal(desk, order({"ItemCode": "WINE-RED-75", "WarehouseCode": "99"}))

    assert tax == (400, "-10", "10000180 - Tax code 'Z9' is invalid  [RDR1.VatGroup][line: 1]")
    assert place[1:] == ("-10", "Warehouse '99' is not defined or inactive  [RDR1.WhsCode][line: 1]")


async def test_order_without_lines_is_refused(desk: Desk) -> None:
    assert (await refusal(desk, {**order(), "DocumentLines": []}))[1] == "-5002"


async def test_payment_method_must_be_the_customers(desk: Desk) -> None:
    refused = await refusal(desk, order(PaymentMethod="CRYPTO"))
    taken = await desk.post("Orders", order(PaymentMethod="CARD"))

    assert refused[1] == "-10"
    assert body(taken)["PaymentMethod"] == "CARD"


async def test_closed_period_refuses() -> None:
    async with open_desk(Company(Settings(closed_before=date(2026, 1, 1)))) as desk:
        refused = await refusal(desk, order(DocDate="2025-12-31"))
        taken = await desk.post("Orders", order(DocDate="2026-01-01"))

    assert refused[1] == "-5002"
    assert refused[2].startswith("1250000073 - ")
    assert taken.status_code == 201


async def test_credit_limit_blocks_where_the_company_says_so() -> None:
    line = {"ItemCode": "GLASS-SET-4", "Quantity": 2}
    async with open_desk(Company(Settings(block_over_credit_limit=True))) as desk:
        refused = error(await desk.post("Orders", order(line, CardCode="C20002")))
    async with open_desk() as desk:
        taken = await desk.post("Orders", order(line, CardCode="C20002"))

    assert "credit limit" in refused[2]
    assert taken.status_code == 201


async def test_unknown_property_is_refused_by_name(desk: Desk) -> None:
    header = await refusal(desk, order(U_WebOrderId="shop:1"))
    line = await refusal(desk, order({"ItemCode": "WINE-RED-75", "Colour": "red"}))

    assert header == (400, "-1000", "Property 'U_WebOrderId' of 'Document' is invalid")
    assert line == (400, "-1000", "Property 'Colour' of 'DocumentLine' is invalid")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"NumAtCard": "x" * 101}, "Value too long in property 'NumAtCard' of 'Document'"),
        ({"Comments": "x" * 255}, "Value too long in property 'Comments' of 'Document'"),
        (
            {"AddressExtension": {"ShipToStreet": "x" * 101}},
            "Value too long in property 'ShipToStreet' of 'AddressExtension'",
        ),
        (
            {"DocumentLines": [{"ItemCode": "x" * 51}]},
            "Value too long in property 'ItemCode' of 'DocumentLine'",
        ),
    ],
)
async def test_too_long_values_are_refused(desk: Desk, changes: dict[str, Any], named: str) -> None:
    assert await refusal(desk, {**order(), **changes}) == (400, "-1004", named)


@pytest.mark.parametrize(
    "changes",
    [
        {"NumAtCard": 100045},
        {"DocDueDate": "tomorrow"},
        {"Confirmed": "maybe"},
        {"PaymentGroupCode": "two"},
        {"DocumentLines": {"ItemCode": "WINE-RED-75"}},
        {"DocumentLines": [{"ItemCode": "WINE-RED-75", "Quantity": True}]},
        {"AddressExtension": []},
    ],
)
async def test_values_of_the_wrong_type_are_refused(desk: Desk, changes: dict[str, Any]) -> None:
    assert (await refusal(desk, {**order(), **changes}))[1] == "-1004"


async def test_broken_json_is_refused(desk: Desk) -> None:
    answer = await desk.http.post("Orders", content=b'{"CardCode": "C20000"', headers={})

    assert error(answer)[:2] == (400, "-1000")


async def test_read_only_properties_are_ignored_silently(desk: Desk) -> None:
    made = body(
        await desk.post("Orders", order(DocEntry=77, DocNum=1, DocumentStatus="bost_Close", VatSum=1))
    )

    assert (made["DocEntry"], made["DocNum"], made["DocumentStatus"], made["VatSum"]) == (
        1,
        2101,
        "bost_Open",
        5,
    )


async def test_numbers_may_come_as_text(desk: Desk) -> None:
    made = body(
        await desk.post("Orders", order({"ItemCode": "WINE-RED-75", "Quantity": "3", "UnitPrice": "10"}))
    )

    assert made["DocTotal"] == 36


async def test_addresses_come_from_the_customer_unless_sent(desk: Desk) -> None:
    own = body(await desk.post("Orders", order()))
    sent = {"ShipToStreet": "Rue de la Loi", "ShipToStreetNo": "16", "ShipToCountry": "BE"}
    other = body(await desk.post("Orders", order(AddressExtension=sent)))

    assert own["AddressExtension"]["ShipToStreet"] == "12 rue des Lilas"
    assert (own["ShipToCode"], own["PayToCode"]) == ("Ship to", "Bill to")
    assert other["AddressExtension"]["ShipToStreetNo"] == "16"
    assert other["AddressExtension"]["ShipToCity"] is None
    assert other["AddressExtension"]["BillToCity"] == "Lyon"


async def test_preview_totals_and_saves_nothing(desk: Desk) -> None:
    preview = await desk.post("OrdersService_Preview", {"Document": order()})

    assert (preview.status_code, body(preview)["DocTotal"], body(preview)["DocEntry"]) == (200, 30, None)
    assert await desk.rows("Orders") == []
    posted = body(await desk.post("Orders", order()))
    assert (posted["DocEntry"], posted["DocNum"]) == (1, 2101)


async def test_preview_refuses_what_a_post_refuses(desk: Desk) -> None:
    refused = await desk.post("OrdersService_Preview", {"Document": order(CardCode="C99999")})

    assert error(refused) == (400, "-2028", NO_MATCH)


async def test_orders_commit_stock_and_quotations_do_not(desk: Desk) -> None:
    stock_of = desk.stock_of

    await desk.post("Quotations", order())
    await desk.post("Drafts", order(DocObjectCode="17"))
    assert stock_of("WINE-RED-75") == (500, 0)

    await desk.post("Orders", order({"ItemCode": "WINE-RED-75", "Quantity": 4}))
    assert stock_of("WINE-RED-75") == (500, 4)


async def test_series_are_listed(desk: Desk) -> None:
    await desk.post("Orders", order())
    asked = {"DocumentTypeParams": {"Document": "17", "DocumentSubType": "--"}}

    series = body(await desk.post("SeriesService_GetDocumentSeries", asked))["value"]

    assert [(row["Series"], row["NextNumber"]) for row in series] == [(8, 2102), (78, 2101)]


async def test_company_tells_its_currency_and_version(desk: Desk) -> None:
    admin = body(await desk.post("CompanyService_GetAdminInfo"))
    info = body(await desk.post("CompanyService_GetCompanyInfo"))

    assert (admin["LocalCurrency"], admin["EnableWebhook"], info["Version"]) == ("EUR", "tNO", 1000280)


async def test_order_with_everything_an_integration_sends_is_accepted(desk: Desk) -> None:
    desk.company.staff.prepare_for_web_orders()
    await desk.log_in()
    line = {
        "ItemCode": "WINE-RED-75",
        "Quantity": 2,
        "UnitPrice": 50,
        "DiscountPercent": 10,
        "VatGroup": "A1",
        "WarehouseCode": "01",
        "FreeText": "blue",
        "UoMEntry": -1,
        "ShipDate": "2026-01-20",
        "U_WebLineId": "13579",
    }
    freight = {"ExpenseCode": 1, "LineTotal": Decimal("6.5"), "VatGroup": "A1", "Remarks": "Shipping: DPD"}
    header = {
        "DocDate": "2026-01-15",
        "TaxDate": "2026-01-15",
        "NumAtCard": "WEB-100045",
        "DocCurrency": "EUR",
        "Comments": "Leave at reception",
        "TransportationCode": 3,
        "PaymentGroupCode": 2,
        "PaymentMethod": "CARD",
        "SalesPersonCode": -1,
        "DiscountPercent": 0,
        "BPL_IDAssignedToInvoice": 1,
        "ShipToCode": "Ship to",
        "PayToCode": "Bill to",
        "U_WebOrderId": "shop:5712345678901",
        "U_WebPayRef": "pi_3Nx",
        "AddressExtension": {"ShipToStreet": "Rue de la Loi", "ShipToBuilding": "Tom", "ShipToCountry": "BE"},
        "DocumentAdditionalExpenses": [freight],
    }

    answer = await desk.post("Orders", order(line, **header))

    made = body(answer)
    assert answer.status_code == 201
    assert made["DocTotal"] == Decimal("115.8")
    assert {name: made[name] for name in ("NumAtCard", "Comments", "U_WebPayRef")} == {
        "NumAtCard": "WEB-100045",
        "Comments": "Leave at reception",
        "U_WebPayRef": "pi_3Nx",
    }
    assert made["DocumentLines"][0]["U_WebLineId"] == "13579"


async def test_a_text_stands_after_a_line_there_is(desk: Desk) -> None:
    text = {"LineNum": 0, "LineType": "dslt_Text", "AfterLineNumber": 0, "LineText": "Thank you"}

    refused = await desk.post("Orders", order(DocumentSpecialLines=[{**text, "AfterLineNumber": 5}]))
    made = body(await desk.post("Orders", order(DocumentSpecialLines=[text])))

    assert refused.status_code == 400
    assert [each["LineText"] for each in made["DocumentSpecialLines"]] == ["Thank you"]
