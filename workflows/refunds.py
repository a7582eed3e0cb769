"""What the store gave back by itself: each of its refunds becomes one return, beside the order's life."""

import asyncio
from decimal import Decimal

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.life import StoreEvent
    from domain.money import Money
    from domain.refunds import StoreRefund, return_of
    from domain.returning import ENDED, GivenUp, ReturnRefused, ReturnStage, ReturnView
    from domain.returns import left_to_credit
    from workflows.life import OrderLife
    from workflows.returns import Returns
    from workflows.steps import Doubt, LifeEnds, Steps, Stopped

_REFUNDED, _RETURN_WANTED = "order.refunded", "order.return_requested"
_UNREAD = "the store's refunds could not be read"


class Refunds:
    """Takes up the store's refunds; one that comes before the invoice waits for it."""

    def __init__(self, life: OrderLife, steps: Steps, returns: Returns) -> None:
        self._life, self._steps, self._returns = life, steps, returns
        self._task: asyncio.Task[None] | None = None

    def hear(self, event: StoreEvent) -> None:
        """Keep what an event says of refunds and returns, until the order is in the ERP."""
        life = self._life
        if event.kind == _REFUNDED:
            life.refunds_told = True
        elif event.kind == _RETURN_WANTED and event.subject not in life.returns_wanted:
            life.returns_wanted = (*life.returns_wanted, event.subject)

    @property
    def busy(self) -> bool:
        """Whether refunds are still to be taken up."""
        return (self._task is not None and not self._task.done()) or self._is_due

    def start(self) -> None:
        """Take up what is new, unless that is under way."""
        if self._is_due and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._take_up())

    def look_again(self) -> None:
        """Read those again that could not be read."""
        self._life.refunds_told = self._life.refunds_told or self._life.refunds_unread

    def end(self) -> None:
        """Stop, and refuse what waited in vain."""
        if self._task:
            self._task.cancel()
        waiting, self._life.waiting_refunds = self._life.waiting_refunds, {}
        for refund in waiting.values():
            self._refuse(refund, "nothing was invoiced while the order was open")

    @property
    def _is_due(self) -> bool:
        return self._life.refunds_told or bool(self._life.returns_wanted) or self._can_be_credited

    @property
    def _can_be_credited(self) -> bool:
        life = self._life
        invoiced = life.progress is not None and left_to_credit(life.progress) is not None
        return bool(life.waiting_refunds) and invoiced

    async def _take_up(self) -> None:
        life = self._life
        while self._is_due:
            self.warn_of_wanted()
            try:
                if life.refunds_told:
                    await self._read()
            except LifeEnds:
                # Cancelled before it was posted anew: the life itself sees to its end.
                return
            # Looked at before each: while one is started, a cancellation may read the ERP's picture anew.
            while self._can_be_credited:
                await self._register(next(iter(life.waiting_refunds.values())))
            await self._steps.record()

    def wanted(self) -> tuple[str, ...]:
        """Tell of the returns that the buyer asked for in the store, and that no warning tells of yet."""
        found = []
        for number in self._life.returns_wanted:
            which = f"return {number}" if number else "a return"
            found.append(f"the buyer asked for {which} in the store; register it with `waybill return ask`")
        return tuple(text for text in found if text not in self._life.warnings)

    def warn_of_wanted(self) -> None:
        """Let the order's page tell of the returns that the buyer asked for."""
        life = self._life
        life.warnings, life.returns_wanted = (*life.warnings, *self.wanted()), ()

    async def _read(self) -> None:
        life = self._life
        life.refunds_told = life.refunds_unread = False
        life.warnings = tuple(text for text in life.warnings if not text.startswith(_UNREAD))
        try:
            found = await self._steps.read_refunds()
        except (Stopped, Doubt) as stop:
            # Read again with the next news from the ERP, or of another refund.
            life.refunds_unread = True
            life.warnings = (*life.warnings, f"{_UNREAD}: {stop}")
            return
        for refund in found:
            if refund.reference not in life.returns:
                life.waiting_refunds[refund.reference] = refund
                life.returns[refund.reference] = _shown(
                    refund, ReturnStage.REGISTERED, "waits until something of the order is invoiced"
                )

    async def _register(self, refund: StoreRefund) -> None:
        life, store = self._life, self._life.start.connection
        # It is shown as waiting under its own name; from here on it is a return like any other.
        del life.waiting_refunds[refund.reference], life.returns[refund.reference]
        if twin := self._credited_by(refund):
            life.refunded[twin] = refund.total
            because = f"return {twin} credits it; if it is another one, register a return of it"
            self._refuse(refund, because)
            gave = Money(refund.total, life.current.currency).rounded()
            text = f"the store gave {gave} back ({refund.reference}): {because}"
            life.warnings = (*life.warnings, text)
            return
        try:
            asked = return_of(refund, life.current, life.pair.refund_goods, store)
            self._returns.check(asked)
        except ReturnRefused as refusal:
            self._refuse(refund, str(refusal))
            return
        life.refunded[refund.reference] = refund.total
        life.note(store, "registered a return", f"{refund.reference}: {asked.reason}", workflow.now())
        await self._returns.start(asked)

    def _credited_by(self, refund: StoreRefund) -> str:
        """Return the return by which a person, or a cancellation, has the very same credited; "" for none.

        Whoever takes goods back here still pays the buyer in the store: that is no second credit note.
        """
        life, pieces = self._life, sum((line.quantity for line in refund.lines), Decimal(0))
        for view in life.returns.values():
            known = view.reference in life.refunded or view.reference in life.waiting_refunds
            if known or view.stage is ReturnStage.REFUSED:
                continue
            is_done = view.credited == Money(refund.total, life.current.currency)
            is_to_come = view.credited is None and view.stage not in ENDED and 0 < pieces == view.pieces
            if (is_done or is_to_come) and workflow.patched("one-credit-note-for-a-refund"):
                return view.reference
        return ""

    def give_up(self, given_up: GivenUp) -> None:
        """End a refund that waits for its invoice; it is not taken up again."""
        self._refuse(self._life.waiting_refunds.pop(given_up.reference), given_up.because)

    def _refuse(self, refund: StoreRefund, because: str) -> None:
        life = self._life
        life.returns[refund.reference] = _shown(refund, ReturnStage.REFUSED, because)
        what = f"{refund.reference} of {refund.total:f} {life.current.currency}: {because}"
        life.note("waybill", "refused a refund of the store", what, workflow.now())


def _shown(refund: StoreRefund, stage: ReturnStage, because: str) -> ReturnView:
    pieces = sum((line.quantity for line in refund.lines), refund.amount * 0)
    return ReturnView(
        reference=refund.reference, stage=stage, since=workflow.now(), because=because, pieces=pieces
    )
