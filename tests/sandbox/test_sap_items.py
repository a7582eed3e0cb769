"""Items, stock, prices and purchase requests in the SAP Business One sandbox."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from sandbox.catalogue import ARTICLES, TAXES
from sandbox.sap_business_one import Desk, open_desk
from sandbox.sap_business_one.desk import body, error, order
from sandbox.sap_business_one.opening import SERVICE_ITEMS, TAX_GROUPS

STOCK = (
    "select ItemCode, WhsCode, OnHand, IsCommited, MinStock from OITW "
    "where ItemCode > :fromItem order by ItemCode"
)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


async def test_catalogue_articles_and_service_items_are_there(desk: Desk) -> None:
    answer = body(await desk.get("Items", Prefer="odata.maxpagesize=0"))["value"]
    rows = {row["ItemCode"]: row for row in answer}

    assert set(rows) == {article.sku for article in ARTICLES} | set(SERVICE_ITEMS)
    assert {row["InventoryItem"] for code, row in rows.items() if code in SERVICE_ITEMS} == {"tNO"}
    for article in ARTICLES:
        row = rows[article.sku]
        assert row["SalesVATGroup"] == TAX_GROUPS[article.tax]
        assert row["ItemPrices"][0]["Price"] == article.net
        assert row["QuantityOnStock"] == article.on_hand


async def test_tax_groups_have_the_catalogue_rates(desk: Desk) -> None:
    rows = {row["Code"]: row["VatGroups_Lines"][0]["Rate"] for row in await desk.rows("VatGroups")}

    assert rows == {TAX_GROUPS[name]: rate for name, rate in TAXES.items()}


async def test_set_up_data_can_be_read(desk: Desk) -> None:
    for path in (
        "Warehouses",
        "PaymentTermsTypes",
        "ShippingTypes",
        "AdditionalExpenses",
        "Currencies",
        "Countries",
    ):
        assert await desk.rows(path)
    assert body(await desk.get("AdditionalExpenses(1)"))["Name"] == "Shipping"


async def test_stock_shows_on_hand_and_committed_by_warehouse(desk: Desk) -> None:
    desk.company.staff.set_stock("WINE-RED-75", Decimal(7), "02")
    await desk.post("Orders", order())

    row = body(await desk.get("Items('WINE-RED-75')", {"$select": "ItemWarehouseInfoCollection"}))

    stock = [
        (each["WarehouseCode"], each["InStock"], each["Committed"], each["MinimalStock"])
        for each in row["ItemWarehouseInfoCollection"]
    ]
    assert stock == [("01", 500, 2, 24), ("02", 7, 0, 0)]


async def test_stock_figures_are_read_only_and_minimal_stock_is_not(desk: Desk) -> None:
    change = {"WarehouseCode": "01", "InStock": 1, "MinimalStock": 30}
    await desk.patch("Items('WINE-RED-75')", {"ItemWarehouseInfoCollection": [change], "QuantityOnStock": 1})

    row = body(await desk.get("Items('WINE-RED-75')"))["ItemWarehouseInfoCollection"][0]
    assert (row["InStock"], row["MinimalStock"]) == (500, 30)


async def test_item_prices_merge_by_price_list(desk: Desk) -> None:
    await desk.patch(
        "Items('WINE-RED-75')", {"ItemPrices": [{"PriceList": 2, "Price": 11, "Currency": "EUR"}]}
    )
    await desk.patch("Items('WINE-RED-75')", {"ItemPrices": [{"PriceList": 1, "Price": 13}]})

    prices = body(await desk.get("Items('WINE-RED-75')"))["ItemPrices"]
    assert [(each["PriceList"], each["Price"], each["Currency"]) for each in prices] == [
        (1, 13, "EUR"),
        (2, 11, "EUR"),
    ]
    assert body(await desk.post("Orders", order()))["DocTotal"] == Decimal("31.2")


async def test_price_of_an_item_for_a_customer_is_told(desk: Desk) -> None:
    asked = {"ItemPriceParams": {"CardCode": "C20000", "ItemCode": "WINE-RED-75"}}

    answer = body(await desk.post("CompanyService_GetItemPrice", asked))

    assert (answer["Price"], answer["Currency"]) == (Decimal("12.5"), "EUR")


async def test_item_code_is_assigned_once(desk: Desk) -> None:
    assert (await desk.post("Items", {"ItemCode": "NEW", "ItemName": "New"})).status_code == 201
    assert error(await desk.post("Items", {"ItemCode": "NEW"}))[1] == "-2035"


async def test_stock_is_read_in_bulk(desk: Desk) -> None:
    await desk.post("Orders", order())
    query = {"SqlCode": "STOCK", "SqlName": "stock", "SqlText": STOCK}
    assert (await desk.post("SQLQueries", query)).status_code == 201
    assert error(await desk.post("SQLQueries", query))[1] == "-2035"

    page = body(await desk.get("SQLQueries('STOCK')/List", {"fromItem": "'W'"}))
    posted = body(await desk.post("SQLQueries('STOCK')/List", {"ParamList": "fromItem='W'"}))
    everything = body(await desk.get("SQLQueries('STOCK')/List", {"fromItem": "''"}))

    red = {"ItemCode": "WINE-RED-75", "WhsCode": "01", "OnHand": 500, "IsCommited": 2, "MinStock": 24}
    assert red in page["value"]
    assert page["value"] == posted["value"]
    assert len(everything["value"]) == 20
    assert everything["@odata.nextLink"] == "SQLQueries('STOCK')/List?$skip=20"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("delete from OITW", "701"),
        ("select Name from OCPR", "702"),
        ("select Price from OITW", "703"),
    ],
)
async def test_stored_queries_are_checked(desk: Desk, text: str, code: str) -> None:
    assert error(await desk.post("SQLQueries", {"SqlCode": "X", "SqlText": text}))[1] == code


async def test_stored_query_wants_its_parameters(desk: Desk) -> None:
    await desk.post("SQLQueries", {"SqlCode": "STOCK", "SqlText": STOCK})

    assert error(await desk.get("SQLQueries('STOCK')/List")) == (400, "704", "Parameter error.")


async def test_purchase_request_needs_a_known_user(desk: Desk) -> None:
    line = {"ItemCode": "DECANTER-RARE", "Quantity": 10, "LineVendor": "V10000", "RequiredDate": "2026-01-25"}
    sent = {"RequriedDate": "2026-01-25", "ReqType": 12, "DocumentLines": [line]}

    unknown = error(await desk.post("PurchaseRequests", {**sent, "Requester": "nobody"}))
    made = await desk.post("PurchaseRequests", {**sent, "Requester": "manager"})

    assert unknown[1] == "-2028"
    assert (made.status_code, body(made)["DocumentLines"][0]["LineVendor"]) == (201, "V10000")
    assert desk.company.ledger.of("purchase_request", DocEntry=1)
    assert error(await desk.post("PurchaseRequests", {**sent, "RequriedDate": None}))[1] == "-10"
