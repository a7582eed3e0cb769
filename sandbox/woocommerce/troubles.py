"""The ways a shop's host, firewall, PHP or network fails a call, before its work is done or after it."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.faults import FaultBoard
from sandbox.serving import cut_connection

_RETRY_SECONDS = 2
_LIBRARIES = ("python", "httpx", "requests", "curl")
_BEFORE = ("html_503", "html_403", "html_200", "rate_limited_429", "bad_gateway_502", "reset_before")
_NO_PUT = ("no_put_405",)
_AFTER = ("reset_after_commit", "error_500_after_commit", "printed_warning", "byte_order_mark")
FAULTS = frozenset(
    {
        *_BEFORE,
        *_AFTER,
        *_NO_PUT,
        "slow",
        "firewall_by_agent",
        "no_paging_headers",
        "webhook_lose",
        "webhook_twice",
        "webhook_forge",
    }
)

_MAINTENANCE = "<!DOCTYPE html><html><body>Briefly unavailable for scheduled maintenance.</body></html>"
_FIREWALL = "<html><head><title>403 Forbidden</title></head><body>Blocked by the firewall</body></html>"
_PAGE = "<!DOCTYPE html>\n<html lang='en'><head><title>Shop</title></head><body>Welcome</body></html>"
_GATEWAY = "<html><body><h1>502 Bad Gateway</h1></body></html>"
_WARNING = (
    b"<br />\n<b>Warning</b>:  Undefined array key 1 in <b>/var/www/wp-content/plugins/x.php</b><br />\n"
)
CRITICAL = {
    "code": "internal_server_error",
    "message": "<p>There has been a critical error on this website.</p>",
    "data": {"status": 500},
}


async def met(faults: FaultBoard, request: Request, serve: Callable[[], Awaitable[Response]]) -> Response:
    """Serve a request unless a fault is met, and spoil the answer where one is met after the work."""
    verb, path = request.method, request.url.path
    if slow := faults.take("slow", verb, path):
        await asyncio.sleep(slow.seconds)
    for kind in (*_BEFORE, *_by_agent(request), *(_NO_PUT if verb == "PUT" else ())):
        if faults.take(kind, verb, path):
            return _instead(kind, request)
    answer = await serve()
    for kind in _AFTER:
        if faults.take(kind, verb, path):
            return _spoiled(kind, request, answer)
    if faults.take("no_paging_headers", verb, path):
        for name in ("X-WP-Total", "X-WP-TotalPages", "Link"):
            if name in answer.headers:
                del answer.headers[name]
    return answer


def _by_agent(request: Request) -> tuple[str, ...]:
    """Name the fault that only those meet who call themselves after a library, or nothing."""
    agent = request.headers.get("user-agent", "").casefold()
    is_library = not agent or any(name in agent for name in _LIBRARIES)
    return ("firewall_by_agent",) if is_library else ()


def _instead(kind: str, request: Request) -> Response:
    if kind == "html_503":
        return HTMLResponse(_MAINTENANCE, 503, {"Retry-After": "600"})
    if kind in {"html_403", "firewall_by_agent"}:
        return HTMLResponse(_FIREWALL, 403)
    if kind == "no_put_405":
        return HTMLResponse("<html><body>Method Not Allowed</body></html>", 405)
    if kind == "bad_gateway_502":
        return HTMLResponse(_GATEWAY, 502)
    if kind == "rate_limited_429":
        return HTMLResponse("Too Many Requests", 429, {"Retry-After": str(_RETRY_SECONDS)})
    if kind == "reset_before":
        cut_connection(request)
    return HTMLResponse(_PAGE)


def _spoiled(kind: str, request: Request, answer: Response) -> Response:
    if kind == "reset_after_commit":
        cut_connection(request)
        return answer
    if kind == "error_500_after_commit":
        return JSONResponse(CRITICAL, 500)
    before = _WARNING if kind == "printed_warning" else "\ufeff".encode()
    answer.body = before + bytes(answer.body)
    answer.headers["Content-Length"] = str(len(answer.body))
    return answer
