"""What comes late: an order whose life was over is looked at once more, and opened again if it must be.

A completed order goes on as one that was shipped, with all that it was told and wrote before. One that was
cancelled is never opened again: what the ERP does with it is shown to a person.
"""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.fulfilment import late_changes
    from domain.notices import NoticeEvent
    from domain.order import StoreState
    from domain.returning import ReturnAsked, ReturnRefused
    from domain.stages import Stage
    from workflows.aftercare import Aftercare
    from workflows.announcing import Announcing
    from workflows.holding import Holding
    from workflows.life import OrderLife
    from workflows.steps import Steps, Stopped

_NOTHING_KEPT = "nothing is kept of the order that it could go on from"


class Reopening:
    """Decides what becomes of an order that something came late for."""

    def __init__(
        self, life: OrderLife, steps: Steps, holding: Holding, aftercare: Aftercare, announcing: Announcing
    ) -> None:
        self._life, self._steps, self._holding = life, steps, holding
        self._aftercare, self._announcing = aftercare, announcing
        self.is_late = life.start.late
        self._erp_accepted = False

    @property
    def something_came(self) -> bool:
        """Whether something came in the moment in which the order ended: nobody would tell it again."""
        life = self._life
        if life.document is None or life.stage is Stage.REJECTED:
            return False
        told = life.store_changed or life.refunds_told or bool(life.returns_wanted)
        return life.erp_changed or (told and life.stage is Stage.COMPLETED)

    def check(self, asked: ReturnAsked) -> None:
        """Raise `ReturnRefused` when the order takes no such return: a completed one does."""
        life = self._life
        if life.start.late:
            return
        if life.ended is not None and life.ended is not Stage.COMPLETED:
            raise ReturnRefused(f"the order is {life.ended.label} already")
        if life.over:
            raise ReturnRefused("the order is being closed this moment; ask again")
        self._aftercare.returns.check_asked(asked)

    async def until_recalled(self, asked: ReturnAsked) -> None:
        """Wait until the order is known again, and check the return that could not be checked before."""
        await workflow.wait_condition(lambda: self._life.is_settled)
        try:
            if self._life.nothing_kept:
                raise ReturnRefused(_NOTHING_KEPT)
            self.check(asked)
        except ReturnRefused as refusal:
            raise ApplicationError(str(refusal), type="ReturnRefused", non_retryable=True) from None

    async def look_back(self) -> bool:
        """Take the life up, look at what came late, and return whether the order goes on."""
        life = self._life
        await self._recall()
        self._announcing.take_as_told()
        # A return that was asked for is registered before anything is decided.
        await workflow.wait_condition(workflow.all_handlers_finished)
        while not (why := self._why_it_goes_on()):
            if life.store_changed:
                await self._look_at_store()
            elif life.erp_changed:
                await self._look_at_erp()
            elif wanted := self._aftercare.refunds.wanted():
                await self._holding.hold("return_wanted", sentence=wanted[0])
                self._aftercare.refunds.warn_of_wanted()
            else:
                life.over = True
                await self._steps.record()
                return False
        life.erp_changed = life.erp_changed or self._erp_accepted
        if life.current.state is StoreState.DELIVERED and life.delivered_at is None:
            # It arrived while nobody looked: that begins no new return window, and is told nobody now.
            life.delivered_at = life.shipped_at
            self._announcing.take_as_told(NoticeEvent.DELIVERED)
        life.open_again(why, workflow.now())
        await self._steps.record()
        return True

    async def _recall(self) -> None:
        life = self._life
        kept = life.start.carried or await self._steps.recall()
        if kept is None:
            life.nothing_kept = True
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise ApplicationError(_NOTHING_KEPT, type="NothingKept", non_retryable=True)
        life.recall(kept)

    def _why_it_goes_on(self) -> str:
        life = self._life
        if life.stage is not Stage.COMPLETED:
            return ""
        if life.cancel_asked:
            return "it is to be cancelled"
        if self._aftercare.returns.open:
            return "a return was asked for"
        if life.store_changed or life.erp_changed or self._aftercare.refunds.wanted():
            return ""
        if life.cancelled_in_store:
            return "the store cancelled it"
        if life.posted_order is not None and life.posted_order.revision != life.current.revision:
            life.store_changed = True
            return "the store changed it"
        if self._erp_accepted:
            return "the ERP changed it"
        return "money was paid or given back in the store" if self._aftercare.is_wanted else ""

    async def _look_at_store(self) -> None:
        life = self._life
        if life.stage is not Stage.COMPLETED:
            life.store_changed = False
            return
        try:
            await self._holding.read_again()
        except Stopped as stop:
            if stop.problem.code == "not_found":
                # Stores may forget orders that are long over.
                return
            await self._holding.hold_for(stop)
            life.store_changed = True

    async def _look_at_erp(self) -> None:
        life = self._life
        life.erp_changed = False
        if life.document is None:
            return
        try:
            progress = await self._steps.read_progress(life.document)
        except Stopped as stop:
            await self._holding.hold_for(stop)
            life.erp_changed = True
            return
        found = late_changes(life.progress, progress, cancelled=life.stage is Stage.CANCELLED)
        if not found:
            life.progress = progress
            return
        text = "; ".join(f"{row.what}: {row.found}" for row in found)
        sentence = f"changed in the ERP after the order was {life.stage.label}: {text}"
        if not await self._holding.hold("changed_after_end", sentence=sentence, differences=found):
            life.erp_changed = not life.cancel_asked
        elif life.stage is Stage.COMPLETED:
            self._erp_accepted = True
        else:
            life.progress = progress
