"""The returns of one order: each a workflow of its own, shown on the order."""

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.feed import ERP_EVENT
    from activities.returns import look_at_return
    from domain.exchange import replacement_order
    from domain.fulfilment import Delivery
    from domain.money import Money
    from domain.posting import Choices
    from domain.returning import (
        ENDED,
        ReturnAsked,
        ReturnRefused,
        ReturnStage,
        ReturnView,
        check_pieces,
        checked,
        next_reference,
    )
    from workflows.life import OrderLife
    from workflows.policies import OUTSIDE
    from workflows.return_life import EDITION, ReturnStart, return_id
    from workflows.returning import RETURN_WORKFLOW

_NAME_IS_TAKEN = {
    "asked_as": "",
    "stage": ReturnStage.REFUSED,
    "because": "there was a return of this name before",
}


class Returns:
    """Starts returns and keeps how they stand."""

    def __init__(self, life: OrderLife) -> None:
        self._life = life

    @property
    def open(self) -> tuple[str, ...]:
        """The references of returns that are not over."""
        life = self._life
        begun = (view for name, view in life.returns.items() if name not in life.waiting_refunds)
        return tuple(view.reference for view in begun if view.stage not in ENDED)

    def check_asked(self, asked: ReturnAsked) -> None:
        """Raise `ReturnRefused` as `check` does, and when not so many pieces are with the buyer."""
        if self._registered():
            return
        self.check(asked)
        life = self._life
        if life.progress is not None:
            check_pieces(asked, life.current, life.progress, self._over, life.parts)

    def check(self, asked: ReturnAsked) -> None:
        """Raise `ReturnRefused` when such a return does not fit the order as the ERP has it."""
        life = self._life
        if life.document is None or life.progress is None or not life.progress.papers:
            raise ReturnRefused("nothing of the order was shipped or invoiced yet; cancel it instead")
        if asked.label and not life.pair.labels:
            raise ReturnRefused("no label service is set for this pair; ask without a label")
        if asked.reference in life.returns:
            raise ReturnRefused(f"there is a return {asked.reference} of this order already")
        if life.delivery is Delivery.CANCELLED:
            raise ReturnRefused("the order was cancelled in the ERP")
        checked(asked, life.current, life.progress)
        if asked.instead:
            replacement_order(life.current, asked)

    async def register(self, asked: ReturnAsked) -> str:
        """Start the return that an Update asks for, unless it did before, and return its name."""
        if known := self._registered():
            return known
        life, asked_as = self._life, _asked_as()
        while True:
            reference = asked.reference or next_reference(life.returns)
            await self.start(asked.model_copy(update={"reference": reference}), asked_as)
            # The name may be that of a return from before the order was set back.
            if asked.reference or life.returns[reference].asked_as == asked_as:
                break
        life.note(asked.by, "registered a return", f"{reference}: {asked.reason}", workflow.now())
        return reference

    def _registered(self) -> str:
        """Return the name of the return that this very Update asked for already; else an empty one."""
        asked_as = _asked_as()
        views = self._life.returns.values()
        return next((view.reference for view in views if asked_as and view.asked_as == asked_as), "")

    @property
    def _over(self) -> tuple[str, ...]:
        return tuple(view.reference for view in self._life.returns.values() if view.stage in ENDED)

    async def start(self, asked: ReturnAsked, asked_as: str = "") -> None:
        """Start a return that was found to fit."""
        life = self._life
        if life.document is None:
            raise RuntimeError("the order was not posted")
        begun = life.returns[asked.reference] = ReturnView(
            reference=asked.reference,
            asked_as=asked_as,
            stage=ReturnStage.REGISTERED,
            since=workflow.now(),
        )
        order = life.current
        document = life.document.model_copy(update={"lines": ()})
        name = return_id(order.connection, order.store_id, asked.reference)
        try:
            await workflow.start_child_workflow(
                RETURN_WORKFLOW,
                ReturnStart(
                    order=order,
                    pair=life.pair,
                    document=document,
                    asked=asked,
                    asked_as=asked_as,
                    over=self._over,
                    mapping_version=life.attempt.mapping_version if life.attempt else 0,
                    choices=life.attempt.choices if life.attempt else Choices(),
                    parts=life.parts,
                    edition=EDITION,
                ),
                id=name,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=f"Return {asked.reference} of order {order.store_id} of {order.connection}",
            )
        except WorkflowAlreadyStartedError:
            found = await self._known(name) or begun.model_copy(update=_NAME_IS_TAKEN)
            if life.returns[asked.reference] is begun:
                # Else its own news came first.
                life.returns[asked.reference] = found

    @staticmethod
    async def _known(name: str) -> ReturnView | None:
        """Ask a return that is there already: the order was set back, or lived before."""
        return await workflow.execute_activity(
            look_at_return, name, summary="Look how the return stands", **OUTSIDE
        )

    def take_news(self, view: ReturnView) -> None:
        """Show how a return stands, and where the ERP did not credit what the store gave back."""
        life = self._life
        life.returns[view.reference] = view
        life.warnings = tuple(dict.fromkeys((*life.warnings, *view.notes)))
        given, credited = life.refunded.get(view.reference), view.credited
        if given is None or view.stage not in ENDED:
            return
        back = Money(given, life.current.currency).rounded()
        text = f"the store gave {back} back ({view.reference}), the ERP credited {credited or 'nothing'}"
        if credited is None or credited.amount != given:
            life.warnings = tuple(dict.fromkeys((*life.warnings, text)))

    async def tell_news(self) -> None:
        """Let the returns that wait look at the ERP themselves."""
        order = self._life.current
        for reference in self.open:
            name = return_id(order.connection, order.store_id, reference)
            try:
                await workflow.get_external_workflow_handle(name).signal(ERP_EVENT)
            except FailureError:
                # It ended a moment ago; its last news are on their way.
                continue


def _asked_as() -> str:
    """Return the id of the Update that is being judged or carried out: whoever repeats it, repeats the id."""
    update = workflow.current_update_info()
    return update.id if update else ""
