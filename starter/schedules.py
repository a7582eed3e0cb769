"""The Schedules, declared here and reconciled with the server at every start of a worker."""

from collections.abc import Callable
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from workflows.reconciling import ReconcileStore

# A missed run is not made up for: each run reads on from its own cursor.
_CATCH_UP = timedelta(minutes=1)


def reconciler_id(store: str) -> str:
    """Return the id of a store's reconciler schedule."""
    return f"reconcile:{store}"


def reconciler(store: str, every: timedelta, task_queue: str) -> Schedule:
    """Return the schedule that reads a store's own list."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            ReconcileStore.run, store, id=reconciler_id(store), task_queue=task_queue
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)], jitter=every / 10),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_CATCH_UP),
    )


async def declare(client: Client, stores: tuple[str, ...], every: timedelta, task_queue: str) -> None:
    """Create or update each store's schedule; one that a person paused stays paused."""
    for store in stores:
        wanted = reconciler(store, every, task_queue)
        try:
            await client.create_schedule(reconciler_id(store), wanted)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(reconciler_id(store)).update(_towards(wanted))


def _towards(wanted: Schedule) -> Callable[[ScheduleUpdateInput], ScheduleUpdate]:
    def change(current: ScheduleUpdateInput) -> ScheduleUpdate:
        wanted.state = current.description.schedule.state
        return ScheduleUpdate(schedule=wanted)

    return change
