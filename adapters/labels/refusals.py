"""A service's refusals as our errors: each service has a table of these rules, and a test walks it."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.http import Answer
from domain.errors import InDoubt, WaybillError


@dataclass(frozen=True)
class Rule:
    """What a status means after a read, and after a write that must not be done twice."""

    statuses: range
    read: type[WaybillError]
    write: type[WaybillError]
    sentence: str
    field: str = ""
    remedy: str = ""


def only(status: int) -> range:
    """Return the range of one status."""
    return range(status, status + 1)


def refusal(
    table: Sequence[Rule], answer: Answer, connection: str, words: str, *, writes: bool
) -> WaybillError | None:
    """Return what a refusal means, with the service's own words; None for an answer that is none."""
    if answer.status < 400:
        return None
    rule = next(rule for rule in table if answer.status in rule.statuses)
    kind = rule.write if writes else rule.read
    return kind(
        rule.sentence,
        quote=words or f"HTTP {answer.status}",
        field=rule.field,
        # In doubt, the remedy is the doubt's own: nobody needs to do anything.
        remedy="" if issubclass(kind, InDoubt) else rule.remedy,
        connection=connection,
        retry_after=answer.retry_after,
    )
