"""Filters, choices, orders and pages of the SAP Business One sandbox."""

from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox.sap_business_one import Company, Desk, Settings, open_desk
from sandbox.sap_business_one.desk import body, error, order


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


async def entries(desk: Desk, text: str, path: str = "Orders") -> list[int]:
    return [row["DocEntry"] for row in await desk.rows(path, text)]


async def codes(desk: Desk, text: str, **headers: str) -> list[str]:
    answer = await desk.get("BusinessPartners", {"$filter": text, "$select": "CardCode"}, **headers)
    return [row["CardCode"] for row in body(answer)["value"]]


async def three_orders(desk: Desk) -> None:
    for card, reference, quantity in (("C20000", "O'Neil", 1), ("C20001", "b", 2), ("C20000", None, 30)):
        line = {"ItemCode": "WINE-RED-75", "Quantity": quantity}
        answer = await desk.post("Orders", order(line, CardCode=card, NumAtCard=reference))
        assert answer.status_code == 201


async def test_comparisons_join_with_and_or_not_and_parentheses(desk: Desk) -> None:
    await three_orders(desk)

    assert await entries(desk, "CardCode eq 'C20000'") == [1, 3]
    assert await entries(desk, "CardCode eq 'C20000' and DocTotal gt 100") == [3]
    assert await entries(desk, "DocTotal lt 20 or DocTotal ge 450") == [1, 3]
    assert await entries(desk, "not (CardCode eq 'C20000') or DocEntry le 1") == [1, 2]
    assert await entries(desk, "DocEntry gt 1 and DocEntry ne 3") == [2]


async def test_quotes_are_doubled_in_texts(desk: Desk) -> None:
    await three_orders(desk)

    assert await entries(desk, "NumAtCard eq 'O''Neil'") == [1]


async def test_null_matches_only_itself(desk: Desk) -> None:
    await three_orders(desk)

    assert await entries(desk, "NumAtCard eq null") == [3]
    assert await entries(desk, "NumAtCard ne null") == [1, 2]
    assert await entries(desk, "NumAtCard ne 'b'") == [1]


async def test_text_functions_find_parts(desk: Desk) -> None:
    assert await codes(desk, "startswith(CardCode,'C2000')") == [f"C2000{number}" for number in range(5)]
    assert await codes(desk, "endswith(EmailAddress, 'hotel-bruxelles.example')") == ["C20003"]
    assert await codes(desk, "contains(CardName,'Nord')") == ["C20002"]
    assert await codes(desk, "substringof('Nord',CardName) and CardType eq 'cCustomer'") == ["C20002"]


async def test_dates_are_quoted_or_marked(desk: Desk) -> None:
    await three_orders(desk)
    today = desk.company.now().date().isoformat()

    assert await entries(desk, f"UpdateDate ge '{today}' and DocDueDate eq datetime'2026-01-20'") == [1, 2, 3]
    assert await entries(desk, f"UpdateDate gt '{today}T00:00:00Z'") == []


async def test_time_filter_ignores_seconds() -> None:
    moment = datetime(2026, 1, 15, 17, 13, 12)  # noqa: DTZ001 - the service's clock has no zone
    async with open_desk(Company(Settings(clock=lambda: moment))) as desk:
        await desk.post("Orders", order())

        assert await entries(desk, "UpdateTime gt '17:13:00'") == []
        assert await entries(desk, "UpdateTime ge '17:13:59'") == [1]
        assert (await desk.rows("Orders"))[0]["UpdateTime"] == "17:13:12"


async def test_enumerations_take_names_and_letters(desk: Desk) -> None:
    assert await codes(desk, "CardType eq 'S'") == await codes(desk, "CardType eq 'cSupplier'") == ["V10000"]

    made = await desk.post("BusinessPartners", {"CardCode": "N1", "CardName": "N", "CardType": "C"})
    assert body(made)["CardType"] == "cCustomer"


async def test_email_look_up_is_case_sensitive(desk: Desk) -> None:
    upper = "EmailAddress eq 'Anna.Moreau@Example.com'"

    assert await codes(desk, "EmailAddress eq 'anna.moreau@example.com'") == ["C20000"]
    assert await codes(desk, upper) == []
    assert await codes(desk, upper, B1S_CaseInsensitive="true") == ["C20000"]


@pytest.mark.parametrize(
    "text",
    [
        "DocumentLines/any(d: d/ItemCode eq 'X')",
        "DocTotal add 5 gt 3",
        "CardCode eq",
        "(CardCode eq 'C'",
        "CardCode = 'C'",
        "",
    ],
)
async def test_lambda_is_refused(desk: Desk, text: str) -> None:
    answer = await desk.get("Orders", {"$filter": text or " "})

    assert error(answer) == (400, "201", "Invalid symbol in the filter condition")


async def test_arithmetic_and_other_functions_are_refused(desk: Desk) -> None:
    unknown = await desk.get("Orders", {"$filter": "toupper(CardCode) eq 'C'"})
    path = await desk.get("Orders", {"$filter": "DocumentLines/ItemCode eq 'X'"})
    name = await desk.get("Orders", {"$filter": "DocStatus eq 'O'"})

    assert error(unknown) == (400, "-1000", "Property 'toupper' of 'Document' is invalid")
    assert error(path) == (400, "201", "Property 'DocumentLines/ItemCode' is invalid")
    assert error(name) == (400, "201", "Property 'DocStatus' is invalid")


async def test_select_returns_the_chosen_properties_with_their_lines(desk: Desk) -> None:
    await three_orders(desk)

    row = (await desk.rows("Orders", select="DocEntry,DocumentLines", top="1"))[0]

    assert sorted(row) == ["@odata.etag", "DocEntry", "DocumentLines"]
    assert row["DocumentLines"][0]["ItemCode"] == "WINE-RED-75"
    refused = await desk.get("Orders", {"$select": "DocEntry,DocStatus"})
    assert error(refused) == (400, "-1000", "Property 'DocStatus' of 'Document' is invalid")


async def test_rows_are_ordered_by_several_properties(desk: Desk) -> None:
    await three_orders(desk)

    rows = await desk.rows("Orders", orderby="CardCode desc,DocEntry asc", select="DocEntry")
    assert [row["DocEntry"] for row in rows] == [2, 1, 3]


async def many_items(desk: Desk, count: int) -> None:
    for number in range(count):
        desk.company.items.create({"ItemCode": f"ZZ-{number:03d}", "ItemName": "Filler"})


async def test_pages_have_twenty_rows_and_a_relative_link(desk: Desk) -> None:
    await many_items(desk, 30)

    first = body(await desk.get("Items", {"$filter": "startswith(ItemCode,'ZZ')", "$select": "ItemCode"}))

    assert len(first["value"]) == 20
    assert first["@odata.nextLink"] == "Items?$skip=20"


async def test_page_size_is_asked_for_in_a_header(desk: Desk) -> None:
    await many_items(desk, 30)

    preferred = body(await desk.get("Items", Prefer="odata.maxpagesize=7"))
    header = body(await desk.get("Items", B1S_PageSize="8"))
    everything = body(await desk.get("Items", Prefer="odata.maxpagesize=0"))

    assert (len(preferred["value"]), len(header["value"])) == (7, 8)
    assert len(everything["value"]) == len(desk.company.items.table)
    assert "@odata.nextLink" not in everything


async def test_following_the_links_reaches_every_row_once(desk: Desk) -> None:
    await many_items(desk, 45)
    seen: list[str] = []
    link: str | None = "Items"

    while link:
        page: dict[str, Any] = body(await desk.get(link))
        seen += [row["ItemCode"] for row in page["value"]]
        link = page.get("@odata.nextLink")

    assert seen == sorted(row["ItemCode"] for row in desk.company.items.table.rows())


async def test_skip_comes_before_top(desk: Desk) -> None:
    await three_orders(desk)

    rows = await desk.rows("Orders", skip="1", top="1", select="DocEntry")
    assert [row["DocEntry"] for row in rows] == [2]


async def test_count_answers_a_bare_number(desk: Desk) -> None:
    await three_orders(desk)

    assert (await desk.get("Orders/$count")).text == "3"
    assert (await desk.get("Orders/$count", {"$filter": "CardCode eq 'C20000'"})).text == "2"


async def test_dates_times_and_numbers_look_like_the_services(desk: Desk) -> None:
    made = await desk.post("Orders", order({"ItemCode": "PUMP-SEAL-17", "Quantity": 1200}))

    text = made.text
    assert '"DocDueDate":"2026-01-20T00:00:00Z"' in text
    assert '"UnitPrice":0.0833' in text
    assert '"Quantity":1200.0' in text
    assert body(made)["DocTotal"] == Decimal("119.95")
    assert len(body(made)["UpdateTime"]) == 8


async def test_missing_row_and_unknown_set_are_told_apart(desk: Desk) -> None:
    assert error(await desk.get("Orders(99)")) == (404, "-2028", "No matching records found (ODBC -2028)")
    assert error(await desk.get("Ordres")) == (400, "-1000", "Unrecognized resource path.")


async def test_keys_are_numbers_texts_or_pairs(desk: Desk) -> None:
    await desk.post("Items", {"ItemCode": "O'RING (5)", "ItemName": "Ring"})

    assert body(await desk.get("Items('O''RING (5)')"))["ItemName"] == "Ring"
    assert body(await desk.get("States(Code='NY',Country='US')"))["Name"] == "New York"
    assert body(await desk.get("PaymentTermsTypes(-1)"))["PaymentTermsGroupName"] == "Cash"


async def test_thousands_of_orders_are_found_without_a_scan(desk: Desk) -> None:
    desk.company.staff.prepare_for_web_orders()
    with desk.company.transaction():
        for number in range(3000):
            desk.company.orders.create(order(U_WebOrderId=f"shop:{number}"))
    await desk.log_in()

    found = await entries(desk, "U_WebOrderId eq 'shop:2999'")
    beyond = await entries(desk, "DocEntry gt 2990 and DocumentStatus eq 'bost_Open'")

    assert (found, len(beyond)) == ([3000], 10)
    slowest = max(each["seconds"] for each in desk.company.ledger.of("request", path="Orders", method="GET"))
    assert slowest < 0.5
