"""What was promised by when: a promise that is broken is shown on the order the second it is."""

from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.life import OrderLife
    from workflows.steps import Steps


class Promising:
    """Watches the promises of one order, beside its life."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        self._life, self._steps = life, steps

    async def watch(self) -> None:
        """Watch for ever; whoever started it stops it."""
        while True:
            next_one = self._next()
            if next_one is None:
                await workflow.wait_condition(lambda: self._next() is not None)
                continue
            due, name = next_one
            try:
                await workflow.wait_condition(
                    partial(self._has_changed, next_one),
                    timeout=max(due - workflow.now(), timedelta(0)),
                    timeout_summary=f"promised: {name} by then",
                )
            except TimeoutError:
                self._life.broken_promises = (*self._life.broken_promises, name)
                await self._steps.record()

    def _has_changed(self, watched: tuple[datetime, str]) -> bool:
        return self._next() != watched

    def _next(self) -> tuple[datetime, str] | None:
        """Return the promise that is due first, of those that are open and not broken yet."""
        open_ones = self._life.open_promises()
        return min((each for each in open_ones if each[1] not in self._life.broken_promises), default=None)
