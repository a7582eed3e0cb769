"""The second floor: a workflow with as many activities as a straight order has; none of them does anything.

Its worker is set up as ours is. The workflows are started one by one by the same process, so that the CPU
of starting counts here as it counts in our gateway.
"""

import asyncio
import time
from collections import defaultdict
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker

from domain.model import Frozen
from starter.ending import run
from tests.bench.arrivals import arrive
from tests.bench.jobs import Done, Step, WorkflowJob, answer, meter_of

_TIMEOUT = timedelta(minutes=5)


class Nothing(Frozen):
    """What a step is given: as many bytes as the real one, and how many to give back."""

    given: str
    returned: int
    posts: bool
    last: bool


class Witness:
    """The activity that does nothing, and the moments at which it was called."""

    def __init__(self) -> None:
        self.posted: dict[str, float] = {}
        self._ended: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    @activity.defn
    async def do_nothing(self, asked: Nothing) -> str:
        """Return as many bytes as the real step does."""
        workflow_id = activity.info().workflow_id or ""
        if asked.posts:
            self.posted[workflow_id] = time.time()
        if asked.last:
            self._ended[workflow_id].set()
        return "x" * asked.returned

    async def ended(self, workflow_id: str) -> None:
        """Wait for the last step of a workflow; to ask the server would cost CPU."""
        await self._ended[workflow_id].wait()


@workflow.defn
class BareWorkflow:
    """As many steps as a straight order takes."""

    @workflow.run
    async def run(self, steps: tuple[Step, ...]) -> None:
        """Take the steps, one after another."""
        for number, step in enumerate(steps, 1):
            nothing = Nothing(
                given="x" * step.given,
                returned=step.returned,
                posts=step.posts,
                last=number == len(steps),
            )
            if step.is_local:
                await workflow.execute_local_activity_method(
                    Witness.do_nothing, nothing, start_to_close_timeout=_TIMEOUT
                )
            else:
                await workflow.execute_activity_method(
                    Witness.do_nothing, nothing, start_to_close_timeout=_TIMEOUT
                )


async def work(job: WorkflowJob) -> Done:
    """Let the workflows come, and tell when each was due and posted."""
    client = await Client.connect(job.address, data_converter=pydantic_data_converter)
    queue, witness = f"bench-{job.mark}", Witness()
    due_at: dict[str, float] = {}

    async def order(number: int, due: float, mark: str = job.mark) -> None:
        name = f"{mark}:{number}"
        due_at[name] = due
        await client.start_workflow(BareWorkflow.run, job.steps, id=name, task_queue=queue)
        await witness.ended(name)

    async def warm_up(number: int, due: float) -> None:
        await order(number, due, f"{job.mark}w")

    async with Worker(
        client,
        task_queue=queue,
        workflows=[BareWorkflow],
        activities=[witness.do_nothing],
        workflow_runner=UnsandboxedWorkflowRunner(),
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(initial=2, maximum=20),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(initial=2, maximum=20),
    ):
        await arrive(job.warm_up, job.warm_up_rate, warm_up)
        due_at.clear()
        meter = meter_of("workflow", job)
        await arrive(job.count, job.rate, order)
        usage = meter.stop()
    return Done(due=due_at, posted={name: witness.posted[name] for name in due_at}, usage=usage)


async def main() -> None:
    """Do one job."""
    await answer(WorkflowJob, work)


if __name__ == "__main__":
    run(main)
