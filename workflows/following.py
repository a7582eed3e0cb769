"""Following a posted order through the ERP: picked, shipped, invoiced, closed, cancelled."""

from decimal import Decimal

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.exchange import followed
    from domain.fulfilment import Delivery, Picking, Progress, too_much
    from domain.posting import ErpDocument, ErpState
    from domain.returning import Replaced, ReturnStage
    from domain.rules.triggers import Trigger
    from domain.stages import Stage
    from domain.texts import pieces
    from workflows.holding import Holding
    from workflows.life import OrderLife
    from workflows.steps import Steps, Stopped

_FOLLOWED = frozenset({Stage.POSTED, Stage.PICKING, Stage.SHIPPED, Stage.DELIVERED})


class Following:
    """Takes in what the ERP did with the order."""

    def __init__(self, life: OrderLife, steps: Steps, holding: Holding) -> None:
        self._life, self._steps, self._holding = life, steps, holding

    async def look(self) -> None:
        """Ask the ERP for the whole picture and take it in; then the order may be one to be posted anew."""
        await self._look_at_order()
        for reference, view in tuple(self._life.returns.items()):
            # As long as its return is open, that one looks itself.
            if view.replacement and view.replacement.papers and view.stage is ReturnStage.COMPLETED:
                await self._look_at_replacement(reference, view.replacement)

    async def _look_at_replacement(self, reference: str, known: Replaced) -> None:
        """Take in what the ERP did since with what was sent instead; mostly it is invoiced."""
        life = self._life
        try:
            progress = await self._steps.read_progress(known)
        except Stopped:
            # Looked at again with the next news from the ERP.
            return
        now = followed(known, progress, with_papers=True)
        if now != known:
            life.returns[reference] = life.returns[reference].model_copy(update={"replacement": now})
            await self._steps.record()

    async def _look_at_order(self) -> None:
        life = self._life
        while True:
            life.erp_changed = False
            try:
                progress = await self._steps.read_progress(self._document)
            except Stopped as stop:
                await self._holding.hold_for(stop)
                life.erp_changed = True
                return
            if progress == life.progress:
                return
            if await self._accept(progress):
                break
        self._move()
        await self._steps.record()

    @property
    def _document(self) -> ErpDocument:
        if self._life.document is None:
            raise RuntimeError("the order was not posted")
        return self._life.document

    async def _accept(self, progress: Progress) -> bool:
        """Take the picture in; False when a person asked to look again."""
        life = self._life
        if progress.document.state is ErpState.CANCELLED:
            life.take_back_shipment(workflow.now())
            await self._holding.hold("cancelled_in_erp")
            if not (life.cancel_asked or life.cancelled_in_store):
                life.post_anew(workflow.now())
            return True
        before, life.progress, life.papers_left_out = life.progress, progress, ()
        state = {"state": progress.document.state, "lines": progress.document.lines}
        life.document = self._document.model_copy(update=state)
        if await self._settled(progress) or life.cancel_asked:
            return True
        life.progress = before
        return False

    async def _settled(self, progress: Progress) -> bool:
        life = self._life
        extra = too_much(progress)
        if extra and "shipped_too_much" not in life.overruled:
            text = "more was shipped than ordered: " + ", ".join(row.what for row in extra)
            if not await self._holding.hold("shipped_too_much", sentence=text, differences=extra):
                return False
        if life.delivery is Delivery.CLOSED_BY_HAND:
            sentence = f"closed in the ERP; {pieces(progress.to_ship)} pieces were not shipped"
            return await self._holding.hold("closed_by_hand", sentence=sentence)
        return True

    def _move(self) -> None:
        """Go to the stage that the ERP's picture shows."""
        life, now = self._life, workflow.now()
        progress, delivery = life.progress, life.delivery
        if progress is None or life.stage not in _FOLLOWED:
            return
        if delivery is Delivery.SHIPPED:
            if life.stage is Stage.POSTED and self._is_picking_awaited:
                life.ruled.note(Trigger.PICKED, str(life.posting_revision))
            life.shipped_at = life.shipped_at or now
            life.move(life.stage if life.stage is Stage.DELIVERED else Stage.SHIPPED, now)
        elif delivery is Delivery.PARTLY_SHIPPED or progress.picking is not Picking.NOT_RELEASED:
            shipped = sum(progress.shipped.values(), Decimal(0))
            because = (
                f"{pieces(shipped)} pieces shipped, {pieces(progress.to_ship)} to come" if shipped else ""
            )
            life.forget_shipment()
            life.move(Stage.PICKING, now, because)
        elif life.stage is not Stage.POSTED:
            life.forget_shipment()
            life.move(Stage.PICKING, now, "nothing is shipped any more")

    @property
    def _is_picking_awaited(self) -> bool:
        """Whether a rule waits for the goods to be picked: what is shipped was, though no ERP showed it."""
        rules = self._life.ruled.rules
        awaited = rules is not None and any(rule.when is Trigger.PICKED for rule in rules.rules)
        return awaited and workflow.patched("what-is-shipped-was-picked")
