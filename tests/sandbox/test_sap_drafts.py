"""Drafts and approval procedures in the SAP Business One sandbox."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from sandbox.sap_business_one import KEY_TABLE, Company, Desk, Settings, open_desk
from sandbox.sap_business_one.desk import body, error, order, part

NO_MATCH = (400, "-2028", "No matching records found (ODBC -2028)")
LARGE = order({"ItemCode": "CELLAR-CABINET", "Quantity": 1}, NumAtCard="100045")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk(Company(Settings(approval_above=Decimal(1000)))) as desk:
        yield desk


async def test_draft_becomes_an_order(desk: Desk) -> None:
    made = body(await desk.post("Drafts", order(DocObjectCode="17")))
    assert (made["DocObjectCode"], made["AuthorizationStatus"]) == ("oOrders", "dasWithout")
    assert desk.stock_of("WINE-RED-75") == (500, 0)

    saved = await desk.post("DraftsService_SaveDraftToDocument", {"Document": {"DocEntry": "1"}})

    posted = body(await desk.get("Orders(1)"))
    assert saved.status_code == 204
    assert (posted["DraftKey"], posted["DocTotal"]) == (1, 30)
    assert body(await desk.get("Drafts(1)"))["DocumentStatus"] == "bost_Close"
    assert desk.stock_of("WINE-RED-75") == (500, 2)


async def test_draft_is_saved_to_a_document_once(desk: Desk) -> None:
    await desk.post("Drafts", order(DocObjectCode="oOrders"))
    saving = {"Document": {"DocEntry": 1}}
    await desk.post("DraftsService_SaveDraftToDocument", saving)

    assert error(await desk.post("DraftsService_SaveDraftToDocument", saving))[1] == "-5006"
    assert len(await desk.rows("Orders")) == 1


async def test_draft_of_a_quotation_is_not_an_order(desk: Desk) -> None:
    await desk.post("Drafts", order(DocObjectCode="23"))

    assert await desk.rows("Drafts", "DocObjectCode eq '17'") == []
    assert len(await desk.rows("Drafts", "DocObjectCode eq '23'")) == 1


async def test_draft_can_be_changed_and_deleted(desk: Desk) -> None:
    await desk.post("Drafts", order(DocObjectCode="17"))

    assert (await desk.patch("Drafts(1)", {"Comments": "x"})).status_code == 204
    assert (await desk.http.delete("Drafts(1)")).status_code == 204
    assert await desk.rows("Drafts") == []


async def test_draft_needs_its_document_kind(desk: Desk) -> None:
    assert error(await desk.post("Drafts", order()))[1] == "-10"


async def test_approval_answers_not_found_and_keeps_a_draft(desk: Desk) -> None:
    refused = error(await desk.post("Orders", LARGE))

    drafts = await desk.rows("Drafts", "NumAtCard eq '100045' and DocObjectCode eq '17'")
    assert refused == NO_MATCH
    assert [(row["DocEntry"], row["AuthorizationStatus"]) for row in drafts] == [(1, "dasPending")]
    assert await desk.rows("Orders") == []
    assert desk.company.ledger.of("draft", DocEntry=1)


async def test_approval_answers_a_quiet_caller_with_nothing(desk: Desk) -> None:
    answer = await desk.post("Orders", LARGE, Prefer="return-no-content")

    assert (answer.status_code, answer.content) == (204, b"")
    assert "Location" not in answer.headers
    assert len(await desk.rows("Drafts")) == 1


async def test_small_orders_need_no_approval(desk: Desk) -> None:
    assert (await desk.post("Orders", order())).status_code == 201


async def test_matching_templates_are_told_before(desk: Desk) -> None:
    large = body(await desk.post("OrdersService_GetApprovalTemplates", {"Document": LARGE}))
    small = body(await desk.post("OrdersService_GetApprovalTemplates", {"Document": order()}))

    assert large["Document_ApprovalRequests"][0]["ApprovalTemplatesID"] == 1
    assert small["Document_ApprovalRequests"] == []
    assert await desk.rows("Drafts") == []


async def test_approved_draft_is_saved_by_its_originator(desk: Desk) -> None:
    await desk.post("Orders", LARGE)
    saving = {"Document": {"DocEntry": 1}}
    pending = error(await desk.post("DraftsService_SaveDraftToDocument", saving))

    desk.company.staff.decide_draft(1, approved=True)
    saved = await desk.post("DraftsService_SaveDraftToDocument", saving)

    assert (pending[1], saved.status_code) == ("-10", 204)
    assert body(await desk.get("Drafts(1)"))["AuthorizationStatus"] == "dasGenerated"
    assert body(await desk.get("Orders(1)"))["AuthorizationStatus"] == "dasWithout"


async def test_rejected_draft_becomes_no_order(desk: Desk) -> None:
    await desk.post("Orders", LARGE)
    desk.company.staff.decide_draft(1, approved=False)

    assert (
        error(await desk.post("DraftsService_SaveDraftToDocument", {"Document": {"DocEntry": 1}}))[1] == "-10"
    )
    assert body(await desk.get("Drafts(1)"))["AuthorizationStatus"] == "dasRejected"


@pytest.mark.parametrize("survives", [False, True])
async def test_approval_inside_a_change_set_takes_the_key_back(survives: bool) -> None:
    settings = Settings(approval_above=Decimal(1000), draft_survives_change_set=survives)
    async with open_desk(Company(settings)) as desk:
        desk.company.staff.prepare_for_web_orders()
        await desk.log_in()
        key = part("POST", f"U_{KEY_TABLE}", {"Code": "shop:1"})
        answer = await desk.batch([key, part("POST", "Orders", LARGE)])

        assert '"-2028"' in answer.text
        assert await desk.rows(f"U_{KEY_TABLE}") == []
        assert len(await desk.rows("Drafts")) == (1 if survives else 0)


async def test_quiet_order_inside_a_change_set_keeps_key_and_draft(desk: Desk) -> None:
    desk.company.staff.prepare_for_web_orders()
    await desk.log_in()
    key = part("POST", f"U_{KEY_TABLE}", {"Code": "shop:1"})

    answer = await desk.batch([key, part("POST", "Orders", LARGE, Prefer="return-no-content")])

    assert "HTTP/1.1 204 No Content" in answer.text
    assert len(await desk.rows(f"U_{KEY_TABLE}")) == len(await desk.rows("Drafts")) == 1
