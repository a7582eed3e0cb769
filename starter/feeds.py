"""The change feeds, one for each ERP, brought in line with the configuration at every start of a worker."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.feed import FEED_WORKFLOW, PACE
from workflows.feeding import ErpFeed, FeedStart

_PREFIX = "feed:"


def feed_id(erp: str) -> str:
    """Return the id of the workflow that watches an ERP."""
    return f"{_PREFIX}{erp}"


async def keep_feeds(client: Client, erps: tuple[str, ...], every: timedelta, task_queue: str) -> None:
    """Start the feeds that are missing and end those of ERPs that are gone from the configuration."""
    for erp in erps:
        await client.start_workflow(
            ErpFeed.run,
            FeedStart(erp=erp, every=every),
            id=feed_id(erp),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=PACE,
            start_signal_args=[every],
            static_summary=f"Watches {erp} for what happens to posted orders",
        )
    wanted = {feed_id(erp) for erp in erps}
    running = f"WorkflowType = '{FEED_WORKFLOW}' AND ExecutionStatus = 'Running'"
    async for found in client.list_workflows(running):
        # Another installation on the same namespace has its own.
        if found.task_queue == task_queue and found.id not in wanted:
            await client.get_workflow_handle(found.id).cancel()
