"""A proxy before an Odoo, sandbox or real: it loses answers, keeps requests away, counts, slows down."""

import asyncio
import json
import re
import xmlrpc.client
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.serving import cut_connection, serving
from tests.adapters.erp_conformance_bench import LostAnswer, NotDone

_TEXTS = re.compile("<string>([^<]*)</string>")
_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
_READS = frozenset(
    {"search_read", "read", "search", "search_count", "fields_get", "check_access_rights", "has_access"}
    | {"get_portal_url"}
)
DECIDING = frozenset(
    {("sale.order", "action_confirm"), ("sale.order", "action_cancel"), ("stock.picking", "action_cancel")}
    | {("res.partner", "load"), ("purchase.order", "load")}
    | {("account.move", "action_post"), ("account.payment", "action_post")}
)
"""The writes after which a document is there: an answer lost before them leaves it half made."""


@dataclass(frozen=True)
class Rubbish:
    """What is answered in place of the truth."""

    status: int
    kind: str
    body: bytes
    only_writes: bool = False


class Proxy:
    """The switches of one proxy."""

    def __init__(self, http: httpx.AsyncClient, rubbish: Rubbish | None = None) -> None:
        self._http, self._rubbish = http, rubbish
        self.lose: LostAnswer | None = None
        self.lose_after: frozenset[tuple[str, str]] = DECIDING
        self.hang = False
        self.fail: NotDone | None = None
        self.delay = 0.0
        self.seen = self.now = self.peak = 0

    async def pass_on(self, request: Request) -> Response:
        """Answer a request."""
        self.seen, self.now = self.seen + 1, self.now + 1
        self.peak = max(self.peak, self.now)
        try:
            await asyncio.sleep(self.delay)
            return await self._answer(request, await request.body())
        finally:
            self.now -= 1

    async def _answer(self, request: Request, body: bytes) -> Response:
        called = _called(request.url.path, body)
        writes = len(called) == 2 and called[1] not in _READS
        if self._rubbish and called and (writes or not self._rubbish.only_writes):
            return Response(self._rubbish.body, self._rubbish.status, media_type=self._rubbish.kind)
        if writes and self.fail:
            how, self.fail = self.fail, None
            return _kept_away(how, request)
        answer = await self._forward(request, body)
        if called in self.lose_after and self.hang:
            self.hang = False
            await _until_gone(request)
        elif called in self.lose_after and self.lose:
            how_lost, self.lose = self.lose, None
            return _lost(how_lost, request, answer)
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    async def _forward(self, request: Request, body: bytes) -> httpx.Response:
        kept = ("content-type", "authorization", "x-odoo-database", "user-agent")
        headers = {name: request.headers[name] for name in kept if name in request.headers}
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return await self._http.request(request.method, target, headers=headers, content=body)


def _called(path: str, body: bytes) -> tuple[str, str] | tuple[()]:
    """Return model and method of a call; nothing for the version and the login."""
    if path.startswith("/json/2/"):
        model, method = path.removeprefix("/json/2/").split("/")
        return model, method
    if path.endswith("/object"):
        # Database, key, model and method are the first texts of a call; the user is a number.
        model, method = _TEXTS.findall(body[:2000].decode(errors="ignore"))[2:4]
        return model, method
    return ()


def _kept_away(how: NotDone, request: Request) -> Response:
    if how is NotDone.RESET:
        cut_connection(request)
    status = {NotDone.PROXY_PAGE: 502, NotDone.UNAVAILABLE: 503, NotDone.RATE_LIMITED: 429}.get(how, 500)
    return HTMLResponse(_PAGE, status)


def _lost(how: LostAnswer, request: Request, answer: httpx.Response) -> Response:
    if how is LostAnswer.RESET:
        cut_connection(request)
    if how is LostAnswer.TRUNCATED:
        half = answer.content[: len(answer.content) // 2]
        return Response(half, 200, media_type=answer.headers.get("content-type"))
    if how is LostAnswer.ERROR:
        fault = {"name": "builtins.Exception", "message": "Internal Server Error", "arguments": []}
        if request.url.path.startswith("/json/"):
            return Response(json.dumps(fault), 500, media_type="application/json")
        text = xmlrpc.client.dumps(xmlrpc.client.Fault(1, "Traceback:\nException: Internal Server Error"))
        return Response(text, media_type="text/xml")
    return HTMLResponse(_PAGE, 502)


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


@asynccontextmanager
async def proxied(target: str, rubbish: Rubbish | None = None) -> AsyncIterator[tuple[Proxy, str]]:
    """Serve a proxy; yield it and its address."""
    async with httpx.AsyncClient(base_url=target, timeout=120, trust_env=False) as http:
        proxy = Proxy(http, rubbish)
        async with serving(proxy_app(proxy)) as url:
            yield proxy, url


def proxy_app(proxy: Proxy) -> Starlette:
    """Return a proxy as an application."""
    return Starlette(routes=[Route("/{path:path}", proxy.pass_on, methods=["GET", "POST"])])
