"""After posting: tell the store, watch for changes, undo on request."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.posting import Cancellation, ChangeOutcome, ErpDocument, changes
    from domain.stages import Stage
    from workflows.holding import Holding
    from workflows.life import OrderLife
    from workflows.policies import DOUBT_PAUSES
    from workflows.steps import Doubt, LifeEnds, Steps, Stopped


class Aftercare:
    """What happens to a posted order."""

    def __init__(self, life: OrderLife, steps: Steps, holding: Holding) -> None:
        self._life, self._steps, self._holding = life, steps, holding
        self._telling: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        """Follow the order until its life ends; raises `LifeEnds` when it is cancelled."""
        life = self._life
        self._tell_store()
        while True:
            await workflow.wait_condition(self._something_came)
            if life.cancel_asked or life.cancelled_in_store:
                await self._cancel()
            elif life.store_changed:
                await self._look_again()
            elif life.store_problem:
                problem, life.store_problem = life.store_problem, None
                if not await self._holding.hold("store_refused", problem=problem):
                    self._tell_store()
            elif life.stop_asked:
                stop, life.stop_asked = life.stop_asked, None
                await self._holding.hold("held_by_person", sentence=stop.detail, by=stop.by)

    def end(self) -> None:
        """Stop telling the store."""
        if self._telling:
            self._telling.cancel()

    def _something_came(self) -> bool:
        life = self._life
        return bool(
            life.cancel_asked
            or life.cancelled_in_store
            or life.store_changed
            or life.store_problem
            or life.stop_asked
        )

    def _tell_store(self) -> None:
        self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        life, document = self._life, self._document
        try:
            await self._steps.show_erp_number(life.pair.note.format(number=document.number))
            if life.pair.status_when_posted:
                await self._steps.set_store_status(life.pair.status_when_posted)
        except (Stopped, Doubt) as stop:
            life.store_problem = stop.problem
            return
        life.told_store = True
        await self._steps.record()

    async def _look_again(self) -> None:
        life = self._life
        try:
            await self._holding.read_again()
        except Stopped as stop:
            await self._holding.hold_for(stop.problem)
            life.store_changed = True
            return
        before = life.posted_order
        if before is None or life.cancelled_in_store or before.revision == life.current.revision:
            return
        found = changes(before, life.current)
        text = ", ".join(row.what for row in found)
        sentence = f"changed in the store after it was posted: {text}"
        if await self._holding.hold("changed_after_posting", sentence=sentence, differences=found):
            life.posted_order = life.current
        else:
            life.store_changed = True

    async def _cancel(self) -> None:
        life = self._life
        answer = await self._cancellation()
        if answer is None:
            return
        if answer.outcome is not ChangeOutcome.IMPOSSIBLE:
            why = life.cancel_asked.detail if life.cancel_asked else "cancelled in the store"
            raise LifeEnds(Stage.CANCELLED, f"{why}; the ERP's document is {answer.outcome.value}")
        sentence = f"the ERP no longer allows it: {answer.sentence}"
        asked, life.cancel_asked = life.cancel_asked, None
        if await self._holding.hold("cannot_be_cancelled", sentence=sentence):
            life.keep_after_all()
        elif life.cancel_asked is None:
            life.cancel_asked = asked

    async def _cancellation(self) -> Cancellation | None:
        try:
            return await self._steps.cancel_document(self._document)
        except Doubt:
            await workflow.sleep(DOUBT_PAUSES[-1], summary="ask the ERP again what became of the document")
        except Stopped as stop:
            asked, self._life.cancel_asked = self._life.cancel_asked, None
            await self._holding.hold_for(stop.problem)
            self._life.cancel_asked = self._life.cancel_asked or asked
        return None

    @property
    def _document(self) -> ErpDocument:
        if self._life.document is None:
            raise RuntimeError("the order was not posted")
        return self._life.document
