"""Taking a step for as long as it takes, in workflows beside the order's own."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.connections import Connections, Trouble
    from activities.failures import problem_of
    from domain.errors import Disposition, Problem
    from workflows.policies import DOUBT_PAUSES, MOST_DOUBTS, OUTSIDE
    from workflows.steps import Side, Stopped

Result = TypeVar("Result")
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)


class Patience:
    """Repeats a step while a connection is in trouble, or while nobody knows what became of a write.

    The step must find what it made before. Raises `Stopped` for what a person has to mend, and whatever
    `obey` raises when the step is not wanted any more: it is called before the step is taken again, unless a
    write of it may have arrived. `when_waiting` is called whenever a connection was waited for, and may raise
    what makes the step be taken elsewhere.
    """

    def __init__(
        self, obey: Callable[[], None] = lambda: None, when_waiting: Callable[[], None] = lambda: None
    ) -> None:
        self._hurried, self._obey, self._when_waiting = False, obey, when_waiting

    def hurry(self) -> None:
        """Take a step that waits again at once."""
        self._hurried = True

    async def take(self, step: Callable[[], Awaitable[Result]]) -> Result:
        """Take the step until it is done."""
        doubts, pause = 0, _FIRST_PAUSE
        while True:
            try:
                return await step()
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                problem = problem_of(error)
            waits = problem.disposition in {Disposition.WAIT, Disposition.FIX_SETUP} and problem.connection
            if problem.disposition is Disposition.IN_DOUBT and doubts < MOST_DOUBTS:
                await workflow.sleep(DOUBT_PAUSES[min(doubts, len(DOUBT_PAUSES) - 1)])
                doubts += 1
            elif waits:
                await self._wait_for(problem, pause)
                if not doubts:
                    self._obey()
                self._when_waiting()
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                raise Stopped(problem, Side.ERP)

    async def _wait_for(self, problem: Problem, pause: timedelta) -> None:
        self._hurried = False
        trouble = Trouble(connection=problem.connection, problem=problem)
        await workflow.execute_activity_method(
            Connections.report_trouble,
            trouble,
            summary=f"Report trouble with {problem.connection}",
            **OUTSIDE,
        )
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._hurried, timeout=pause, timeout_summary=f"waiting for {problem.connection}"
            )
