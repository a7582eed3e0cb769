"""After posting: tell the store, watch for changes, undo on request."""

import contextlib
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.errors import Problem
    from domain.posting import changes
    from domain.stages import Stage
    from workflows.cancelling import Cancelling
    from workflows.following import Following
    from workflows.holding import Holding
    from workflows.life import OrderLife
    from workflows.paperwork import Paperwork
    from workflows.paying import Paying
    from workflows.policies import LONG_HISTORY
    from workflows.refunds import Refunds
    from workflows.restocking import Restocking
    from workflows.returns import Returns
    from workflows.steps import LifeEnds, Side, Steps, Stopped
    from workflows.stocking import Stocking
    from workflows.telling import Telling


class Aftercare:
    """What happens to a posted order."""

    def __init__(self, life: OrderLife, steps: Steps, holding: Holding) -> None:
        self._life, self._steps, self._holding = life, steps, holding
        self._following = Following(life, steps, holding)
        self.returns = Returns(life)
        self.refunds = Refunds(life, steps, self.returns)
        self._cancelling = Cancelling(life, steps, holding, self.returns)
        self._telling, self._paperwork = Telling(life, steps), Paperwork(life, steps)
        self._paying = Paying(life, steps)
        self._stocking = Stocking(life, steps)
        self.restocking = Restocking(life, steps)

    async def follow(self) -> None:
        """Follow the order through the ERP to its end, which `LifeEnds` tells.

        Returns when its history grew long, or when the order is to be posted anew.
        """
        life = self._life
        if life.pair.restock:
            self.restocking.start()
        self._stocking.start()
        while life.document is not None:
            if life.cancel_asked or life.cancelled_in_store:
                await self._cancelling.undo()
            elif life.store_changed:
                await self._look_again()
            elif life.erp_changed:
                await self._following.look()
                await self.returns.tell_news()
                self.refunds.look_again()
            elif life.has_arrived:
                life.arrive(workflow.now())
                await self._steps.record()
            elif life.store_problem:
                await self._hold_for_store(life.store_problem)
            elif life.stop_asked:
                await self._holding.stop_as_asked(life.stop_asked)
            elif self._history_is_long and not self._busy:
                return
            else:
                self._telling.start()
                self._paperwork.start()
                self._paying.start()
                self.refunds.start()
                await self._wait()

    def end(self) -> None:
        """Stop what runs beside."""
        self._telling.end()
        self._paperwork.end()
        self.refunds.end()
        self.restocking.end()
        self._stocking.hold_back()

    async def finish(self) -> None:
        """Do what is due after the order's end was recorded: show the store what is for sale again."""
        await self._telling.finish()
        await self._paying.finish()
        await self._stocking.finish()

    @property
    def is_wanted(self) -> bool:
        """Whether a completed order has something to do: a return, a refund, a payment."""
        return bool(self.returns.open) or self.refunds.busy or self._paying.busy

    def _something_came(self) -> bool:
        life = self._life
        asked = life.cancel_asked or life.stop_asked or life.store_problem
        came = bool(asked) or life.store_changed or life.erp_changed or life.cancelled_in_store
        came = came or life.has_arrived
        return came or (self._history_is_long and not self._busy)

    async def _wait(self) -> None:
        """Wait for what comes next; an order that was shipped is completed after its return window."""
        life, began = self._life, self._life.window_from
        if began is None:
            await workflow.wait_condition(self._something_came)
            return
        left = began + life.pair.return_window - workflow.now()
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._something_came() or life.window_from != began,
                timeout=max(left, timedelta(0)),
                timeout_summary="the return window ends",
            )
            return
        if not self._busy and not self.returns.open:
            word = "delivered" if life.delivered_at else "shipped"
            raise LifeEnds(Stage.COMPLETED, f"{word}, and the return window is over")
        # What still runs beside is news when it ends; a return comes as an event.
        await workflow.wait_condition(lambda: self._something_came() or not (self._busy or self.returns.open))

    @property
    def _history_is_long(self) -> bool:
        return workflow.info().get_current_history_length() > LONG_HISTORY

    @property
    def _busy(self) -> bool:
        beside = self.restocking.busy or self._telling.busy or self._paperwork.busy or self._paying.busy
        beside = beside or self._stocking.busy or self.refunds.busy
        return beside or not workflow.all_handlers_finished()

    async def _hold_for_store(self, problem: Problem) -> None:
        self._life.store_problem = None
        await self._holding.hold_for(Stopped(problem, Side.STORE))

    async def _look_again(self) -> None:
        life = self._life
        try:
            await self._holding.read_again()
        except Stopped as stop:
            await self._holding.hold_for(stop)
            life.store_changed = True
            return
        before, shown = life.posted_order, life.current
        if before is None or life.cancelled_in_store or before.revision == shown.revision:
            return
        found = changes(before, shown)
        text = ", ".join(row.what for row in found) or "something that was not shown before"
        sentence = f"changed in the store after it was posted: {text}"
        if await self._holding.hold("changed_after_posting", sentence=sentence, differences=found):
            # Only what was shown is accepted: a change that came meanwhile is looked at next.
            life.posted_order = shown
        else:
            life.store_changed = True
