"""Undoing a posted order by what the ERP did with it: cancel, put back, take back, credit.

What was only posted is cancelled. What was picked waits for the warehouse. What was shipped becomes a return,
and what was invoiced a credit note, which a person lets go.
"""

import itertools
from decimal import Decimal

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.fulfilment import Picking, Progress
    from domain.money import Money
    from domain.order import StoreState
    from domain.policy import Goods, PaperKind
    from domain.posting import Cancellation, ChangeOutcome, ErpDocument
    from domain.returning import ReturnAsked, ReturnedLine
    from domain.returns import drawn_lines, left_to_credit
    from domain.stages import Stage
    from domain.texts import pieces
    from workflows.holding import Holding
    from workflows.life import OrderLife
    from workflows.policies import DOUBT_PAUSES, MOST_DOUBTS
    from workflows.returns import Returns
    from workflows.steps import Doubt, LifeEnds, Side, Steps, Stopped

_REFERENCE = "cancel"


class Cancelling:
    """The cancellation of one posted order."""

    def __init__(self, life: OrderLife, steps: Steps, holding: Holding, returns: Returns) -> None:
        self._life, self._steps, self._holding, self._returns = life, steps, holding, returns

    async def undo(self) -> None:
        """Undo what can be undone; raises `LifeEnds` when nothing is left of the order."""
        life = self._life
        why = life.cancel_asked.detail if life.cancel_asked else "cancelled in the store"
        if self._is_picked and not await self._let_go("picked_already"):
            return
        answer = await self._cancellation()
        if answer is None:
            return
        if answer.outcome is ChangeOutcome.CANCELLED:
            life.take_back_shipment(workflow.now())
            raise LifeEnds(Stage.CANCELLED, f"{why}; the ERP's document is cancelled")
        try:
            progress = life.progress = await self._steps.read_progress(self._document)
        except Stopped as stop:
            await self._holding.hold_for(stop)
            return
        closed = answer.outcome is ChangeOutcome.CLOSED
        back, left = self._to_come_back(progress), left_to_credit(progress)
        left = left if left and left.amount > 0 else None
        if back or left or (closed and self._has_returns):
            await self._take_back(back, left, why, closed=closed)
        elif closed:
            life.take_back_shipment(workflow.now())
            raise LifeEnds(Stage.CANCELLED, f"{why}; the ERP's document is closed")
        else:
            await self._keep_or_try_again(answer)
        # What was read here is taken in as any news is: the stage follows from it.
        life.progress, life.erp_changed = None, True
        await self._steps.record()

    @property
    def _has_returns(self) -> bool:
        """Whether goods are on their way back: their return hears of them for as long as the order lives."""
        return bool(self._returns.open) and workflow.patched("stay-for-open-returns")

    @property
    def _is_picked(self) -> bool:
        progress = self._life.progress
        return progress is not None and progress.picking not in {Picking.NOT_RELEASED, Picking.RELEASED}

    async def _take_back(
        self, back: tuple[ReturnedLine, ...], left: Money | None, why: str, *, closed: bool
    ) -> None:
        """Register the return of what the buyer has; what was invoiced is credited when a person lets it."""
        life = self._life
        if left and not await self._let_go("cancel_needs_credit", f"{left} of it are invoiced"):
            return
        if closed:
            life.accepted["closed_by_hand"] = life.current.revision
        by = life.cancel_asked.by if life.cancel_asked else "store"
        life.cancel_asked = None
        self._keep()
        shipping = self._shipping_back(back, left)
        if back and not any(name.startswith(_REFERENCE) for name in self._returns.open):
            asked = ReturnAsked(
                reference=self._free_reference(),
                lines=back,
                shipping=shipping,
                goods=Goods.COMING,
                by=by,
                reason=why[:200],
            )
            await self._returns.start(asked)
        done = f"{pieces(sum((line.quantity for line in back), Decimal(0)))} pieces are to come back"
        if self._returns.open and not back:
            done = "what the buyer has is coming back already"
        rest = "; what was open is closed" if closed else ""
        if left and not back:
            rest += f"; {left} stay invoiced, credit them in the ERP"
        elif left and life.current.shipping.gross > shipping:
            rest += "; if shipping was invoiced, credit it in the ERP"
        life.note(by, "cancelled as far as it went", f"{why}; {done}{rest}", workflow.now())
        life.warnings = (*life.warnings, f"cancelled after it was shipped: {done}{rest}")

    def _shipping_back(self, back: tuple[ReturnedLine, ...], left: Money | None) -> Decimal:
        """Return the shipping to give back: where all of the order comes back, and it was surely invoiced."""
        order = self._life.current
        ordered = sum((line.quantity for line in order.lines), Decimal(0))
        goods = sum((line.gross for line in order.lines), Decimal(0))
        whole = sum((line.quantity for line in back), Decimal(0)) == ordered
        fits = left is not None and goods + order.shipping.gross <= left.amount
        return order.shipping.gross if whole and fits else Decimal(0)

    def _free_reference(self) -> str:
        """Return `cancel`, or `cancel-2` when an earlier cancellation's return is over, and so on."""
        names = itertools.chain((_REFERENCE,), (f"{_REFERENCE}-{number}" for number in itertools.count(2)))
        return next(name for name in names if name not in self._life.returns)

    @staticmethod
    def _to_come_back(progress: Progress) -> tuple[ReturnedLine, ...]:
        found = []
        for sku, shipped in progress.shipped.items():
            left = drawn_lines(progress, PaperKind.RETURN_REQUEST, "", sku, shipped)
            quantity = sum((line.quantity for line in left), Decimal(0))
            if quantity > 0:
                found.append(ReturnedLine(sku=sku, quantity=quantity))
        return tuple(found)

    async def _let_go(self, code: str, sentence: str = "") -> bool:
        """Ask a person whether the cancellation may go on; one who only continues keeps the order."""
        life = self._life
        if code in life.overruled:
            return True
        aside, life.cancel_asked = life.cancel_asked, None
        in_store = life.cancelled_in_store
        released = await self._holding.hold(code, sentence=sentence)
        if released or life.cancelled_in_store is not in_store:
            # When the store cancelled meanwhile, or no longer does, what is true now is looked at anew.
            life.cancel_asked = life.cancel_asked or aside
        elif life.cancel_asked is None:
            self._keep()
        return released

    def _keep(self) -> None:
        """Keep the order: whatever else changes, its cancellation in the store is not asked about again."""
        life = self._life
        life.kept = life.current.mark
        if life.current.state is StoreState.CANCELLED:
            life.keeps_cancelled = workflow.patched("keep-until-the-store-takes-it-back")

    async def _keep_or_try_again(self, answer: Cancellation) -> None:
        life = self._life
        aside, life.cancel_asked = life.cancel_asked, None
        sentence = f"the ERP no longer allows it: {answer.sentence}"
        if await self._holding.hold("cannot_be_cancelled", sentence=sentence):
            self._keep()
        elif life.cancel_asked is None:
            life.cancel_asked = aside

    async def _cancellation(self) -> Cancellation | None:
        for number in range(MOST_DOUBTS):
            try:
                return await self._steps.cancel_document(self._document)
            except Doubt as doubt:
                last = doubt.problem
            except Stopped as stop:
                await self._holding.hold_for(stop)
                return None
            pause = DOUBT_PAUSES[min(number, len(DOUBT_PAUSES) - 1)]
            await workflow.sleep(pause, summary="ask the ERP again what became of the document")
        await self._holding.hold_for(Stopped(last, Side.ERP))
        return None

    @property
    def _document(self) -> ErpDocument:
        if self._life.document is None:
            raise RuntimeError("the order was not posted")
        return self._life.document
