"""The values that mappings move: texts, exact numbers, days, times, yes or no; one or several."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Context, Decimal
from enum import Enum, StrEnum
from typing import NamedTuple

from domain.model import Frozen

Scalar = str | Decimal | date | datetime | bool | None
Value = Scalar | tuple[Scalar, ...]
FieldValue = str | Decimal | datetime | date | bool
"""What a field of a document gets."""
WIDE = Context(prec=400)
"""Wide enough that no chain of transforms that may be published is ever rounded on the way."""


class Kind(StrEnum):
    """What a value is, in the words of a mapping's messages."""

    TEXT = "a text"
    NUMBER = "a number"
    DAY = "a day"
    TIME = "a time"
    YES_NO = "yes or no"


class OwnField(Frozen):
    """The value of a field of the company's own: a text and its kind, so that it is exact in a history."""

    kind: Kind = Kind.TEXT
    text: str

    @classmethod
    def of(cls, value: FieldValue) -> "OwnField":
        """Keep a value."""
        kind = next(kind for of, kind in _KINDS if isinstance(value, of))
        return cls(kind=kind, text=as_text(value))

    @property
    def value(self) -> FieldValue:
        """The value that was kept."""
        return _READ[self.kind](self.text)


class Shape(NamedTuple):
    """What is known of a value before there is one: its kind, and whether there may be several."""

    kind: Kind
    many: bool = False

    def __str__(self) -> str:
        return f"several values, each {self.kind.value}" if self.many else self.kind.value


def simplified(value: object) -> Value:
    """Return a model's value as mappings know it: enumerations as texts, whole numbers as Decimals."""
    if type(value) is str or type(value) is Decimal:
        return value
    if isinstance(value, tuple | list):
        return tuple(_scalar(each) for each in value)
    return _scalar(value)


def _scalar(value: object) -> Scalar:
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, str | bool | Decimal | date):
        return value
    return Decimal(value) if isinstance(value, int) else str(value)


def is_empty(value: Value) -> bool:
    """Whether nothing is there: none, an empty text, no value of several."""
    return value is None or value == "" or value == ()


def as_text(value: Scalar) -> str:
    """Write a value plainly: `12.5`, `2026-11-20`, `yes`; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, str) else value.isoformat()


_KINDS: tuple[tuple[type, Kind], ...] = (
    (bool, Kind.YES_NO),
    (str, Kind.TEXT),
    (Decimal, Kind.NUMBER),
    (datetime, Kind.TIME),
    (date, Kind.DAY),
)
_READ: dict[Kind, Callable[[str], FieldValue]] = {
    Kind.YES_NO: lambda text: text == "yes",
    Kind.TEXT: str,
    Kind.NUMBER: Decimal,
    Kind.TIME: datetime.fromisoformat,
    Kind.DAY: date.fromisoformat,
}


def table_key(value: Scalar) -> str:
    """Return the text under which a value stands in a value table: a number without needless zeros."""
    return f"{value.normalize(WIDE):f}" if isinstance(value, Decimal) else as_text(value).strip()
