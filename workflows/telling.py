"""What the store is told of its order: the ERP's number, tracking numbers, a status; one write at a time.

What is to be shown is compared with what was told, so that several changes become one write, and a write that
failed is made up for by whatever is true then.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.errors import Disposition
    from domain.fulfilment import Delivery, Picking
    from domain.order import StoreState
    from domain.policy import PaperKind
    from domain.stages import Stage
    from workflows.beside import Beside
    from workflows.life import OrderLife
    from workflows.steps import Doubt, Steps, Stopped


class Telling(Beside):
    """Brings the store's picture of the order up to date, beside the order's life."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        super().__init__()
        self._life, self._steps = life, steps

    async def finish(self) -> None:
        """Show the store that the order was cancelled, where it was not the store itself that did."""
        life = self._life
        if life.captured is None or life.stage is not Stage.CANCELLED or life.cancelled_in_store:
            return
        status = life.pair.status_when_cancelled
        if not status or life.current.state is StoreState.CANCELLED:
            return
        try:
            await self._steps.set_store_status(status, "")
        except (Stopped, Doubt) as stop:
            life.warnings = (*life.warnings, f"the store could not be told of the cancellation: {stop}")
            await self._steps.record()

    @property
    def _is_due(self) -> bool:
        life = self._life
        if life.document is None or life.store_problem is not None or life.cancelled_in_store:
            return False
        new = self._tracking != life.told_tracking or self._status not in {"", life.told_status}
        return new or not life.told_store

    @property
    def _tracking(self) -> tuple[str, ...]:
        progress = self._life.progress
        papers = progress.of_kind(PaperKind.DELIVERY) if progress else ()
        numbers = dict.fromkeys(number for paper in papers for number in paper.tracking)
        # The store cannot be told to show none: what it was told stays.
        return tuple(numbers) or self._life.told_tracking

    @property
    def _status(self) -> str:
        """The status by the merchant's own table; the last one that is set for what was reached."""
        life, pair, delivery = self._life, self._life.pair, self._life.delivery
        if life.current.state is StoreState.CANCELLED:
            # What is left to do of it is no reason to call it anything else there.
            return ""
        reached = [pair.status_when_posted]
        if life.progress and life.progress.picking is not Picking.NOT_RELEASED:
            reached.append(pair.status_when_picking)
        if delivery in {Delivery.PARTLY_SHIPPED, Delivery.SHIPPED}:
            reached += [pair.status_when_picking, pair.status_when_partly_shipped]
        if delivery is Delivery.SHIPPED:
            reached.append(pair.status_when_shipped)
        return next((status for status in reversed(reached) if status), "")

    async def _work(self) -> None:
        try:
            while self._is_due:
                await self._tell_once()
                await self._steps.record()
        except (Stopped, Doubt) as stop:
            self._life.store_problem = stop.problem

    async def _show_tracking(self, numbers: tuple[str, ...]) -> None:
        """Show the numbers; what the store does not take is a warning: the ERP may not change it."""
        try:
            await self._steps.set_tracking(numbers)
        except Stopped as stop:
            if stop.problem.disposition is not Disposition.FIX_DATA:
                raise
            text = f"the store does not take the tracking numbers {', '.join(numbers)}: {stop}"
            self._life.warnings = (*self._life.warnings, text)

    async def _tell_once(self) -> None:
        life = self._life
        document, tracking, status = life.document, self._tracking, self._status
        if document is None:
            raise RuntimeError("the order was not posted")
        if not life.told_store:
            await self._steps.show_erp_number(life.pair.note.replace("{number}", document.number))
        # The status mail of the store contains the tracking numbers: they go first.
        if tracking != life.told_tracking:
            await self._show_tracking(tracking)
            life.told_tracking = tracking
        if status not in {"", life.told_status}:
            # The first is set only over the status it was read with: who changed it since, knew more.
            only_from = (
                "" if life.told_status or life.delivery is not Delivery.OPEN else life.current.store_status
            )
            await self._steps.set_store_status(status, only_from)
            life.told_status = status
        # Meanwhile the document may have been cancelled in the ERP, and another one posted.
        life.told_store = life.document is not None and life.document.entry == document.entry
