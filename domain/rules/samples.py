"""Values that stand for all values of a fact, as far as some comparisons tell them apart.

Between two values that a rule names, all behave the same: so the named ones, one between each two, one below
and one above stand for all.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from itertools import pairwise
from typing import Any

from domain.rules.facts import Fact
from domain.rules.operators import Kind

_WHOLE = frozenset({"line_count", "days_to_deliver"})
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "country": ("fr", "es", "de", "it", "pt", "us"),
    "billing_country": ("fr", "es", "de", "it", "pt", "us"),
    "currency": ("eur", "usd", "gbp", "chf"),
    "postcode": ("69002", "28013", "10115"),
}
_DAY = timedelta(days=1)
_LAST_MOMENT = time.max


def samples(fact: Fact, named: tuple[Any, ...]) -> list[Any]:
    """Return values that stand for all known ones, the likelier first; comparisons `named` some."""
    if fact.choices:
        return list(fact.choices)
    return _OF_KIND[fact.kind](fact, named)


def _numbers(fact: Fact, named: tuple[Decimal, ...]) -> list[Decimal]:
    if fact.name in _WHOLE:
        rounded = [number.to_integral_value(way) for number in named for way in (ROUND_FLOOR, ROUND_CEILING)]
        found = {number + step for number in rounded for step in (-1, 0, 1)} or {Decimal(1)}
        return _likely(found)
    points = sorted(named) or [Decimal(0)]
    between = {_middle(low, high) for low, high in pairwise(points) if low < high}
    return _likely({points[0] - _step(points[0]), points[-1] + _step(points[-1]), *points, *between})


def _step(number: Decimal) -> Decimal:
    return max(Decimal(1), (abs(number) / 5).to_integral_value())


def _middle(low: Decimal, high: Decimal) -> Decimal:
    with localcontext(prec=60):
        middle = (low + high) / 2
        short = middle.quantize(Decimal("0.01"))
    return short if low < short < high else middle


def _likely(found: Iterable[Decimal]) -> list[Decimal]:
    """Return what orders have before what they hardly ever have: negative amounts, and none."""
    return sorted(found, key=lambda number: (number < 0, number == 0, -number))


def _dates(_fact: Fact, named: tuple[date, ...]) -> list[date]:
    steps = (-_DAY, timedelta(0), _DAY)
    found = {day + step for day in named for step in steps if date.min < day < date.max}
    return sorted(found | set(named) or {date(2026, 11, 20)})


def _times(_fact: Fact, named: tuple[time, ...]) -> list[time]:
    moments = sorted({_since_midnight(each) for each in (time.min, *named, _LAST_MOMENT)})
    between = [_between(low, high) for low, high in pairwise(moments)]
    return [_clock(each) for each in (*(found for found in between if found is not None), *moments)]


def _between(low: timedelta, high: timedelta) -> timedelta | None:
    minute = timedelta(minutes=1)
    middle = (low + high) // 2
    for found in (middle - middle % minute, middle):
        if low < found < high:
            return found
    return None


def _since_midnight(clock: time) -> timedelta:
    return timedelta(
        hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond
    )


def _clock(since: timedelta) -> time:
    seconds = since.seconds
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, since.microseconds)


def _ages(_fact: Fact, named: tuple[timedelta, ...]) -> list[timedelta]:
    hour, second = timedelta(hours=1), timedelta(seconds=1)
    points = sorted({timedelta(0), *named})
    between = [low + (high - low) // 2 for low, high in pairwise(points)]
    last = [points[-1] + hour] if points[-1] < timedelta.max - hour else [timedelta.max]
    return [*last, *between, *points, points[0] - second]


def _flags(_fact: Fact, _named: tuple[Any, ...]) -> list[bool]:
    return [True, False]


def _texts(fact: Fact, named: tuple[str, ...]) -> list[str]:
    fresh = [text for text in _OTHERS.get(fact.name, ()) if text not in named]
    other = "other"
    while other in named:
        other += "-other"
    return [*named, *fresh[:2], other]


_OF_KIND: Mapping[Kind, Callable[[Fact, tuple[Any, ...]], list[Any]]] = {
    Kind.MONEY: _numbers,
    Kind.NUMBER: _numbers,
    Kind.DATE: _dates,
    Kind.CLOCK: _times,
    Kind.AGE: _ages,
    Kind.FLAG: _flags,
    Kind.TEXT: _texts,
}
