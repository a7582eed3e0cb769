"""The Service Layer over HTTP: logins, sessions with one request at a time in each, and the wire."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.control import control_routes
from sandbox.sap_business_one.batch import Batch, Step, calls_in, read_batch
from sandbox.sap_business_one.calls import ROOT, Call, Reply, refusal, split_target
from sandbox.sap_business_one.control import action_routes
from sandbox.sap_business_one.errors import ServiceLayerError
from sandbox.sap_business_one.faults import Target, latency, lose_answer, strike_before
from sandbox.sap_business_one.service import Service
from sandbox.sap_business_one.sessions import Session
from sandbox.sap_business_one.wire import read_body, write

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
_NOT_FOUND = "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"


def create_app(company: "Company") -> Starlette:
    """Return the company's Service Layer as an application, with the control door beside it."""
    door = _Door(company)
    return Starlette(
        routes=[
            Route(ROOT + "{resource:path}", door.serve, methods=_METHODS),
            Route("/ping/", _ping),
            Route("/ping/node/{node}", _ping),
            *control_routes(company.faults, company.ledger),
            *action_routes(company),
            Route("/{anything:path}", _nothing_here, methods=_METHODS),
        ]
    )


async def _ping(_: Request) -> Response:
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    return JSONResponse({"message": "pong", "sender": "load balancer", "timestamp": stamp})


async def _nothing_here(_: Request) -> Response:
    return HTMLResponse(_NOT_FOUND, status_code=404)


@dataclass(frozen=True)
class _Work:
    """What a request wants: one call, or the steps of a batch."""

    call: Call
    steps: list[Step] | None = None

    @property
    def target(self) -> Target:
        """Verb and path for the fault board; a batch is also known by the paths inside it."""
        paths = [self.call.path, *(each.path for each in calls_in(self.steps or []))]
        return self.call.method, " ".join(f"{ROOT}{path}" for path in paths)


class _Door:
    """What stands between the network and the service."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._service = Service(company)
        self._batch = Batch(company, self._service)

    async def serve(self, request: Request) -> Response:
        """Answer one HTTP request and enter it in the ledger."""
        load, began = self._company.sessions.load, time.perf_counter()
        load.in_flight += 1
        load.peak_in_flight = max(load.peak_in_flight, load.in_flight)
        status = 0
        try:
            response = await self._answered(request)
            status = response.status_code
        except ServiceLayerError as refused:
            response = _response(refusal(refused))
            status = refused.status
        except ClientDisconnect:
            response = Response(status_code=400)
        finally:
            load.in_flight -= 1
            self._note(request, status, time.perf_counter() - began)
        return response

    async def _answered(self, request: Request) -> Response:
        call = await _call_of(request)
        if call.path == "Login" and call.method == "POST":
            return await self._login(request, call)
        if call.path == "Logout" and call.method == "POST":
            self._company.sessions.end(self._session_of(request).id)
            return Response(status_code=204)
        try:
            work = _Work(call, read_batch(call) if call.path == "$batch" else None)
        except ServiceLayerError:
            self._session_of(request)
            raise
        struck = await strike_before(self._company, work.target, request)
        if struck is not None:
            return struck
        async with self._turn(self._session_of(request)):
            await asyncio.sleep(latency(self._company, work.target))
            response, wrote = self._carried_out(work)
        return await lose_answer(self._company, work.target, request, response) if wrote else response

    def _carried_out(self, work: _Work) -> tuple[Response, bool]:
        """Return the answer, and whether anything was written. Nothing else runs meanwhile."""
        company, commits = self._company, self._company.commits
        company.target = work.target
        if work.steps is None:
            response = _response(self._service.answer(work.call))
        else:
            answer = self._batch.answer(work.steps)
            response = Response(answer.body, 200, {"OData-Version": "4.0"}, media_type=answer.content_type)
        return response, company.commits > commits

    async def _login(self, request: Request, call: Call) -> Response:
        company, target = self._company, ("POST", ROOT + "Login")
        struck = await strike_before(company, target, request)
        if struck is not None:
            return struck
        await asyncio.sleep(company.settings.login_latency_seconds + latency(company, target))
        if company.faults.take("login_refused", *target):
            raise ServiceLayerError(401, "100000027", "Login failed: no licence is free for another session")
        session = company.sessions.open(read_body(call.body))
        company.ledger.write("login", user=session.user)
        body = {
            "@odata.context": f"{call.root}$metadata#B1Sessions/$entity",
            "SessionId": session.id,
            "Version": company.settings.version,
            "SessionTimeout": company.settings.session_timeout_minutes,
        }
        response = _response(Reply(200, write(body)))
        response.headers.append("Set-Cookie", f"B1SESSION={session.id};HttpOnly;")
        response.headers.append("Set-Cookie", "ROUTEID=.node1; path=/b1s")
        return response

    def _session_of(self, request: Request) -> Session:
        return self._company.sessions.find(request.cookies.get("B1SESSION"))

    @asynccontextmanager
    async def _turn(self, session: Session) -> AsyncIterator[None]:
        """Wait for the session's earlier requests; the session is looked at again when its turn comes."""
        load = self._company.sessions.load
        session.waiting += 1
        load.peak_waiting_in_session = max(load.peak_waiting_in_session, session.waiting - 1)
        try:
            async with session.lock:
                self._company.sessions.find(session.id)
                load.running += 1
                load.peak_running = max(load.peak_running, load.running)
                try:
                    yield
                finally:
                    load.running -= 1
        finally:
            session.waiting -= 1

    def _note(self, request: Request, status: int, seconds: float) -> None:
        self._company.ledger.write(
            "request",
            method=request.method,
            path=request.url.path.removeprefix(ROOT),
            query=request.url.query,
            status=status,
            seconds=round(seconds, 6),
        )


async def _call_of(request: Request) -> Call:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
    raw_path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    path, query = split_target(f"{raw_path.decode('latin-1')}?{request.url.query}")
    method = request.method
    if method == "POST":
        method = headers.get("x-http-method-override", method)
    root = f"{request.scope['scheme']}://{headers.get('host', 'localhost')}{ROOT}"
    return Call(method, path.removeprefix(ROOT), query, headers, await request.body(), root)


def _response(reply: Reply) -> Response:
    headers = {**reply.headers, "OData-Version": "4.0"}
    if not reply.body:
        return Response(status_code=reply.status, headers=headers)
    return Response(reply.body, reply.status, {**headers, "Content-Type": reply.content_type})
