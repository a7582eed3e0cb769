"""Record the HTTP calls of real orders, so that a bare loop can make the very same ones."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Literal

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.model import Frozen
from sandbox.serving import serving
from starter.ending import Unable
from tests.bench.world import Setting, World

System = Literal["shop", "sap"]
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_OWN = frozenset(
    {"host", "content-length", "connection", "accept", "accept-encoding", "user-agent", "cookie"}
)
"""Headers that every client writes for itself; the ERP's cookie belongs to a session."""
_PATIENCE_SECONDS = 30


class Call(Frozen):
    """One HTTP call of an order, and when it was under way."""

    system: System
    method: str
    target: str
    headers: dict[str, str]
    content: str
    began: float
    ended: float


class Script(Frozen):
    """All calls of one order: groups follow one another, the calls of a group are under way together."""

    order_id: str
    groups: tuple[tuple[Call, ...], ...]

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls, in the order they began."""
        return tuple(call for group in self.groups for call in group)


def grouped(calls: Sequence[Call]) -> tuple[tuple[Call, ...], ...]:
    """Put calls that overlap in time into one group."""
    groups: list[list[Call]] = []
    ends = 0.0
    for call in sorted(calls, key=lambda each: each.began):
        if groups and call.began < ends:
            groups[-1].append(call)
        else:
            groups.append([call])
        ends = max(ends, call.ended)
    return tuple(map(tuple, groups))


async def record(world: World, carts: Sequence[dict[str, Any]], warm_up: int) -> list[Script]:
    """Let orders pass one by one with a recorder before each sandbox; the first few only warm up."""
    kept: list[Call] = []
    places = world.stack.addresses
    scripts = []
    async with AsyncExitStack() as doors:
        shop = await doors.enter_async_context(_recorder(places.shop_url, "shop", kept))
        sap = await doors.enter_async_context(_recorder(places.erp_url, "sap", kept))
        await world.change_settings(*_addresses(shop, sap))
        for order_id in await world.place(carts):
            kept.clear()
            wanted = world.told() + 1
            await world.tell(order_id)
            if not await world.until_told(wanted, _PATIENCE_SECONDS):
                raise Unable(
                    f"Order {order_id} did not go straight through; logs are in {world.stack.folder}."
                )
            scripts.append(Script(order_id=order_id, groups=grouped(kept)))
        await world.change_settings(*_addresses(places.shop_url, places.erp_url))
    return scripts[warm_up:]


def _addresses(shop: str, sap: str) -> list[Setting]:
    urls = {"connections.shop": shop, "connections.sap": sap}
    return [(table, "base_url", f'"{url}"') for table, url in urls.items()]


@asynccontextmanager
async def _recorder(target: str, system: System, kept: list[Call]) -> AsyncIterator[str]:
    async with httpx.AsyncClient(base_url=target, trust_env=False, timeout=60) as client:

        async def forward(request: Request) -> Response:
            content, began = await request.body(), time.monotonic()
            path = request.scope["raw_path"].decode("ascii")
            asked = path + (f"?{request.url.query}" if request.url.query else "")
            headers = {name: value for name, value in request.headers.items() if name not in _OWN}
            cookie = {"cookie": request.headers["cookie"]} if "cookie" in request.headers else {}
            answer = await client.request(request.method, asked, headers=headers | cookie, content=content)
            client.cookies.clear()
            call = Call(
                system=system,
                method=request.method,
                target=asked,
                headers=headers,
                content=content.decode(),
                began=began,
                ended=time.monotonic(),
            )
            kept.append(call)
            response = Response(answer.content, answer.status_code)
            response.raw_headers = [
                (name.lower(), value)
                for name, value in answer.headers.raw
                if name.lower() not in {b"transfer-encoding", b"connection"}
            ]
            return response

        routes = [Route("/{path:path}", forward, methods=_METHODS)]
        async with serving(Starlette(routes=routes)) as url:
            yield url
