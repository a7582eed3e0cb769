"""Expert rules: an expression or a decision table that gives one fact more, `expert.NAME`.

For what conditions cannot say. A definition is pure data here; an engine behind a port judges it.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from domain.model import Frozen
from domain.money import Money
from domain.rules.case import Case, lines_of
from domain.rules.decision_tables import DecisionTable, TableRefused, read_table
from domain.rules.expressions import LINES, faults_of, line_facts_of, paths_of
from domain.rules.facts import FACTS, LINE_FACTS, Fact
from domain.rules.operators import Kind
from domain.rules.written import Written

LONGEST_EXPRESSION = 2_000
LONGEST_TABLE = 32_000
"""Signs of a definition: it is part of the history of each order that asks it."""


class ExpertKind(StrEnum):
    """How a definition is written."""

    EXPRESSION = "expression"
    TABLE = "table"


class Returns(StrEnum):
    """What a definition's answer is."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"


def _as_text(value: Any) -> Any:
    """Let a table stand in a rules file as it is, beside one that is quoted as text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


class ExpertDefinition(Written):
    """One expert rule. Its answer is the fact `expert.NAME`, unknown where it answers `null`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Rules ask for it as `expert.NAME`.")
    kind: ExpertKind = Field(default=ExpertKind.EXPRESSION, description="`expression` or `table`.")
    returns: Returns = Field(description="What it answers: `number`, `text` or `flag`.")
    body: Annotated[str, BeforeValidator(_as_text)] = Field(
        min_length=1, description="The expression, or the table as GoRules' editor saves it (JSON)."
    )

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong as far as it can be told without the engine: the key, and the sentence."""
        most = LONGEST_TABLE if self.kind is ExpertKind.TABLE else LONGEST_EXPRESSION
        if len(self.body) > most:
            yield "body", f"it has {len(self.body)} signs; {most} are the most"
            return
        try:
            found = faults_of(self.body) if self.table is None else self.table.faults()
            yield from (("body", sentence) for sentence in found)
        except TableRefused as refusal:
            yield "body", str(refusal)

    @cached_property
    def table(self) -> DecisionTable | None:
        """The decision table, None for an expression. Raises `TableRefused`."""
        return read_table(self.body) if self.kind is ExpertKind.TABLE else None

    @cached_property
    def expressions(self) -> tuple[str, ...]:
        """All texts that ask for facts."""
        return (self.body,) if self.table is None else self.table.expressions

    @cached_property
    def reads(self) -> frozenset[str]:
        """The facts it asks for: `total.amount`, `country`, `lines`."""
        return frozenset(path for text in self.expressions for path in paths_of(text))


class ExpertAnswer(Frozen):
    """What a definition answered: a number's digits, a text, `true` or `false`; None is unknown.

    `because` names the table's row and the facts that were seen.
    """

    name: str
    value: str | None = None
    because: tuple[str, ...] = ()


def facts_for(definition: ExpertDefinition, case: Case) -> dict[str, Any]:
    """Return the facts that a definition asks for: texts, flags, Decimals, money as amount and currency."""
    names = {path.partition(".")[0] for path in definition.reads}
    given = {name: _plain(FACTS[name], FACTS[name].read(case)) for name in sorted(names) if name in FACTS}
    if LINES in names:
        wanted = {name for text in definition.expressions for name in line_facts_of(text)}
        given[LINES] = [
            {name: _plain(LINE_FACTS[name], LINE_FACTS[name].read(line)) for name in sorted(wanted)}
            for line in lines_of(case)
        ]
    return given


def sample_facts() -> dict[str, Any]:
    """Return all facts with a value of their kind, to try a definition before it is published."""
    line = {name: _plain(fact, _sample(fact)) for name, fact in LINE_FACTS.items()}
    return {name: _plain(fact, _sample(fact)) for name, fact in FACTS.items()} | {LINES: [line, line]}


def seen(definition: ExpertDefinition, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each fact was that a definition asks for, by its path; of lines only their number."""
    found: dict[str, Any] = {}
    for path in sorted(definition.reads):
        name, _, part = path.partition(".")
        value = facts.get(name)
        found[path] = value.get(part) if part and isinstance(value, dict) else value
        if name == LINES:
            found[path] = f"{len(value or ())} lines"
    return found


def _plain(fact: Fact, value: Any) -> Any:
    if value is None:
        return {"amount": None, "currency": None} if fact.kind is Kind.MONEY else None
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": value.currency}
    if isinstance(value, timedelta):
        return Decimal(value // timedelta(minutes=1))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _sample(fact: Fact) -> Any:
    by_kind = {
        Kind.MONEY: Money(Decimal("100.00"), "EUR"),
        Kind.NUMBER: Decimal(2),
        Kind.TEXT: fact.choices[0] if fact.choices else "1",
        Kind.FLAG: True,
        Kind.TAGS: ("a",),
        Kind.DATE: date(2026, 1, 5),
        Kind.CLOCK: time(9, 30),
        Kind.AGE: timedelta(hours=1),
    }
    return by_kind[fact.kind]
