"""The sandbox PrestaShop as an ASGI app: /api, /shop, and the control door under /_sandbox.

Beside the control door every sandbox has:

GET   /_sandbox/settings               what can be changed while the shop runs
PATCH /_sandbox/settings               change some of it, such as {"webhook_url": …, "early_hook": true}
GET   /_sandbox/webhooks               the hook module's deliveries and their attempts
POST  /_sandbox/webhooks/{id}/replay   send one again under its own id
GET   /_sandbox/behaviours             what this sandbox does as the real shop does
"""

import contextlib
from collections.abc import AsyncIterator
from json import JSONDecodeError

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.control import control_routes
from sandbox.prestashop.behaviours import BEHAVIOURS
from sandbox.prestashop.settings import Settings
from sandbox.prestashop.shop import PrestaShop
from sandbox.prestashop.storefront import storefront_routes
from sandbox.prestashop.webservice import api_endpoint

_VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_FIXED = {"version", "base_path", "seed", "timezone", "languages", "keys", "shop_name"}
"""Settings that shape what is already in the tables or the routes."""


def create_app(shop: PrestaShop) -> Starlette:
    """Return the app that serves a shop and, while it runs, sends its webhooks."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with shop.webhooks.running():
            yield

    api = api_endpoint(shop.state)
    pages: list[BaseRoute] = [
        Route("/api", api, methods=_VERBS),
        Route("/api/{path:path}", api, methods=_VERBS),
        *storefront_routes(shop),
    ]
    base = "/" + shop.settings.base_path.strip("/")
    control = [*control_routes(shop.faults, shop.ledger), *_own_control_routes(shop)]
    return Starlette(routes=[*control, Mount(base.rstrip("/"), routes=pages)], lifespan=lifespan)


def _own_control_routes(shop: PrestaShop) -> list[BaseRoute]:
    async def show_settings(_: Request) -> Response:
        return JSONResponse(shop.settings.model_dump(mode="json", exclude=_FIXED))

    async def change_settings(request: Request) -> Response:
        try:
            wanted = dict(await request.json())
            _change(shop.settings, wanted)
        except (JSONDecodeError, ValidationError, ValueError, TypeError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return await show_settings(request)

    async def show_webhooks(_: Request) -> Response:
        return JSONResponse([each.shown() for each in shop.webhooks.log])

    async def replay(request: Request) -> Response:
        known = shop.webhooks.replay(str(request.path_params["id"]))
        return Response(status_code=202 if known else 404)

    async def show_behaviours(_: Request) -> Response:
        shown = [
            {"behaviour": each.text, "section": each.section, "source": each.source} for each in BEHAVIOURS
        ]
        return JSONResponse(shown)

    return [
        Route("/_sandbox/settings", show_settings, methods=["GET"]),
        Route("/_sandbox/settings", change_settings, methods=["PATCH"]),
        Route("/_sandbox/webhooks", show_webhooks, methods=["GET"]),
        Route("/_sandbox/webhooks/{id}/replay", replay, methods=["POST"]),
        Route("/_sandbox/behaviours", show_behaviours, methods=["GET"]),
    ]


def _change(settings: Settings, wanted: dict[str, object]) -> None:
    """Set settings by name; ValueError for one that is fixed or unknown."""
    changeable = set(Settings.model_fields) - _FIXED - {"now", "articles", "customers"}
    refused = sorted(set(wanted) - changeable)
    if refused:
        raise ValueError(f"cannot change {', '.join(refused)} of a running shop")
    for name, value in wanted.items():
        setattr(settings, name, value)
