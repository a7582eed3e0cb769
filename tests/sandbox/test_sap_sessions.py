"""Logins and sessions of the SAP Business One sandbox."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest

from sandbox.sap_business_one import Company, Desk, Settings, open_desk
from sandbox.sap_business_one.desk import body, error

EXPIRED = (401, "301", "Invalid session or session already timeout.")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk(log_in=False) as desk:
        yield desk


class Clock:
    """A server clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 15, 9, 30, 12)  # noqa: DTZ001 - the service's clock has no zone

    def __call__(self) -> datetime:
        return self.now


async def test_login_sets_both_cookies(desk: Desk) -> None:
    answer = await desk.log_in()

    assert answer.status_code == 200
    session, route = answer.headers.get_list("Set-Cookie")
    assert session == f"B1SESSION={body(answer)['SessionId']};HttpOnly;"
    assert route == "ROUTEID=.node1; path=/b1s"
    assert (body(answer)["Version"], body(answer)["SessionTimeout"]) == ("1000280", 30)
    assert (await desk.get("Orders")).status_code == 200


async def test_lower_case_login_is_an_unknown_session(desk: Desk) -> None:
    assert error(await desk.post("login", {})) == EXPIRED


async def test_wrong_password_and_wrong_company_are_told_apart(desk: Desk) -> None:
    wrong_password = error(await desk.log_in(Password="guess"))
    wrong_company = error(await desk.log_in(CompanyDB="OTHER"))

    assert wrong_password[:2] == (401, "299")
    assert wrong_company == (500, "305", "Switch company error: -5027")
    assert desk.company.sessions.load.failed_logins == 2


async def test_expired_session_answers_301_in_v2_shape() -> None:
    clock = Clock()
    async with open_desk(Company(Settings(clock=clock, session_timeout_minutes=5))) as desk:
        clock.now += timedelta(minutes=6)

        answer = await desk.get("Orders")

    assert error(answer) == EXPIRED
    assert body(answer) == {"error": {"code": EXPIRED[1], "message": EXPIRED[2]}}


async def test_idle_time_slides_with_every_use() -> None:
    clock = Clock()
    async with open_desk(Company(Settings(clock=clock, session_timeout_minutes=5))) as desk:
        for _ in range(3):
            clock.now += timedelta(minutes=4)
            assert (await desk.get("Orders")).status_code == 200


async def test_logout_ends_the_session(desk: Desk) -> None:
    await desk.log_in()

    assert (await desk.post("Logout")).status_code == 204
    assert error(await desk.get("Orders")) == EXPIRED


async def test_ping_needs_no_login(desk: Desk) -> None:
    answer = await desk.http.get(str(desk.http.base_url.join("/ping/")))

    assert answer.json()["message"] == "pong"


async def test_only_the_second_version_is_served(desk: Desk) -> None:
    answer = await desk.http.get(str(desk.http.base_url.join("/b1s/v1/Orders")))

    assert answer.status_code == 404
    assert answer.text.startswith("<html>")


async def test_one_session_serves_one_request_at_a_time() -> None:
    async with open_desk(Company(Settings(latency_seconds=0.05))) as desk:
        await asyncio.gather(*(desk.get("Warehouses") for _ in range(4)))

        load = desk.company.sessions.load
        slowest = max(entry["seconds"] for entry in desk.company.ledger.of("request", path="Warehouses"))

    assert (load.peak_in_flight, load.peak_running, load.peak_waiting_in_session) == (4, 1, 3)
    assert slowest >= 0.17


async def test_two_sessions_work_side_by_side() -> None:
    async with open_desk(Company(Settings(latency_seconds=0.3))) as desk:
        async with httpx.AsyncClient(base_url=desk.http.base_url) as http:
            other = Desk(desk.company, http)
            await other.log_in()
            await asyncio.gather(desk.get("Warehouses"), other.get("Warehouses"))

        load = desk.company.sessions.load

    assert (load.peak_running, load.peak_sessions, load.logins) == (2, 2, 2)


async def test_sessions_are_limited_where_licences_are() -> None:
    async with open_desk(Company(Settings(max_sessions=1))) as desk:
        refused = await desk.log_in()

    assert error(refused)[:2] == (401, "100000027")


async def test_login_takes_its_time() -> None:
    async with open_desk(Company(Settings(login_latency_seconds=0.1))) as desk:
        login = desk.company.ledger.of("request", path="Login")[0]

    assert login["seconds"] >= 0.1


async def test_server_clock_is_local_and_injectable() -> None:
    async with open_desk(Company(Settings(clock=Clock()))) as desk:
        answer = body(await desk.get("CompanyService_GetCurrentServerTime"))

    assert (answer["CurrentDate"], answer["CurrentTime"]) == ("2026-01-15T00:00:00Z", "09:30:12")
