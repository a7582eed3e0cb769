"""The shop as a web application: the Admin API, the shop front as JSON, the control door.

POST /admin/api/2026-07/graphql.json     the Admin API
POST /admin/oauth/access_token           a token for a day, for the app's client id and secret
POST /shop/orders                        buy; answers the order's number, name and total
GET  /shop/orders/{number}               what is known of it
GET  /shop/products                      what is sold: SKU, name, pieces for sale at all locations
POST /shop/orders/{number}/pay|cancel|pack|deliver
POST /shop/orders/{number}/refund        {"lines": [{"sku": …, "quantity": 1, "restock": "RETURN"}]}
GET  /_sandbox/webhooks                  what was sent
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.control import control_routes
from sandbox.shopify.api import Api
from sandbox.shopify.requests import CartRequest, RefundRequest
from sandbox.shopify.settings import VERSION
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import Sale, ShopRefusal


def create_app(shop: Shop) -> Starlette:
    """Return the app that serves a shop and, while it runs, sends its webhooks."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with shop.webhooks.running():
            yield

    api = Api(shop)

    async def webhooks(_: Request) -> Response:
        return JSONResponse([each.shown() for each in shop.webhooks.log])

    return Starlette(
        routes=[
            *control_routes(shop.faults, shop.ledger),
            Route("/_sandbox/webhooks", webhooks, methods=["GET"]),
            Route(f"/admin/api/{VERSION}/graphql.json", api.graphql, methods=["POST"]),
            Route("/admin/oauth/access_token", api.token, methods=["POST"]),
            *_front(shop),
        ],
        lifespan=lifespan,
    )


def _front(shop: Shop) -> list[Route]:
    steps = {"pay": shop.pay, "cancel": shop.cancel, "pack": shop.pack, "deliver": shop.deliver}

    async def buy(request: Request) -> Response:
        return _shown(shop, shop.place(CartRequest.model_validate(await request.json())), 201)

    async def products(_: Request) -> Response:
        return JSONResponse(
            [
                {"sku": each.sku, "name": each.title, "stock": sum(each.stock.values())}
                for each in shop.variants.values()
            ]
        )

    async def show(request: Request) -> Response:
        return _shown(shop, shop.sale(request.path_params["number"]))

    async def refund(request: Request) -> Response:
        asked = RefundRequest.model_validate(await request.json())
        made = shop.refund(request.path_params["number"], asked)
        return JSONResponse({"refund": made.number, "money": f"{made.money:f}"}, 201)

    async def step(request: Request) -> Response:
        number = request.path_params["number"]
        steps[request.path_params["step"]](number)
        return _shown(shop, shop.sale(number))

    order = "/shop/orders/{number:int}"
    return [
        Route("/shop/products", products, methods=["GET"]),
        Route("/shop/orders", _answered(buy), methods=["POST"]),
        Route(order, _answered(show), methods=["GET"]),
        Route(f"{order}/refund", _answered(refund), methods=["POST"]),
        Route(order + "/{step:str}", _answered(step), methods=["POST"]),
    ]


def _shown(shop: Shop, sale: Sale, status: int = 200) -> Response:
    total = shop.views.order(sale)["currentTotalPriceSet"]
    facts = {
        "number": sale.number,
        "total": total["shopMoney"]["amount"],
        "paid": total["presentmentMoney"],
        "cancelled": sale.cancelled is not None,
        "financial_status": sale.financial,
        "fulfillment_status": sale.fulfilment,
        "metafields": {".".join(name): value for name, value in sale.metafields.items()},
        "tracking": [number for made in sale.parcels for number in made.numbers],
    }
    return JSONResponse(facts, status)


def _answered(page: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Turn refusals and bad requests into answers."""

    async def answer(request: Request) -> Response:
        try:
            return await page(request)
        except ShopRefusal as refusal:
            return JSONResponse({"error": str(refusal)}, 422)
        except KeyError:
            return JSONResponse({"error": "there is no such step"}, 404)
        except (ValidationError, ValueError) as problem:
            return JSONResponse({"error": str(problem)}, 422)

    return answer
