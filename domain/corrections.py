"""A person's corrections of an order, as paths with values.

For example `line.2.sku=WINE-RED-75`, `delivery.country=FR`, `customer.code=C20000`. The paths are few and
named; a correction that does not fit the order is refused with the path and the reason.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from domain.model import Frozen
from domain.money import exact
from domain.order import Order
from domain.texts import Plain

MOST_FIELDS = 50


class Correction(Frozen):
    """What one person changed, and why. `fields` maps a path to the new value as text."""

    by: Plain
    reason: Plain = ""
    fields: dict[str, str]


class CorrectionRefused(ValueError):
    """The correction does not fit the order; the text names the path and what would fit."""


def _text(value: str) -> str:
    cleaned = value.strip()
    if len(cleaned) > 200 or any(ord(sign) < 32 for sign in cleaned):
        raise ValueError("at most 200 characters, without control characters")
    return cleaned


def _country(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", value.strip()):
        raise ValueError("two letters, for example FR")
    return value.strip().upper()


def _quantity(value: str) -> Decimal:
    number = exact(value)
    if number <= 0:
        raise ValueError("more than zero")
    return number


def _rate(value: str) -> Decimal:
    number = exact(value)
    if not 0 <= number <= 100:
        raise ValueError("a percentage from 0 to 100")
    return number


def _yes(value: str) -> bool:
    if value.strip().lower() not in {"yes", "no"}:
        raise ValueError("yes or no")
    return value.strip().lower() == "yes"


_ADDRESS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("person", "company", "street", "street2", "postcode", "city", "state", "phone"), _text),
    "country": _country,
}
_FIELDS: dict[str, dict[str, Callable[[str], object]]] = {
    "delivery": _ADDRESS,
    "billing": _ADDRESS,
    "customer": dict.fromkeys(("email", "first_name", "last_name", "company", "vat_id", "phone"), _text),
    "payment": {"method": _text, "paid": _yes},
}
_LINE: dict[str, Callable[[str], object]] = {
    "sku": _text,
    "quantity": _quantity,
    "tax_rate": _rate,
    "net": exact,
    "gross": exact,
}
CUSTOMER_CODE = "customer.code"
"""The one path that is not a field of the order: it names the ERP's customer."""


def corrected(order: Order, correction: Correction) -> Order:
    """Return the order with the correction made.

    Raises `CorrectionRefused` when a path or a value does not fit; then nothing is changed.
    """
    if not correction.fields or len(correction.fields) > MOST_FIELDS:
        raise CorrectionRefused(f"give one to {MOST_FIELDS} fields to correct")
    for path, value in correction.fields.items():
        try:
            order = _set(order, path, value)
        except ValueError as problem:
            raise CorrectionRefused(f"{path}: {problem}") from None
    return order


def chosen_customer(correction: Correction) -> str:
    """Return the ERP customer a person named, or an empty text."""
    return correction.fields.get(CUSTOMER_CODE, "").strip()


def _set(order: Order, path: str, value: str) -> Order:
    if path == CUSTOMER_CODE:
        _text(value)
        return order
    part, _, name = path.partition(".")
    if part == "line":
        return _set_line(order, name, value)
    fields = _FIELDS.get(part, {})
    if name not in fields:
        known = [f"{group}.{field}" for group, names in _FIELDS.items() for field in names]
        raise ValueError(f"there is no such field; there are line.N.sku, {CUSTOMER_CODE}, {', '.join(known)}")
    changed: object = getattr(order, part).model_copy(update={name: fields[name](value)})
    return order.model_copy(update={part: changed})


def _set_line(order: Order, path: str, value: str) -> Order:
    position, _, name = path.partition(".")
    if not position.isdecimal() or not 1 <= int(position) <= len(order.lines):
        raise ValueError(f"lines are numbered from 1 to {len(order.lines)}")
    if name not in _LINE:
        raise ValueError(f"a line has {', '.join(_LINE)}")
    lines = list(order.lines)
    line = lines[int(position) - 1]
    # A unit price that no longer belongs to the amounts would mislead the pricing.
    dropped = {"unit_net": None, "unit_gross": None} if name in {"quantity", "net", "gross"} else {}
    lines[int(position) - 1] = line.model_copy(update={name: _LINE[name](value), **dropped})
    return order.model_copy(update={"lines": tuple(lines)})


class Replaced(Frozen):
    """One value that a person replaced: on which line (by the store's id) or part, and what stood there."""

    line_id: str = ""
    part: str
    name: str
    was: str
    value: str


def replaced(order: Order, correction: Correction) -> tuple[Replaced, ...]:
    """Return what a correction replaces on an order, so that it can be made again on a newer state."""
    found = []
    for path, value in correction.fields.items():
        part, _, name = path.partition(".")
        if path == CUSTOMER_CODE:
            continue
        if part == "line":
            position, _, name = name.partition(".")
            line = order.lines[int(position) - 1]
            was = _shown(getattr(line, name))
            found.append(Replaced(line_id=line.id, part=part, name=name, was=was, value=value))
        else:
            was = _shown(getattr(getattr(order, part), name))
            found.append(Replaced(part=part, name=name, was=was, value=value))
    return tuple(found)


def carried_over(order: Order, earlier: tuple[Replaced, ...]) -> Order:
    """Make earlier corrections again on a newer state of the order.

    Each only where the store still has the value that was replaced: what the store changed itself, stays.
    """
    for change in earlier:
        path, seen = f"{change.part}.{change.name}", ""
        if change.part == "line":
            places = {line.id: place for place, line in enumerate(order.lines, 1)}
            place = places.get(change.line_id, 0)
            if not place:
                continue
            path, seen = f"line.{place}.{change.name}", _shown(getattr(order.lines[place - 1], change.name))
        else:
            seen = _shown(getattr(getattr(order, change.part), change.name))
        if seen == change.was:
            order = _set(order, path, change.value)
    return order


def _shown(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
