"""The ways a shop's host, firewall, PHP or network fails a call, before its work is done or after it."""

import asyncio
import math

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.faults import Fault
from sandbox.prestashop.errors import NOT_SAVED
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.wire_json import JsonWriter
from sandbox.prestashop.wire_xml import XmlWriter
from sandbox.serving import cut_connection

_RETRY_SECONDS = 1
_FIREWALL = "<html><head><title>403 Forbidden</title></head><body><center>cloudflare</center></body></html>"
_MAINTENANCE = "<html><body><h1>Service Unavailable</h1><p>Back soon.</p></body></html>"
_NOTICE = (
    "[PHP Notice #8] Undefined index: id_carrier"
    " (/var/www/html/modules/carriertools/carriertools.php, line 214)"
)
_PRINTED = (
    b"<br />\n<b>Warning</b>:  Undefined array key &quot;id_carrier&quot; in "
    b"<b>/var/www/html/modules/carriertools/carriertools.php</b> on line <b>214</b><br />\n"
)
_CUT = 499
"""A status for the ledger only: the caller got none."""


async def trouble_before(state: ShopState, verb: str, request: Request) -> Response | None:
    """Return the wrong answer armed for a call that is not to be worked on, or None."""
    path = request.url.path
    late = state.faults.take("latency", verb, path)
    seconds = state.settings.latency_seconds + (late.seconds if late else 0)
    if seconds:
        await asyncio.sleep(seconds)
    if state.faults.take("reset_before", verb, path):
        return _cut(request)
    if state.faults.take("html_403", verb, path):
        return HTMLResponse(_FIREWALL, 403)
    if state.faults.take("html_503", verb, path):
        return HTMLResponse(_MAINTENANCE, 503)
    limited = state.faults.take("rate_limited_429", verb, path)
    if limited:
        wait = math.ceil(limited.seconds) or _RETRY_SECONDS
        return HTMLResponse("Too Many Requests", 429, {"Retry-After": str(wait)})
    if state.faults.take("error_500_before", verb, path):
        return HTMLResponse("", 500)
    return _php_notice(state, verb, request)


async def answer_wrongly(state: ShopState, verb: str, request: Request, right: Response) -> Response:
    """Return the answer the caller gets although the work was done: the right one when nothing is armed."""
    path = request.url.path
    slow = state.faults.take("slow_after_commit", verb, path)
    if slow:
        await asyncio.sleep(slow.seconds)
    if state.faults.take("reset_after_commit", verb, path):
        return _cut(request)
    if state.faults.take("error_500_after_commit", verb, path):
        return _errors(request, *NOT_SAVED)
    if state.faults.take("printed_notice", verb, path):
        right.body = _PRINTED + bytes(right.body)
        right.headers["Content-Length"] = str(len(right.body))
    return right


def _cut(request: Request) -> Response:
    cut_connection(request)
    return Response(b"", _CUT)


def _php_notice(state: ShopState, verb: str, request: Request) -> Response | None:
    fault: Fault | None = state.faults.take("php_notice", verb, request.url.path)
    return _errors(request, 5, _NOTICE) if fault else None


def _errors(request: Request, code: int, message: str) -> Response:
    """Write an error without regard to what was asked for beside the format."""
    asked = request.query_params.get("output_format") or request.headers.get("output-format")
    writer = JsonWriter((), False) if asked == "JSON" else XmlWriter("", ())
    return Response(writer.errors([(code, message)]), 500, media_type=writer.content_type)
