"""JSON whose numbers are exact: a Decimal is written digit by digit, never through a binary fraction."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any

Writer = Callable[[Any], str]


def written(value: Any) -> bytes:
    """Return a value as JSON bytes; TypeError for a float and whatever else has no exact form."""
    return _text(value).encode("ascii")


def _text(value: Any) -> str:
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value)
    if isinstance(value, Mapping):
        members = (f"{encode_basestring_ascii(name)}:{_text(item)}" for name, item in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    raise TypeError(f"{type(value).__name__} has no exact JSON form")


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("only a finite number has a JSON form")
    return f"{value:f}"


_WRITERS: dict[type, Writer] = {
    str: encode_basestring_ascii,
    int: str,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    Decimal: _number,
    date: lambda value: f'"{value.isoformat()}"',
}
