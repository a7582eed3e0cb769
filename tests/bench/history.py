"""What one straight order leaves in Temporal's history, and the bare workflow that resembles it."""

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory

from domain.order import order_workflow_id
from tests.bench.figures import HistoryFacts
from tests.bench.jobs import Step
from tests.bench.world import World

_POST = "post_sales_order"
_LOCAL = "core_local_activity"


async def history_of(client: Client, order_id: str) -> WorkflowHistory:
    """Fetch the history of one of the shop's orders."""
    return await client.get_workflow_handle(order_workflow_id("shop", order_id)).fetch_history()


def facts_of(history: WorkflowHistory, lines: int) -> HistoryFacts:
    """Return the size of a history, in events and in bytes as the server keeps them."""
    steps = steps_of(history, 0)
    return HistoryFacts(
        lines=lines,
        events=len(history.events),
        size=sum(event.ByteSize() for event in history.events),
        remote_activities=sum(not step.is_local for step in steps),
        local_activities=sum(step.is_local for step in steps),
    )


def steps_of(history: WorkflowHistory, view_bytes: int) -> tuple[Step, ...]:
    """Return the activities of a history, in order, with the sizes of their payloads.

    A history does not keep what a local activity was given: `view_bytes` is the size of the order's view.
    """
    answers = {
        event.activity_task_completed_event_attributes.scheduled_event_id: event
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
    }
    found: list[Step] = []
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            found.append(_remote(event, answers.get(event.event_id)))
        elif event.marker_recorded_event_attributes.marker_name == _LOCAL:
            found.append(Step(is_local=True, given=view_bytes, returned=0))
    return tuple(found)


def _remote(event: HistoryEvent, answer: HistoryEvent | None) -> Step:
    asked = event.activity_task_scheduled_event_attributes
    result = answer.activity_task_completed_event_attributes.result.payloads if answer else ()
    return Step(
        is_local=False,
        given=sum(len(payload.data) for payload in asked.input.payloads),
        returned=sum(len(payload.data) for payload in result),
        posts=asked.activity_type.name == _POST,
    )


def view_bytes(world: World, order_id: str) -> int:
    """Return the size of an order's view."""
    ((size,),) = world.rows("select length(view) from order_view where order_id = ?", order_id)
    return int(size)
