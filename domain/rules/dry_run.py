"""Trying a draft of rules on orders that were: which would take another path than now, and why.

Only what was known when an order was checked can be judged: what happens to it later, nobody knows yet.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

from pydantic import Field

from domain.errors import ExpertFailed
from domain.model import Frozen
from domain.rules.case import Case
from domain.rules.consequences import consequences_of
from domain.rules.decisions import RuleOutcome, outcomes_of
from domain.rules.evaluation import Rules
from domain.rules.experts import ExpertDefinition
from domain.rules.facts import FACTS
from domain.rules.model import OrderRules, Rule, RuleSet, facts_of
from domain.rules.routes import MOST_ROUTES, ROUTED_TO_AND_FRO
from domain.rules.triggers import Trigger

KNOWN = (Trigger.CAPTURED, Trigger.VALIDATED, Trigger.POSTED, Trigger.STOCK_BELOW_MINIMUM)
"""The triggers whose facts are all in a recorded case."""
_SHORT_OF_STOCK = "below_minimum"

Ask = Callable[[tuple[ExpertDefinition, ...], Case], Awaitable[Mapping[str, str]]]
"""Answers the expert rules that a step refers to, as the order would be asked: what is known by name."""


async def nobody(_asked: tuple[ExpertDefinition, ...], _case: Case) -> Mapping[str, str]:
    """Answer nothing: all that expert rules would say is unknown."""
    return {}


class Step(Frozen):
    """What the rules say at one trigger: the trace, and what would follow."""

    trigger: Trigger
    outcomes: tuple[RuleOutcome, ...]
    did: tuple[str, ...] = ()
    tags: tuple[str, ...] = Field(default=(), exclude=True)
    route: str = Field(default="", exclude=True)
    ends: bool = Field(default=False, exclude=True)


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
    """What a draft would have changed. `followed` counts the orders by the draft's rules.

    `not_tried` are its rules that wait for what happens later, `not_valid` those valid at none of the orders.
    """

    orders: int
    changes: tuple[Change, ...]
    followed: dict[str, int]
    not_tried: tuple[str, ...]
    not_valid: tuple[str, ...] = ()


class Trial:
    """One rule set, ready to be tried on cases; rules are made ready once for each pair and store.

    `ask` answers expert rules. `bases` are the base currencies of the pairs that rules may route to.
    """

    def __init__(self, rule_set: RuleSet, ask: Ask = nobody, bases: Mapping[str, str] | None = None) -> None:
        self._rule_set, self._ask, self._bases = rule_set, ask, bases or {}
        self._ready: dict[tuple[str, str], tuple[Rules, OrderRules]] = {}

    async def path(self, case: Case, last: Trigger = KNOWN[-1]) -> Path:
        """Return the way that an order would take, from the pair that it came in by.

        It goes no further than a hold, a rejection or a route to a pair whose ERP was not the one asked, nor
        beyond `last`.
        """
        case = case.model_copy(update={"time_zone": self._rule_set.time_zone})
        steps, tags, pair = await self._captured(case)
        if steps[-1].ends or last is KNOWN[0] or (case.facts is not None and pair != case.pair):
            return Path(steps=tuple(steps))
        case = case.model_copy(update={"pair": pair, "base_currency": self._base(pair, case)})
        for trigger in KNOWN[1:]:
            if trigger is Trigger.STOCK_BELOW_MINIMUM and _SHORT_OF_STOCK not in case.findings:
                continue
            case = case.model_copy(update={"tags": tags})
            step = await self._step(trigger, case)
            steps.append(step)
            if step.ends or trigger is last:
                break
            tags = _with_more(tags, step.tags)
        return Path(steps=tuple(steps))

    async def _captured(self, case: Case) -> tuple[list[Step], tuple[str, ...], str]:
        """Return the steps from pair to pair, the tags given, and the pair that the order ends up in."""
        steps: list[Step] = []
        tags, pair = case.tags, case.came_in_by or case.pair
        while True:
            known = {"pair": pair, "base_currency": self._base(pair, case), "tags": tags}
            seen = case.model_copy(update={**known, "facts": None, "findings": ()})
            steps.append(step := await self._step(Trigger.CAPTURED, seen))
            tags = _with_more(tags, step.tags)
            if step.ends or step.route in {"", pair}:
                return steps, tags, pair
            pair = step.route
            if len(steps) > MOST_ROUTES:
                held = {"did": (*step.did, f"hold: {ROUTED_TO_AND_FRO}"), "ends": True}
                steps[-1] = step.model_copy(update=held)
                return steps, tags, pair

    def _base(self, pair: str, case: Case) -> str:
        return case.base_currency if pair == case.pair else self._bases.get(pair, case.base_currency)

    async def _step(self, trigger: Trigger, case: Case) -> Step:
        rules, chosen = self._rules(case.pair, case.order.connection)
        asked = chosen.asked_by(rules.of(trigger))
        if asked:
            try:
                case = case.model_copy(update={"experts": dict(await self._ask(asked, case))})
            except ExpertFailed as failed:
                is_held = trigger in {Trigger.CAPTURED, Trigger.VALIDATED}
                said = f"hold: {failed}" if is_held else f"nothing: {failed}"
                return Step(trigger=trigger, outcomes=(), did=(said,), ends=is_held)
        ruling = rules.judge(trigger, case)
        found = consequences_of(ruling)
        return Step(
            trigger=trigger,
            outcomes=outcomes_of(ruling),
            did=found.did,
            tags=tuple(found.tags),
            route=found.route,
            ends=bool(found.reject or found.stop or found.conflicts),
        )

    def _rules(self, pair: str, connection: str) -> tuple[Rules, OrderRules]:
        key = (pair, connection)
        if key not in self._ready:
            chosen = OrderRules.of(self._rule_set, 0, pair, connection)
            self._ready[key] = Rules(filter(_can_be_tried, chosen.rules), chosen.experts), chosen
        return self._ready[key]


def _with_more(tags: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*tags, *more)))


def compared(draft: RuleSet, tried: Iterable[tuple[Case, Path, Path]]) -> DryRun:
    """Return what a draft changes: cases with their paths by the rules in force and by the draft."""
    moments: list[datetime] = []
    changes, followed = [], Counter[str]()
    for case, before, after in tried:
        moments.append(case.now)
        followed.update(dict.fromkeys(after.followed, 1))
        if before.did != after.did:
            changes.append(_change(case, before, after))
    enabled = [rule for rule in draft.rules if rule.enabled]
    timed = [rule for rule in enabled if rule.valid_from or rule.valid_until]
    return DryRun(
        orders=len(moments),
        changes=tuple(changes),
        followed=dict(followed),
        not_tried=tuple(rule.id for rule in enabled if not _can_be_tried(rule)),
        not_valid=tuple(rule.id for rule in timed if not any(map(rule.is_valid_at, moments))),
    )


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
