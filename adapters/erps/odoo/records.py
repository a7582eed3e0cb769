"""What a record's fields hold, read tolerantly: an empty one is `false` whatever its type. Pure.

Raises ValueError for what no such field holds; `reading` makes our error of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.errors import UnexpectedAnswer
from domain.money import exact

Row = dict[str, Any]


@contextmanager
def reading(connection: str) -> Iterator[None]:
    """Raise `UnexpectedAnswer` for a record that cannot be read."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as problem:
        raise UnexpectedAnswer(
            "a record of Odoo cannot be read", quote=type(problem).__name__, connection=connection
        ) from None


def text(row: Row, name: str) -> str:
    """Return a text."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def number(row: Row, name: str) -> Decimal:
    """Return a number; an empty one is zero."""
    value = row.get(name)
    return exact(value) if value not in (None, False) else Decimal(0)


def one(row: Row, name: str) -> int:
    """Return the id a many-to-one names, 0 for none."""
    value = row.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def label(row: Row, name: str) -> str:
    """Return the name that comes with a many-to-one."""
    value = row.get(name)
    return str(value[1]) if isinstance(value, list) and len(value) > 1 else ""


def many(row: Row, name: str) -> list[int]:
    """Return the ids of a to-many."""
    value = row.get(name)
    return [each for each in value if isinstance(each, int)] if isinstance(value, list) else []


def day(row: Row, *names: str) -> date:
    """Return the first of the fields that holds a date; the oldest of all when none does."""
    for name in names:
        if found := text(row, name):
            return date.fromisoformat(found[:10])
    return date.min


def stamp(moment: str) -> datetime:
    """Read a time stamp, which is UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)
