"""Connections in trouble: one incident, one alert, one watch that tells the waiting orders when it ends."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from temporalio import activity
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.approvals import message_id
from activities.systems import Systems
from adapters.ports import ErpPort, Mail, MailPort, StorePort
from domain.errors import Disposition, Problem, WaybillError
from domain.model import Frozen
from domain.order import order_workflow_id
from records.incidents import Incidents
from records.orders import Orders

CONNECTION_WATCH = "ConnectionWatch"
CONNECTION_IS_BACK = "connection_is_back"


class Trouble(Frozen):
    """A connection and what is wrong with it."""

    connection: str
    problem: Problem


class Probe(Frozen):
    """Whether a connection works again, and what is wrong if not."""

    works: bool
    problem: Problem | None = None


class Connections:
    """The health of whole connections."""

    def __init__(
        self, systems: Systems, incidents: Incidents, orders: Orders, mail: MailPort, alert_to: str
    ) -> None:
        self._systems, self._incidents, self._orders = systems, incidents, orders
        self._mail, self._alert_to = mail, alert_to

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
            id=f"connection:{trouble.connection}",
            task_queue=activity.info().task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"Trouble with {trouble.connection}: {trouble.problem.sentence}",
        )
        return is_new

    @activity.defn
    async def send_alert(self, trouble: Trouble) -> None:
        """Tell those who run the installation, once for each incident."""
        if not self._alert_to:
            return
        problem = trouble.problem
        since = next(
            (
                found.since
                for found in await self._incidents.open_ones()
                if found.connection == trouble.connection
            ),
            datetime.now(UTC),
        )
        waiting = len(await self._orders.waiting_for(trouble.connection))
        text = (
            f"The connection {trouble.connection} is in trouble: {problem.sentence}.\n\n"
            f"It said: {problem.quote or 'nothing'}\n\nWhat to do: {problem.remedy}\n\n"
            f"{waiting} orders wait for it and go on by themselves when it works again.\n"
        )
        key = f"incident:{trouble.connection}:{since.isoformat()}"
        subject = f"{trouble.connection}: {problem.sentence}"
        mail = Mail(to=self._alert_to, subject=subject, text=text, message_id=message_id(key))
        await self._mail.send(mail)

    @activity.defn
    async def probe(self, connection: str) -> Probe:
        """Try the connection once. Safe to run twice: it only reads."""
        systems: Mapping[str, StorePort | ErpPort] = {**self._systems.stores, **self._systems.erps}
        try:
            findings = await systems[connection].test()
        except WaybillError as error:
            return Probe(works=False, problem=error.problem)
        wrong = [finding for finding in findings if not finding.ok]
        if not wrong:
            return Probe(works=True)
        problem = Problem(
            code="wrong_setup",
            disposition=Disposition.FIX_SETUP,
            sentence=wrong[0].what,
            remedy=wrong[0].fix,
            connection=connection,
        )
        return Probe(works=False, problem=problem)

    @activity.defn
    async def resume_waiting_orders(self, connection: str) -> int:
        """End the incident and tell the waiting orders, oldest first; return how many were told.

        Safe to run twice: an order that no longer waits ignores the signal.
        """
        await self._incidents.end(connection, datetime.now(UTC))
        told = 0
        for store, order_id in await self._orders.waiting_for(connection):
            told += await self._tell(order_workflow_id(store, order_id), connection)
            activity.heartbeat(told)
        return told

    async def _tell(self, workflow_id: str, connection: str) -> bool:
        handle: Any = activity.client().get_workflow_handle(workflow_id)
        try:
            await handle.signal(CONNECTION_IS_BACK, connection)
        except RPCError as problem:
            if problem.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True
