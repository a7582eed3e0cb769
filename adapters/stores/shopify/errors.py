"""The shop's answers as our errors: by HTTP status, by the code of a GraphQL error, by `userErrors`.

A throttled request was not begun, so it may be sent again, written or not. An error of the shop's own after
a write leaves in doubt whether it was done.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from adapters.http import Answer
from domain.errors import (
    BadConfiguration,
    BadCredentials,
    ConnectionDown,
    InDoubt,
    NotFound,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    UnexpectedAnswer,
    WaybillError,
)


@dataclass(frozen=True)
class Rule:
    """What a refusal means for a read and for a write."""

    read: type[WaybillError]
    write: type[WaybillError]
    sentence: str
    remedy: str = ""


_TOKEN = "Put a valid token, or the app's client id and secret, where waybill.toml points."  # noqa: S105
_PROTECTED = (
    "Ask for access to protected customer data, with names, addresses, e-mail and phone, on the app's page in"
    " the Dev Dashboard."
)
_SCOPE = "Grant the app the scope that the answer names, release it and approve it in the shop."

STATUSES: Mapping[int, Rule] = {
    400: Rule(BadConfiguration, Refused, "Shopify does not understand the request"),
    401: Rule(BadCredentials, BadCredentials, "Shopify does not accept the token", _TOKEN),
    402: Rule(ConnectionDown, ConnectionDown, "the shop is frozen until its bill is paid"),
    403: Rule(NotPermitted, NotPermitted, "the app may not do this in the shop", _SCOPE),
    404: Rule(BadConfiguration, BadConfiguration, "there is no such shop", "Correct shop in waybill.toml."),
    423: Rule(ConnectionDown, ConnectionDown, "the shop is locked"),
    429: Rule(RateLimited, RateLimited, "Shopify asks for a slower pace"),
    430: Rule(ConnectionDown, ConnectionDown, "Shopify's protection turned the request away"),
    503: Rule(ConnectionDown, InDoubt, "Shopify is not available"),
}
_SERVER = Rule(Passing, InDoubt, "Shopify had a failure")
_CLIENT = Rule(BadConfiguration, Refused, "Shopify turned the request away")
_PAGE = Rule(Passing, Passing, "something in front of the shop turned the request away")

_OURS = "Shopify does not understand the request in this version"
CODES: Mapping[str, Rule] = {
    "THROTTLED": Rule(RateLimited, RateLimited, "the shop's limit of cost is used up"),
    "ACCESS_DENIED": Rule(NotPermitted, NotPermitted, "the app lacks a scope", _SCOPE),
    "SHOP_INACTIVE": Rule(ConnectionDown, ConnectionDown, "the shop is not active"),
    "INTERNAL_SERVER_ERROR": Rule(Passing, InDoubt, "Shopify had a failure"),
    "IDEMPOTENCY_CONCURRENT_REQUEST": Rule(Passing, InDoubt, "Shopify is still busy with the same write"),
    "RESOURCE_NOT_FOUND": Rule(NotFound, NotFound, "the shop has no such record"),
    "MAX_COST_EXCEEDED": Rule(BadConfiguration, BadConfiguration, "the request costs more than one may"),
    "INVALID_VARIABLE": Rule(BadConfiguration, Refused, "Shopify does not take a value"),
    "BAD_REQUEST": Rule(BadConfiguration, Refused, "Shopify does not understand the request"),
    "INVALID_FIELD_ARGUMENTS": Rule(BadConfiguration, BadConfiguration, _OURS),
    "undefinedField": Rule(BadConfiguration, BadConfiguration, _OURS),
    "argumentLiteralsIncompatible": Rule(BadConfiguration, BadConfiguration, _OURS),
}
_UNKNOWN = Rule(UnexpectedAnswer, InDoubt, "Shopify answered with an error")


def refused_status(answer: Answer, connection: str, *, writes: bool) -> WaybillError | None:
    """Return what the HTTP status means, None for one that is no refusal."""
    if answer.status < 400:
        return None
    rule = STATUSES.get(answer.status)
    if answer.is_html and answer.status < 500 and answer.status not in {401, 402, 404, 423, 429, 430}:
        rule = _PAGE
    if rule is None:
        rule = _SERVER if answer.status >= 500 else _CLIENT
    return _error(rule, answer.text[:200], connection, writes=writes, wait=answer.retry_after)


def failed(errors: object, cost: object, connection: str, *, writes: bool) -> WaybillError:
    """Return what a list of GraphQL errors means. The gravest is taken: one that no repetition mends."""
    rows = [row for row in errors if isinstance(row, dict)] if isinstance(errors, list) else []
    known = [(CODES[code], row) for row in rows if (code := _code(row)) in CODES]
    rule, row = next(
        (each for each in known if not issubclass(each[0].read, Passing)),
        known[0] if known else (_UNKNOWN, rows[0] if rows else {}),
    )
    wait = throttled_for(cost) if rule.read is RateLimited else None
    words = str(row.get("message", errors if isinstance(errors, str) else ""))
    if rule is CODES["ACCESS_DENIED"] and re.search(r"protected[ -]customer|not approved", words):
        rule = replace(rule, sentence="the app may not see the buyers", remedy=_PROTECTED)
    return _error(rule, words, connection, writes=writes, wait=wait)


def throttled_for(cost: object) -> timedelta:
    """Return how long the shop takes to regain what a request costs; a second where that is untold."""
    try:
        asked, status = cost["requestedQueryCost"], cost["throttleStatus"]  # type: ignore[index]
        missing = Decimal(asked) - Decimal(status["currentlyAvailable"])
        seconds = ceil(missing / Decimal(status["restoreRate"]))
    except (TypeError, KeyError, ArithmeticError):
        seconds = 1
    return timedelta(seconds=min(max(seconds, 1), 60))


def _code(row: Mapping[str, Any]) -> str:
    extensions = row.get("extensions")
    return str(extensions.get("code", "")) if isinstance(extensions, dict) else ""


def _error(rule: Rule, quote: str, connection: str, *, writes: bool, wait: timedelta | None) -> WaybillError:
    kind = rule.write if writes else rule.read
    return kind(rule.sentence, quote=quote, remedy=rule.remedy, connection=connection, retry_after=wait)
