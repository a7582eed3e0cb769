"""The kinds of facts, and what may be asked of each: values are read once, when a rule is read."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from domain.durations import duration
from domain.money import Money, exact

Value = str | tuple[str, ...] | None
"""A value as a person writes it: a text, a list of texts, or nothing."""


class Kind(StrEnum):
    """What kind of value a fact has."""

    MONEY = "money"
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    TAGS = "tags"
    DATE = "date"
    CLOCK = "clock"
    AGE = "age"


class Operator(StrEnum):
    """What is asked of a fact."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    BETWEEN = "between"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    IS_TRUE = "is_true"
    IS_FALSE = "is_false"
    IS_KNOWN = "is_known"
    IS_UNKNOWN = "is_unknown"


class ValueRefused(ValueError):
    """The value does not suit the operator or the fact; the text says what would."""


Test = Callable[[Any], bool]
"""Answers for a fact whose value is known."""

NO_VALUE = frozenset({Operator.IS_TRUE, Operator.IS_FALSE, Operator.IS_KNOWN, Operator.IS_UNKNOWN})
LISTS = frozenset(
    {
        Operator.ONE_OF,
        Operator.NONE_OF,
        Operator.HAS_ANY,
        Operator.HAS_ALL,
        Operator.HAS_NONE,
        Operator.BETWEEN,
    }
)
ABOUT_KNOWING = frozenset({Operator.IS_KNOWN, Operator.IS_UNKNOWN})

_SIZES = (
    Operator.EQUALS,
    Operator.NOT_EQUALS,
    Operator.MORE_THAN,
    Operator.AT_LEAST,
    Operator.LESS_THAN,
    Operator.AT_MOST,
    Operator.BETWEEN,
)
_LISTED = (Operator.EQUALS, Operator.NOT_EQUALS, Operator.ONE_OF, Operator.NONE_OF)
_OF_KIND: Mapping[Kind, tuple[Operator, ...]] = {
    Kind.MONEY: _SIZES,
    Kind.NUMBER: (*_SIZES, Operator.ONE_OF, Operator.NONE_OF),
    Kind.TEXT: (*_LISTED, Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH),
    Kind.FLAG: (Operator.IS_TRUE, Operator.IS_FALSE),
    Kind.TAGS: (Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE),
    Kind.DATE: _SIZES,
    Kind.CLOCK: _SIZES[2:],
    Kind.AGE: _SIZES[2:],
}
OPERATORS = MappingProxyType(
    {kind: (*own, Operator.IS_KNOWN, Operator.IS_UNKNOWN) for kind, own in _OF_KIND.items()}
)
"""What may be asked of each kind."""


def _clock(text: str) -> time:
    try:
        found = time.fromisoformat(text.strip())
    except ValueError:
        raise ValueRefused("write a time of day as 09:30") from None
    if found.tzinfo is not None:
        raise ValueRefused("write a time of day without a zone, as 09:30: the rules' time_zone holds")
    return found


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueRefused("write a date as 2026-12-24") from None


def _number(text: str) -> Decimal:
    try:
        return exact(text)
    except ValueError as problem:
        raise ValueRefused(str(problem)) from None


def _money(text: str) -> Money:
    try:
        return Money.parse(text)
    except ValueError as problem:
        raise ValueRefused(str(problem)) from None


def _age(text: str) -> timedelta:
    try:
        return duration(text)
    except ValueError as problem:
        raise ValueRefused(str(problem)) from None


def _text(text: str) -> str:
    return text.strip().casefold()


_READERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.MONEY: _money,
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.TAGS: _text,
    Kind.DATE: _date,
    Kind.CLOCK: _clock,
    Kind.AGE: _age,
}


def read_value(kind: Kind, operator: Operator, value: Value) -> Any:
    """Return the value in its own type; a tuple for operators that take a list, None where none is taken.

    Raises `ValueRefused` with what would suit.
    """
    if operator not in OPERATORS[kind]:
        allowed = ", ".join(OPERATORS[kind])
        raise ValueRefused(f"{operator.value} does not suit {kind.value}; there are {allowed}")
    if operator in NO_VALUE:
        if value is not None:
            raise ValueRefused(f"{operator.value} takes no value")
        return None
    if operator in LISTS:
        return _read_list(kind, operator, value)
    if not isinstance(value, str):
        raise ValueRefused(f"{operator.value} takes one value")
    if kind is Kind.TEXT and not value.strip():
        raise ValueRefused("an empty text; ask is_unknown for what the order does not say")
    return _READERS[kind](value)


def _read_list(kind: Kind, operator: Operator, value: Value) -> tuple[Any, ...]:
    if not isinstance(value, tuple) or not value:
        raise ValueRefused(f"{operator.value} takes a list of values")
    values = tuple(_READERS[kind](each) for each in value)
    if operator is Operator.BETWEEN:
        if len(values) != 2:
            raise ValueRefused("between takes two values, the lower one first")
        if kind is Kind.MONEY and values[0].currency != values[1].currency:
            raise ValueRefused("between takes two amounts of one currency")
        if values[0] > values[1] and kind is not Kind.CLOCK:
            raise ValueRefused("between takes the lower value first")
    return values


def test_of(kind: Kind, operator: Operator, wanted: Any) -> Test:
    """Return the test of a value of this kind; money comes as an amount in the currency asked for."""
    if kind is Kind.MONEY:
        many = isinstance(wanted, tuple)
        wanted = tuple(each.amount for each in wanted) if many else wanted.amount
    if operator is Operator.BETWEEN and kind is Kind.CLOCK and wanted[0] > wanted[1]:
        start, end = wanted
        return lambda seen: bool(seen >= start or seen <= end)
    return _TESTS[operator](wanted)


def _between(bounds: Any) -> Test:
    low, high = bounds
    return lambda seen: bool(low <= seen <= high)


def _one_of(wanted: Any) -> Test:
    values = frozenset(wanted)
    return lambda seen: seen in values


def _none_of(wanted: Any) -> Test:
    values = frozenset(wanted)
    return lambda seen: seen not in values


_TESTS: Mapping[Operator, Callable[[Any], Test]] = {
    Operator.EQUALS: lambda wanted: lambda seen: bool(seen == wanted),
    Operator.NOT_EQUALS: lambda wanted: lambda seen: bool(seen != wanted),
    Operator.MORE_THAN: lambda wanted: lambda seen: bool(seen > wanted),
    Operator.AT_LEAST: lambda wanted: lambda seen: bool(seen >= wanted),
    Operator.LESS_THAN: lambda wanted: lambda seen: bool(seen < wanted),
    Operator.AT_MOST: lambda wanted: lambda seen: bool(seen <= wanted),
    Operator.BETWEEN: _between,
    Operator.ONE_OF: _one_of,
    Operator.NONE_OF: _none_of,
    Operator.CONTAINS: lambda wanted: lambda seen: wanted in seen,
    Operator.STARTS_WITH: lambda wanted: lambda seen: bool(seen.startswith(wanted)),
    Operator.ENDS_WITH: lambda wanted: lambda seen: bool(seen.endswith(wanted)),
    Operator.HAS_ANY: lambda wanted: lambda seen: not frozenset(wanted).isdisjoint(seen),
    Operator.HAS_ALL: lambda wanted: lambda seen: frozenset(wanted) <= seen,
    Operator.HAS_NONE: lambda wanted: lambda seen: frozenset(wanted).isdisjoint(seen),
    Operator.IS_TRUE: lambda _: lambda seen: seen is True,
    Operator.IS_FALSE: lambda _: lambda seen: seen is False,
}


def comparable(seen: Any) -> Any:
    """Return a fact's value as tests take it: texts without regard to case, tags as a set."""
    if isinstance(seen, str):
        return seen.strip().casefold()
    if isinstance(seen, tuple):
        return frozenset(each.strip().casefold() for each in seen)
    return seen


def shown(seen: Any) -> str:
    """Return a fact's value as a person reads it; an unknown one says so."""
    if seen is None:
        return "unknown"
    if isinstance(seen, bool):
        return "yes" if seen else "no"
    if isinstance(seen, Decimal):
        return f"{seen:f}"
    if isinstance(seen, tuple | frozenset):
        return ", ".join(sorted(str(each) for each in seen)) or "none"
    if isinstance(seen, datetime):
        return seen.isoformat(timespec="seconds")
    return str(seen)
