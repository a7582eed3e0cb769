"""Doing what rules ask for beside the order's way: telling, hooks, restocks, releases."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.rules.actions import (
        Action,
        CallHook,
        Notify,
        Release,
        RequestRestock,
    )
    from domain.rules.case import Case
    from domain.rules.model import Rule
    from domain.rules.triggers import DEADLINES, Trigger
    from workflows.hooking import Hooking
    from workflows.life import OrderLife
    from workflows.noticing import Noticing
    from workflows.restocking import Restocking
    from workflows.ruling import Ruling
    from workflows.steps import Steps

_MOST_RELEASES = 3
"""How often a rule lets the same order pass for the same cause: one that is held each time is a circle."""


class Acting:
    """Each action of a rule is done once for each thing it is about."""

    def __init__(
        self,
        life: OrderLife,
        steps: Steps,
        ruling: Ruling,
        noticing: Noticing,
        restocking: Restocking,
    ) -> None:
        self._life, self._steps, self._ruling = life, steps, ruling
        self._noticing, self._restocking = noticing, restocking
        self._hooking = Hooking(life)

    async def with_experts(self, trigger: Trigger, case: Case) -> Case:
        """Return the case with the answers of the expert rules that a trigger's rules refer to."""
        rules = self._life.ruled.rules
        experts = rules.asked_by(self._ruling.of(trigger)) if rules else ()
        if not experts:
            return case
        answers = await self._steps.ask_experts(experts, case)
        return case.model_copy(update={"experts": answers})

    async def act(self, rule: Rule, place: int, action: Action, about: str) -> None:
        """Do one action, unless it was done about the same thing before."""
        if isinstance(action, CallHook):
            # It remembers by itself what was answered.
            # Several deadlines may call the same hook: each is another call.
            one = f"{about}:{rule.id}" if rule.when in DEADLINES else _thing(rule, about)
            await self._hooking.call(action.hook, rule.when, one)
            return
        ruled, name = self._life.ruled, f"{rule.id}:{place}:{about}"
        if name in ruled.done:
            return
        match action:
            case Notify():
                self._noticing.tell_by_rule(rule, place, action, about)
            case RequestRestock():
                self._restocking.start()
            case Release():
                self._release(rule, about)
        ruled.done = (*ruled.done, name)

    def _release(self, rule: Rule, about: str) -> None:
        """Release the hold that the rule looked at; there may be another one meanwhile."""
        life, hold = self._life, self._life.hold
        if hold is None or not hold.releasable or str(hold.number) != _thing(rule, about):
            return
        name = f"{rule.id}:released:{hold.code}:{life.current.revision}"
        if life.ruled.done.count(name) == _MOST_RELEASES:
            said = f"the rule {rule.title} released the order {_MOST_RELEASES} times, and it is held again"
            life.warnings = tuple(dict.fromkeys((*life.warnings, said)))
            return
        life.ruled.done = (*life.ruled.done, name)
        life.note(f"rule {rule.id}", "released", rule.title, workflow.now())
        life.released = True


def _thing(rule: Rule, about: str) -> str:
    """Return what an edge is about."""
    return about.removeprefix(f"{rule.when.value}:")
