"""Approvals over a socket that the gateway opens: no inbound port, no lost click, none counted twice."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from adapters.ports import Finding
from domain.approvals.requests import Standing
from domain.errors import BadConfiguration
from domain.life import OrderView
from domain.stages import Stage
from sandbox.serving import serving
from sandbox.slack import sign
from starter.cli.systems import connections_tested
from starter.composition import compose
from starter.configuration import parse
from starter.gateway.app import create_app
from starter.order_desk import OrderDesk
from starter.temporal_server import TemporalServer
from tests.house import SECRETS, configuration, eventually
from tests.workflows.slack_house import PATIENCE, Workspace, in_slack, workspace


@pytest.fixture
async def chat(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Workspace]:
    async with workspace(temporal_server, tmp_path, monkeypatch, by_socket=True) as opened:
        await opens(opened)
        yield opened


async def opens(chat: Workspace, number: int = 1) -> None:
    """Wait until so many sockets are open."""
    await asyncio.wait_for(chat.slack.sockets.until(number), PATIENCE)


async def approved_once(chat: Workspace, order_id: int) -> None:
    """See an order through that was approved, and told nobody anything in private."""
    await chat.running.until(order_id, Stage.POSTED)
    await chat.says("Approved by Dora Director")

    assert len(chat.running.orders_in_erp(order_id)) == 1
    assert chat.slack.private == []


async def test_an_approval_over_the_socket_posts_the_order(chat: Workspace) -> None:
    order_id = await chat.place()

    answer = await chat.press("approve", "U0DORA", "D0DORA")

    await approved_once(chat, order_id)
    assert answer.status_code == 200
    assert chat.slack.interactivity_url == ""
    assert len(chat.slack.ledger.of("acknowledged")) == 1
    assert chat.slack.ledger.of("stray") == []


async def test_a_rejection_asks_why_over_the_socket(chat: Workspace) -> None:
    order_id = await chat.place()

    await chat.press("reject", "U0CARL", "D0CARL")
    (dialog,) = chat.slack.dialogs
    await chat.slack.submit(dialog, "too dear", "U0CARL")
    await chat.running.until(order_id, Stage.REJECTED)

    await chat.says("Rejected by Carl Chief: too dear")
    assert chat.slack.dialogs == {}


async def test_a_late_click_is_answered_privately_and_in_the_dialog(chat: Workspace) -> None:
    chat.slack.faults.arm("internal_error", times=None, path="chat.update")
    order_id = await chat.place()
    view = await chat.standing(order_id, Standing.OPEN)
    await chat.running.update(order_id, "decide", chat.running.decision(view, "carl"))

    await chat.press("approve", "U0DORA", "D0DORA")
    await chat.told("U0DORA", "already approved by Carl Chief")
    await chat.press("reject", "U0DORA", "D0DORA")
    (dialog,) = chat.slack.dialogs
    late = await chat.slack.submit(dialog, "no", "U0DORA")

    assert "already approved by Carl Chief" in late.json()["errors"]["why"]
    assert chat.slack.ledger.of("stray") == []


async def test_a_stranger_is_told_privately_and_once(chat: Workspace) -> None:
    order_id = await chat.place()
    chat.slack.faults.arm("deliver_twice")
    chat.slack.faults.arm("lose_ack")

    await chat.press("approve", "U0OTTO", "D0DORA")

    await chat.standing(order_id, Standing.OPEN)
    assert chat.slack.private == [("U0OTTO", "You may not decide on this order.")]
    assert len(chat.slack.ledger.of("ack_lost")) == 1


async def test_an_acknowledgement_lost_with_its_socket_decides_once(chat: Workspace) -> None:
    order_id = await chat.place()
    chat.slack.faults.arm("lose_ack")

    answer = await chat.press("approve", "U0DORA", "D0DORA")

    await approved_once(chat, order_id)
    assert answer.status_code == 200
    (lost,) = chat.slack.ledger.of("ack_lost")
    (taken,) = chat.slack.ledger.of("acknowledged")
    assert lost["envelope"] == taken["envelope"]


async def test_an_envelope_that_comes_twice_decides_once_and_opens_one_dialog(chat: Workspace) -> None:
    order_id = await chat.place()
    chat.slack.faults.arm("deliver_twice", times=3)

    await chat.press("reject", "U0CARL", "D0CARL")
    (dialog,) = chat.slack.dialogs
    await chat.press("approve", "U0DORA", "D0DORA")

    await approved_once(chat, order_id)
    late = await chat.slack.submit(dialog, "no", "U0CARL")
    assert "already approved by Dora Director" in late.json()["errors"]["why"]


async def test_one_click_at_two_gateways_is_one_decision_with_one_answer(chat: Workspace) -> None:
    order_id = await chat.place()
    async with serving(create_app(chat.running.waybill, chat.running.client)):
        await opens(chat, 2)
        for _ in range(2):  # the other gateway's turn comes
            chat.slack.faults.arm("lose_ack")
        await chat.press("reject", "U0DORA", "D0DORA")
        for _ in range(2):
            chat.slack.faults.arm("lose_ack")
        await chat.press("approve", "U0DORA", "D0DORA")

        await approved_once(chat, order_id)

    assert len(chat.slack.dialogs) == 1
    assert len(chat.slack.ledger.of("ack_lost")) == 4


async def test_a_socket_that_drops_is_opened_again_at_once(chat: Workspace) -> None:
    order_id = await chat.place()

    await chat.slack.sockets.end("dropped")
    answer = await chat.press("approve", "U0DORA", "D0DORA")

    await approved_once(chat, order_id)
    assert answer.status_code == 200
    assert len(chat.slack.ledger.of("socket_opened")) == 2


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_socket_is_replaced_when_slack_asks_for_it(chat: Workspace, reason: str) -> None:
    order_id = await chat.place()

    await chat.slack.sockets.end(reason)
    await opens(chat)
    await chat.press("approve", "U0DORA", "D0DORA")

    await approved_once(chat, order_id)
    assert len(chat.slack.ledger.of("socket_closed")) == 1


async def test_a_click_over_the_socket_that_is_left_is_not_lost(chat: Workspace) -> None:
    order_id = await chat.place()
    chat.slack.faults.arm("refresh_first")

    answer = await chat.press("approve", "U0DORA", "D0DORA")

    await approved_once(chat, order_id)
    assert answer.status_code == 200
    assert len(chat.slack.ledger.of("acknowledged")) == 1


async def test_it_is_acknowledged_in_time_although_the_decision_is_not(
    chat: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, decide, let_go = await chat.place(), OrderDesk.decide, asyncio.Event()

    async def slow(desk: OrderDesk, *given: Any) -> OrderView:
        await let_go.wait()
        return await decide(desk, *given)

    monkeypatch.setattr(OrderDesk, "decide", slow)
    began = time.monotonic()
    await chat.press("approve", "U0DORA", "D0DORA")
    took = time.monotonic() - began
    let_go.set()

    await approved_once(chat, order_id)
    assert took < 3


async def test_what_is_not_from_our_workspace_is_acknowledged_and_not_taken(chat: Workspace) -> None:
    order_id = await chat.place()
    foreign = {"type": "block_actions", "user": {"id": "U0DORA"}, "team": {"id": "T0OTHER"}}
    with capture_logs() as logs:
        answers = [await chat.slack.sockets.deliver(payload) for payload in (foreign, {"type": ""})]

    await chat.standing(order_id, Standing.OPEN)
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * 2
    said = [entry["event"] for entry in logs if entry["log_level"] == "warning"]
    assert said == [
        "an interaction was not taken: the interaction is from another workspace",
        "an interaction was not taken: the interaction cannot be read",
    ]


async def test_nothing_is_taken_over_the_door_that_needs_a_signing_secret(chat: Workspace) -> None:
    stamp = str(int(time.time()))
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign("", stamp, b"payload=%7B%7D")}
    async with httpx.AsyncClient() as client:
        url = f"{chat.running.gateway_url}/hooks/slack/chat"
        answer = await client.post(url, content=b"payload=%7B%7D", headers=headers)

    assert answer.status_code == 401


@asynccontextmanager
async def in_trouble(
    server: TemporalServer, folder: Path, patch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Workspace, list[Any]]]:
    """Run a house that tries often, and collect its log."""
    patch.setattr("starter.gateway.slack_sockets._PAUSES", (0.05,))
    async with workspace(server, folder, patch, by_socket=True) as chat:
        await opens(chat)
        with capture_logs() as logs:
            yield chat, logs


def told(logs: list[Any]) -> str:
    """Return the only error of a log."""
    (entry,) = [entry for entry in logs if entry["log_level"] == "error"]
    return str(entry["event"])


async def socket_finding(chat: Workspace) -> Finding:
    """Return what `waybill doctor` says of the socket."""
    found = [finding async for name, finding in connections_tested(chat.running.waybill) if name == "chat"]
    return found[-1]


async def test_a_revoked_token_is_told_once_and_the_gateway_goes_on(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_trouble(temporal_server, tmp_path, monkeypatch) as (chat, logs):
        healthy = await socket_finding(chat)
        chat.slack.faults.arm("token_revoked", times=None, path="apps.connections.open")
        await chat.slack.sockets.end("dropped")
        order_id = await chat.place()
        await eventually(lambda: _entries(logs, "error"))
        finding = await socket_finding(chat)
        chat.slack.faults.clear()
        await opens(chat)
        await chat.press("approve", "U0DORA", "D0DORA")
        await approved_once(chat, order_id)

    assert "token_revoked" in told(logs)
    assert "connections.chat.app_token: Make an app-level token" in told(logs)
    assert chat.slack.app_token not in str(logs)
    assert (healthy.ok, finding.ok) == (True, False)
    assert "connections.chat.app_token: token_revoked; Make an app-level token" in finding.fix


async def test_socket_mode_switched_off_is_told_once_and_noticed_when_on_again(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_trouble(temporal_server, tmp_path, monkeypatch) as (chat, logs):
        await chat.slack.sockets.end("link_disabled")
        await eventually(lambda: _entries(logs, "error"))
        finding = await socket_finding(chat)
        chat.slack.sockets.on = True
        await opens(chat)

    assert "Socket Mode is off for our Slack app (link_disabled). Switch Socket Mode on" in told(logs)
    assert "Socket Mode is not turned on." in finding.what


async def test_too_many_sockets_are_told_and_tried_again(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_trouble(temporal_server, tmp_path, monkeypatch) as (chat, logs):
        chat.slack.faults.arm("too_many_websockets", times=2)
        await chat.slack.sockets.end("dropped")
        await eventually(lambda: _entries(logs, "error"))
        await opens(chat)

    assert "run fewer gateways" in told(logs)


async def _entries(logs: list[Any], level: str) -> list[Any] | None:
    return [entry for entry in logs if entry["log_level"] == level] or None


@pytest.mark.parametrize(
    ("token", "sentence"),
    [("xoxb-1", "does not begin with xapp-"), ("xapp-1", "")],
)
def test_an_app_level_token_alone_is_enough_and_no_other_token_is_taken(
    tmp_path: Path, token: str, sentence: str
) -> None:
    raw = configuration(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9", 25, ("shop", "sap"))
    in_slack("http://127.0.0.1:9", by_socket=True)(raw)
    environment = SECRETS | {"SLACK_TOKEN": "xoxb", "SLACK_APP_TOKEN": token}

    if not sentence:
        assert "chat" in compose(parse(raw, environment)).channels.chats
        return
    with pytest.raises(BadConfiguration) as wrong:
        compose(parse(raw, environment))
    assert "connections.chat, app_token: " in wrong.value.problem.sentence
    assert sentence in wrong.value.problem.sentence
    assert token not in wrong.value.problem.sentence
