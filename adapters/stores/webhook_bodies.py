"""Bodies of webhooks as JSON: what a store may send, and what is refused although it is JSON."""

import json
import re
from typing import Any, NoReturn

from adapters.ports import BodyRefused

_DEEPEST = 32


def json_object(body: bytes) -> dict[str, Any]:
    """Read a webhook's body. Raises `BodyRefused` for what is no JSON object, or cannot be kept as one."""
    event = _parsed(body)
    if not isinstance(event, dict):
        raise BodyRefused("a webhook's body is a JSON object")
    _refuse_odd_texts(event)
    return event


def positive_number(value: Any, field: str) -> str:
    """Read a positive whole number, written as such or in digits."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not re.fullmatch(r"0*[1-9][0-9]{0,17}", text):
        raise BodyRefused("an id is a positive whole number", field)
    return str(int(text))


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except RecursionError:
        raise BodyRefused("the webhook's body is nested too deeply") from None
    except ValueError:
        raise BodyRefused("the webhook's body is not JSON") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _refuse_odd_texts(event: dict[str, Any]) -> None:
    """Refuse what JSON can carry and a database cannot: NUL and half a surrogate pair; and deep nesting."""
    waiting: list[tuple[Any, int]] = [(event, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _DEEPEST:
            raise BodyRefused("the webhook's body is nested too deeply")
        if isinstance(value, dict):
            waiting += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]
        elif isinstance(value, str) and re.search("[\0\ud800-\udfff]", value):
            raise BodyRefused("the webhook's body holds characters that are no text")
