"""What the store is told of its order: the ERP's number, tracking numbers, a status; one write at a time.

What is to be shown is compared with what was told, so that several changes become one write, and a write that
failed is made up for by whatever is true then.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from adapters.ports import STATUS_WENT_ON
    from domain.errors import Disposition
    from domain.fulfilment import Delivery, Picking, delivery_of
    from domain.order import StoreState
    from domain.policy import PaperKind
    from domain.stages import Stage
    from workflows.beside import Beside
    from workflows.life import OrderLife
    from workflows.steps import Doubt, Steps, Stopped

_MOST_LOOKS = 5


class Telling(Beside):
    """Brings the store's picture of the order up to date, beside the order's life."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        super().__init__()
        self._life, self._steps = life, steps
        self._is_over = False

    def end(self) -> None:
        """Tell nothing more; what the store has been asked for already cannot be called back."""
        self._is_over = True
        if self._task and not self._task.done() and not workflow.patched("see-the-last-telling-through"):
            self._task.cancel()

    async def finish(self) -> None:
        """Show the store that the order was cancelled, where it was not the store itself that did.

        It is the last thing shown: what was under way lands before it.
        """
        life = self._life
        if self._task and not self._task.done():
            # One that waits for the store is taken once more; so is the last one, which needs it as well.
            life.nudges += 1
            await self._task
        if life.captured is None or life.stage is not Stage.CANCELLED or life.cancelled_in_store:
            return
        status = life.pair.status_when_cancelled
        if not status or life.current.state is StoreState.CANCELLED:
            return
        try:
            await self._show_cancelled(status)
        except (Stopped, Doubt) as stop:
            life.warnings = (*life.warnings, f"the store could not be told of the cancellation: {stop}")
            await self._steps.record()

    async def _show_cancelled(self, status: str) -> None:
        """Set the last status; where somebody set another one meanwhile, the order is read again first."""
        life = self._life
        for look in range(1, _MOST_LOOKS + 1):
            try:
                await self._steps.set_store_status(status, self._known_statuses)
                return
            except Stopped as stop:
                if stop.problem.code != STATUS_WENT_ON or look == _MOST_LOOKS:
                    raise
                life.take(await self._steps.capture())
                if life.current.state is StoreState.CANCELLED:
                    return
                if life.current.state is StoreState.DELIVERED:
                    # Two ends that cannot both be true: a person has to look.
                    raise

    @property
    def _is_due(self) -> bool:
        life = self._life
        if self._is_over or life.document is None or life.store_problem or life.cancelled_in_store:
            return False
        new = self._has_parcels or self._status not in {"", life.told_status}
        return new or not life.told_store

    @property
    def _has_parcels(self) -> bool:
        """Whether there are numbers to tell, or the rest has left under those that were told with a part."""
        life, progress = self._life, self._life.progress
        is_all = progress is not None and delivery_of(progress) is Delivery.SHIPPED
        return self._tracking != life.told_tracking or (life.told_part and is_all)

    @property
    def _tracking(self) -> tuple[str, ...]:
        progress = self._life.progress
        papers = progress.of_kind(PaperKind.DELIVERY) if progress else ()
        numbers = dict.fromkeys(number for paper in papers for number in paper.tracking)
        sent = [view.replacement for view in self._life.returns.values() if view.replacement]
        numbers |= dict.fromkeys(number for each in sent for number in each.tracking)
        # The store cannot be told to show none: what it was told stays.
        return tuple(numbers) or self._life.told_tracking

    @property
    def _known_statuses(self) -> tuple[str, ...]:
        """The one that was read and our own: what may be written over."""
        life = self._life
        known = dict.fromkeys((life.current.store_status, *life.own_statuses, life.told_status))
        return tuple(filter(None, known))

    @property
    def _status(self) -> str:
        """The status by the merchant's own table; the last one that is set for what was reached."""
        life, pair, delivery = self._life, self._life.pair, self._life.delivery
        if life.current.state in {StoreState.CANCELLED, StoreState.DELIVERED}:
            # What is left to do of it is no reason to call it anything else there.
            return ""
        reached = [pair.status_when_posted]
        if life.progress and life.progress.picking is not Picking.NOT_RELEASED:
            reached.append(pair.status_when_picking)
        if delivery in {Delivery.PARTLY_SHIPPED, Delivery.SHIPPED}:
            reached += [pair.status_when_picking, pair.status_when_partly_shipped]
        if delivery is Delivery.SHIPPED:
            reached.append(pair.status_when_shipped)
        if life.delivered_at is not None:
            reached.append(pair.status_when_delivered)
        return next((status for status in reversed(reached) if status), "")

    async def _work(self) -> None:
        try:
            is_true = True
            while is_true and self._is_due:
                is_true = await self._tell_once()
                await self._steps.record()
        except (Stopped, Doubt) as stop:
            self._life.store_problem = stop.problem

    async def _show_tracking(self, numbers: tuple[str, ...]) -> None:
        """Show the numbers; what the store does not take is a warning: the ERP may not change it."""
        is_part = self._life.delivery is Delivery.PARTLY_SHIPPED
        progress = self._life.progress if is_part else None
        self._life.told_part = is_part and workflow.patched("tell-that-the-rest-has-left")
        try:
            await self._steps.set_tracking(numbers, progress.shipped if progress else None)
        except Stopped as stop:
            if stop.problem.disposition is not Disposition.FIX_DATA:
                raise
            text = f"the store does not take the tracking numbers {', '.join(numbers)}: {stop}"
            self._life.warnings = (*self._life.warnings, text)

    async def _tell_once(self) -> bool:
        """Tell what is new; False when the order has to be read again first."""
        life = self._life
        document, tracking, status = life.document, self._tracking, self._status
        if document is None:
            raise RuntimeError("the order was not posted")
        if not life.told_store:
            await self._steps.show_erp_number(life.pair.note.replace("{number}", document.number))
        # The status mail of the store contains the tracking numbers: they go first.
        if self._has_parcels and not self._is_over:
            await self._show_tracking(tracking)
            life.told_tracking = tracking
        is_set = True
        if status not in {"", life.told_status} and not self._is_over:
            is_set = await self._show_status(status)
        # Meanwhile the document may have been cancelled in the ERP, and another one posted.
        life.told_store = life.document is not None and life.document.entry == document.entry
        return is_set

    async def _show_status(self, status: str) -> bool:
        """Set the status over the one that was read, or one of ours; False where somebody set another."""
        life, known = self._life, self._known_statuses
        is_first = not life.told_status and life.delivery is Delivery.OPEN
        life.own_statuses = tuple(dict.fromkeys((*life.own_statuses, status)))
        try:
            await self._steps.set_store_status(status, known)
        except Stopped as stop:
            if stop.problem.code != STATUS_WENT_ON:
                raise
            # That an order was posted is no news for a store that is further already; what the ERP did since
            # is told again, over what is read then.
            life.store_changed, life.told_status = True, status if is_first else life.told_status
            return False
        life.told_status = status
        return True
