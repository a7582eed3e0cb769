"""Approvals of several people in Slack: messages say how they stand, and who is still needed."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.approvals.requests import Standing
from domain.stages import Stage
from sandbox.slack import Slack
from starter.temporal_server import TemporalServer
from tests.workflows.slack_house import PATIENCE, Workspace, workspace


@pytest.fixture
async def chat(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Workspace]:
    async with workspace(temporal_server, tmp_path, monkeypatch, quorum=2) as opened:
        yield opened


async def shows(chat: Workspace, channel: str, text: str) -> None:
    """Wait until the message of a channel shows something anywhere."""

    def does(slack: Slack) -> bool:
        found = [message for message in slack.messages.values() if message["channel"] == channel]
        return any(text in json.dumps(message) for message in found)

    await asyncio.wait_for(chat.slack.until(does), PATIENCE)


async def test_each_message_says_who_decided_and_who_is_still_needed(chat: Workspace) -> None:
    order_id = await chat.place()
    await shows(chat, "D0CARL", "2 persons of 2")

    await chat.press("approve", "U0DORA", "D0DORA")
    await shows(chat, "D0DORA", "Your approval is noted; one more person must approve.")
    await shows(chat, "D0CARL", "Dora Director approved")
    await shows(chat, "D0CARL", "1 person of 2")
    view = await chat.standing(order_id, Standing.OPEN)

    await chat.press("approve", "U0CARL", "D0CARL")
    await chat.running.until(order_id, Stage.POSTED)
    await chat.says("Approved by Dora Director and Carl Chief")

    assert view.approval is not None
    assert [vote.approver for vote in view.approval.votes] == ["dora"]
    assert len(chat.slack.messages) == 2


async def test_who_approved_has_no_buttons_any_more(chat: Workspace) -> None:
    await chat.place()
    await chat.press("approve", "U0DORA", "D0DORA")
    await shows(chat, "D0DORA", "one more person must approve")

    kinds = [block["type"] for block in chat.message("D0DORA")["blocks"]]
    others = [block["type"] for block in chat.message("D0CARL")["blocks"]]

    assert ("actions" in kinds, "actions" in others) == (False, True)
