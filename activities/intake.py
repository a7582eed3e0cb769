"""Intake: what came in is kept first, then starts or signals its order's workflow.

The gateway and the reconciler both put rows into the inbox; `drain` turns them into workflows. It may run in
several processes at once and again after any failure: starting is idempotent by the workflow's id.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.search import CONNECTION, ORDER_ID
from domain.life import OrderStart, StoreEvent
from domain.order import order_workflow_id
from records.inbox import Inbox, InboxState, Waiting
from records.orders import Ending, Orders

ORDER_WORKFLOW = "OrderWorkflow"
STORE_EVENT = "store_event"
_FIRST_EVENT = "order.created"
"""Old news for an order that was completed, however late it comes."""
_AT_ONCE = 20
_TRACER = trace.get_tracer("waybill.intake")
_RPC_TIMEOUT = timedelta(seconds=5)
_LONGEST_START_SECONDS = 6
_OUR_FAULT = {RPCStatusCode.INVALID_ARGUMENT}
"""Answers that neither a repetition nor a mended set-up would change."""


_REASONS = {
    InboxState.STARTED: "",
    InboxState.LATE: "the order's life is over",
    InboxState.REFUSED: "Temporal does not take the order",
}


class TemporalGone(Exception):
    """Temporal does not answer; the rows wait."""


@dataclass(frozen=True)
class Drained:
    """What one round of draining did."""

    started: int = 0
    late: int = 0


class Intake:
    """Turns waiting inbox rows into workflows. `client` is asked for each time, so that it may come late."""

    def __init__(self, inbox: Inbox, orders: Orders, client: Callable[[], Client], task_queue: str) -> None:
        self._inbox, self._orders, self._client, self._task_queue = inbox, orders, client, task_queue

    async def drain(self) -> Drained:
        """Start or signal the workflows of all waiting rows; `TemporalGone` when the rest must wait."""
        started = late = 0
        while rows := await self._inbox.waiting():
            states: list[InboxState | None] = []
            for batch in (rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE)):
                states += await asyncio.gather(*(self._hand_over(row) for row in batch))
            for state in _REASONS:
                await self._settle(rows, states, state)
            started += states.count(InboxState.STARTED)
            late += states.count(InboxState.LATE)
            if None in states:
                raise TemporalGone
        return Drained(started, late)

    async def _settle(
        self, rows: Sequence[Waiting], states: Sequence[InboxState | None], state: InboxState
    ) -> None:
        ids = [row.id for row, found in zip(rows, states, strict=True) if found is state]
        if ids:
            await self._inbox.settle(ids, state, _REASONS[state])

    async def _hand_over(self, row: Waiting) -> InboxState | None:
        parent = TraceContextTextMapPropagator().extract({"traceparent": row.trace}) if row.trace else None
        with _TRACER.start_as_current_span("start order", context=parent):
            try:
                async with asyncio.timeout(_LONGEST_START_SECONDS):
                    return await self._start_unless_over(row)
            except RPCError as problem:
                return InboxState.REFUSED if problem.status in _OUR_FAULT else None
            except (RuntimeError, TimeoutError):
                # A client that connects lazily tells of a missing server by a RuntimeError, late.
                return None

    async def _start_unless_over(self, row: Waiting) -> InboxState:
        """Start or signal the order's workflow; one that ended since it was looked up is looked up anew."""
        before: Ending | None = None
        while (ending := await self._orders.ending(row.connection, row.order_id)) is not before:
            if ending is Ending.FINAL or (ending is Ending.COMPLETED and row.kind == _FIRST_EVENT):
                break
            with contextlib.suppress(WorkflowAlreadyStartedError):
                await self._start_or_signal(row, ending)
                return InboxState.STARTED
            before = ending
        return InboxState.LATE

    async def _start_or_signal(self, row: Waiting, ending: Ending) -> None:
        # A failed workflow is an order that the store denied: it may come to exist later. One that its store
        # cancelled may be revived there, and one that was completed is looked at once more; any other that
        # ended has ended for good.
        late = ending is Ending.COMPLETED
        start = OrderStart(connection=row.connection, store_order_id=row.order_id, late=late)
        await self._client().start_workflow(
            ORDER_WORKFLOW,
            start,
            **starting(start, self._task_queue, again=late or ending is Ending.REVIVABLE),
            start_signal=STORE_EVENT,
            start_signal_args=[StoreEvent(delivery=row.delivery, kind=row.kind, subject=row.subject)],
            rpc_timeout=_RPC_TIMEOUT,
        )


class Starting(TypedDict):
    """How an order's workflow is started: once, however often and by whom it is asked for."""

    id: str
    task_queue: str
    id_reuse_policy: WorkflowIDReusePolicy
    id_conflict_policy: WorkflowIDConflictPolicy
    search_attributes: TypedSearchAttributes
    static_summary: str


def starting(start: OrderStart, task_queue: str, *, again: bool) -> Starting:
    """Return how to start an order's workflow; `again` also where one of its id ended well."""
    store, order_id = start.connection, start.store_order_id
    policy = WorkflowIDReusePolicy
    return {
        "id": order_workflow_id(store, order_id),
        "task_queue": task_queue,
        "id_reuse_policy": policy.ALLOW_DUPLICATE if again else policy.ALLOW_DUPLICATE_FAILED_ONLY,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "search_attributes": TypedSearchAttributes(
            [SearchAttributePair(CONNECTION, store), SearchAttributePair(ORDER_ID, order_id)]
        ),
        "static_summary": f"Order {order_id} of {store}",
    }
