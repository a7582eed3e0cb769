"""The sandbox WooCommerce as an ASGI app: the REST API, /shop, and the control door under /_sandbox.

Beside the control door every sandbox has:

GET   /_sandbox/settings               what can be changed while the shop runs
PATCH /_sandbox/settings               change some of it, such as {"drops_authorization": true}
GET   /_sandbox/webhooks               the shop's webhooks with their states
GET   /_sandbox/deliveries             whether any of their deliveries is still to be sent
GET   /_sandbox/behaviours             what this sandbox does as the real shop does

Buyers and employees: GET /shop/products, POST /shop/orders, GET /shop/orders/{id},
POST /shop/orders/{id}/status {"status": "completed"}, POST /shop/orders/{id}/refund.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import format_datetime
from json import JSONDecodeError
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.control import control_routes
from sandbox.woocommerce.access import let_in
from sandbox.woocommerce.behaviours import BEHAVIOURS
from sandbox.woocommerce.errors import RestError
from sandbox.woocommerce.rest import RestApi
from sandbox.woocommerce.shop import ShopRefusal, WooCommerce
from sandbox.woocommerce.troubles import met

_VERBS = ["GET", "POST", "PUT", "DELETE"]
_PAGE = "<!DOCTYPE html><html><head><title>Page not found</title></head><body>404</body></html>"
Door = Callable[[Request], Awaitable[Response]]


def create_app(shop: WooCommerce) -> Starlette:
    """Return the app that serves a shop and, while it runs, sends its webhooks."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with shop.deliveries.running():
            yield

    api = _api(shop)
    pages = [
        Route("/wp-json", api, methods=_VERBS),
        Route("/wp-json/{path:path}", api, methods=_VERBS),
        Route("/", api, methods=_VERBS),
        *_front(shop),
    ]
    base = "/" + shop.settings.base_path.strip("/")
    control = [*control_routes(shop.faults, shop.ledger), *_control(shop)]
    app = Starlette(routes=[*control, Mount(base.rstrip("/"), routes=pages)], lifespan=lifespan)
    app.state.tells_its_own_date = True
    return app


def _api(shop: WooCommerce) -> Door:
    rest = RestApi(shop)

    async def answer(request: Request) -> Response:
        await asyncio.sleep(shop.settings.latency_seconds)
        response = await met(shop.faults, request, lambda: _served(shop, rest, request))
        response.headers["Date"] = format_datetime(shop.now(), usegmt=True)
        shop.ledger.write(
            "request",
            method=request.method,
            path=_asked(shop, request) or "",
            query={name: value for name, value in request.query_params.items() if "consumer" not in name},
            status=response.status_code,
        )
        return response

    return answer


async def _served(shop: WooCommerce, rest: RestApi, request: Request) -> Response:
    path = _asked(shop, request)
    if path is None:
        return HTMLResponse(_PAGE, 404)
    try:
        if not path:
            reply = rest.index()
        else:
            let_in(shop.settings, request)
            raw = await request.body()
            reply = await rest.answer(request.method, path, request.query_params, raw)
    except RestError as refusal:
        return JSONResponse(refusal.body, refusal.status)
    return JSONResponse(reply.body, reply.status, dict(reply.headers))


def _asked(shop: WooCommerce, request: Request) -> str | None:
    """Return the route that is asked for; None where WordPress shows a page instead."""
    route = request.query_params.get("rest_route")
    if route is not None:
        return route.strip("/")
    is_pretty = "/wp-json" in request.url.path and not shop.settings.plain_permalinks
    return str(request.path_params.get("path", "")).strip("/") if is_pretty else None


def _front(shop: WooCommerce) -> list[BaseRoute]:
    async def products(_: Request) -> Response:
        rows = [row for row in shop.products.values() if row["sku"]]
        return JSONResponse(
            [{"sku": row["sku"], "name": row["name"], "stock": row["stock_quantity"]} for row in rows]
        )

    async def buy(request: Request) -> Response:
        order = shop.place_order(await request.json())
        return JSONResponse({"id": order["id"], "total": str(order["total"])}, 201)

    async def show(request: Request) -> Response:
        number = _number(shop, request)
        shown = {"notes": [each["note"] for each in shop.notes[number]], "order": shop.shown_order(number)}
        return JSONResponse(shown)

    async def status(request: Request) -> Response:
        wanted = (await request.json())["status"]
        if wanted not in shop.statuses:
            raise ShopRefusal(f"there is no status {wanted}")
        shop.set_status(_number(shop, request), wanted)
        return await show(request)

    async def refund(request: Request) -> Response:
        given = shop.refund(_number(shop, request), await request.json())
        return JSONResponse({"id": given["id"], "amount": str(given["amount"])}, 201)

    order = "/shop/orders/{id:int}"
    return [
        Route("/shop/products", _visit(products), methods=["GET"]),
        Route("/shop/orders", _visit(buy), methods=["POST"]),
        Route(order, _visit(show), methods=["GET"]),
        Route(f"{order}/status", _visit(status), methods=["POST"]),
        Route(f"{order}/refund", _visit(refund), methods=["POST"]),
    ]


def _visit(page: Door) -> Door:
    async def answer(request: Request) -> Response:
        try:
            return await page(request)
        except (ShopRefusal, ValidationError, JSONDecodeError, KeyError, TypeError) as problem:
            return JSONResponse({"error": str(problem)}, 422)

    return answer


def _number(shop: WooCommerce, request: Request) -> int:
    number = int(request.path_params["id"])
    if number not in shop.orders:
        raise ShopRefusal(f"there is no order {number}")
    return number


def _control(shop: WooCommerce) -> list[BaseRoute]:
    async def show_settings(_: Request) -> Response:
        return JSONResponse(shop.settings.model_dump(mode="json"))

    async def change_settings(request: Request) -> Response:
        try:
            wanted: dict[str, Any] = dict(await request.json())
            if "base_path" in wanted or "now" in wanted:
                raise ValueError("base_path and now stay as they are")
            for name, value in wanted.items():
                setattr(shop.settings, name, value)
        except (JSONDecodeError, ValidationError, ValueError, TypeError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return await show_settings(request)

    async def show_webhooks(_: Request) -> Response:
        return JSONResponse([shop.shown(each) for each in shop.webhooks.values()])

    async def show_deliveries(_: Request) -> Response:
        return JSONResponse({"waiting": shop.deliveries.waiting})

    async def show_behaviours(_: Request) -> Response:
        return JSONResponse([{"behaviour": each.text, "section": each.section} for each in BEHAVIOURS])

    return [
        Route("/_sandbox/settings", show_settings, methods=["GET"]),
        Route("/_sandbox/settings", change_settings, methods=["PATCH"]),
        Route("/_sandbox/webhooks", show_webhooks, methods=["GET"]),
        Route("/_sandbox/deliveries", show_deliveries, methods=["GET"]),
        Route("/_sandbox/behaviours", show_behaviours, methods=["GET"]),
    ]
