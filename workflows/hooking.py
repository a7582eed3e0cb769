"""Calling the hooks that rules name, and taking what they answer into the order's life."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.failures import problem_of
    from activities.hooks import Hooks
    from domain.hook_points import HookPoint, point_of
    from domain.hooks import HookAnswer, HookCall
    from domain.rules.consequences import Chosen
    from domain.rules.triggers import Trigger
    from domain.stages import Stage
    from workflows.life import OrderLife
    from workflows.policies import HOOK
    from workflows.ruled import BEFORE_POSTING
    from workflows.steps import LifeEnds, Side, Stopped

_CODES = frozenset({"hook_refuses", "hook_failed"})


class Hooking:
    """The hooks of one order. What one answered is kept, and taken again when the order is judged again."""

    def __init__(self, life: OrderLife) -> None:
        self._life = life

    async def call(self, hook: str, trigger: Trigger, about: str) -> None:
        """Call a hook, once for each thing it is about, and take what it answers.

        Before posting, raises `Stopped` when the hook holds the order or failed, and `LifeEnds` when it
        rejects it; a person who releases such a hold lets the order go on without hooks. Later, a hold is
        asked for as a person's is.
        """
        point = point_of(trigger)
        if point is None:
            return
        if trigger in BEFORE_POSTING:
            if not self._life.overruled & _CODES:
                self._take(trigger, await self._asked(hook, point, about))
            return
        try:
            self._take(trigger, await self._asked(hook, point, about))
        except Stopped as stop:
            self._hold_beside(hook, stop)

    async def before_posting(self) -> None:
        """Call the pair's hooks for an approved order; raises `Stopped` as `call` does."""
        life = self._life
        about = f"{life.current.revision}:{life.posting_revision}"
        for each in life.pair.hooks:
            if each.point is HookPoint.BEFORE_POSTING and not life.overruled & _CODES:
                answer = await self._asked(each.hook, each.point, about)
                self._take(Trigger.VALIDATED, answer)

    async def completed(self) -> bool:
        """Call the pair's hooks for an order whose life is over; return whether there were any.

        What they complain of is a warning.
        """
        life = self._life
        hooks = (
            [each for each in life.pair.hooks if each.point is HookPoint.COMPLETED] if life.captured else []
        )
        for each in hooks:
            try:
                await self._asked(each.hook, each.point, life.document.entry if life.document else "")
            except Stopped as stop:
                self._hold_beside(each.hook, stop)
        return bool(hooks)

    async def _asked(self, hook: str, point: HookPoint, about: str) -> HookAnswer:
        call = self._call(hook, point, about)
        kept = self._life.ruled.hooked
        if call.key not in kept:
            kept[call.key] = await _run(call)
        return kept[call.key]

    def _call(self, hook: str, point: HookPoint, about: str) -> HookCall:
        life = self._life
        return HookCall(
            hook=hook,
            point=point,
            about=about,
            pair=life.pair.name,
            order=life.current,
            tags=life.ruled.all_tags,
            customer=life.customer,
            warnings=life.warnings,
            stage=life.stage,
            hold_code=life.hold.code if life.hold else "",
            document=life.document,
            papers=life.progress.papers if life.progress else (),
            returns=tuple(life.returns.values()),
        )

    def _take(self, trigger: Trigger, answer: HookAnswer) -> None:
        ruled = self._life.ruled
        if answer.reject:
            raise LifeEnds(Stage.REJECTED, answer.reject)
        ruled.add_tags(trigger, answer.tags)
        if answer.fields:
            ruled.chosen[trigger] = Chosen(fields=answer.fields).before(ruled.chosen.get(trigger, Chosen()))

    def _hold_beside(self, hook: str, stop: Stopped) -> None:
        said = f"{stop.problem.sentence}. {stop.problem.remedy}"
        code = stop.problem.code if stop.problem.code in _CODES else "hook_failed"
        self._life.stop_beside(code, f"hook {hook}", said, workflow.now())


async def _run(call: HookCall) -> HookAnswer:
    try:
        return await workflow.execute_activity_method(
            Hooks.run_hook, call, summary=f"Run the hook {call.hook}", **HOOK
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        raise Stopped(problem_of(error), Side.ERP) from None
