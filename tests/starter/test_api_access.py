"""Who may ask the API what: tokens, roles, and what is answered at the door."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from domain.roles import Right, Role, roles_with
from starter.api.access import LARGEST_BODY
from tests.starter.api_gate import API, ApiGate, api_gate, asked, record


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[ApiGate]:
    async with api_gate(tmp_path) as opened:
        await record(opened.waybill, asked(1042))
        yield opened


def said(answer: httpx.Response, status: int) -> str:
    """Return the sentence of a problem, after looking whether it is one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["status"] == status
    return str(body["detail"])


async def test_the_description_is_open_and_nothing_else(gate: ApiGate) -> None:
    description = await gate.http.get(f"{API}/openapi.json")

    assert description.status_code == 200
    for path, operations in description.json()["paths"].items():
        for method in operations:
            answer = await gate.http.request(method, API + path.replace("{", "").replace("}", ""))
            assert "send a token" in said(answer, 401)
            assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    ["Basic YTpi", "Bearer", "Bearer wb_short", "wb_x", "Bearer wb_" + "A" * 43 + "000000", "Bearer \xe9"],
)
async def test_a_wrong_token_is_refused(gate: ApiGate, header: str) -> None:
    answer = await gate.http.get(f"{API}/orders", headers=[(b"authorization", header.encode("latin-1"))])

    said(answer, 401)


async def test_an_expired_and_a_revoked_token_are_refused(gate: ApiGate) -> None:
    await gate.token(Role.VIEWER, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert "expired" in said(await gate.ask("GET", "/me", role=Role.VIEWER), 401)

    assert (await gate.ask("GET", "/me", role=Role.OPERATOR)).status_code == 200
    assert (await gate.ask("DELETE", "/tokens/operator-nobody")).status_code == 204
    assert "revoked" in said(await gate.ask("GET", "/me", role=Role.OPERATOR), 401)


async def test_after_many_wrong_tokens_the_address_waits_but_good_tokens_known_before_do_not(
    gate: ApiGate,
) -> None:
    assert (await gate.ask("GET", "/me", role=Role.VIEWER)).status_code == 200
    wrong = {"Authorization": "Bearer wb_wrong"}
    answers = [await gate.http.get(f"{API}/me", headers=wrong) for _ in range(30)]

    assert [answer.status_code for answer in answers] == [401] * 20 + [429] * 10
    assert "wait a minute" in said(answers[-1], 429)
    assert answers[-1].headers["retry-after"] == "60"
    assert (await gate.ask("GET", "/me", role=Role.VIEWER)).status_code == 200
    said(await gate.ask("GET", "/me", role=Role.OPERATOR), 429)


CASES = [
    ("GET", "/orders", Right.READ),
    ("GET", "/holds", Right.READ),
    ("POST", "/orders/shop/1042/hold", Right.OPERATE),
    ("POST", "/orders/shop/1042/returns", Right.OPERATE),
    ("POST", "/strays/aside", Right.OPERATE),
    ("POST", "/orders/shop/1042/approve", Right.DECIDE),
    ("POST", "/orders/shop/1042/reject", Right.DECIDE),
    ("PUT", "/mapping/draft", Right.PUBLISH),
    ("POST", "/mapping/publish", Right.PUBLISH),
    ("POST", "/mapping/rollback", Right.PUBLISH),
    ("GET", "/tokens", Right.GRANT),
    ("POST", "/tokens", Right.GRANT),
    ("DELETE", "/tokens/any", Right.GRANT),
    ("GET", "/approvers", Right.READ),
    ("POST", "/approvers/dora/away", Right.DECIDE),
    ("POST", "/approvers/dora/back", Right.DECIDE),
]


@pytest.mark.parametrize(("method", "path", "right"), CASES, ids=lambda part: str(part))
async def test_each_role_may_do_what_the_table_says_and_no_more(
    gate: ApiGate, method: str, path: str, right: Right
) -> None:
    for role in Role:
        answer = await gate.ask(method, path, {"odd": 1} if method != "GET" else None, role=role)

        if role in roles_with(right):
            assert answer.status_code != 403, role
        else:
            assert f"has the role {role}" in said(answer, 403)


async def test_the_day_of_use_is_noted_and_the_token_tells_what_it_is_good_for(gate: ApiGate) -> None:
    answer = await gate.ask("GET", "/me", role=Role.APPROVER, person="dora")

    assert answer.json() == {
        "name": "approver-dora",
        "role": "approver",
        "person": "dora",
        "rights": ["decide", "operate", "read"],
        "expires_at": None,
    }
    (token,) = await gate.tokens.all()
    assert token.last_used_on == datetime.now(UTC).date()


async def test_an_admin_makes_and_revokes_tokens_whose_secrets_are_shown_once(gate: ApiGate) -> None:
    made = await gate.ask("POST", "/tokens", {"name": "erp-sync", "role": "viewer", "days": 30})
    assert made.status_code == 201
    mine = {"Authorization": f"Bearer {made.json()['secret']}"}
    assert (await gate.http.get(f"{API}/me", headers=mine)).json()["name"] == "erp-sync"

    again = await gate.ask("POST", "/tokens", {"name": "erp-sync", "role": "viewer"})
    assert "a token erp-sync already" in said(again, 409)
    listed = (await gate.ask("GET", "/tokens")).json()
    assert [(each["name"], each["created_by"]) for each in listed] == [
        ("admin-nobody", "ada"),
        ("erp-sync", "token admin-nobody"),
    ]
    assert made.json()["secret"] not in str(listed)

    assert (await gate.ask("DELETE", "/tokens/erp-sync")).status_code == 204
    assert "no token erp-sync" in said(await gate.ask("DELETE", "/tokens/erp-sync"), 404)


async def test_nobody_is_made_an_approver_over_the_api(gate: ApiGate) -> None:
    answer = await gate.ask("POST", "/tokens", {"name": "forged", "role": "approver"})
    assert "waybill token create --person" in said(answer, 422)

    answer = await gate.ask("POST", "/tokens", {"name": "forged", "role": "admin", "person": "dora"})
    assert said(answer, 422) == "person: is not known here"


async def test_a_token_that_is_bound_to_no_person_never_decides(gate: ApiGate) -> None:
    decision = {"request": 2, "revision": "rev1", "reason": "fine"}
    for role in (Role.APPROVER, Role.ADMIN):
        for verdict in ("approve", "reject"):
            answer = await gate.ask("POST", f"/orders/shop/1042/{verdict}", decision, role=role)
            assert "bound to no approver" in said(answer, 403)


async def test_a_body_over_the_cap_is_refused_and_one_without_a_token_is_not_read(gate: ApiGate) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536

    address = f"{API}/orders/shop/1042/hold"
    mine = {"Authorization": f"Bearer {await gate.token(Role.ADMIN)}"}
    async with asyncio.timeout(20):
        large = await gate.http.post(address, content=endless(), headers=mine)
        unknown = await gate.http.post(address, content=endless())

    assert f"at most {LARGEST_BODY} bytes" in said(large, 413)
    said(unknown, 401)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b"[" * 100_000, b'{"reason": ' + b"1" * 5000 + b"}"]
)
async def test_a_body_that_is_no_json_is_told_so(gate: ApiGate, body: bytes) -> None:
    mine = {"Authorization": f"Bearer {await gate.token(Role.ADMIN)}", "Content-Type": "application/json"}

    answer = await gate.http.post(f"{API}/orders/shop/1042/hold", content=body, headers=mine)

    assert answer.status_code in {400, 422}
    said(answer, answer.status_code)


async def test_unknown_paths_and_methods_are_told_so(gate: ApiGate) -> None:
    said(await gate.ask("GET", "/nothing"), 404)
    answer = await gate.ask("POST", "/mapping/draft")
    assert said(answer, 405) == "it takes DELETE and GET and PUT"
    assert answer.headers["allow"] == "DELETE, GET, PUT"


async def test_without_its_database_the_api_says_that_it_cannot(tmp_path: Path) -> None:
    async with api_gate(tmp_path, database="postgresql://nobody@127.0.0.1:9/none") as gate:
        header = {"Authorization": "Bearer " + SECRET_OF_NOBODY}
        answer = await gate.http.get(f"{API}/orders", headers=header)

    assert "database does not answer" in said(answer, 503)
    assert int(answer.headers["retry-after"]) > 0


SECRET_OF_NOBODY = "wb_" + "A" * 43 + "3d9ed7"
