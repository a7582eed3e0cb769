"""The API's application: its resources, its answers to what is wrong, its description."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from domain.errors import WaybillError
from starter.api import absences, approvals, attention, order_commands, orders, papers, rules, tokens
from starter.api.access import DESCRIPTION, Door, WrongTokens
from starter.api.problems import (
    PROBLEM_TYPE,
    on_declined,
    on_http_error,
    on_invalid,
    on_no_answer,
    on_refusal,
    on_waybill_error,
)
from starter.api.published import SET_VALUE, router_of
from starter.api.services import Services
from starter.gateway.problems import Refusal
from starter.order_desk import Declined, NoAnswer

_ABOUT = (
    "Orders, holds, approvals and what is published. Every request needs a token, made with"
    " `waybill token create`. What is refused is answered as a problem (RFC 9457) that says how it would be"
    " right."
)


class _Described(FastAPI):
    """An application whose refusals are described with the content type that they have."""

    def openapi(self) -> dict[str, Any]:
        """Return the description."""
        if self.openapi_schema is None:
            made = _with_problems(super().openapi())
            made["components"]["schemas"]["SetValue"] = SET_VALUE
            self.openapi_schema = made
        return self.openapi_schema


def create_api(services: Services, wrong: WrongTokens | None = None) -> FastAPI:
    """Return the API, to be mounted under `/api/v1`."""
    app = _Described(
        title="Waybill",
        version="1",
        description=_ABOUT,
        openapi_url=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_name,
        middleware=[Middleware(Door, services=services, wrong=wrong or WrongTokens())],
        exception_handlers={
            Refusal: on_refusal,
            WaybillError: on_waybill_error,
            Declined: on_declined,
            NoAnswer: on_no_answer,
            RequestValidationError: on_invalid,
            HTTPException: on_http_error,
        },
    )
    app.state.services = services
    for resource in (orders, order_commands, papers, approvals, absences, attention, tokens, rules):
        app.include_router(resource.router)
    for publishing in services.published.values():
        app.include_router(router_of(publishing))
    return app


def _name(route: APIRoute) -> str:
    return route.name


def _with_problems(description: dict[str, Any]) -> dict[str, Any]:
    for operations in description["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    response["content"] = {PROBLEM_TYPE: response["content"]["application/json"]}
    return description
