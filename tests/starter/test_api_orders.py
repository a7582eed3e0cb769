"""What the API shows of orders and of what surrounds them, and what it says while Temporal is gone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.errors import ConnectionDown
from domain.roles import Role
from domain.stages import Stage
from records.documents import Subject
from records.notices import NoticeState, NoticeTag
from records.webhook_deliveries import WebhookDelivery
from tests.starter.api_gate import NOON, ApiGate, api_gate, asked, held, order, record
from tests.starter.test_api_access import said


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[ApiGate]:
    async with api_gate(tmp_path) as opened:
        await record(opened.waybill, order(1), held(2), asked(3), order(4, Stage.POSTED))
        yield opened


async def ids(gate: ApiGate, query: str) -> list[str]:
    """Return the ids of a list of orders."""
    answer = await gate.ask("GET", f"/orders{query}", role=Role.VIEWER)
    assert answer.status_code == 200, answer.text
    return [item["store_order_id"] for item in answer.json()["items"]]


async def test_orders_are_listed_page_by_page(gate: ApiGate) -> None:
    seen: list[str] = []
    path = "/orders?limit=3"
    while path:
        page = (await gate.ask("GET", path, role=Role.VIEWER)).json()
        seen += [item["store_order_id"] for item in page["items"]]
        path = f"/orders?limit=3&after={page['next']}" if page["next"] else ""

    assert seen == ["4", "3", "2", "1"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?stage=held", ["2"]),
        ("?needs_person=true", ["3", "2"]),
        ("?hold=erp_refused", ["2"]),
        ("?number=REF4", ["4"]),
        ("?connection=other", []),
        ("?changed_from=2026-11-21T12:00:02Z", ["4", "3"]),
        ("?placed_before=2026-11-21T12:00:00%2B00:00", []),
    ],
)
async def test_orders_are_filtered(gate: ApiGate, query: str, found: list[str]) -> None:
    assert await ids(gate, query) == found


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?stag=held", "query.stag: is not known here"),
        ("?stage=lost", "query.stage: Input should be"),
        ("?limit=0", "query.limit: Input should be greater"),
        ("?changed_from=yesterday", "query.changed_from: write an instant with its zone"),
        ("?changed_from=0001-01-01T00:00:00%2B23:59", "query.changed_from: no calendar has this instant"),
    ],
)
async def test_a_filter_that_is_not_right_is_told_so(gate: ApiGate, query: str, sentence: str) -> None:
    assert said(await gate.ask("GET", f"/orders{query}"), 422).startswith(sentence)


async def test_a_page_that_is_none_is_not_found(gate: ApiGate) -> None:
    for place in ("nonsense", ""):
        answer = await gate.ask("GET", f"/orders?after={place}")
        assert "take the place of the next page from the page before" in said(answer, 404)


async def test_an_order_is_shown_with_its_hold_and_what_to_do(gate: ApiGate) -> None:
    shown = (await gate.ask("GET", "/orders/shop/2", role=Role.VIEWER)).json()

    assert (shown["stage"], shown["total"], shown["needs_person"]) == ("held", "6000.00 EUR", True)
    assert (shown["hold"]["sentence"], shown["hold"]["remedy"]) == ("the ERP refused it", "Correct it.")
    assert "no order 99 of shop" in said(await gate.ask("GET", "/orders/shop/99"), 404)


async def test_why_names_who_did_what(gate: ApiGate) -> None:
    why = (await gate.ask("GET", "/orders/shop/3/why", role=Role.VIEWER)).json()

    assert why["order"]["approval"]["because"] == "the total 6000.00 EUR is above 5000 EUR"
    assert [(deed["by"], deed["what"]) for deed in why["deeds"]] == [("olga", "corrected")]


async def test_no_answer_holds_what_proves_an_approver(gate: ApiGate) -> None:
    for path in ("/orders/shop/3", "/orders/shop/3/why", "/approvals", "/holds", "/orders"):
        text = (await gate.ask("GET", path)).text

        assert "code_hashes" not in text
        assert "f" * 64 not in text


async def test_what_waits_for_a_decision_is_listed_for_all_and_for_one(gate: ApiGate) -> None:
    everything = (await gate.ask("GET", "/approvals", role=Role.VIEWER)).json()
    doras = (await gate.ask("GET", "/approvals?mine=true", role=Role.APPROVER, person="dora")).json()
    carls = (await gate.ask("GET", "/approvals?mine=true", role=Role.APPROVER, person="carl")).json()

    assert [(each["order"]["number"], each["approval"]["number"]) for each in everything] == [("REF3", 2)]
    assert doras == everything
    assert carls == []


async def test_what_needs_somebody_is_grouped_by_cause(gate: ApiGate) -> None:
    trouble = ConnectionDown("sap does not answer").problem
    await gate.waybill.incidents.open("sap", trouble, NOON)
    await gate.waybill.strays.park("sap", "delivery 4711", "nobody's", NOON)

    holds = (await gate.ask("GET", "/holds", role=Role.VIEWER)).json()
    connections = (await gate.ask("GET", "/connections", role=Role.VIEWER)).json()

    told = {
        cause["cause"]: [
            (each["order"]["number"], each["sentence"], each["remedy"]) for each in cause["orders"]
        ]
        for cause in holds["causes"]
    }
    assert told["waiting for a decision"] == [("REF3", "", "")]
    assert ("REF2", "the ERP refused it", "Correct it.") in [
        each for group in told.values() for each in group
    ]
    assert [each["sentence"] for each in holds["incidents"]] == ["sap does not answer"]
    assert [each["what"] for each in holds["strays"]] == ["delivery 4711"]
    assert [(each["name"], each["kind"], bool(each["incident"])) for each in connections] == [
        ("shop", "prestashop", False),
        ("sap", "sap_business_one", True),
    ]


async def test_a_stray_is_put_aside_once(gate: ApiGate) -> None:
    await gate.waybill.strays.park("sap", "delivery 4711", "nobody's", NOON)
    stray = {"connection": "sap", "what": "delivery 4711"}

    assert len((await gate.ask("GET", "/strays")).json()) == 1
    assert (await gate.ask("POST", "/strays/aside", stray)).status_code == 204
    assert "nothing is parked" in said(await gate.ask("POST", "/strays/aside", stray), 404)


async def test_notices_webhooks_and_documents_of_an_order_are_listed(gate: ApiGate) -> None:
    waybill = gate.waybill
    tag = NoticeTag(key="k1", connection="shop", order_id="4", event="order_posted")
    await waybill.notices.reserve(tag, NOON)
    await waybill.notices.note("k1", NoticeState.SENT, NOON, reference="<id@mail>")
    for number in ("4", "5"):
        delivery = WebhookDelivery(
            id=f"msg{number}",
            endpoint="crm",
            connection="shop",
            order_id=number,
            event="order_posted",
            body='{"email": "ana@buyer.example"}',
            at=NOON,
        )
        await waybill.deliveries.keep(delivery)
    invoice = Subject(connection="shop", order_id="4", origin="sap", kind="invoice", entry="77")
    await waybill.documents.keep(invoice, "invoice-901.pdf", b"%PDF-1", NOON)

    (notice,) = (await gate.ask("GET", "/orders/shop/4/notices")).json()
    (webhook,) = (await gate.ask("GET", "/orders/shop/4/deliveries")).json()
    (document,) = (await gate.ask("GET", "/orders/shop/4/documents", role=Role.VIEWER)).json()

    assert (notice["event"], notice["state"]) == ("order_posted", "sent")
    assert (webhook["id"], webhook["delivered"]) == ("msg4", False)
    assert "ana@buyer" not in str(webhook)
    assert (document["paper"], document["name"], document["version"]) == ("invoice", "invoice-901.pdf", 1)
    link = document["url"].removeprefix(waybill.configuration.public_url)
    assert (await gate.http.get(link)).content == b"%PDF-1"


async def test_what_belongs_together_is_found(gate: ApiGate) -> None:
    references = gate.waybill.references
    await references.link("sap", "customer", ours="shop:7", theirs="C20000", label="Ana", now=NOON)

    (found,) = (await gate.ask("GET", "/cross-references?wanted=C20000")).json()

    assert (found["ours"], found["entity"]) == ("shop:7", "customer")
    assert said(await gate.ask("GET", "/cross-references"), 422) == "query.wanted: is missing"


COMMANDS: dict[str, dict[str, Any]] = {
    "correct": {"fields": {"delivery.country": "FR"}},
    "continue": {},
    "hold": {"reason": "the buyer called"},
    "release": {},
    "cancel": {},
    "returns": {"reference": "R1", "lines": [{"sku": "WINE", "quantity": "2"}]},
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_without_temporal_nobody_knows_whether_a_command_was_done(gate: ApiGate, command: str) -> None:
    answer = await gate.ask("POST", f"/orders/shop/1/{command}", COMMANDS[command], role=Role.OPERATOR)

    assert "nobody knows whether it was done" in said(answer, 503)
    assert answer.headers["retry-after"] == "10"


async def test_without_temporal_a_connection_cannot_be_tried(gate: ApiGate) -> None:
    said(await gate.ask("POST", "/connections/sap/try", role=Role.OPERATOR), 503)
    assert "no connection crm" in said(await gate.ask("POST", "/connections/crm/try"), 404)


@pytest.mark.parametrize(
    ("command", "body", "sentence"),
    [
        (
            "returns",
            {"reference": "R1", "amount": 20.23},
            "amount: write an amount as text in quotes, with a point",
        ),
        ("returns", {"reference": "R1", "amount": 20}, "amount: write an amount as text in quotes"),
        ("returns", {"reference": "R1", "amount": "20,23"}, "amount: write an amount as text in quotes"),
        (
            "returns",
            {"reference": "R1", "lines": [{"sku": "A", "quantity": 1.5}]},
            "lines.0.quantity: write an amount as text",
        ),
        ("correct", {"fields": {"line.1.net": 1.5}}, "fields.line.1.net: write it as text in quotes"),
        ("correct", {"fields": {}}, "fields: Dictionary should have at least 1 item"),
        ("hold", {"reason": "x", "by": "dora"}, "by: is not known here"),
        ("hold", [], "Input should be"),
        ("approve", {"revision": "rev1"}, "request: is missing"),
    ],
)
async def test_a_command_that_is_not_right_is_told_so(
    gate: ApiGate, command: str, body: Any, sentence: str
) -> None:
    assert said(await gate.ask("POST", f"/orders/shop/1/{command}", body), 422).startswith(sentence)


async def test_a_key_of_odd_signs_is_refused(gate: ApiGate) -> None:
    answer = await gate.ask("POST", "/orders/shop/1/hold", {}, key="a b")

    assert "Idempotency-Key" in said(answer, 422)
