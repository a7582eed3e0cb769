"""Kinds of fields that stores' documents have, whatever the store: texts, amounts, and no value at all."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from domain.money import LARGEST, rounded

_FINEST = 12


def is_none(value: Any) -> bool:
    """Tell whether a store means "none" by a value: PHP writes an empty text, null or false."""
    return value is None or value is False or value == ""


def _text(value: Any) -> Any:
    """NUL and half a surrogate pair are legal JSON and break a database or a history later: replace them."""
    if is_none(value):
        return ""
    if isinstance(value, str) and not (value.isascii() and value.isprintable()):
        return value.encode("utf-8", "replace").decode().replace("\0", " ")
    return value


def or_none(value: Any) -> Any:
    """Read what a store means by "none" as None."""
    return None if is_none(value) else value


def _exact(amount: Decimal) -> Decimal:
    return rounded(amount, _FINEST) if int(amount.as_tuple().exponent) < -_FINEST else amount


Text = Annotated[str, BeforeValidator(_text)]
Amount = Annotated[
    Decimal, Field(max_digits=40, decimal_places=20, ge=-LARGEST, le=LARGEST), AfterValidator(_exact)
]
"""An amount or a rate: six digits after the point, more where PHP's binary fractions shine through."""
MaybeAmount = Annotated[Amount | None, BeforeValidator(or_none)]


class Wire(BaseModel):
    """A document of a store."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)
