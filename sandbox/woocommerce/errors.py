"""Refusals of the REST API, in WordPress's own form."""

from collections.abc import Mapping
from typing import Any


class RestError(Exception):
    """A request is refused: `{"code": …, "message": …, "data": {"status": 404}}`."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"code": code, "message": message, "data": {"status": status, **data}}


def invalid(params: Mapping[str, str]) -> RestError:
    """Return the error for parameters with values they cannot have."""
    names = ", ".join(params)
    return RestError(
        400, "rest_invalid_param", f"Invalid parameter(s): {names}", params=dict(params), details={}
    )


def gone(status: int, code: str = "woocommerce_rest_shop_order_invalid_id") -> RestError:
    """Return the error for an order that is not there: 404 where it is read, 400 where it is written."""
    return RestError(status, code, "Invalid ID.")


def no_route() -> RestError:
    """Return the error for an address or a method that nothing serves."""
    words = "No route was found matching the URL and request method."
    return RestError(404, "rest_no_route", words)
