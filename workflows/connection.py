"""A connection in trouble: one workflow watches it for all the orders that wait."""

import asyncio
import contextlib
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.connections import CONNECTION_WATCH, MORE_WAIT, TRY_NOW, Connections, Trouble
    from domain.errors import Disposition
    from workflows.policies import LONG, OUTSIDE

_PAUSES = {
    Disposition.WAIT: (timedelta(seconds=2), timedelta(minutes=5)),
    # A wrong password is not tried often: the other side may lock the user out.
    Disposition.FIX_SETUP: (timedelta(seconds=60), timedelta(minutes=15)),
}


@workflow.defn(name=CONNECTION_WATCH)
class ConnectionWatch:
    """Watches one connection until it works again, then tells the waiting orders."""

    def __init__(self) -> None:
        self._asked = False
        self._more_wait = False

    @workflow.signal(name=TRY_NOW, description="Try the connection now")
    def try_now(self) -> None:
        """Cut the pause short: somebody mended something."""
        self._asked = True

    @workflow.signal(name=MORE_WAIT, description="One more order waits for the connection")
    def more_wait(self) -> None:
        """Look once more before the watch ends: an order came that was not told."""
        self._more_wait = True

    @workflow.run
    async def run(self, trouble: Trouble) -> int:
        """Return how many orders were told that it is over."""
        alert = asyncio.create_task(self._alert(trouble))
        told = 0
        self._more_wait = True
        while self._more_wait:
            self._more_wait = False
            await self._until_it_works(trouble)
            told += await workflow.execute_activity_method(
                Connections.resume_waiting_orders,
                trouble.connection,
                summary="Tell the waiting orders",
                **LONG,
            )
        alert.cancel()
        return told

    async def _alert(self, trouble: Trouble) -> None:
        # Beside the watch: a mail server that is down, too, must not keep the orders waiting.
        with contextlib.suppress(ActivityError):
            await workflow.execute_activity_method(
                Connections.send_alert, trouble, summary="Tell those who run the installation", **OUTSIDE
            )

    async def _until_it_works(self, trouble: Trouble) -> None:
        problem = trouble.problem
        pause, longest = _PAUSES.get(problem.disposition, _PAUSES[Disposition.WAIT])
        while True:
            await self._pause(pause)
            probe = await workflow.execute_activity_method(
                Connections.probe, trouble.connection, summary=f"Try {trouble.connection}", **OUTSIDE
            )
            if probe.works:
                return
            told = probe.problem.sentence if probe.problem else problem.sentence
            workflow.set_current_details(f"{trouble.connection}: {told}")
            pause = min(pause * 2, longest)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(trouble)

    async def _pause(self, pause: timedelta) -> None:
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._asked, timeout=pause, timeout_summary="try again")
        self._asked = False
