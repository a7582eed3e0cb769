"""Absences over the API: noted by whom they are about or by an admin, and refused in words."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.roles import Role
from tests.starter.api_gate import ApiGate, api_gate
from tests.starter.test_api_access import said

TODAY = datetime.now(UTC).date()
SOON = (TODAY + timedelta(days=9)).isoformat()


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[ApiGate]:
    async with api_gate(tmp_path) as opened:
        yield opened


async def away(gate: ApiGate, who: str) -> list[dict[str, Any]]:
    found = (await gate.ask("GET", "/approvers", role=Role.VIEWER)).json()
    (shown,) = [each for each in found if each["id"] == who]
    assert "email" not in shown
    return list(shown["away"])


async def test_an_approver_is_away_and_back_again(gate: ApiGate) -> None:
    body = {"last": SOON, "deputy": "carl"}
    noted = await gate.ask("POST", "/approvers/dora/away", body, role=Role.APPROVER, person="dora")
    shown = await away(gate, "dora")
    back = await gate.ask("POST", "/approvers/dora/back", {})

    assert shown == [{"first": TODAY.isoformat(), "last": SOON, "deputy": "carl"}] == noted.json()["away"]
    assert (back.status_code, back.json()["away"]) == (200, [])
    assert "dora is not away" in said(await gate.ask("POST", "/approvers/dora/back", {}), 409)


async def test_nobody_but_an_admin_sends_another_away(gate: ApiGate) -> None:
    carl = await gate.ask("POST", "/approvers/dora/away", {"last": SOON}, role=Role.APPROVER, person="carl")

    assert "not bound to dora" in said(carl, 403)
    assert await away(gate, "dora") == []


@pytest.mark.parametrize(
    ("who", "body", "status", "says"),
    [
        ("nobody", {"last": SOON}, 404, "no approver nobody"),
        ("dora", {"last": "2020-01-01", "first": "2020-01-01"}, 409, "is past"),
        ("dora", {"last": SOON, "deputy": "dora"}, 409, "nobody stands in for themselves"),
        ("dora", {"last": "4.12.2026"}, 422, "write a day"),
        ("dora", {"last": "2026-02-30"}, 422, "no calendar has this day"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    gate: ApiGate, who: str, body: dict[str, Any], status: int, says: str
) -> None:
    answer = await gate.ask("POST", f"/approvers/{who}/away", body)

    assert says in said(answer, status)
