"""Trying a draft of rules on orders that were: which would take another path than now, and why.

Only what was known when an order was checked can be judged: what happens to it later, nobody knows yet.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from domain.model import Frozen
from domain.rules.case import Case
from domain.rules.consequences import consequences_of
from domain.rules.decisions import RuleOutcome, outcomes_of
from domain.rules.evaluation import Rules
from domain.rules.facts import FACTS
from domain.rules.model import OrderRules, Rule, RuleSet, facts_of
from domain.rules.triggers import Trigger

KNOWN = (Trigger.CAPTURED, Trigger.VALIDATED, Trigger.POSTED, Trigger.STOCK_BELOW_MINIMUM)
"""The triggers whose facts are all in a recorded case."""
_SHORT_OF_STOCK = "below_minimum"

Answers = Mapping[str, str]


class Step(Frozen):
    """What the rules say at one trigger: the trace, and what would follow."""

    trigger: Trigger
    outcomes: tuple[RuleOutcome, ...]
    did: tuple[str, ...] = ()


class Path(Frozen):
    """The way of one order by one rule set."""

    steps: tuple[Step, ...]

    @property
    def did(self) -> tuple[str, ...]:
        """All that would follow, in order."""
        return tuple(text for step in self.steps for text in step.did)

    @property
    def followed(self) -> tuple[str, ...]:
        """The rules that would be followed."""
        return tuple(rule.rule for step in self.steps for rule in step.outcomes if rule.followed)


class Change(Frozen):
    """An order that would take another path: what followed by the rules in force, what by the draft."""

    connection: str
    store_order_id: str
    number: str
    at: datetime
    before: tuple[str, ...]
    after: tuple[str, ...]
    because: tuple[RuleOutcome, ...]


class DryRun(Frozen):
    """What a draft would have changed. `followed` counts the orders by the draft's rules."""

    orders: int
    changes: tuple[Change, ...]
    followed: dict[str, int]
    not_tried: tuple[str, ...]


class Trial:
    """One rule set, ready to be tried on cases; rules are made ready once for each pair and store."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rule_set = rule_set
        self._ready: dict[tuple[str, str], Rules] = {}

    def path(self, case: Case, experts: Answers | None = None, last: Trigger = KNOWN[-1]) -> Path:
        """Return the way that an order would take.

        With a hold, a rejection or a route to another pair, whose facts nobody asked for, it goes no further;
        nor beyond `last`.
        """
        rules = self._rules(case.pair, case.order.connection)
        case = case.model_copy(update={"time_zone": self._rule_set.time_zone, "experts": dict(experts or {})})
        steps: list[Step] = []
        for trigger in KNOWN:
            if trigger is Trigger.STOCK_BELOW_MINIMUM and _SHORT_OF_STOCK not in case.findings:
                continue
            seen = case.model_copy(update={"facts": None, "findings": ()}) if trigger is KNOWN[0] else case
            ruling = rules.judge(trigger, seen)
            found = consequences_of(ruling)
            steps.append(Step(trigger=trigger, outcomes=outcomes_of(ruling), did=found.did))
            case = case.model_copy(update={"tags": tuple(dict.fromkeys((*case.tags, *found.tags)))})
            routed = found.route not in {"", case.pair}
            if found.reject or found.stop or found.conflicts or routed or trigger is last:
                break
        return Path(steps=tuple(steps))

    def _rules(self, pair: str, connection: str) -> Rules:
        key = (pair, connection)
        if key not in self._ready:
            chosen = OrderRules.of(self._rule_set, 0, pair, connection)
            self._ready[key] = Rules(filter(_can_be_tried, chosen.rules), chosen.experts)
        return self._ready[key]


def dry_run(current: RuleSet, draft: RuleSet, cases: Iterable[tuple[Case, Answers, Answers]]) -> DryRun:
    """Try a draft on cases, each with what expert rules answer of it now and in the draft."""
    now, then = Trial(current), Trial(draft)
    orders, changes, followed = 0, [], Counter[str]()
    for case, answers_now, answers_then in cases:
        last = KNOWN[-1] if case.facts else KNOWN[0]
        before, after = now.path(case, answers_now, last), then.path(case, answers_then, last)
        orders += 1
        followed.update(dict.fromkeys(after.followed, 1))
        if before.did != after.did:
            changes.append(_change(case, before, after))
    untried = tuple(rule.id for rule in draft.rules if rule.enabled and not _can_be_tried(rule))
    return DryRun(orders=orders, changes=tuple(changes), followed=dict(followed), not_tried=untried)


def _can_be_tried(rule: Rule) -> bool:
    """Whether all that the rule asks for is in a recorded case: no stage, no document, no return is."""
    asked = (FACTS.get(fact) for fact, on_line in facts_of(rule.condition) if not on_line)
    return rule.when in KNOWN and not any(fact is not None and fact.beside for fact in asked)


def _change(case: Case, before: Path, after: Path) -> Change:
    same = set(before.followed) & set(after.followed)
    by_rule = {rule.rule: rule for path in (before, after) for step in path.steps for rule in step.outcomes}
    differing = [name for name in (*before.followed, *after.followed) if name not in same]
    order = case.order
    return Change(
        connection=order.connection,
        store_order_id=order.store_id,
        number=order.number,
        at=case.now,
        before=before.did,
        after=after.did,
        because=tuple(by_rule[name] for name in dict.fromkeys(differing)),
    )
