"""User tables and user fields of the SAP Business One sandbox."""

from collections.abc import AsyncIterator

import pytest

from sandbox.sap_business_one import KEY_TABLE, Company, Desk, Settings, open_desk
from sandbox.sap_business_one.desk import body, error, order

FIELD = {"TableName": "ORDR", "Name": "WebOrderId", "Type": "db_Alpha", "SubType": "st_None", "Size": 50}
TABLE = {"TableName": KEY_TABLE, "TableDescription": "Web order keys", "TableType": "bott_NoObject"}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


async def test_user_field_is_known_once_defined(desk: Desk) -> None:
    assert (await desk.post("UserFieldsMD", FIELD)).status_code == 201

    made = body(await desk.post("Orders", order(U_WebOrderId="shop:1")))
    assert made["U_WebOrderId"] == "shop:1"
    assert [row["DocEntry"] for row in await desk.rows("Orders", "U_WebOrderId eq 'shop:1'")] == [1]
    for path in ("Quotations", "DeliveryNotes", "Drafts"):
        assert await desk.rows(path, "U_WebOrderId eq 'shop:1'") == []


async def test_user_field_has_its_size(desk: Desk) -> None:
    await desk.post("UserFieldsMD", FIELD)

    refused = error(await desk.post("Orders", order(U_WebOrderId="x" * 51)))

    assert refused == (400, "-1004", "Value too long in property 'U_WebOrderId' of 'Document'")


async def test_user_field_is_found_and_defined_once(desk: Desk) -> None:
    await desk.post("UserFieldsMD", FIELD)

    again = error(await desk.post("UserFieldsMD", FIELD))
    rows = await desk.rows("UserFieldsMD", "TableName eq 'ORDR' and Name eq 'WebOrderId'")

    assert again[1] == "-2035"
    assert [(row["FieldID"], row["Size"]) for row in rows] == [(0, 50)]
    assert body(await desk.get("UserFieldsMD(TableName='ORDR',FieldID=0)"))["Name"] == "WebOrderId"


async def test_user_field_needs_its_table(desk: Desk) -> None:
    assert error(await desk.post("UserFieldsMD", {**FIELD, "TableName": "@NONE"}))[1] == "-2028"


async def test_user_table_is_an_entity_with_a_unique_code(desk: Desk) -> None:
    assert error(await desk.get(f"U_{KEY_TABLE}"))[2] == "Unrecognized resource path."
    assert (await desk.post("UserTablesMD", TABLE)).status_code == 201

    first = await desk.post(f"U_{KEY_TABLE}", {"Code": "shop:1", "Name": "shop:1"})
    again = error(await desk.post(f"U_{KEY_TABLE}", {"Code": "shop:1", "Name": "other"}))

    assert first.status_code == 201
    assert again == (400, "-2035", "This entry already exists in the following tables (ODBC -2035)")
    assert body(await desk.get(f"U_{KEY_TABLE}('shop:1')"))["Name"] == "shop:1"
    assert error(await desk.post(f"U_{KEY_TABLE}", {"Code": "x" * 51}))[1] == "-1004"
    assert error(await desk.post(f"U_{KEY_TABLE}", {"Name": "x"}))[1] == "-10"


async def test_user_table_rows_are_changed_and_deleted(desk: Desk) -> None:
    await desk.post("UserTablesMD", TABLE)
    await desk.post("UserFieldsMD", {**FIELD, "TableName": f"@{KEY_TABLE}", "Name": "State", "Size": 5})
    await desk.post(f"U_{KEY_TABLE}", {"Code": "shop:1", "U_State": "new"})

    await desk.patch(f"U_{KEY_TABLE}('shop:1')", {"U_State": "done"})

    assert body(await desk.get(f"U_{KEY_TABLE}('shop:1')"))["U_State"] == "done"
    assert (await desk.http.delete(f"U_{KEY_TABLE}('shop:1')")).status_code == 204
    assert await desk.rows(f"U_{KEY_TABLE}") == []


async def test_table_is_defined_once(desk: Desk) -> None:
    await desk.post("UserTablesMD", TABLE)

    assert error(await desk.post("UserTablesMD", TABLE))[1] == "-2035"
    assert body(await desk.get(f"UserTablesMD('{KEY_TABLE}')"))["TableType"] == "bott_NoObject"


async def test_user_field_waits_for_the_restart() -> None:
    async with open_desk(Company(Settings(restart_needed=True))) as desk:
        await desk.post("UserTablesMD", TABLE)
        await desk.post("UserFieldsMD", FIELD)
        field_before = error(await desk.post("Orders", order(U_WebOrderId="shop:1")))
        table_before = error(await desk.get(f"U_{KEY_TABLE}"))

        desk.company.restart()
        ended = await desk.get("Orders")
        await desk.log_in()
        field_after = await desk.post("Orders", order(U_WebOrderId="shop:1"))
        table_after = await desk.get(f"U_{KEY_TABLE}")

    assert field_before[2] == "Property 'U_WebOrderId' of 'Document' is invalid"
    assert table_before[2] == "Unrecognized resource path."
    assert (ended.status_code, field_after.status_code, table_after.status_code) == (401, 201, 200)


async def test_preparing_twice_changes_nothing(desk: Desk) -> None:
    for _ in range(2):
        desk.company.staff.prepare_for_web_orders()
    await desk.log_in()

    assert len(await desk.rows("UserFieldsMD")) == 6
    assert len(await desk.rows("UserTablesMD")) == 1
