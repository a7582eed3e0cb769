"""Faults of the SAP Business One sandbox: what is lost, what stays written."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.sap_business_one import FAULT_KINDS, KEY_TABLE, Desk, open_desk
from sandbox.sap_business_one.desk import error, order, part
from sandbox.sap_business_one.fault_kinds import AFTER_COMMIT

KEYED = [
    part("POST", f"U_{KEY_TABLE}", {"Code": "shop:1"}),
    part("POST", "Orders", order(U_WebOrderId="shop:1")),
]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        desk.company.staff.prepare_for_web_orders()
        await desk.log_in()
        yield desk


async def orders(desk: Desk) -> int:
    return len(await desk.rows("Orders"))


async def test_error_before_writes_nothing(desk: Desk) -> None:
    desk.company.faults.arm("error_500_before", method="POST", path="Orders")

    assert (await desk.post("Orders", order())).status_code == 500
    assert await orders(desk) == 0


async def test_reset_before_writes_nothing(desk: Desk) -> None:
    desk.company.faults.arm("reset_before", method="POST")

    with pytest.raises(httpx.TransportError):
        await desk.post("Orders", order())
    assert await orders(desk) == 0
    assert desk.company.ledger.of("request", method="POST", path="Orders")[0]["status"] == 0


@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize("kind", sorted(AFTER_COMMIT))
async def test_order_stays_when_the_answer_is_lost(desk: Desk, kind: str, batched: bool) -> None:
    desk.company.faults.arm(kind, path="Orders", seconds=0.2)

    try:
        answer = await (desk.batch(KEYED) if batched else desk.post("Orders", order(U_WebOrderId="shop:1")))
        assert answer.status_code in (500, 502)
    except httpx.TransportError:
        pass

    assert len(await desk.rows("Orders", "U_WebOrderId eq 'shop:1'")) == 1
    assert len(desk.company.ledger.of("order", U_WebOrderId="shop:1")) == 1


async def test_answers_that_wrote_nothing_are_not_lost(desk: Desk) -> None:
    desk.company.faults.arm("error_500_after_commit")

    assert (await desk.get("Orders")).status_code == 200
    assert error(await desk.post("Orders", order(CardCode="C99999")))[1] == "-2028"
    assert (await desk.post("Orders", order())).status_code == 500


async def test_hanging_answer_outlives_the_callers_patience(desk: Desk) -> None:
    desk.company.faults.arm("hang_after_commit", path="Orders", seconds=30)

    with pytest.raises(httpx.ReadTimeout):
        await desk.http.post("Orders", json=order(), timeout=0.2)
    assert await orders(desk) == 1


async def test_truncated_answer_is_cut_in_its_body(desk: Desk) -> None:
    desk.company.faults.arm("truncate_after_commit", path="Orders")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        await desk.post("Orders", order())


async def test_slow_write_lands_after_the_caller_gave_up(desk: Desk) -> None:
    desk.company.faults.arm("latency", method="POST", path="Orders", seconds=1)

    with pytest.raises(httpx.ReadTimeout):
        await desk.http.post("Orders", json=order(U_WebOrderId="shop:1"), timeout=0.1)
    async with httpx.AsyncClient(base_url=desk.http.base_url) as http:
        other = Desk(desk.company, http)
        await other.log_in()
        assert await orders(other) == 0
        await asyncio.sleep(1.2)
        assert await orders(other) == 1


async def test_new_rows_are_seen_later_and_their_keys_are_taken_at_once(desk: Desk) -> None:
    desk.company.faults.arm("read_lag", path="Orders", seconds=1)

    await desk.batch(KEYED)

    assert await orders(desk) == 0
    assert (await desk.get("Orders(1)")).status_code == 404
    assert await desk.rows("Orders", "U_WebOrderId eq 'shop:1'") == []
    assert '"-2035"' in (await desk.batch(KEYED)).text
    await asyncio.sleep(1.1)
    assert await orders(desk) == 1


async def test_session_expires_when_told(desk: Desk) -> None:
    desk.company.faults.arm("session_expired", path="Orders")

    assert error(await desk.post("Orders", order()))[:2] == (401, "301")
    await desk.log_in()
    assert (await desk.post("Orders", order())).status_code == 201


async def test_bad_gateway_is_html(desk: Desk) -> None:
    desk.company.faults.arm("bad_gateway_html")

    answer = await desk.get("Orders")

    assert answer.status_code == 502
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<html>" in answer.text


async def test_node_that_is_not_ready_says_305(desk: Desk) -> None:
    desk.company.faults.arm("node_not_ready")

    assert error(await desk.post("Orders", order())) == (500, "305", "Switch company error: -1102")
    assert await orders(desk) == 0


@pytest.mark.parametrize(("kind", "status"), [("rate_limited_429", 429), ("unavailable_503", 503)])
async def test_busy_balancer_says_when_to_come_back(desk: Desk, kind: str, status: int) -> None:
    desk.company.faults.arm(kind, seconds=3)

    answer = await desk.get("Orders")

    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "3")


async def test_refused_login_is_permanent(desk: Desk) -> None:
    desk.company.faults.arm("login_refused")

    assert error(await desk.log_in())[:2] == (401, "100000027")
    assert (await desk.log_in()).status_code == 200


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        ("approval_procedure", "-2028", "No matching records found"),
        ("credit_block", "-10", "credit limit"),
        ("closed_period", "-5002", "1250000073 - "),
    ],
)
@pytest.mark.parametrize("batched", [False, True])
async def test_rules_strike_when_armed(desk: Desk, kind: str, code: str, text: str, batched: bool) -> None:
    desk.company.faults.arm(kind, path="Orders")

    answer = await (desk.batch(KEYED) if batched else desk.post("Orders", order()))

    assert f'"{code}"' in answer.text
    assert text in answer.text
    assert await orders(desk) == 0
    assert await desk.rows(f"U_{KEY_TABLE}") == []


async def test_fault_counts_skips_and_picks_its_requests(desk: Desk) -> None:
    desk.company.faults.arm("error_500_before", method="POST", path="Orders", skip=1, times=2)

    statuses = [(await desk.post("Orders", order())).status_code for _ in range(4)]

    assert statuses == [201, 500, 500, 201]
    assert (await desk.get("Orders")).status_code == 200


def door(desk: Desk, path: str) -> str:
    return str(desk.http.base_url.join(f"/_sandbox/{path}"))


async def test_faults_are_armed_over_http(desk: Desk) -> None:
    shown = (await desk.http.get(door(desk, "faults"))).json()
    armed = await desk.http.post(door(desk, "faults"), json={"kind": "error_500_before", "path": "Orders"})

    assert set(shown["kinds"]) == FAULT_KINDS
    assert armed.status_code == 201
    assert (await desk.get("Orders")).status_code == 500


async def test_ledger_is_read_over_http(desk: Desk) -> None:
    await desk.post("Orders", order())

    entries: list[dict[str, Any]] = (
        await desk.http.get(door(desk, "ledger"), params={"kind": "order"})
    ).json()

    assert [(entry["DocEntry"], entry["DocTotal"]) for entry in entries] == [(1, "30.00")]


async def test_staff_ships_and_invoices_over_http(desk: Desk) -> None:
    await desk.post("Orders", order({"ItemCode": "WINE-RED-75", "Quantity": 4}))

    for name, sent in (
        ("pick", {"order": 1}),
        ("deliver", {"order": 1, "lines": {"0": 1}}),
        ("deliver", {"order": 1}),
        ("invoice", {"delivery": 2}),
        ("credit", {"invoice": 1, "lines": {"0": 1}}),
    ):
        assert (await desk.http.post(door(desk, name), json=sent)).status_code == 200

    assert [row["DocTotal"] for row in await desk.rows("DeliveryNotes")] == [15, 45]
    assert [row["DocTotal"] for row in await desk.rows("Invoices")] == [45]
    assert [row["DocTotal"] for row in await desk.rows("CreditNotes")] == [15]
    assert desk.stock_of("WINE-RED-75") == (497, 0)


async def test_staff_counts_freezes_and_closes_over_http(desk: Desk) -> None:
    for name, sent in (
        ("stock", {"item": "WINE-RED-75", "on_hand": 7}),
        ("freeze", {"partner": "C20001"}),
        ("freeze", {"item": "GLASS-SET-4"}),
        ("close_period", {"before": "2026-01-01"}),
    ):
        assert (await desk.http.post(door(desk, name), json=sent)).status_code == 200

    assert desk.stock_of("WINE-RED-75") == (7, 0)
    assert "10001071" in (await desk.post("Orders", order(CardCode="C20001"))).text
    assert "10001069" in (await desk.post("Orders", order({"ItemCode": "GLASS-SET-4"}))).text
    assert "1250000073" in (await desk.post("Orders", order(DocDate="2025-12-31"))).text


async def test_staff_approves_over_http(desk: Desk) -> None:
    desk.company.faults.arm("approval_procedure")
    await desk.post("Orders", order())

    decided = await desk.http.post(
        door(desk, "decide"), json={"draft": 1, "approved": True, "generate": True}
    )

    assert decided.json()["DocEntry"] == 1
    assert await orders(desk) == 1


async def test_restart_and_load_over_http(desk: Desk) -> None:
    assert (await desk.http.post(door(desk, "restart"))).status_code == 200
    assert (await desk.get("Orders")).status_code == 401

    load = (await desk.http.get(door(desk, "load"))).json()
    assert (load["logins"], load["peak_running"]) == (2, 0)


async def test_unknown_rows_and_bad_orders_to_the_staff_are_told(desk: Desk) -> None:
    assert (await desk.http.post(door(desk, "deliver"), json={"order": 9})).status_code == 404
    assert (await desk.http.post(door(desk, "deliver"), json={})).status_code == 400
