"""EasyPost's refusals as our errors."""

from adapters.http import Answer
from adapters.labels.refusals import Rule, only, refusal
from domain.errors import (
    BadCredentials,
    FixSetup,
    InDoubt,
    NotFound,
    NotPermitted,
    Passing,
    RateLimited,
    Refused,
    WaybillError,
)

CARRIER_FAILED = "SHIPMENT.POSTAGE.FAILURE"
"""Also what a carrier's time-out looks like."""

_RIGHTS = "In EasyPost's dashboard, look at the account's standing and its carrier accounts."

TABLE: tuple[Rule, ...] = (
    Rule(only(401), BadCredentials, BadCredentials, "EasyPost does not accept the key", field="key"),
    Rule(
        only(402),
        FixSetup,
        FixSetup,
        "the EasyPost account cannot pay for the label",
        remedy="Add money or a means of payment to the EasyPost account.",
    ),
    Rule(only(403), NotPermitted, NotPermitted, "EasyPost does not let the key do this", remedy=_RIGHTS),
    Rule(only(404), NotFound, NotFound, "EasyPost has no such shipment"),
    Rule(only(408), Passing, InDoubt, "EasyPost ran out of time"),
    Rule(only(429), RateLimited, RateLimited, "EasyPost asks for a slower pace"),
    Rule(range(400, 500), Refused, Refused, "EasyPost refused the label"),
    Rule(range(500, 600), Passing, InDoubt, "EasyPost had a failure"),
)


def error_of(answer: Answer, connection: str, *, writes: bool) -> WaybillError | None:
    """Return what a refusal means, None for an answer that is none."""
    return refusal(TABLE, answer, connection, words_of(answer), writes=writes)


def code_of(answer: Answer) -> str:
    """Return EasyPost's code of a refusal, such as `PARAMETER.REQUIRED`."""
    return str(_error(answer).get("code", ""))


def words_of(answer: Answer) -> str:
    """Return what EasyPost said: the message, and each field's; those are objects or plain texts."""
    error = _error(answer)
    rows = error.get("errors")
    fields = [_row(row) for row in rows] if isinstance(rows, list) else []
    return "; ".join(part for part in (str(error.get("message") or ""), *fields) if part)


def _row(row: object) -> str:
    return f"{row.get('field')}: {row.get('message')}" if isinstance(row, dict) else str(row)


def _error(answer: Answer) -> dict[str, object]:
    try:
        said = answer.json
    except ValueError:
        return {}
    error = said.get("error") if isinstance(said, dict) else None
    return error if isinstance(error, dict) else {}
