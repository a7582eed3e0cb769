"""The worker: runs workflows and activities until it is told to stop.

python worker.py            settings from waybill.toml, Temporal's address from its own environment
"""

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.client import Client
from temporalio.worker import (
    PollerBehaviorAutoscaling,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.failures import FailuresAndHeartbeats
from records.migrate import migrate
from starter.composition import Waybill, activities_of, compose
from starter.configuration import load
from starter.ending import run
from starter.feeds import keep_feeds
from starter.schedules import declare
from starter.telemetry import runtime_with_metrics, set_up_logs, set_up_tracing
from starter.temporal_client import connect, register_search_attributes
from workflows.connection import ConnectionWatch
from workflows.feeding import ErpFeed
from workflows.noticing import TellNotices
from workflows.order import OrderWorkflow
from workflows.reconciling import ReconcileStore
from workflows.returning import ReturnWorkflow

WORKFLOWS = (OrderWorkflow, ConnectionWatch, ErpFeed, ReconcileStore, ReturnWorkflow, TellNotices)
SANDBOX_VARIABLE = "WAYBILL_WORKFLOW_SANDBOX"
_LOG = structlog.get_logger("waybill.worker")


def workflow_runner() -> WorkflowRunner:
    """Return how workflow code is run: without Temporal's sandbox, unless the variable asks for it.

    The sandbox doubles the CPU of a workflow. What it guards against, code that is not deterministic, is
    caught by the tests, which run with it and replay recorded histories.
    """
    if os.environ.get(SANDBOX_VARIABLE) == "1":
        return SandboxedWorkflowRunner()
    return UnsandboxedWorkflowRunner()


def build_worker(client: Client, waybill: Waybill, runner: WorkflowRunner | None = None) -> Worker:
    """Return a worker for all of Waybill.

    It gives running activities longer to end than any write into an ERP may take.
    """
    longest = max((erp.write_timeout for erp in waybill.systems.erps.values()), default=timedelta(seconds=30))
    return Worker(
        client,
        task_queue=waybill.configuration.task_queue,
        workflows=list(WORKFLOWS),
        activities=activities_of(waybill, lambda: client),
        interceptors=[FailuresAndHeartbeats()],
        workflow_runner=runner or workflow_runner(),
        graceful_shutdown_timeout=longest + timedelta(seconds=10),
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(initial=2, maximum=20),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(initial=2, maximum=20),
    )


async def main() -> None:
    """Migrate the database, declare the schedules, work until SIGTERM or Ctrl-C."""
    configuration = load()
    set_up_logs(configuration.telemetry.log_level)
    traced = set_up_tracing("worker")
    await asyncio.to_thread(migrate, configuration.database)
    waybill = compose(configuration)
    for fault in await asyncio.to_thread(lambda: waybill.hooks.faults):
        _LOG.error("a hook cannot be called", hook=fault.name, why=fault.sentence, fix=fault.fix)
    client = await connect(runtime=runtime_with_metrics(configuration.telemetry.prometheus), traced=traced)
    await register_search_attributes(client)
    await declare(
        client, tuple(waybill.systems.pairs), configuration.reconciler.every, configuration.task_queue
    )
    await keep_feeds(client, tuple(waybill.systems.erps), configuration.feed.every, configuration.task_queue)
    await waybill.cases.forget_old(datetime.now(UTC))
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with build_worker(client, waybill):
        _LOG.info("working")
        await stop.wait()
    await waybill.close()


if __name__ == "__main__":
    run(main)
