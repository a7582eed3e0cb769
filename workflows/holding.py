"""Stopping an order and getting it going again: what came in meanwhile is obeyed at each step."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.checks import CheckReport
    from domain.errors import Disposition, Problem
    from domain.posting import Difference
    from domain.reasons import REASONS
    from domain.stages import Stage
    from workflows.came_in import StopAsked
    from workflows.grants import Grants
    from workflows.life import OrderLife
    from workflows.steps import LifeEnds, Side, Steps, Stopped

_BY_DISPOSITION = {
    Disposition.FIX_SETUP: "wrong_setup",
    Disposition.WAIT: "keeps_failing",
    Disposition.IN_DOUBT: "still_in_doubt",
    Disposition.BUG: "bug",
}
_BY_SIDE = {Side.ERP: "erp_refused", Side.STORE: "store_refused"}


class Holding:
    """Holds of one order, and the events that end them."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        self._life, self._steps = life, steps

    async def obey(self) -> bool:
        """Obey what came in: a cancellation, a change in the store, a person's stop.

        Returns whether the order is another one than before, or is to be judged by other rules. Raises
        `LifeEnds` for a cancellation.
        """
        life, before, rules = self._life, self._life.current.revision, self._life.ruled.rules
        while True:
            if life.cancel_asked:
                raise LifeEnds(Stage.CANCELLED, life.cancel_asked.detail)
            if life.store_changed:
                await self.read_or_hold()
                continue
            if life.stop_asked is None:
                return life.current.revision != before or life.ruled.rules is not rules
            await self.stop_as_asked(life.stop_asked)

    async def stop_as_asked(self, stop: StopAsked) -> None:
        """Hold the order because a person or a rule wants it held."""
        self._life.stop_asked = None
        await self.hold(stop.code, sentence=stop.detail, by=stop.by)

    async def read_or_hold(self) -> None:
        """Read the order again; hold it while it cannot be read."""
        try:
            await self.read_again()
        except Stopped as stop:
            await self.hold_for(stop)
            self._life.store_changed = True

    async def read_again(self) -> bool:
        """Read the order again and return whether it changed.

        One that its store cancelled ends here, unless a document of it may exist. Raises `Stopped` when
        the order cannot be read.
        """
        life = self._life
        life.store_changed = False
        changed = life.take(await self._steps.capture())
        Grants(life).weigh_change(workflow.now())
        if life.cancelled_in_store and not life.may_exist:
            life.ended_by_store = True
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

    async def hold_for(self, stop: Stopped) -> bool:
        """Hold the order for what a step came back with.

        A cancellation that waits ends the order where nothing of it can be in the ERP; else it is put aside
        meanwhile: it could not be done, and must not end the hold.
        """
        life, problem = self._life, stop.problem
        if life.cancel_asked and not life.may_exist:
            raise LifeEnds(Stage.CANCELLED, life.cancel_asked.detail)
        aside, life.cancel_asked = life.cancel_asked, None
        if problem.code in REASONS:
            code = problem.code
        else:
            code = _BY_DISPOSITION.get(problem.disposition, _BY_SIDE[stop.side])
        try:
            return await self.hold(code, problem=problem)
        finally:
            life.cancel_asked = life.cancel_asked or aside

    async def _until_it_goes_on(self) -> None:
        life = self._life
        look_again, was_cancelled = False, life.cancelled_in_store
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
                look_again = True
                continue
            if life.may_exist:
                look_again = look_again or changed
            elif changed:
                break
            if life.cancelled_in_store is not was_cancelled:
                # News only: a hold that asks about the store's cancellation is not answered by its echo.
                break
        # What was mended may be the order or the pair's settings: both are read anew before going on.
        mended = life.continued and not life.may_exist
        life.store_changed = life.store_changed or look_again or mended
        life.mapping_anew = life.mapping_anew or mended
