"""What the API answers when it cannot do what was asked: problem bodies (RFC 9457) in business words."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from domain.errors import Disposition, NotFound, WaybillError
from domain.faults import Fault
from domain.model import Frozen
from records.database import DatabaseGone
from records.published import NotKept
from starter.gateway.problems import Refusal, problem
from starter.publishing import Faulty

PROBLEM_TYPE = "application/problem+json"
TITLES = {
    400: "The body cannot be read",
    401: "There is no good token",
    403: "The token is not good for this",
    404: "There is no such thing here",
    405: "This address does not take that method",
    408: "The body did not arrive in time",
    409: "It was declined",
    413: "The body is too large",
    415: "The body's encoding is not understood",
    422: "What was sent is not right",
    429: "There were too many wrong tokens",
    503: "It cannot be done right now",
}
_WAIT_SECONDS = 10
_UNKNOWN = (
    "no worker or no Temporal server answers, so nobody knows whether it was done;"
    " look at the order, or ask again with the same Idempotency-Key"
)


class ProblemBody(Frozen):
    """Why something was not done."""

    type: str = Field(description="Always about:blank.")
    title: str = Field(description="What the status means.")
    status: int
    detail: str = Field(description="One sentence on what is wrong and how it would be right.")
    field: str = Field(default="", description="The place that is wrong, where there is one.")
    remedy: str = Field(default="", description="What to do.")
    errors: tuple[Fault, ...] = Field(default=(), description="All places that are wrong.")


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of these statuses, and of those that every address may answer."""
    every = (400, 401, 403, 404, 408, 413, 415, 422, 429, 503)
    return {
        status: {"model": ProblemBody, "description": TITLES[status]}
        for status in sorted({*every, *statuses})
    }


def answer(status: int, detail: str, **more: Any) -> Response:
    """Return a problem body."""
    return problem(status, detail, title=TITLES.get(status, "Refused"), **more)


async def on_refusal(_: Request, refusal: Exception) -> Response:
    """Answer one of our own refusals."""
    if not isinstance(refusal, Refusal):
        raise refusal
    return refused(refusal)


def refused(refusal: Refusal) -> Response:
    """Return the answer to one of our own refusals."""
    response = answer(refusal.status, refusal.detail, field=refusal.field, retry_after=refusal.retry_after)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer an unknown path or method."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code != 405:
        return answer(error.status_code, error.detail)
    methods = _methods(request)
    response = answer(405, f"it takes {' and '.join(methods)}")
    response.headers["Allow"] = ", ".join(methods)
    return response


def _methods(request: Request) -> list[str]:
    def takes(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)

    return [method for method in ("DELETE", "GET", "POST", "PUT") if takes(method)]


async def on_declined(_: Request, declined: Exception) -> Response:
    """Answer what an order declined, in its own words."""
    return answer(409, str(declined))


async def on_no_answer(_: Request, _silence: Exception) -> Response:
    """Answer while Temporal or its workers are gone."""
    return answer(503, _UNKNOWN, retry_after=_WAIT_SECONDS)


async def on_waybill_error(_: Request, error: Exception) -> Response:
    """Answer what our own records and checks refuse."""
    if not isinstance(error, WaybillError):
        raise error
    return failed(error)


def failed(error: WaybillError) -> Response:
    """Return the answer to an error of ours."""
    told = error.problem
    if isinstance(error, DatabaseGone):
        return answer(503, "our database does not answer", remedy=told.remedy, retry_after=_WAIT_SECONDS)
    faults = error.faults if isinstance(error, Faulty) else ()
    return answer(
        _status_of(error),
        told.sentence,
        field=told.field,
        remedy=told.remedy,
        errors=[fault.model_dump() for fault in faults],
    )


def _status_of(error: WaybillError) -> int:
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, Faulty | NotKept):
        return 422
    if error.problem.disposition is Disposition.FIX_DATA:
        return 409
    return 503


async def on_invalid(_: Request, error: Exception) -> Response:
    """Answer a body or parameter that is not right, place by place."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    if found[0]["type"] == "json_invalid":
        return answer(400, "the body is not JSON")
    faults = [Fault(place=_place(each["loc"]), sentence=_sentence(each)) for each in found]
    return answer(422, str(faults[0]), field=faults[0].place, errors=[fault.model_dump() for fault in faults])


def _place(parts: Sequence[Any]) -> str:
    return ".".join(str(part) for part in parts if part != "body")


def _sentence(wrong: Mapping[str, Any]) -> str:
    if wrong["type"] == "missing":
        return "is missing"
    if wrong["type"] == "extra_forbidden":
        return "is not known here"
    if wrong["type"] == "string_type" and isinstance(wrong.get("input"), int | float):
        return 'write it as text in quotes, for example "20.23"'
    return str(wrong["msg"]).removeprefix("Value error, ")
