"""Showing the store what is left to sell of an order's articles, beside the order's life.

Due when what the ERP holds of the order is another than at the last publication. What is written is what is
true then, so several changes become one publication, and one that failed is made up for by the next.
"""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.stock import StockRequest
    from domain.stages import Stage
    from domain.stock import goods_held
    from workflows.life import OrderLife
    from workflows.steps import Doubt, LifeEnds, Steps, Stopped

_WARNING = "the stock of "


class Stocking:
    """Publishes the stock of an order's articles; what cannot be published is a warning, not a hold."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        self._life, self._steps = life, steps
        self._task: asyncio.Task[None] | None = None
        self._publishing = self._held_back = False

    @property
    def busy(self) -> bool:
        """Whether something is still to be published."""
        return self._publishing or self._is_due

    def start(self) -> None:
        """Publish whenever it is due from now on, where the pair wants it; while the order is held too."""
        if self._life.pair.publish_stock and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._keep_up())

    def hold_back(self) -> None:
        """Publish nothing until `finish`: the store gives pieces back itself when it is told of the end."""
        if self._task and workflow.patched("publish-after-the-end-is-told"):
            self._held_back = True

    async def finish(self) -> None:
        """Publish what an order that is over gave back, and stop.

        It comes after the order's end was recorded, so a store that is down delays no end. A step that waits
        for the store is taken once more, to be shown as waiting again.
        """
        life, self._held_back = self._life, False
        if self._task is None and not self.busy:
            return
        if life.document is None and not workflow.patched("publish-what-was-never-posted"):
            return
        life.nudges += 1
        self.start()
        await workflow.wait_condition(lambda: not self.busy)
        self.end()

    def end(self) -> None:
        """Stop publishing."""
        if self._task:
            self._task.cancel()

    @property
    def _is_due(self) -> bool:
        life = self._life
        if life.captured is None or not life.pair.publish_stock or self._held_back:
            return False
        if life.document is None and not self._gives_back:
            return False
        return self._held() != life.stock_published_for

    @property
    def _gives_back(self) -> bool:
        """Whether the store sold what nobody will ask the ERP for; its own cancellation gave that back."""
        life = self._life
        return life.stage in {Stage.REJECTED, Stage.CANCELLED} and not life.ended_by_store

    def _held(self) -> str:
        life = self._life
        if life.document is None or life.stage is Stage.CANCELLED:
            return "nothing"
        return goods_held(life.document, life.progress)

    async def _keep_up(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self._is_due)
            self._publishing = True
            try:
                await self._publish()
            finally:
                self._publishing = False

    async def _publish(self) -> None:
        life = self._life
        held = self._held()
        found: tuple[str, ...]
        try:
            published = await self._steps.publish_stock(self._request())
        except (Stopped, Doubt) as stop:
            found = (f"{_WARNING}this order's articles could not be published: {stop}",)
        except LifeEnds:
            # Cancelled before it was posted anew: the life itself sees to its end.
            return
        else:
            left_out = published.left_out.items()
            found = tuple(f"{_WARNING}{sku} could not be published: {reason}" for sku, reason in left_out)
        life.stock_published_for = held
        kept = tuple(text for text in life.warnings if not text.startswith(_WARNING))
        life.warnings = (*kept, *found)
        await self._steps.record()

    def _request(self) -> StockRequest:
        life, pair = self._life, self._life.pair
        written = life.written(life.posted_order or life.current)
        return StockRequest(
            store=life.start.connection,
            erp=pair.erp,
            warehouse=pair.warehouse,
            skus=tuple(sku for sku in written if sku),
            buffer=pair.stock_buffer,
        )
