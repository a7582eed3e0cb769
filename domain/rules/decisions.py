"""What rules decided on an order, kept for the audit: which rule saw which fact, and what was done."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from domain.model import Frozen
from domain.rules.evaluation import Judged, Ruling
from domain.rules.operators import Value, shown
from domain.rules.triggers import Trigger

_MOST_SEEN = 40
"""Comparisons kept of one rule: an order of 500 lines would fill pages with what nobody reads."""


class SeenFact(Frozen):
    """One comparison: what was asked of which fact and seen; answer None: unknown; line 0: the order."""

    fact: str
    asked: str
    value: Value = None
    line: int = 0
    seen: str
    answer: bool | None


class RuleOutcome(Frozen):
    """One rule: whether its condition held (None: unknown), whether it was followed, and what was seen."""

    rule: str
    title: str
    answer: bool | None
    followed: bool
    seen: tuple[SeenFact, ...] = ()


class RuleDecision(Frozen):
    """What the rules of one version said when something happened to the order."""

    number: int
    at: datetime
    trigger: Trigger
    about: str = ""
    version: int
    outcomes: tuple[RuleOutcome, ...]
    did: tuple[str, ...] = Field(default=(), description="What followed, in words.")


def outcomes_of(ruling: Ruling) -> tuple[RuleOutcome, ...]:
    """Return the trace of a ruling as it is kept."""
    followed = {rule.id for rule in ruling.matched}
    return tuple(_outcome(judged, followed) for judged in ruling.judged)


def _outcome(judged: Judged, followed: Iterable[str]) -> RuleOutcome:
    rule, comparisons, answer, seen = judged
    found = tuple(
        SeenFact(
            fact=comparisons[place].fact,
            asked=comparisons[place].operator.value,
            value=comparisons[place].value,
            line=line,
            seen=shown(value),
            answer=said,
        )
        for place, line, value, said in seen[:_MOST_SEEN]
    )
    return RuleOutcome(
        rule=rule.id, title=rule.title, answer=answer, followed=rule.id in followed, seen=found
    )
