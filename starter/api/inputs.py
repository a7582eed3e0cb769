"""What the API takes: texts, amounts and instants as they are written, and nothing it does not know."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, Header, Path
from pydantic import BeforeValidator, Field, WithJsonSchema

from domain.life import OrderView
from domain.model import Strict
from domain.texts import Plain
from starter.api.services import Given
from starter.gateway.problems import Refusal

_AMOUNT = r"^\d{1,12}(\.\d{1,6})?$"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LARGEST_NUMBER = 2**31 - 1


def _amount(value: object) -> Decimal:
    if not isinstance(value, str) or not re.fullmatch(_AMOUNT.strip("^$"), value, re.ASCII):
        raise ValueError('write an amount as text in quotes, with a point, for example "20.23"')
    return Decimal(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise ValueError("write a whole number, without quotes")
    return int(value)


def _instant(value: object) -> datetime:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("write an instant with its zone, for example 2026-11-21T12:00:00Z")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("no calendar has this instant") from None


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("write a day, for example 2026-12-04")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("no calendar has this day") from None


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema({"type": "string", "pattern": _AMOUNT, "examples": ["20.23"]}),
]
Whole = Annotated[int, BeforeValidator(_whole)]
Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Text = Annotated[Plain, Field(max_length=1000)]
ConnectionName = Annotated[
    str, Path(max_length=40, description="Its name in waybill.toml.", examples=["shop"])
]
OrderId = Annotated[str, Path(max_length=100, description="The store's id of the order.", examples=["1042"])]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_.:-]{1,200}$",
        description=(
            "The same command with the same key, sent again, counts once and has the same answer;"
            " another command with that key is refused."
        ),
    ),
]


class Because(Strict):
    """Why something is done, for the audit."""

    reason: Text = Field(default="", description="For the audit.")


async def known_order(connection: ConnectionName, order_id: OrderId, given: Given) -> OrderView:
    """Return the order of an address. Raises `Refusal`."""
    view = await given.waybill.orders.one(connection, order_id)
    if view is None:
        raise Refusal(404, f"there is no order {order_id} of {connection}")
    return view


KnownOrder = Annotated[OrderView, Depends(known_order)]
