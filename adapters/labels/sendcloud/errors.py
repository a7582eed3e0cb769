"""Sendcloud's refusals as our errors."""

from collections.abc import Iterator

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

_RIGHTS = "In Sendcloud, Settings > Integrations, let the integration's API create returns."

TABLE: tuple[Rule, ...] = (
    Rule(only(401), BadCredentials, BadCredentials, "Sendcloud does not accept the key pair", field="secret"),
    Rule(
        only(402),
        FixSetup,
        FixSetup,
        "the Sendcloud account cannot pay for the label",
        remedy="Look at the means of payment in Sendcloud.",
    ),
    Rule(only(403), NotPermitted, NotPermitted, "Sendcloud does not let the key do this", remedy=_RIGHTS),
    Rule(only(404), NotFound, NotFound, "Sendcloud has no such return"),
    Rule(only(408), Passing, InDoubt, "Sendcloud ran out of time"),
    Rule(only(429), RateLimited, RateLimited, "Sendcloud asks for a slower pace"),
    Rule(range(400, 500), Refused, Refused, "Sendcloud refused the return"),
    Rule(range(500, 600), Passing, InDoubt, "Sendcloud had a failure"),
)


def error_of(answer: Answer, connection: str, *, writes: bool) -> WaybillError | None:
    """Return what a refusal means, None for an answer that is none."""
    return refusal(TABLE, answer, connection, "; ".join(_words(answer)), writes=writes)


def is_double(answer: Answer) -> bool:
    """Whether a return was refused because its reference has one already.

    The vendor's specification has these words as the example of a refusal; a code it does not name.
    """
    said = " ".join(_words(answer)).casefold()
    return answer.status in range(400, 500) and "reference" in said and "already been used" in said


def _words(answer: Answer) -> Iterator[str]:
    """Yield what was said: `{"error": {…}}` from the older part of the service, `{"errors": […]}` else."""
    try:
        said = answer.json
    except ValueError:
        return
    if not isinstance(said, dict):
        return
    if isinstance(error := said.get("error"), dict):
        yield str(error.get("message") or error.get("code"))
    rows = said.get("errors")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            field, message = row.get("field"), row.get("message") or row.get("detail") or row.get("code")
            yield f"{field}: {message}" if field else str(message)
