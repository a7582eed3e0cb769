"""Refusals as JSON problem bodies (RFC 9457), in words that name the place and the fix."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from records.database import DatabaseGone

_TITLES = {
    400: "The body cannot be read",
    401: "The signature was not accepted",
    404: "There is no such thing here",
    405: "This address does not take that method",
    408: "The body did not arrive in time",
    413: "The body is too large",
    415: "The body's encoding is not understood",
    503: "The delivery cannot be kept right now",
}


class Refusal(Exception):
    """A request that is not taken, with its status and the reason."""

    def __init__(self, status: int, detail: str, *, field: str = "", retry_after: int = 0) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.retry_after = status, detail, field, retry_after


def problem(status: int, detail: str, *, title: str = "", retry_after: int = 0, **more: Any) -> Response:
    """Return a problem body, with what more there is to say."""
    body = {
        "type": "about:blank",
        "title": title or _TITLES.get(status, "Refused"),
        "status": status,
        "detail": detail,
        **{name: value for name, value in more.items() if value},
    }
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")


async def on_refusal(_: Request, refusal: Exception) -> Response:
    """Answer one of our refusals."""
    if not isinstance(refusal, Refusal):
        raise refusal
    return problem(refusal.status, refusal.detail, field=refusal.field, retry_after=refusal.retry_after)


async def on_database_gone(_: Request, gone: Exception) -> Response:
    """Answer while our database is gone: never 2xx without the row."""
    if not isinstance(gone, DatabaseGone):
        raise gone
    return problem(503, "our database does not answer; send the delivery again", retry_after=30)


async def on_http_error(_: Request, error: Exception) -> Response:
    """Answer an unknown path or method."""
    if not isinstance(error, HTTPException):
        raise error
    response = problem(error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response
