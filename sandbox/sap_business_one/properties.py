"""The service's types: which properties exist, how a written value is read, and how a row is rendered."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any

from sandbox.sap_business_one.errors import bad_request, bad_value
from sandbox.sap_business_one.wire import Row, quote, write

_PROPERTY = re.compile(r"(?P<name>\w+)(?P<fixed>!?)(?::(?P<length>\d+))?(?:=(?P<default>.*))?")
_SCALARS = frozenset({"text", "whole", "number", "date", "time", "enum", "any"})
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a type. `of` names the enumeration, or the type of a list or an object."""

    name: str
    kind: str
    of: str = ""
    length: int | None = None
    read_only: bool = False
    default: Any = None


@dataclass
class Shape:
    """A type as this company knows it: the standard properties and its own user fields."""

    name: str
    properties: dict[str, Property]
    shapes: "Shapes"
    _unset: dict[frozenset[str], str] = field(default_factory=dict)

    def add(self, extra: Property) -> None:
        """Make one more property known."""
        self.properties[extra.name] = extra
        self._unset.clear()

    def named(self, name: str) -> Property:
        """Return a property, or refuse the name as the service does."""
        found = self.properties.get(name)
        if found is None:
            raise bad_request(f"Property '{name}' of '{self.name}' is invalid")
        return found

    def read(self, body: Mapping[str, Any]) -> Row:
        """Return what a request wrote, typed and checked; read-only properties are dropped silently."""
        row: Row = {}
        for name, value in body.items():
            if name.startswith("@") or "@" in name:
                continue
            known = self.named(name)
            if not known.read_only:
                row[name] = self._value(known, value)
        return row

    def write(self, row: Row) -> str:
        """Return a row as JSON members without braces, the never-set properties last."""
        parts = [f'"{name}":{self._text(name, value)}' for name, value in row.items()]
        unset = self._unset_members(frozenset(row))
        if unset:
            parts.append(unset)
        return ",".join(parts)

    def write_only(self, row: Row, names: list[str]) -> str:
        """Return the chosen properties of a row as JSON members without braces."""
        return ",".join(f'"{name}":{self._text(name, self.get(row, name))}' for name in names)

    def get(self, row: Row, name: str) -> Any:
        """Return the value of a property, or what it is when it was never set."""
        return row[name] if name in row else self.unset(name)

    def unset(self, name: str) -> Any:
        """Return what a property is when it was never set."""
        return self._default(self.properties[name])

    def _text(self, name: str, value: Any) -> str:
        known = self.properties.get(name)
        if known is None or known.kind in _SCALARS or value is None:
            return write(value)
        shape = self.shapes[known.of]
        if known.kind == "object":
            return "{" + shape.write(value) + "}"
        return "[" + ",".join("{" + shape.write(each) + "}" for each in value) + "]"

    def _unset_members(self, present: frozenset[str]) -> str:
        members = self._unset.get(present)
        if members is None:
            members = ",".join(
                f"{quote(name)}:{self._text(name, self._default(known))}"
                for name, known in self.properties.items()
                if name not in present
            )
            self._unset[present] = members
        return members

    def _default(self, known: Property) -> Any:
        if known.kind == "number":
            return known.default or _ZERO
        if known.kind == "list" or (known.kind == "any" and known.name.endswith("s")):
            return []
        return {} if known.kind == "object" else known.default

    def _value(self, known: Property, value: Any) -> Any:
        if value is None:
            return None if known.kind not in ("list", "object") else self._default(known)
        if known.kind == "list":
            return self._rows(known, value)
        if known.kind == "object":
            return self.shapes[known.of].read(_as_object(known, self.name, value))
        return scalar(known, self.name, value)

    def _rows(self, known: Property, value: Any) -> list[Row]:
        if not isinstance(value, list):
            raise bad_value(f"Invalid value for property '{known.name}' of '{self.name}'")
        shape = self.shapes[known.of]
        return [shape.read(_as_object(known, self.name, each)) for each in value]


def scalar(known: Property, owner: str, value: Any) -> Any:
    """Return a single value typed as its property wants it, or refuse it."""
    try:
        converted = _CONVERTERS[known.kind](known, value)
    except (ValueError, InvalidOperation, TypeError) as problem:
        raise bad_value(f"Invalid value for property '{known.name}' of '{owner}'") from problem
    if known.length is not None and isinstance(converted, str) and len(converted) > known.length:
        raise bad_value(f"Value too long in property '{known.name}' of '{owner}'")
    return converted


def _as_object(known: Property, owner: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise bad_value(f"Invalid value for property '{known.name}' of '{owner}'")


def _text(_: Property, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(_: Property, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise TypeError
    number = Decimal(value)
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _number(_: Property, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise TypeError
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError
    return number


def _date(_: Property, value: Any) -> date:
    text = _text(_, value)
    return date.fromisoformat(text.split("T", 1)[0])


def _time(_: Property, value: Any) -> time:
    return time.fromisoformat(_text(_, value)).replace(microsecond=0, tzinfo=None)


def _enum(known: Property, value: Any) -> str:
    members = ENUMS[known.of]
    text = str(value) if isinstance(value, int) else _text(known, value)
    if text in members:
        return text
    for name, stored in members.items():
        if stored == text:
            return name
    raise ValueError(text)


_CONVERTERS: dict[str, Callable[[Property, Any], Any]] = {
    "text": _text,
    "whole": _whole,
    "number": _number,
    "date": _date,
    "time": _time,
    "enum": _enum,
    "any": lambda _, value: value,
}


class Shapes(dict[str, Shape]):
    """Every type one company knows, by name; user fields are added to the company's own copy."""

    def __init__(self) -> None:
        super().__init__()
        for name, properties in _standard().items():
            self[name] = Shape(name, dict(properties), self)

    def copy_of(self, name: str, new_name: str) -> Shape:
        """Add a type with the properties of another, for a user table."""
        self[new_name] = Shape(new_name, dict(self[name].properties), self)
        return self[new_name]


def _entries(file: str) -> list[str]:
    """Return the logical lines of a fact file: comments dropped, indented lines joined to the one before."""
    lines: list[str] = []
    for line in files(__package__).joinpath(file).read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return lines


@cache
def _standard() -> dict[str, dict[str, Property]]:
    types: dict[str, dict[str, Property]] = {}
    current = ""
    for line in _entries("properties.txt"):
        if line.startswith("["):
            current = line.strip("[]")
            types[current] = {}
        else:
            types[current].update({known.name: known for known in _parse(line)})
    return types


def _parse(line: str) -> list[Property]:
    kind, *names = line.split()
    of = names.pop(0) if kind in ("list", "object") else ""
    if kind not in _SCALARS and not of:
        kind, of = "enum", kind
    return [_property(kind, of, text) for text in names]


def _property(kind: str, of: str, text: str) -> Property:
    match = _PROPERTY.fullmatch(text)
    if match is None:
        raise ValueError(f"cannot read {text!r}")
    length = int(match["length"]) if match["length"] else None
    bare = Property(match["name"], kind, of, length, bool(match["fixed"]))
    if match["default"] is None:
        return bare
    default = _CONVERTERS[kind](bare, match["default"])
    return Property(bare.name, kind, of, length, bare.read_only, default)


def _enums() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in _entries("enums.txt"):
        name, *members = line.split()
        found[name] = dict(member.split("=", 1) for member in members)
    return found


ENUMS: dict[str, dict[str, str]] = _enums()
"""Member name → stored letter, by enumeration."""
