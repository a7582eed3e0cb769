"""Search domains: prefix logic over conditions, paths of fields with dots."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.odoo.errors import WrongCall

if TYPE_CHECKING:
    from sandbox.odoo.database import OdooDatabase, Row

Test = Callable[["Row"], bool]


def read_domain(db: "OdooDatabase", model: str, domain: list[Any]) -> Test:
    """Return the test that a domain is. Raises for what is none."""
    stack: list[Test] = []
    for term in reversed(domain):
        if term == "|" or term == "&":
            if len(stack) < 2:
                raise WrongCall(f"Domain {domain} is not valid")
            left, right = stack.pop(), stack.pop()
            stack.append(_either(left, right) if term == "|" else _both(left, right))
        elif term == "!":
            inner = stack.pop()
            stack.append(_neither(inner))
        elif isinstance(term, list) and len(term) == 3:
            stack.append(_condition(db, model, *term))
        else:
            raise WrongCall(f"Invalid leaf {term}")
    return lambda row: all(test(row) for test in stack)


def _either(left: Test, right: Test) -> Test:
    return lambda row: left(row) or right(row)


def _both(left: Test, right: Test) -> Test:
    return lambda row: left(row) and right(row)


def _neither(inner: Test) -> Test:
    return lambda row: not inner(row)


def _condition(db: "OdooDatabase", model: str, path: str, operator: str, value: Any) -> Test:
    operators = {
        "=",
        "!=",
        "in",
        "not in",
        ">",
        ">=",
        "<",
        "<=",
        "=like",
        "=ilike",
        "ilike",
        "like",
        "child_of",
    }
    if operator not in operators:
        raise WrongCall(f"Invalid operator {operator!r} in domain term {[path, operator, value]}")
    db.check_path(model, path)
    return lambda row: _holds(db, model, row, path, operator, value)


def _holds(db: "OdooDatabase", model: str, row: "Row", path: str, operator: str, value: Any) -> bool:
    found = db.values_at(model, row, path)
    if operator == "child_of":
        return any(
            db.is_below(db.field(model, path).relation or model, each, top) for each in found for top in value
        )
    if operator in ("=", "!="):
        hit = (
            (not any(_filled(each) for each in found))
            if value is False
            else any(_same(each, value) for each in found)
        )
        return hit if operator == "=" else not hit
    if operator in ("in", "not in"):
        hit = any(_same(each, wanted) for each in found or [False] for wanted in value)
        return hit if operator == "in" else not hit
    if "like" in operator:
        pattern = _pattern(str(value), exact=operator.startswith("="))
        flags = re.I | re.S if "i" in operator.replace("like", "") or operator.endswith("ilike") else re.S
        return any(isinstance(each, str) and re.fullmatch(pattern, each, flags) is not None for each in found)
    return any(_compares(each, operator, value) for each in found)


def _filled(value: Any) -> bool:
    return value not in (False, None, "", [])


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return bool(left) == bool(right) if not (_filled(left) and _filled(right)) else left == right
    return bool(left == right)


def _compares(left: Any, operator: str, right: Any) -> bool:
    if left in (False, None) or isinstance(left, str) is not isinstance(right, str):
        return False
    first: Any = left if isinstance(left, str) else Decimal(left)
    second: Any = right if isinstance(right, str) else Decimal(right)
    found: dict[str, bool] = {
        ">": first > second,
        ">=": first >= second,
        "<": first < second,
        "<=": first <= second,
    }
    return found[operator]


def _pattern(value: str, *, exact: bool) -> str:
    parts, at = [], 0
    while at < len(value):
        sign = value[at]
        if sign == "\\" and at + 1 < len(value):
            at += 1
            parts.append(re.escape(value[at]))
        else:
            parts.append({"%": ".*", "_": "."}.get(sign, re.escape(sign)))
        at += 1
    text = "".join(parts)
    return text if exact else f".*{text}.*"
