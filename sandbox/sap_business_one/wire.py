"""JSON as the service reads and writes it: exact decimals, dates with a decorative `Z`, times as HH:MM:SS."""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from json import encoder
from typing import Any

from sandbox.sap_business_one.errors import bad_request

Row = dict[str, Any]
"""One record by property name: text, whole numbers, Decimals, dates, times, nested rows and lists of them."""


def read_body(body: bytes) -> Row:
    """Return the JSON object of a request body, numbers with a point as Decimals."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except ValueError as problem:
        raise bad_request(f"Invalid JSON in the request body: {problem}") from problem
    if not isinstance(value, dict):
        raise bad_request("The request body must be one JSON object")
    return value


def write(value: Any) -> str:
    """Return a value as JSON text."""
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(name)}:{write(item)}" for name, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(write(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no JSON form here")


@lru_cache(maxsize=8192)
def _number(value: Decimal) -> str:
    text = format(value, "f")
    if "." not in text:
        return text + ".0"
    text = text.rstrip("0")
    return text + "0" if text.endswith(".") else text


def _day(value: date) -> str:
    return f'"{value.isoformat()}T00:00:00Z"'


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


quote: Callable[[str], str] = encoder.encode_basestring
"""Return a text as JSON, characters beyond ASCII as they are."""

_WRITERS: dict[type, Callable[[Any], str]] = {
    str: quote,
    int: str,
    Decimal: _number,
    date: _day,
    time: lambda value: value.strftime('"%H:%M:%S"'),
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
}


def day(value: datetime) -> date:
    """Return the date of a server-local moment."""
    return value.date()


def second(value: datetime) -> time:
    """Return the time of a server-local moment, to the second."""
    return value.time().replace(microsecond=0)
