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
    from domain.rules.model import Rule, facts_of
    from domain.rules.triggers import Trigger
    from workflows.hooking import Hooking
    from workflows.life import OrderLife
    from workflows.noticing import Noticing
    from workflows.restocking import Restocking
    from workflows.ruling import Ruling, case_of
    from workflows.steps import Steps


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

    async def ask_experts(self, trigger: Trigger, *, with_erp: bool = True) -> dict[str, str]:
        """Return the answers of the expert rules that a trigger's rules refer to."""
        rules = self._life.ruled.rules
        asked = {fact for rule in self._ruling.of(trigger) for fact, _ in facts_of(rule.condition)}
        experts = [each for each in rules.experts if f"expert.{each.name}" in asked] if rules else []
        if not experts:
            return {}
        return await self._steps.ask_experts(tuple(experts), case_of(self._life, {}, with_erp=with_erp))

    async def act(self, rule: Rule, place: int, action: Action, about: str) -> None:
        """Do one action, unless it was done about the same thing before."""
        if isinstance(action, CallHook):
            # It remembers by itself what was answered.
            await self._hooking.call(action.hook, rule.when, about.partition(":")[2])
            return
        ruled, name = self._life.ruled, f"{rule.id}:{place}:{about}"
        if name in ruled.done:
            return
        match action:
            case Notify():
                self._noticing.tell_by_rule(rule, action, about)
            case RequestRestock():
                self._restocking.start()
            case Release():
                self._release(rule)
        ruled.done = (*ruled.done, name)

    def _release(self, rule: Rule) -> None:
        life = self._life
        if life.hold is not None and life.hold.releasable:
            life.note(f"rule {rule.id}", "released", rule.title, workflow.now())
            life.released = True
