"""An order of a few lines, for tests of what runs beside an order's life."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.life import Captured, OrderStart
    from domain.notices import NoticeEvent, NoticeFacts
    from workflows.life import OrderLife
    from workflows.noticing import NOTICE_WARNINGS, Noticing
    from workflows.steps import Steps


@workflow.defn
class ShortLife:
    """An order that only tells what it is asked to tell, and ends when it is asked to."""

    @workflow.init
    def __init__(self, start: OrderStart, captured: Captured) -> None:
        self._life = OrderLife.begun(start, workflow.now())
        self._life.captured, self._life.order = captured, captured.order
        self._noticing = Noticing(self._life, Steps(self._life))
        self._over = self._grown_long = False

    @workflow.run
    async def run(self, _start: OrderStart, captured: Captured) -> None:
        """Live until told to end, or to go on in a new run."""
        await workflow.wait_condition(lambda: self._over or self._grown_long)
        await self._noticing.handed_over()
        if not self._over:
            workflow.continue_as_new(args=[self._life.carry(), captured])

    @workflow.signal(name=NOTICE_WARNINGS)
    async def notice_warnings(self, warnings: Any) -> None:
        """Show what could not be told."""
        await self._noticing.take_warnings(warnings)

    @workflow.signal
    def carry(self) -> None:
        """Go on in a new run."""
        self._grown_long = True

    @workflow.signal
    def tell(self, event: NoticeEvent, facts: NoticeFacts) -> None:
        """Tell an event."""
        self._noticing.tell(event, facts)

    @workflow.signal
    def end(self) -> None:
        """End."""
        self._over = True

    @workflow.query
    def warnings(self) -> tuple[str, ...]:
        """What the order's page warns of."""
        return self._life.warnings
