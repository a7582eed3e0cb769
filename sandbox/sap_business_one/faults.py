"""How the armed faults strike: before anything is written, or after, when only the answer is lost."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.sap_business_one.calls import JSON, refusal
from sandbox.sap_business_one.errors import ServiceLayerError
from sandbox.serving import cut_connection

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_BAD_GATEWAY = (
    "<html><head><title>502 Proxy Error</title></head><body><h1>Proxy Error</h1>"
    "<p>The proxy server received an invalid response from an upstream server.</p></body></html>"
)
Target = tuple[str, str]
"""Verb and path of a request; a batch's path is followed by the paths inside it."""


async def strike_before(company: "Company", target: Target, request: Request) -> Response | None:
    """Return the answer of a fault that keeps the request from the service, if one is armed for it."""
    faults = company.faults
    if not faults.armed():
        return None
    if faults.take("session_expired", *target):
        company.sessions.end(request.cookies.get("B1SESSION"))
    if faults.take("reset_before", *target):
        return await _reset(request)
    if faults.take("bad_gateway_html", *target):
        return HTMLResponse(_BAD_GATEWAY, status_code=502)
    for kind, status in (("rate_limited_429", 429), ("unavailable_503", 503)):
        fault = faults.take(kind, *target)
        if fault is not None:
            return Response("", status, {"Retry-After": f"{fault.seconds:g}"}, media_type="text/html")
    if faults.take("node_not_ready", *target):
        return _error(500, "305", "Switch company error: -1102")
    if faults.take("error_500_before", *target):
        return _error(500, "-1", "Internal error (-1) occurred")
    return None


def latency(company: "Company", target: Target) -> float:
    """Return how long a request takes before the service does anything with it."""
    fault = company.faults.take("latency", *target)
    return company.settings.latency_seconds + (fault.seconds if fault else 0)


async def lose_answer(company: "Company", target: Target, request: Request, answer: Response) -> Response:
    """Return what the caller gets of the answer to a request that has written something."""
    faults = company.faults
    if not faults.armed():
        return answer
    hang = faults.take("hang_after_commit", *target)
    if hang is not None:
        await _wait_for_caller(request, hang.seconds)
        return await _reset(request)
    if faults.take("reset_after_commit", *target):
        return await _reset(request)
    if faults.take("truncate_after_commit", *target):
        return _Truncated(request, answer)
    if faults.take("bad_gateway_html_after_commit", *target):
        return HTMLResponse(_BAD_GATEWAY, status_code=502)
    if faults.take("error_500_after_commit", *target):
        return _error(500, "-1", "Internal error (-1) occurred")
    return answer


def _error(status: int, code: str, message: str) -> Response:
    reply = refusal(ServiceLayerError(status, code, message))
    return Response(reply.body, status, media_type=JSON)


async def _reset(request: Request) -> Response:
    cut_connection(request)
    await asyncio.sleep(0)
    return _Silence(status_code=0)


async def _wait_for_caller(request: Request, seconds: float) -> None:
    """Wait until the caller has gone, or for so long at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass


class _Silence(Response):
    """No answer at all: the connection is gone."""

    async def __call__(self, _: Scope, __: Receive, ___: Send) -> None:
        """Send nothing."""


class _Truncated(Response):
    """An answer whose body ends in the middle."""

    def __init__(self, request: Request, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))
        self._request = request

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        half = self.body[: len(self.body) // 2]
        await send(start)
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _reset(self._request)
