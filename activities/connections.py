"""Connections in trouble: one incident, one alert, one watch that tells the waiting orders when it ends."""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from temporalio import activity
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.alerts import Alerts
from activities.notices import TELL_NOTICES, NoticePlan
from activities.published_rules import PublishedRules
from activities.systems import Systems
from adapters.label_port import LabelPort
from adapters.ports import ErpPort, StorePort
from domain.errors import Problem, WaybillError
from domain.model import Frozen
from domain.order import order_workflow_id
from domain.rules.connection_rules import notices_of_trouble
from domain.texts import one_line
from records.incidents import Incidents
from records.orders import Orders

CONNECTION_WATCH = "ConnectionWatch"
TRY_NOW = "try_now"
CONNECTION_IS_BACK = "connection_is_back"
MORE_WAIT = "more_wait"


class Trouble(Frozen):
    """A connection and what is wrong with it."""

    connection: str
    problem: Problem


class Probe(Frozen):
    """Whether a connection works again, and what is wrong if not."""

    works: bool
    problem: Problem | None = None


def watch_id(connection: str) -> str:
    """Return the id of the workflow that watches a connection in trouble."""
    return f"connection:{connection}"


class Connections:
    """The health of whole connections."""

    def __init__(
        self,
        systems: Systems,
        incidents: Incidents,
        orders: Orders,
        alerts: Alerts,
        rules: PublishedRules,
    ) -> None:
        self._systems, self._incidents, self._orders = systems, incidents, orders
        self._alerts, self._rules = alerts, rules

    @activity.defn
    async def report_trouble(self, trouble: Trouble) -> bool:
        """Open an incident and start its watch; return whether it is new.

        Safe to run twice: a connection has one open incident and one watch.
        """
        now = datetime.now(UTC)
        is_new = await self._incidents.open(trouble.connection, trouble.problem, now)
        await activity.client().start_workflow(
            CONNECTION_WATCH,
            trouble,
            id=watch_id(trouble.connection),
            task_queue=activity.info().task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            # One that is just telling the others must look once more, or this order is never told.
            start_signal=MORE_WAIT,
            static_summary=f"Trouble with {trouble.connection}: {trouble.problem.sentence}",
        )
        return is_new

    @activity.defn
    async def send_alert(self, trouble: Trouble) -> None:
        """Tell those who run the installation, once an hour for the same trouble, and whom rules name."""
        problem = trouble.problem
        text = (
            f"The connection {trouble.connection} is in trouble: {one_line(problem.sentence)}.\n\n"
            f"It said: {one_line(problem.quote) or 'nothing'}\n\nWhat to do: {problem.remedy}\n\n"
            "The orders that wait for it go on by themselves when it works again.\n"
        )
        key = f"incident:{trouble.connection}:{problem.code}:{datetime.now(UTC):%Y-%m-%dT%H}"
        subject = f"{trouble.connection}: {problem.sentence}"
        try:
            await self._alerts.send(key, trouble.connection, subject, text)
        finally:
            # Neither keeps the other: mails may not go out, or the rules in force may not be readable.
            await self._tell_by_rules(trouble)

    async def _tell_by_rules(self, trouble: Trouble) -> None:
        now, connection = datetime.now(UTC), trouble.connection
        pairs = {pair.name: pair for pair in (*self._systems.pairs.values(), *self._systems.routes.values())}
        rules = await self._rules.in_force()
        notices = notices_of_trouble(rules, connection, pairs, trouble.problem.sentence, now)
        if not notices:
            return
        with contextlib.suppress(WorkflowAlreadyStartedError):
            await activity.client().start_workflow(
                TELL_NOTICES,
                NoticePlan(notices=notices),
                id=f"notices:{watch_id(connection)}:{now:%Y-%m-%dT%H}",
                task_queue=activity.info().task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"Tell that {connection} is down",
            )

    @activity.defn
    async def probe(self, connection: str) -> Probe:
        """Try the connection once: does it answer, does it take our login? Safe to run twice: it reads.

        One that the configuration no longer has, or has no pair for, works only where nobody waits for it.
        """
        missing = self._systems.missing(connection)
        if missing is not None:
            waiting = await self._orders.waiting_for(connection, 1)
            is_awaited = bool(waiting or await self._orders.followed_in(connection))
            return Probe(works=not is_awaited, problem=missing.problem)
        systems: Mapping[str, StorePort | ErpPort | LabelPort] = {
            **self._systems.stores,
            **self._systems.erps,
            **self._systems.labels,
        }
        try:
            await systems[connection].answers()
        except WaybillError as error:
            return Probe(works=False, problem=error.problem)
        return Probe(works=True)

    @activity.defn
    async def resume_waiting_orders(self, connection: str) -> int:
        """End the incident and tell the waiting orders, oldest first; return how many were told.

        Safe to run twice: an order that no longer waits ignores the signal.
        """
        await self._incidents.end(connection, datetime.now(UTC))
        told: dict[str, bool] = {}
        while True:
            waiting = [order_workflow_id(*order) for order in await self._orders.waiting_for(connection)]
            new = [workflow_id for workflow_id in waiting if workflow_id not in told]
            if not new:
                return sum(told.values())
            for workflow_id in new:
                told[workflow_id] = await self._tell(workflow_id, connection)
                activity.heartbeat(len(told))

    async def _tell(self, workflow_id: str, connection: str) -> bool:
        handle: Any = activity.client().get_workflow_handle(workflow_id)
        try:
            await handle.signal(CONNECTION_IS_BACK, connection)
        except RPCError as problem:
            if problem.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True
