"""Approvals in Slack: asked where each approver reads, decided once, and no click of others believed."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from domain.approvals.requests import Standing
from domain.errors import BadConfiguration
from domain.life import OrderView
from domain.stages import Stage
from sandbox.slack import DEFAULT_SIGNING_SECRET, TEAM, sign
from starter.composition import compose
from starter.configuration import parse
from starter.gateway.app import slack_questions
from starter.order_desk import NoAnswer, OrderDesk
from starter.temporal_server import TemporalServer
from tests.house import SECRETS, configuration
from tests.workflows.placing import CABINET, place
from tests.workflows.slack_house import Workspace, in_slack, workspace


@pytest.fixture
async def chat(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Workspace]:
    async with workspace(temporal_server, tmp_path, monkeypatch) as opened:
        yield opened


async def test_each_approver_is_asked_once_with_facts_and_buttons(chat: Workspace) -> None:
    await chat.place()

    section, fields, actions = chat.message("D0DORA")["blocks"]
    assert "Dora Director, may this order go on?" in section["text"]["text"]
    assert any("Anna Moreau" in field["text"] for field in fields["fields"])
    assert [button["action_id"] for button in actions["elements"]] == ["approve", "reject", "open"]
    assert actions["elements"][2]["url"].startswith(chat.running.waybill.configuration.public_url)
    assert actions["elements"][0]["value"] != chat.message("D0CARL")["blocks"][2]["elements"][0]["value"]
    assert len(chat.slack.messages) == 2


async def test_an_approval_by_button_posts_the_order_and_replaces_every_message(chat: Workspace) -> None:
    order_id = await chat.place()

    answer = await chat.press("approve", "U0DORA", "D0DORA")
    posted = await chat.running.until(order_id, Stage.POSTED)
    await chat.says("Approved by Dora Director")

    assert answer.status_code == 200
    assert posted.approval is not None
    assert posted.approval.decided_by == "dora"
    for message in chat.slack.messages.values():
        assert posted.number in message["text"]
        assert not any("elements" in block for block in message["blocks"])
    assert chat.slack.private == []


async def test_a_rejection_asks_why_and_shows_it_everywhere(chat: Workspace) -> None:
    order_id = await chat.place()

    await chat.press("reject", "U0CARL", "D0CARL")
    (dialog,) = chat.slack.dialogs
    await chat.slack.submit(dialog, "too <dear>", "U0CARL")
    view = await chat.running.until(order_id, Stage.REJECTED)
    await chat.says("Rejected by Carl Chief: too &lt;dear&gt;")

    assert "too <dear>" in view.because
    assert chat.slack.dialogs == {}


async def test_a_stranger_and_another_approver_are_told_privately_and_change_nothing(chat: Workspace) -> None:
    order_id = await chat.place()

    for user in ("U0OTTO", "U0CARL"):
        for action in ("approve", "reject"):
            answer = await chat.press(action, user, "D0DORA")
            assert answer.status_code == 200
        await chat.told(user, "You may not decide on this order.")

    view = await chat.standing(order_id, Standing.OPEN)
    assert view.stage is Stage.AWAITING_APPROVAL
    assert chat.slack.dialogs == {}
    assert "elements" in chat.message("D0DORA")["blocks"][2]


async def test_a_decision_made_elsewhere_is_shown_and_a_late_press_answered_privately(
    chat: Workspace,
) -> None:
    chat.slack.faults.arm("internal_error", times=None, path="chat.update")
    order_id = await chat.place()
    view = await chat.standing(order_id, Standing.OPEN)
    await chat.running.update(order_id, "decide", chat.running.decision(view, "carl"))

    # The message still has its buttons: Slack does not replace it now.
    await chat.press("approve", "U0DORA", "D0DORA")
    await chat.told("U0DORA", "already approved by Carl Chief")
    await chat.press("reject", "U0DORA", "D0DORA")
    (dialog,) = chat.slack.dialogs
    late = await chat.slack.submit(dialog, "no", "U0DORA")
    chat.slack.faults.clear()
    await chat.says("Approved by Carl Chief")

    assert "already approved by Carl Chief" in late.json()["errors"]["why"]
    assert late.json()["response_action"] == "errors"


async def test_two_who_press_at_once_decide_once(chat: Workspace) -> None:
    order_id = await chat.place()

    await asyncio.gather(
        chat.press("approve", "U0DORA", "D0DORA"),
        chat.press("approve", "U0CARL", "D0CARL"),
        chat.press("approve", "U0DORA", "D0DORA"),
    )
    await chat.running.until(order_id, Stage.POSTED)

    assert len(chat.running.orders_in_erp(order_id)) == 1


async def test_the_answer_is_in_time_although_the_decision_is_not(
    chat: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, decide, let_go = await chat.place(), OrderDesk.decide, asyncio.Event()

    async def slow(desk: OrderDesk, *given: Any) -> OrderView:
        await let_go.wait()
        return await decide(desk, *given)

    monkeypatch.setattr(OrderDesk, "decide", slow)
    began = time.monotonic()
    answer = await chat.press("approve", "U0DORA", "D0DORA")
    took = time.monotonic() - began
    let_go.set()

    await chat.running.until(order_id, Stage.POSTED)
    assert (answer.status_code, took < 3) == (200, True)


async def test_a_decision_that_nobody_knows_of_is_told_so(
    chat: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_given: Any) -> OrderView:
        raise NoAnswer("gone")

    await chat.place()
    monkeypatch.setattr(OrderDesk, "decide", silent)

    await chat.press("approve", "U0DORA", "D0DORA")

    await chat.told("U0DORA", "It is not known whether it was taken.")


async def test_slack_that_was_down_is_made_up_for(chat: Workspace) -> None:
    chat.slack.faults.arm("ratelimited", times=2, path="chat.postMessage")
    chat.slack.faults.arm("lose_answer", path="chat.postMessage")

    order_id = await chat.place()
    await chat.press("approve", "U0CARL", "D0CARL")
    await chat.running.until(order_id, Stage.POSTED)
    await chat.says("Approved by Carl Chief")

    assert len(chat.slack.messages) == 2


async def test_an_approver_whom_slack_does_not_know_keeps_no_other_waiting(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workspace(temporal_server, tmp_path, monkeypatch, unknown="dora") as chat:
        order_id = place(chat.running, CABINET)
        await chat.asked("D0CARL")
        await chat.press("approve", "U0CARL", "D0CARL")

        await chat.running.until(order_id, Stage.POSTED)
        await chat.says("Approved by Carl Chief")


async def test_looking_again_at_what_was_asked_writes_nothing(
    chat: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chat.place()
    questions = slack_questions(chat.running.waybill)
    assert questions is not None
    await questions.look()
    before = len(chat.slack.ledger.entries)

    async def written(*_given: Any) -> None:
        raise AssertionError("a write")

    monkeypatch.setattr(chat.running.waybill.database, "write", written)
    await questions.look()

    assert len(chat.slack.ledger.entries) == before


def _payload(**changed: Any) -> bytes:
    facts = {
        "type": "block_actions",
        "user": {"id": "U0DORA", "team_id": TEAM},
        "team": {"id": TEAM},
        "actions": [{"action_id": "approve", "value": "forged"}],
    }
    return urlencode({"payload": json.dumps(facts | changed)}).encode()


@pytest.mark.parametrize(
    ("body", "secret", "age", "status"),
    [
        (_payload(), DEFAULT_SIGNING_SECRET, 0, 200),
        (_payload(), "another secret", 0, 401),
        (_payload(), DEFAULT_SIGNING_SECRET, 400, 401),
        (_payload(team={"id": "T0OTHER"}), DEFAULT_SIGNING_SECRET, 0, 401),
        (_payload(user={"id": "U0DORA", "team_id": "T0OTHER"}), DEFAULT_SIGNING_SECRET, 0, 401),
        (_payload(actions=[]), DEFAULT_SIGNING_SECRET, 0, 400),
        (b"payload=%7B", DEFAULT_SIGNING_SECRET, 0, 400),
        (b"nothing=1", DEFAULT_SIGNING_SECRET, 0, 400),
    ],
    ids=["a forged value", "forged", "old", "team", "guest", "no action", "no JSON", "no payload"],
)
async def test_only_what_our_workspace_signed_now_is_taken(
    chat: Workspace, body: bytes, secret: str, age: int, status: int
) -> None:
    stamp = str(int(time.time()) - age)
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign(secret, stamp, body)}
    async with httpx.AsyncClient() as client:
        answer = await client.post(chat.slack.interactivity_url, content=body, headers=headers)
        nowhere = await client.post(f"{chat.slack.interactivity_url}2", content=body, headers=headers)

    assert (answer.status_code, nowhere.status_code) == (status, 404)


@pytest.mark.parametrize(
    ("key", "named"), [("signing_secrets", "signing_secrets or app_token"), ("team", "team")]
)
def test_asking_in_slack_needs_what_tells_who_pressed(tmp_path: Path, key: str, named: str) -> None:
    raw = configuration(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9", 25, ("shop", "sap"))
    in_slack("http://127.0.0.1:9")(raw)
    del raw["connections"]["chat"][key]

    with pytest.raises(BadConfiguration) as wrong:
        compose(parse(raw, SECRETS | {"SLACK_TOKEN": "xoxb", "SLACK_SIGNING": "s"}))

    assert wrong.value.problem.field == f"connections.chat.{key}"
    assert f"connections.chat.{named}: needed" in wrong.value.problem.sentence
