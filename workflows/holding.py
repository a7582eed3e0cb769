"""Stopping an order and getting it going again: what came in meanwhile is obeyed at each step."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.approval import Standing
    from domain.checks import CheckReport
    from domain.errors import Problem
    from domain.posting import Difference
    from domain.reasons import REASONS
    from domain.stages import Stage
    from workflows.life import OrderLife
    from workflows.steps import LifeEnds, Steps, Stopped

_NAMED = {"refused": "erp_refused", "not_found": "erp_refused", "wrong_data": "erp_refused"}


class Holding:
    """Holds of one order, and the events that end them."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        self._life, self._steps = life, steps

    async def obey(self) -> bool:
        """Obey what came in: a cancellation, a change in the store, a person's stop.

        Returns whether the order is another one than before. Raises `LifeEnds` for a cancellation.
        """
        life, before = self._life, self._life.current.revision
        while True:
            if life.cancel_asked:
                raise LifeEnds(Stage.CANCELLED, life.cancel_asked.detail)
            if life.store_changed:
                await self._read_or_hold()
                continue
            if life.stop_asked is None:
                return life.current.revision != before
            stop, life.stop_asked = life.stop_asked, None
            await self.hold("held_by_person", sentence=stop.detail, by=stop.by)

    async def _read_or_hold(self) -> None:
        try:
            await self.read_again()
        except Stopped as stop:
            await self.hold_for(stop.problem)
            self._life.store_changed = True

    async def read_again(self) -> bool:
        """Read the order again and return whether it changed; a cancelled one ends here before posting.

        Raises `Stopped` when it cannot be read.
        """
        life = self._life
        life.store_changed = False
        changed = life.take(await self._steps.capture())
        request = life.approval
        if request and request.standing is Standing.OPEN and request.revision != life.current.revision:
            life.approval = request.model_copy(update={"standing": Standing.VOID})
        if life.cancelled_in_store and life.document is None and not life.in_doubt:
            raise LifeEnds(Stage.CANCELLED, "cancelled in the store before it was posted")
        return changed

    async def hold(
        self,
        code: str,
        *,
        sentence: str = "",
        by: str = "",
        report: CheckReport | None = None,
        problem: Problem | None = None,
        differences: tuple[Difference, ...] = (),
    ) -> bool:
        """Hold the order until a person or the store gets it going; return whether a person released it."""
        life = self._life
        life.open_hold(
            code,
            workflow.now(),
            sentence=sentence,
            by=by,
            report=report,
            problem=problem,
            differences=differences,
        )
        await self._steps.record()
        await self._until_it_goes_on()
        released = life.released
        life.end_hold(workflow.now())
        await self._steps.record()
        return released

    async def hold_for(self, problem: Problem) -> bool:
        """Hold the order for what a step came back with."""
        code = problem.code if problem.code in REASONS else _NAMED.get(problem.code, "wrong_setup")
        return await self.hold(code, problem=problem)

    async def _until_it_goes_on(self) -> None:
        life = self._life
        posted, unread = life.document is not None, False
        while not (life.continued or life.released or life.cancel_asked):
            await workflow.wait_condition(
                lambda: life.continued or life.released or bool(life.cancel_asked) or life.store_changed
            )
            if not life.store_changed:
                continue
            try:
                changed = await self.read_again()
            except Stopped:
                # The hold goes on; whoever ends it meets the reason when the order is read the next time.
                unread = True
                continue
            if (changed and not posted) or life.cancelled_in_store:
                break
        life.store_changed = life.store_changed or unread
