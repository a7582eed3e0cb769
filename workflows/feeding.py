"""The feed of one ERP: a workflow that lives as long as the connection does."""

import contextlib
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.connections import Connections, Trouble
    from activities.failures import problem_of
    from activities.feed import FEED_WORKFLOW, PACE, WAKE, Feed, Watch
    from domain.errors import Problem
    from domain.model import Frozen
    from workflows.policies import OUTSIDE

_STEP_GOES_ON_FOR = timedelta(minutes=15)
_LONGEST_PAUSE = timedelta(minutes=5)
_STEPS_IN_ONE_RUN = 200


class FeedStart(Frozen):
    """Which ERP, and the pause between two looks."""

    erp: str
    every: timedelta


@workflow.defn(name=FEED_WORKFLOW)
class ErpFeed:
    """Watches one ERP for what happens to posted orders."""

    @workflow.init
    def __init__(self, start: FeedStart) -> None:
        self._woken, self._every = False, start.every

    @workflow.signal(name=PACE, description="Look so often from now on")
    def pace(self, every: timedelta) -> None:
        """Take another pause between two looks, as the configuration has it now."""
        self._woken = self._woken or every != self._every
        self._every = every

    @workflow.signal(name=WAKE, description="Something changed in the ERP: look now")
    def wake(self, _event: Any = None) -> None:
        """Look at once, whatever pause there is."""
        self._woken = True

    @workflow.run
    async def run(self, start: FeedStart) -> None:
        """Watch for ever; each run of the workflow is a stretch of it."""
        workflow.set_current_details(f"Watches {start.erp} for what happens to posted orders.")
        pause = self._every
        for _ in range(_STEPS_IN_ONE_RUN):
            self._woken = False
            problem = await self._watch(start.erp)
            pause = min(pause * 2, _LONGEST_PAUSE) if problem else self._every
            if problem:
                await self._report(problem, start.erp)
                await self._rest(pause)
        workflow.continue_as_new(start.model_copy(update={"every": self._every}))

    async def _watch(self, erp: str) -> Problem | None:
        """Watch for a stretch, or until somebody wakes us; return what is in the way."""
        watching = workflow.start_activity_method(
            Feed.watch_erp,
            Watch(erp=erp, every=self._every, goes_on_for=_STEP_GOES_ON_FOR),
            summary=f"Watch {erp}",
            **OUTSIDE,
        )
        await workflow.wait_condition(lambda: watching.done() or self._woken)
        if not watching.done():
            # Each step begins with a look: a new one looks now. The old one ends with its next heartbeat.
            watching.cancel()
        try:
            await watching
        except ActivityError as error:
            if self._woken and is_cancelled_exception(error):
                return None
            if is_cancelled_exception(error):
                raise
            return problem_of(error)
        return None

    async def _report(self, problem: Problem, erp: str) -> None:
        """Report what is in the way; a defect of ours stops the ERP's feed, too, and is not kept silent."""
        trouble = Trouble(connection=problem.connection or erp, problem=problem)
        await workflow.execute_activity_method(
            Connections.report_trouble,
            trouble,
            summary=f"Report trouble with {trouble.connection}",
            **OUTSIDE,
        )

    async def _rest(self, pause: timedelta) -> None:
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._woken, timeout=pause, timeout_summary="watch again")
