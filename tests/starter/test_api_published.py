"""Drafts, publishing and rolling back over the API."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.roles import Role
from tests.starter.api_gate import ApiGate, api_gate
from tests.starter.test_api_access import said

GOOD: dict[str, Any] = {"tables": {"colours": {"kind": "other", "values": {"red": "R"}}}}


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[ApiGate]:
    async with api_gate(tmp_path) as opened:
        yield opened


async def ask(gate: ApiGate, method: str, path: str, body: Any = None) -> Any:
    """Ask as an integrator, and return what is answered."""
    answer = await gate.ask(method, path, body, role=Role.INTEGRATOR)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


async def test_a_set_goes_from_draft_to_version_and_back(gate: ApiGate) -> None:
    assert "nothing was published of the mapping yet" in said(await gate.ask("GET", "/mapping"), 404)

    saved = await ask(gate, "PUT", "/mapping/draft", GOOD)
    assert saved["findings"] == {"faults": [], "warnings": []}
    assert (await ask(gate, "GET", "/mapping/draft"))["body"] == GOOD
    first = await ask(gate, "POST", "/mapping/publish", {"note": "colours"})
    await ask(gate, "PUT", "/mapping/draft", {})
    await ask(gate, "POST", "/mapping/publish", {"note": "none"})
    back = await ask(gate, "POST", "/mapping/rollback", {"to": 1, "note": "we need them"})

    assert (first["number"], first["author"], first["note"]) == (1, "token integrator-nobody", "colours")
    assert (back["number"], back["rolled_back_to"]) == (3, 1)
    assert (await ask(gate, "GET", "/mapping"))["body"] == GOOD
    assert (await ask(gate, "GET", "/mapping/versions/2"))["body"] == {}
    history = await ask(gate, "GET", "/mapping/history")
    assert [(each["number"], each["rolled_back_to"]) for each in history] == [(3, 1), (2, None), (1, None)]


async def test_what_is_faulty_is_kept_as_a_draft_and_not_published(gate: ApiGate) -> None:
    faulty: dict[str, Any] = {"pairs": {"nowhere": {}}}

    linted = await ask(gate, "POST", "/mapping/lint", faulty)
    saved = await ask(gate, "PUT", "/mapping/draft", faulty)
    refused = await gate.ask("POST", "/mapping/publish", {"note": "so"}, role=Role.INTEGRATOR)

    assert [fault["place"] for fault in linted["faults"]] == ["pairs.nowhere"]
    assert saved["findings"] == linted
    assert "the mapping cannot be published: pairs.nowhere: there is no pair nowhere" in said(refused, 422)
    assert refused.json()["errors"] == linted["faults"]
    assert refused.json()["field"] == "pairs.nowhere"


async def test_a_number_that_is_not_whole_is_refused_where_it_stands(gate: ApiGate) -> None:
    answer = await gate.ask("PUT", "/mapping/draft", {"pairs": {"main": {"limit": 0.1}}})

    assert said(answer, 422) == "pairs.main.limit is 0.1, a number that is not whole"
    assert answer.json()["remedy"] == 'Write an amount as text in quotes: "5000.00".'
    assert "no draft" in said(await gate.ask("GET", "/mapping/draft"), 404)


async def test_what_is_not_there_is_told_so(gate: ApiGate) -> None:
    assert "no draft" in said(await gate.ask("DELETE", "/mapping/draft"), 404)
    assert "no draft" in said(await gate.ask("POST", "/mapping/publish", {"note": "x"}), 404)
    assert "no version 7" in said(await gate.ask("GET", "/mapping/versions/7"), 404)
    assert "no version 7" in said(await gate.ask("POST", "/mapping/rollback", {"to": 7, "note": "x"}), 404)
    said(await gate.ask("GET", f"/mapping/versions/{2**70}"), 422)

    await ask(gate, "PUT", "/mapping/draft", GOOD)
    await ask(gate, "POST", "/mapping/publish", {"note": "x"})
    answer = await gate.ask("POST", "/mapping/rollback", {"to": 1, "note": "x"})
    assert "version 1 of the mapping is the one in force" in said(answer, 409)


async def test_a_draft_can_be_thrown_away(gate: ApiGate) -> None:
    await ask(gate, "PUT", "/mapping/draft", GOOD)

    await ask(gate, "DELETE", "/mapping/draft")

    said(await gate.ask("GET", "/mapping/draft"), 404)
