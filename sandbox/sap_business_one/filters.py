"""The `$filter` language of the service: comparisons, four text functions, and, or, not, parentheses.

There are no lambdas, no arithmetic and no other functions; the real service refuses them, and so does this.
A comparison with a null is neither true nor false, as in the database behind.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any, Protocol

from sandbox.sap_business_one.errors import ServiceLayerError, bad_filter, bad_request
from sandbox.sap_business_one.properties import Property, scalar
from sandbox.sap_business_one.wire import Row

Verdict = bool | None
Predicate = Callable[[Row], Verdict]
Getter = Callable[[Row], Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<name>[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*)"
    r"|(?P<symbol>[(),]))"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": lambda text, part: part in text,
    "substringof": lambda text, part: part in text,
}
_INVALID = "Invalid symbol in the filter condition"


class Names(Protocol):
    """Where the filter finds the properties it names."""

    def find(self, path: str) -> tuple[Property, Getter]:
        """Return a property and how to read it from a row, or refuse the path."""

    def unknown_function(self, name: str) -> ServiceLayerError:
        """Return the refusal of a function the service does not have."""


@dataclass(frozen=True)
class Filter:
    """A compiled filter, and the comparisons that every matching row fulfils: property, operator, value."""

    matches: Predicate
    certain: tuple[tuple[str, str, Any], ...] = ()


@dataclass(frozen=True)
class _Operand:
    get: Getter
    known: Property | None = None
    path: str = ""
    literal: Any = None


def compile_filter(text: str, names: Names, ignore_case: bool = False) -> Filter:
    """Return the filter a text describes; refused with the service's own words when it cannot be read."""
    parser = _Parser(text, names, ignore_case)
    predicate = parser.any_of()
    if parser.peek():
        raise bad_filter(_INVALID)
    return Filter(predicate, tuple(parser.certain) if not parser.alternatives else ())


class _Parser:
    """Recursive descent: or, and, not, then a group, a function or a comparison."""

    def __init__(self, text: str, names: Names, ignore_case: bool) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._names = names
        self._fold: Callable[[Any], Any] = _casefold if ignore_case else _same
        self.certain: list[tuple[str, str, Any]] = []
        self.alternatives = False

    def peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def any_of(self) -> Predicate:
        """Read terms joined by `or`."""
        terms = [self._all_of()]
        while self._take("or"):
            self.alternatives = True
            terms.append(self._all_of())
        return terms[0] if len(terms) == 1 else _either(terms)

    def _all_of(self) -> Predicate:
        terms = [self._negation()]
        while self._take("and"):
            terms.append(self._negation())
        return terms[0] if len(terms) == 1 else _every(terms)

    def _negation(self) -> Predicate:
        if self._take("not"):
            self.alternatives = True
            return _opposite(self._negation())
        if self._take("("):
            inner = self.any_of()
            self._expect(")")
            return inner
        if self._is_call():
            return self._function()
        return self._comparison()

    def _is_call(self) -> bool:
        following = self._tokens[self._at + 1 : self._at + 2]
        return (
            self._at < len(self._tokens)
            and self._tokens[self._at][0] == "name"
            and self.peek() not in ("datetime", "time")
            and following == [("symbol", "(")]
        )

    def _function(self) -> Predicate:
        name = self.peek()
        if "/" in name:
            raise bad_filter(_INVALID)
        test = _FUNCTIONS.get(name)
        if test is None:
            raise self._names.unknown_function(name)
        self._at += 2
        first = self._operand()
        self._expect(",")
        second = self._operand()
        self._expect(")")
        text, part = (second, first) if name == "substringof" else (first, second)
        fold = self._fold

        def holds(row: Row) -> Verdict:
            whole, piece = text.get(row), part.get(row)
            return None if whole is None or piece is None else test(str(fold(whole)), str(fold(piece)))

        return holds

    def _comparison(self) -> Predicate:
        left = self._operand()
        word = self.peek()
        if word not in _COMPARE:
            raise bad_filter(_INVALID)
        self._at += 1
        right = self._operand()
        if self._take("("):
            raise bad_filter(_INVALID)
        return self._compare(left, word, right)

    def _compare(self, left: _Operand, word: str, right: _Operand) -> Predicate:
        left, right = _typed(left, right), _typed(right, left)
        if right.known is None and right.literal is None:
            wants_null = word == "eq"
            return lambda row: (left.get(row) is None) is wants_null
        compare, one, two = _COMPARE[word], left.get, right.get
        if isinstance(right.literal, time):
            one, two = _to_the_minute(one), _to_the_minute(two)
        elif self._fold is _same and left.known is not None and right.known is None:
            self.certain.append((left.path, word, right.literal))
            return _against(one, compare, right.literal)
        fold = self._fold

        def holds(row: Row) -> Verdict:
            first, second = one(row), two(row)
            return None if first is None or second is None else compare(fold(first), fold(second))

        return holds

    def _operand(self) -> _Operand:
        if self._at >= len(self._tokens):
            raise bad_filter(_INVALID)
        kind, token = self._tokens[self._at]
        self._at += 1
        if kind == "text":
            return _literal(token[1:-1].replace("''", "'"))
        if kind == "number":
            return _literal(Decimal(token))
        if kind == "symbol":
            raise bad_filter(_INVALID)
        return self._named(token)

    def _named(self, token: str) -> _Operand:
        if token == "null":  # noqa: S105 - a word of the filter language
            return _literal(None)
        following = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if token in ("datetime", "time") and following[0] == "text":
            return self._operand()
        if following == ("symbol", "("):
            if "/" in token:
                raise bad_filter(_INVALID)
            raise self._names.unknown_function(token)
        known, get = self._names.find(token)
        return _Operand(get, known, token)

    def _take(self, token: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] in (("name", token), ("symbol", token)):
            self._at += 1
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise bad_filter(_INVALID)


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise bad_filter(_INVALID)
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def _literal(value: Any) -> _Operand:
    return _Operand(lambda _: value, literal=value)


def _typed(operand: _Operand, other: _Operand) -> _Operand:
    """Return a literal converted to the type of the property it stands beside."""
    if operand.known is not None or other.known is None or operand.literal is None:
        return operand
    value = operand.literal
    if other.known.kind == "text" and isinstance(value, Decimal):
        value = str(value)
    try:
        converted = scalar(Property(other.known.name, other.known.kind, other.known.of), "", value)
    except ServiceLayerError as problem:
        raise bad_request(f"Invalid filter value for property '{other.known.name}'") from problem
    return _literal(converted)


def _against(get: Getter, compare: Callable[[Any, Any], bool], value: Any) -> Predicate:
    def holds(row: Row) -> Verdict:
        found = get(row)
        return None if found is None else compare(found, value)

    return holds


def _to_the_minute(get: Getter) -> Getter:
    def minute(row: Row) -> Any:
        value = get(row)
        return value.replace(second=0) if isinstance(value, time) else value

    return minute


def _either(terms: list[Predicate]) -> Predicate:
    def holds(row: Row) -> Verdict:
        verdicts = [term(row) for term in terms]
        return True if True in verdicts else None if None in verdicts else False

    return holds


def _every(terms: list[Predicate]) -> Predicate:
    def holds(row: Row) -> Verdict:
        unknown = False
        for term in terms:
            verdict = term(row)
            if verdict is False:
                return False
            unknown = unknown or verdict is None
        return None if unknown else True

    return holds


def _opposite(term: Predicate) -> Predicate:
    def holds(row: Row) -> Verdict:
        verdict = term(row)
        return None if verdict is None else not verdict

    return holds


def _casefold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _same(value: Any) -> Any:
    return value
