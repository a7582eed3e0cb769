"""Following rules beside an order's life: at its edges, each once, and when a state has lasted too long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.approvals.requests import Standing
    from domain.fulfilment import Delivery, Progress
    from domain.policy import PaperKind
    from domain.reasons import REASONS
    from domain.rules.case import Case
    from domain.rules.consequences import Consequences
    from domain.rules.model import Rule
    from domain.rules.triggers import Trigger
    from workflows.acting import Acting
    from workflows.life import OrderLife
    from workflows.ruled import STAGE_TRIGGERS
    from workflows.ruling import Ruling, case_of
    from workflows.steps import Doubt, LifeEnds, Steps, Stopped

_LONGEST_TIMER = timedelta(days=365)
"""A rule may become valid later than any timer can be set."""
_BY_MOMENT = "deadlines-by-their-moment"
"""Older orders judged each rule by itself, and asked whether it is valid only then."""


class Edge(NamedTuple):
    """Something that happened: which trigger, and about what, so that it is one thing and not another."""

    trigger: Trigger
    about: str

    @property
    def name(self) -> str:
        """What tells it from all others."""
        return f"{self.trigger.value}:{self.about}"


class Due(NamedTuple):
    """Rules whose state has lasted long enough then: those of one moment are judged together."""

    at: datetime
    edge: Edge
    rules: tuple[Rule, ...]


class Reacting:
    """Watches one order for what its rules wait for. What fails here is a warning and delays nothing."""

    def __init__(self, life: OrderLife, steps: Steps, ruling: Ruling, acting: Acting) -> None:
        self._life, self._steps = life, steps
        self._ruling, self._acting = ruling, acting
        self.at_work = False

    async def watch(self) -> None:
        """React for ever; whoever started it stops it."""
        while True:
            await self.catch_up()
            due = self._next()
            try:
                await workflow.wait_condition(
                    partial(self._is_other_than, due),
                    timeout=_until(due) if due else None,
                    timeout_summary=f"rule {due.rules[0].id}" if due else None,
                )
            except TimeoutError:
                # The state may have ended in the very moment in which it had lasted long enough.
                if due and due == self._next() and due.at <= workflow.now():
                    await self._react(due.edge, due.rules)

    def _is_other_than(self, due: Due | None) -> bool:
        return self._has_news() or self._next() != due

    async def come_to_rest(self) -> None:
        """See through what was begun: it counts as done, and nobody would do it later."""
        await workflow.wait_condition(lambda: not self.at_work)

    async def catch_up(self) -> None:
        """React to all that has happened until now."""
        while edge := next(self._news(), None):
            await self._react(edge)

    def _has_news(self) -> bool:
        return next(self._news(), None) is not None

    def _news(self) -> Iterator[Edge]:
        life = self._life
        if life.ruled.rules is None or not life.ruled.rules.rules or life.order is None:
            return
        done = life.ruled.done
        yield from (edge for edge in edges(life) if edge.name not in done and self._ruling.of(edge.trigger))

    async def _react(self, edge: Edge, due: tuple[Rule, ...] = ()) -> None:
        life, only = self._life, tuple(rule.id for rule in due)
        names = tuple(f"{edge.name}:{rule}" for rule in only) or (edge.name,)
        life.ruled.done = (*life.ruled.done, *names)
        self.at_work = True
        try:
            case = await self._acting.with_experts(edge.trigger, self._case_at(edge))
            found = self._ruling.judge(edge.trigger, edge.about, case, only)
            await self._follow(found, edge)
        except (Stopped, Doubt, LifeEnds) as stop:
            life.warnings = (*life.warnings, f"a rule at {edge.trigger.value} could not be followed: {stop}")
        finally:
            self.at_work = False
        await self._steps.record()

    def _case_at(self, edge: Edge) -> Case:
        """Return what rules look at, with the hold that they are asked about: it may be over."""
        case, cause = case_of(self._life), self._life.ruled.happened.pop(edge.name, "")
        if not cause:
            return case
        return case.model_copy(update={"hold_code": cause, "hold_group": REASONS[cause].group.value})

    async def _follow(self, found: Consequences, edge: Edge) -> None:
        life = self._life
        code = "rules_conflict" if found.conflicts else "rule_hold"
        if stop := [*found.conflicts, *(each.sentence for each in found.stop)]:
            life.stop_beside(code, "rules", "; ".join(stop), workflow.now())
        life.ruled.add_tags(edge.trigger, found.tags)
        for rule, place, action in found.beside:
            await self._acting.act(rule, place, action, edge.name)

    def _next(self) -> Due | None:
        waiting = sorted(self._waiting(), key=lambda each: (each[0], each[2].id))
        if not waiting:
            return None
        moment = waiting[0][:2]
        rules = tuple(rule for *when, rule in waiting if tuple(when) == moment)
        return Due(*moment, rules if len(rules) == 1 or workflow.patched(_BY_MOMENT) else rules[:1])

    def _waiting(self) -> Iterator[tuple[datetime, Edge, Rule]]:
        """Yield the deadlines that are not over; a rule that is not valid yet waits until it is."""
        life = self._life
        if life.ruled.rules is None or not life.ruled.rules.rules or life.order is None:
            return
        for trigger, since, about in _lasting(life):
            edge = Edge(trigger, about)
            for rule in self._ruling.of(trigger):
                if rule.after is None or f"{edge.name}:{rule.id}" in life.ruled.done:
                    continue
                at = _moment(rule, since + rule.after)
                if at is not None:
                    yield at, edge, rule


def _moment(rule: Rule, over: datetime) -> datetime | None:
    """Return when a rule is judged whose deadline is over then; None where it is valid no more."""
    if (rule.valid_from is None and rule.valid_until is None) or not workflow.patched(_BY_MOMENT):
        return over
    at = max(over, rule.valid_from or over)
    return at if rule.valid_until is None or at < rule.valid_until else None


def _until(due: Due) -> timedelta:
    return min(max(due.at - workflow.now(), timedelta(0)), _LONGEST_TIMER)


def edges(life: OrderLife) -> Iterator[Edge]:
    """Yield all that has happened to an order: what is over before anybody looked, and what is so now."""
    for name in life.ruled.happened:
        trigger, _, about = name.partition(":")
        yield Edge(Trigger(trigger), about)
    if life.hold is not None:
        yield Edge(Trigger.HELD, str(life.hold.number))
    if life.stage in STAGE_TRIGGERS:
        yield Edge(STAGE_TRIGGERS[life.stage], str(life.posting_revision))
    if life.document is not None:
        yield Edge(Trigger.POSTED, life.document.entry)
        if "below_minimum" in life.ruled.findings:
            yield Edge(Trigger.STOCK_BELOW_MINIMUM, life.document.entry)
    if life.payment is not None:
        yield Edge(Trigger.PAYMENT_RECEIVED, "payment")
    if life.progress is not None:
        yield from _on_paper(life.progress)
    yield from (Edge(Trigger.RETURN_REQUESTED, reference) for reference in life.returns)


def _on_paper(progress: Progress) -> Iterator[Edge]:
    for paper in progress.papers:
        if paper.cancelled:
            continue
        if paper.kind is PaperKind.DELIVERY or paper.ships:
            yield Edge(Trigger.SHIPPED, paper.id)
        if paper.kind is PaperKind.INVOICE:
            yield Edge(Trigger.INVOICED, paper.id)


def _lasting(life: OrderLife) -> Iterator[tuple[Trigger, datetime, str]]:
    """Yield the states that last now, with their beginnings and what they are about."""
    if life.ended is not None:
        return
    if life.document is None:
        yield Trigger.NOT_POSTED_AFTER, life.waiting_since, str(life.posting_revision)
    if life.approval and life.approval.standing is Standing.OPEN:
        yield Trigger.APPROVAL_PENDING_FOR, life.approval.asked_at, str(life.approval.number)
    if life.hold is not None:
        yield Trigger.ON_HOLD_FOR, life.hold.since, str(life.hold.number)
    if life.doubt_since:
        yield Trigger.IN_DOUBT_FOR, life.doubt_since, str(life.posting_revision)
    if life.posted_at and life.delivery is not Delivery.SHIPPED:
        yield Trigger.NOT_SHIPPED_AFTER, life.posted_at, str(life.posting_revision)
        if life.current.payment.paid:
            yield Trigger.PAID_NOT_SHIPPED_AFTER, life.posted_at, str(life.posting_revision)
