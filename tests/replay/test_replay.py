"""Orders in flight survive a change of the code: every recorded history, and every prefix of it, replays."""

import json
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from tests.replay.scenarios import SCENARIOS
from worker import WORKFLOWS

HISTORIES = Path(__file__).parent / "histories"
RECORDED = sorted(HISTORIES.glob("*.json"))
BEFORE = sorted((HISTORIES / "before").glob("*.json"))
"""Lives of orders that began with older code: nothing records them anew, their branches stay covered."""
FILES = [*RECORDED, *BEFORE]


def read(file: Path) -> WorkflowHistory:
    """Read a recorded history."""
    raw = json.loads(file.read_text("utf-8"))
    return WorkflowHistory.from_json(raw["workflow_id"], {"events": raw["events"]})


def test_every_scenario_is_recorded() -> None:
    assert [file.stem for file in RECORDED] == sorted(SCENARIOS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_recorded_history_replays(file: Path) -> None:
    replayer = Replayer(workflows=list(WORKFLOWS), data_converter=pydantic_data_converter)

    await replayer.replay_workflow(read(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_every_prefix_of_a_recorded_history_replays(file: Path) -> None:
    history = read(file)
    # Without the sandbox: it is the decisions that are looked at, some dozens of times.
    replayer = Replayer(
        workflows=list(WORKFLOWS),
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    ends = [
        at
        for at, event in enumerate(history.events, 1)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
    ]

    assert ends
    for end in ends:
        await replayer.replay_workflow(WorkflowHistory(history.workflow_id, history.events[:end]))
