"""What a resource of the webservice is made of, and the short notation in which ours are written down.

A list of fields is text, one word a field: `name:kind`, then marks, `<size` and `>resource`.

    *  required        !  read-only (a write naming it is refused)
    @  localised       ~  dynamic: worked out on reading, so it cannot be filtered by
    <N longest text    >r the value is an id of resource r (the XML carries a link)

`id_cart:id*>carts` is a required id that links to carts. The lists themselves are in `sales.py`,
`people.py`, `goods.py` and `setup.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.prestashop.kinds import KINDS, NO_TIME, Kind, leading_decimal

_NOTATION = re.compile(r"(\w+):(\w+)([*!@~]*)(?:<(\d+))?(?:>(\w+))?")


@dataclass(frozen=True)
class Field:
    """One field of a resource or of an association's rows."""

    name: str
    kind: Kind
    kind_name: str
    required: bool = False
    writable: bool = True
    localised: bool = False
    dynamic: bool = False
    size: int | None = None
    link: str = ""

    def comparable(self, value: Any) -> Any:
        """Return what the database compares: numbers as such, text without case and trailing blanks."""
        if self.kind.kept_as != "text":
            return value if isinstance(value, int | Decimal) else leading_decimal(value)
        if self.kind.nothing == NO_TIME:
            return f"{value} 00:00:00" if len(value) == len("0000-00-00") else value
        return value.rstrip(" ").casefold()


@dataclass(frozen=True)
class Association:
    """Rows shown inside a record; `api` is the resource they belong to, "" when they are part of it."""

    name: str
    node: str
    fields: Mapping[str, Field]
    api: str = ""
    settable: bool = False


@dataclass(frozen=True)
class Resource:
    """One resource: its address, the names of its XML nodes, its class in the shop, its fields."""

    name: str
    node: str
    model: str
    fields: Mapping[str, Field]
    plural: str
    associations: Mapping[str, Association] = field(default_factory=dict)
    forbidden: frozenset[str] = frozenset()
    description: str = ""


def read_fields(notation: str) -> dict[str, Field]:
    """Read a list of fields; ValueError when a word does not follow the notation."""
    fields = {}
    for word in notation.split():
        found = _NOTATION.fullmatch(word)
        if found is None or found[2] not in KINDS:
            raise ValueError(f"not a field: {word!r}")
        name, kind, marks, size, link = found.groups()
        fields[name] = Field(
            name,
            KINDS[kind],
            kind,
            required="*" in marks,
            writable="!" not in marks,
            localised="@" in marks,
            dynamic="~" in marks,
            size=int(size) if size else None,
            link=link or "",
        )
    return fields


def association(
    name: str, node: str, notation: str = "id:id", *, api: str = "", settable: bool = False
) -> Association:
    """Describe an association."""
    return Association(name, node, read_fields(notation), api, settable)


def resource(
    name: str,
    node: str,
    model: str,
    notation: str,
    *associations: Association,
    plural: str = "",
    forbidden: tuple[str, ...] = (),
    description: str = "",
) -> Resource:
    """Describe a resource; `plural` only where its list node differs from its address."""
    return Resource(
        name,
        node,
        model,
        {"id": Field("id", KINDS["id"], "id"), **read_fields(notation)},
        plural or name,
        {each.name: each for each in associations},
        frozenset(forbidden),
        description or f"The {name.replace('_', ' ')}",
    )
