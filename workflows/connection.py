"""A connection in trouble: one workflow watches it for all the orders that wait."""

import contextlib
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.connections import CONNECTION_WATCH, Connections, Trouble
    from domain.errors import Disposition
    from workflows.policies import LONG, OUTSIDE

_PAUSES = {
    Disposition.WAIT: (timedelta(seconds=2), timedelta(seconds=60)),
    # A wrong password is not tried often: the other side may lock the user out.
    Disposition.FIX_SETUP: (timedelta(seconds=60), timedelta(minutes=15)),
}


@workflow.defn(name=CONNECTION_WATCH)
class ConnectionWatch:
    """Watches one connection until it works again, then tells the waiting orders."""

    def __init__(self) -> None:
        self._asked = False

    @workflow.signal(description="Try the connection now")
    def try_now(self) -> None:
        """Cut the pause short: somebody mended something."""
        self._asked = True

    @workflow.run
    async def run(self, trouble: Trouble) -> int:
        """Return how many orders were told that it is over."""
        connection, problem = trouble.connection, trouble.problem
        await workflow.execute_activity_method(
            Connections.send_alert, trouble, summary="Tell those who run the installation", **OUTSIDE
        )
        pause, longest = _PAUSES.get(problem.disposition, _PAUSES[Disposition.WAIT])
        while True:
            await self._pause(pause)
            probe = await workflow.execute_activity_method(
                Connections.probe, connection, summary=f"Try {connection}", **OUTSIDE
            )
            if probe.works:
                break
            workflow.set_current_details(
                f"{connection}: {probe.problem.sentence if probe.problem else problem.sentence}"
            )
            pause = min(pause * 2, longest)
        return await workflow.execute_activity_method(
            Connections.resume_waiting_orders, connection, summary="Tell the waiting orders", **LONG
        )

    async def _pause(self, pause: timedelta) -> None:
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._asked, timeout=pause, timeout_summary="try again")
        self._asked = False
