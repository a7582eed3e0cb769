"""Rules and rule sets: when something happens, if the facts are so, then do that."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from domain.approvals.policies import ApprovalPolicy
from domain.durations import Duration
from domain.rules.actions import Action, RequireApproval
from domain.rules.conditions import AllLines, AnyLine, Comparison, Condition
from domain.rules.experts import ExpertDefinition
from domain.rules.facts import EXPERT, FACTS
from domain.rules.triggers import Trigger
from domain.rules.written import Written
from domain.texts import Plain

MOST_RULES = 500

MOST_BYTES = 512 * 1024
"""What the rules of one order may come to: they are part of its history, where 2 MiB is the engine's limit
for one entry, and are carried on together with the order."""


def _written_out(value: Any) -> Any:
    """Let only what begins with a day pass: a bare number would be read as seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and re.match(r"\s*\d{4}-\d\d-\d\d", value)):
        return value
    raise PydanticCustomError("datetime_parsing", "this is no instant")


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]


class Unknown(StrEnum):
    """What a rule does when its condition cannot be judged, because a fact is unknown."""

    MATCH = "match"
    SKIP = "skip"
    HOLD = "hold"


_PROTECTING = frozenset({"require_approval", "hold"})


class Rule(Written):
    """One rule."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$", description="A short name; it never changes.")
    name: Plain = Field(default="", max_length=120, description="What people call it.")
    when: Trigger = Field(description="What must happen.")
    after: Duration | None = Field(default=None, description="How long the state must last; deadlines only.")
    condition: Condition | None = Field(
        default=None, alias="if", description="What must be so; none: always."
    )
    then: tuple[Action, ...] = Field(min_length=1, max_length=20, description="What is done, in order.")
    priority: int = Field(default=100, ge=0, le=10_000, description="Lower ones are looked at first.")
    stop: bool = Field(
        default=False, description="Once it matches, no later rule of its trigger is looked at."
    )
    pairs: tuple[str, ...] = Field(default=(), description="Only orders of these pairs; empty: all.")
    connections: tuple[str, ...] = Field(default=(), description="Only orders of these stores; empty: all.")
    valid_from: Instant | None = Field(default=None, description="Not before this instant.")
    valid_until: Instant | None = Field(default=None, description="Not from this instant on.")
    enabled: bool = Field(default=True, description="Whether it counts at all.")
    when_unknown: Unknown | None = Field(
        default=None,
        description="When a fact is unknown: `match`, `skip` or `hold`. Left out: rules that only ask or hold"
        " match, other rules before posting hold the order, those after it are skipped.",
    )

    @property
    def title(self) -> str:
        """What people call the rule, else its id."""
        return self.name or self.id

    @property
    def in_doubt(self) -> Unknown:
        """What the rule does when its condition cannot be judged."""
        if self.when_unknown is not None:
            return self.when_unknown
        if all(action.do in _PROTECTING for action in self.then):
            return Unknown.MATCH
        return Unknown.HOLD if self.when in {Trigger.CAPTURED, Trigger.VALIDATED} else Unknown.SKIP

    def is_valid_at(self, now: datetime) -> bool:
        """Whether the rule counts at an instant."""
        if not self.enabled or (self.valid_from and now < self.valid_from):
            return False
        return self.valid_until is None or now < self.valid_until

    def applies_to(self, pair: str, connection: str) -> bool:
        """Whether the rule is for orders of this pair and store."""
        return (not self.pairs or pair in self.pairs) and (
            not self.connections or connection in self.connections
        )


class RuleSet(Written):
    """All rules of an installation, with the approval policies and expert expressions that they name."""

    rules: tuple[Rule, ...] = Field(default=(), max_length=MOST_RULES, description="The rules.")
    policies: dict[str, ApprovalPolicy] = Field(
        default_factory=dict, description="Approval policies by name."
    )
    experts: tuple[ExpertDefinition, ...] = Field(
        default=(), description="Expert expressions and decision tables."
    )
    time_zone: str = Field(
        default="UTC", description="The zone of hours and weekdays, for example Europe/Paris."
    )


class OrderRules(Written):
    """What of a published rule set matters for one order, which keeps it for life. Version 0: none is."""

    version: int = 0
    rules: tuple[Rule, ...] = ()
    policies: dict[str, ApprovalPolicy] = Field(default_factory=dict)
    experts: tuple[ExpertDefinition, ...] = ()
    time_zone: str = "UTC"

    @classmethod
    def of(cls, rule_set: RuleSet, version: int, pair: str, connection: str) -> "OrderRules":
        """Return the rules for orders of one pair and store, in the order in which they are looked at."""
        chosen = [rule for rule in rule_set.rules if rule.enabled and rule.applies_to(pair, connection)]
        chosen.sort(key=lambda rule: rule.priority)
        named = {
            action.policy for rule in chosen for action in rule.then if isinstance(action, RequireApproval)
        }
        return cls(
            version=version,
            rules=tuple(chosen),
            policies={name: policy for name, policy in rule_set.policies.items() if name in named},
            experts=_asked_by(chosen, rule_set.experts),
            time_zone=rule_set.time_zone,
        )

    def asked_by(self, rules: Iterable[Rule]) -> tuple[ExpertDefinition, ...]:
        """Return the expert rules that some of the rules refer to."""
        return _asked_by(rules, self.experts)

    @property
    def size(self) -> int:
        """How many bytes of an order's history they take. Raises UnicodeEncodeError for what is no text."""
        return len(json.dumps(self.model_dump(mode="json"), ensure_ascii=False).encode())

    @property
    def ask_erp(self) -> bool:
        """Whether a rule asks for what only the ERP knows."""
        return any(
            fact.startswith(EXPERT) or on_line or FACTS[fact].from_erp
            for rule in self.rules
            for fact, on_line in facts_of(rule.condition)
        )


def _asked_by(rules: Iterable[Rule], experts: tuple[ExpertDefinition, ...]) -> tuple[ExpertDefinition, ...]:
    asked = {fact for rule in rules for fact, _ in facts_of(rule.condition)}
    return tuple(expert for expert in experts if f"{EXPERT}{expert.name}" in asked)


def facts_of(condition: Condition | None, *, on_line: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield the facts that a condition asks for, and whether of a line."""
    if condition is None:
        return
    if isinstance(condition, Comparison):
        yield condition.fact, on_line
    elif isinstance(condition, AnyLine | AllLines):
        yield from facts_of(condition.part, on_line=True)
    else:
        for part in condition.parts:
            yield from facts_of(part, on_line=on_line)
