"""The connection test of a label service, and the look at its files."""

from collections.abc import Awaitable, Callable

from adapters.http import Answer
from adapters.ports import Finding
from domain.errors import BadCredentials, NotPermitted, UnexpectedAnswer, WaybillError

_REACHED, _ACCEPTED = "the service answers", "our key is accepted"


async def findings(answers: Callable[[], Awaitable[None]]) -> tuple[Finding, ...]:
    """Tell whether a service answers and takes our key."""
    reached = Finding(what=_REACHED, ok=True)
    try:
        await answers()
    except (BadCredentials, NotPermitted) as problem:
        return (reached, _broken(_ACCEPTED, problem))
    except WaybillError as problem:
        return (_broken(_REACHED, problem),)
    return (reached, Finding(what=_ACCEPTED, ok=True))


def checked_pdf(answer: Answer, connection: str) -> bytes:
    """Return the file of a label. Raises `UnexpectedAnswer` for what is no PDF."""
    if answer.status != 200 or not answer.body.startswith(b"%PDF-"):
        raise UnexpectedAnswer(
            "the label came as something else than a PDF",
            quote=answer.headers.get("content-type", ""),
            connection=connection,
        )
    return answer.body


def _broken(what: str, problem: WaybillError) -> Finding:
    told = problem.problem
    said = f" The answer was: {told.quote}" if told.quote else ""
    return Finding(what=what, ok=False, fix=f"{told.sentence}. {told.remedy}{said}")
