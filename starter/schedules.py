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
_PREFIX = "reconcile:"


def reconciler_id(store: str) -> str:
    """Return the id of a store's reconciler schedule."""
    return f"{_PREFIX}{store}"


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
    """Create or update each store's schedule and take away those of stores that are gone.

    One that a person paused stays paused.
    """
    for store in stores:
        wanted = reconciler(store, every, task_queue)
        try:
            await client.create_schedule(reconciler_id(store), wanted)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(reconciler_id(store)).update(_towards(wanted))
    wanted_ids = {reconciler_id(store) for store in stores}
    async for listed in await client.list_schedules():
        if listed.id.startswith(_PREFIX) and listed.id not in wanted_ids:
            await _take_away(client, listed.id, task_queue)


async def _take_away(client: Client, schedule_id: str, task_queue: str) -> None:
    handle = client.get_schedule_handle(schedule_id)
    action = (await handle.describe()).schedule.action
    # Another installation on the same namespace has its own.
    if isinstance(action, ScheduleActionStartWorkflow) and action.task_queue == task_queue:
        await handle.delete()


def _towards(wanted: Schedule) -> Callable[[ScheduleUpdateInput], ScheduleUpdate]:
    def change(current: ScheduleUpdateInput) -> ScheduleUpdate:
        wanted.state = current.description.schedule.state
        return ScheduleUpdate(schedule=wanted)

    return change
