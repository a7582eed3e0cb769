"""Sessions of SAP Business One: few logins, renewed in time, never two requests in one, no lock-out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.erps.sap_business_one.client import ServiceLayer
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    InDoubt,
    NotFound,
    NotPermitted,
    Passing,
    UnexpectedAnswer,
)
from sandbox.sap_business_one import Company, Settings, create_app
from sandbox.serving import serving
from tests.adapters.test_sap_conformance import sap_settings

ORDER = "Orders(1)"


class Clock:
    """One clock for the server and for us, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2026-01-15T08:00:00")

    def server(self) -> datetime:
        """Return the server's local time."""
        return self.now

    def seconds(self) -> float:
        """Return our seconds."""
        return self.now.timestamp()

    def move(self, minutes: float) -> None:
        """Let time pass."""
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def company(clock: Clock) -> Company:
    return Company(Settings(clock=clock.server))


@asynccontextmanager
async def layer_for(served: Company, clock: Clock, **changes: object) -> AsyncIterator[ServiceLayer]:
    """Serve a company and open a Service Layer client for it."""
    async with serving(create_app(served)) as url:
        layer = ServiceLayer("sap", sap_settings(url, **changes), clock.seconds)
        try:
            yield layer
        finally:
            await layer.close()


async def look(layer: ServiceLayer) -> None:
    """Send one request that reads."""
    with pytest.raises(NotFound):
        await layer.read(ORDER)


async def test_one_login_serves_many_requests(company: Company, clock: Clock) -> None:
    async with layer_for(company, clock) as layer:
        for _ in range(10):
            await look(layer)

        assert company.sessions.load.logins == 1


async def test_crowd_logs_in_as_often_as_there_are_sessions(company: Company, clock: Clock) -> None:
    company.faults.arm("latency", times=None, seconds=0.005)
    async with layer_for(company, clock) as layer:
        await asyncio.gather(*[look(layer) for _ in range(30)])

        assert company.sessions.load.logins == 3
        assert company.sessions.load.peak_waiting_in_session == 0


async def test_session_in_use_stays_and_idle_one_is_renewed_before_it_ends(
    company: Company, clock: Clock
) -> None:
    async with layer_for(company, clock) as layer:
        for _ in range(10):
            await look(layer)
            clock.move(minutes=27)
        assert company.sessions.load.logins == 1

        clock.move(minutes=2)
        await look(layer)

        assert company.sessions.load.logins == 2
        assert not company.ledger.of("request", status=401)


async def test_timeout_of_the_server_is_the_one_that_counts(clock: Clock) -> None:
    company = Company(Settings(clock=clock.server, session_timeout_minutes=3))
    async with layer_for(company, clock) as layer:
        await look(layer)
        clock.move(minutes=2)
        await look(layer)

        assert company.sessions.load.logins == 2
        assert not company.ledger.of("request", status=401)


async def test_session_ended_early_is_opened_again_once(company: Company, clock: Clock) -> None:
    async with layer_for(company, clock) as layer:
        await look(layer)
        company.sessions.end_all()
        await look(layer)

        assert company.sessions.load.logins == 2
        assert len(company.ledger.of("request", path=ORDER)) == 3


async def test_session_that_ends_at_once_again_passes_by(company: Company, clock: Clock) -> None:
    company.faults.arm("session_expired", path="Orders", times=2)
    async with layer_for(company, clock) as layer:
        with pytest.raises(Passing):
            await layer.read(ORDER)
        await look(layer)


async def test_node_that_lost_the_company_gets_a_new_login(company: Company, clock: Clock) -> None:
    async with layer_for(company, clock) as layer:
        await look(layer)
        company.faults.arm("node_not_ready", path="Orders", times=2)
        with pytest.raises(Passing):
            await layer.read(ORDER)
        with pytest.raises(InDoubt):
            await layer.create("Orders", {})
        await look(layer)

        assert company.sessions.load.logins == 3


async def test_wrong_password_is_tried_once_for_all(company: Company, clock: Clock) -> None:
    async with layer_for(company, clock, password="wrong") as layer:
        ends = await asyncio.gather(*[layer.read(ORDER) for _ in range(9)], return_exceptions=True)

        assert {type(end) for end in ends} == {BadCredentials}
        assert company.sessions.load.failed_logins == 1


async def test_refused_login_is_tried_again_after_the_pause(company: Company, clock: Clock) -> None:
    async with layer_for(company, clock, password="wrong", login_pause="5m") as layer:
        for minutes in (0, 4, 2):
            clock.move(minutes)
            with pytest.raises(BadCredentials):
                await layer.read(ORDER)

        assert company.sessions.load.failed_logins == 2


async def test_wrong_company_and_missing_licence_are_told_apart(company: Company, clock: Clock) -> None:
    async with layer_for(company, clock, company="OTHER") as layer:
        with pytest.raises(BadConfiguration) as caught:
            await layer.read(ORDER)
        assert caught.value.problem.field == "connections.sap.company"

    company.faults.arm("login_refused")
    async with layer_for(company, clock) as layer:
        with pytest.raises(NotPermitted):
            await layer.read(ORDER)


async def test_session_without_a_licence_leaves_the_others_working(clock: Clock) -> None:
    company = Company(Settings(clock=clock.server, max_sessions=1, latency_seconds=0.01))
    async with layer_for(company, clock) as layer:
        await look(layer)
        ends = await asyncio.gather(layer.read(ORDER), layer.read(ORDER), return_exceptions=True)

        assert {type(end) for end in ends} == {NotFound, NotPermitted}
        await look(layer)


async def test_close_logs_out_everywhere(company: Company, clock: Clock) -> None:
    company.faults.arm("latency", times=None, seconds=0.005)
    async with layer_for(company, clock) as layer:
        await asyncio.gather(*[look(layer) for _ in range(6)])
        assert len(company.sessions) == 3

    assert len(company.sessions) == 0


async def test_close_is_quiet_when_the_server_has_gone(company: Company, clock: Clock) -> None:
    async with serving(create_app(company)) as url:
        layer = ServiceLayer("sap", sap_settings(url), clock.seconds)
        await look(layer)

    await layer.close()


async def test_busy_sessions_pass_by_after_the_timeout(company: Company, clock: Clock) -> None:
    company.faults.arm("latency", times=None, seconds=0.4)
    async with layer_for(company, clock, sessions=1, timeout="0.5s") as layer:
        ends = await asyncio.gather(*[layer.read(ORDER) for _ in range(4)], return_exceptions=True)

        assert any(isinstance(end, Passing) and "busy" in str(end) for end in ends)


async def test_every_request_carries_its_own_session_and_a_login_none() -> None:
    cookies: dict[str, list[str]] = {"Login": [], "Orders": []}
    numbers = iter(range(1, 100))

    async def answer(request: Request) -> Response:
        if not request.url.path.endswith("/Login"):
            cookies["Orders"].append(request.headers.get("cookie", ""))
            await asyncio.sleep(0.01)
            return JSONResponse({})
        cookies["Login"].append(request.headers.get("cookie", ""))
        number = next(numbers)
        response = JSONResponse({"SessionId": f"s{number}", "SessionTimeout": 30})
        response.headers.append("Set-Cookie", f"B1SESSION=s{number};HttpOnly;")
        response.headers.append("Set-Cookie", f"ROUTEID=.node{number}; path=/b1s")
        return response

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    async with serving(app) as url:
        layer = ServiceLayer("sap", sap_settings(url))
        await asyncio.gather(*[layer.read(ORDER) for _ in range(3)])
        await layer.close()

    assert cookies["Login"] == ["", "", ""]
    wanted = {f"B1SESSION=s{number}; ROUTEID=.node{number}" for number in (1, 2, 3)}
    assert set(cookies["Orders"]) == wanted


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"SessionId": 7}', b'{"SessionId": "a; b=c\\r\\nX: y"}', b'{"SessionId": ""}'],
)
async def test_strange_login_answer_passes_by(body: bytes) -> None:
    async def answer(_: Request) -> Response:
        return Response(body, media_type="application/json")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    async with serving(app) as url:
        layer = ServiceLayer("sap", sap_settings(url))
        with pytest.raises(UnexpectedAnswer):
            await layer.read(ORDER)
        await layer.close()


@pytest.mark.parametrize("minutes", ["null", "-1", '"30"', "1e9", "0"])
async def test_strange_session_timeout_is_taken_for_the_usual_one(minutes: str) -> None:
    logins: list[Request] = []

    async def answer(request: Request) -> Response:
        if request.url.path.endswith("/Login"):
            logins.append(request)
        text = f'{{"SessionId": "s", "SessionTimeout": {minutes}}}'
        return Response(text, media_type="application/json")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    async with serving(app) as url:
        layer = ServiceLayer("sap", sap_settings(url))
        for _ in range(3):
            await layer.read(ORDER)
        await layer.close()

    assert len(logins) == 1
